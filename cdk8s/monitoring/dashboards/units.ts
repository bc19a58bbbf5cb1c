/** Units as the dashboards use them: Grafana's, and a few of this project's in Grafana's notation. */
export {
  BytesIEC as Bytes,
  BytesPerSecondIEC as BytesPerSecond,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';

export const OrdersPerSecond = 'suffix: orders/s';
export const RecordsPerSecond = 'suffix: records/s';
