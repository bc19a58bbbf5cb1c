/** The topics and tables of the pipeline. Both folds name them, so that neither has to know the other. */
import { defineTable } from '#platform/tables/tables.ts';

export const TRADE_COMMANDS = 'pipeline-trade';
export const STOCK_COMMANDS = 'pipeline-stock';
export const REJECTED = 'pipeline-rejected';
export const TOTALS = 'pipeline-totals';

/** The pages of the fold `trade`. */
export const tradeOrders = defineTable({
  name: 'pipeline_orders',
  columns: { order_id: 'text', page: 'text' },
  partitionKey: ['order_id'],
  clusteringKey: [],
});

/** The pages of the fold `stock`. */
export const stockProducts = defineTable({
  name: 'pipeline_products',
  columns: { product_id: 'text', page: 'text' },
  partitionKey: ['product_id'],
  clusteringKey: [],
});

/** A part of an order: so many units of one product. */
export interface Line {
  readonly product: string;
  readonly quantity: number;
}
