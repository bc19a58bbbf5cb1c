/** What the orders say: how many, of what, and how people divide. */

import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines, stacked } from './panels.ts';
import { OrdersPerSecond, PercentUnit, Short } from './units.ts';

const ORDERS = `kaiseki_segment:orders:max{${IN_NAMESPACE}}`;
const USERS = `kaiseki_segment:users:max{${IN_NAMESPACE}}`;
const share = (of: string) => `${of} / on (dimension) group_left () sum by (dimension) (${of})`;

export const BUSINESS: Dashboard = {
  uid: 'kaiseki-business',
  title: 'Kaiseki / Business',
  description: 'Orders, segments and their ratio.',
  presence: 'kaiseki_segment_orders',
  rows: [
    {
      title: 'Orders',
      panels: [
        figure({ title: 'Orders counted', unit: Short, queries: [{ expr: `sum(${ORDERS})`, legend: 'orders' }] }),
        figure({
          title: 'Orders a second',
          unit: OrdersPerSecond,
          queries: [{ expr: `kaiseki:ingest_orders_accepted:rate1m{${IN_NAMESPACE}}`, legend: 'orders' }],
        }),
        lines({
          title: 'Orders a second, by menu type',
          unit: OrdersPerSecond,
          queries: [{ expr: `deriv(${ORDERS}[5m])`, legend: '{{segment}}' }],
        }),
        lines({
          title: 'Orders of the last 24 hours, by menu type',
          unit: Short,
          queries: [{ expr: `delta(${ORDERS}[24h])`, legend: '{{segment}}' }],
        }),
      ],
    },
    {
      title: 'Segments',
      panels: [
        stacked({ title: 'People in each segment', unit: Short, queries: [{ expr: USERS, legend: '{{dimension}}: {{segment}}' }] }),
        lines({
          title: 'Share of people',
          description: 'Of those who have a preference in the dimension.',
          unit: PercentUnit,
          queries: [{ expr: share(USERS), legend: '{{segment}}' }],
        }),
        lines({
          title: 'Share of orders',
          description: 'The ratio that the pages show.',
          unit: PercentUnit,
          queries: [{ expr: share(ORDERS), legend: '{{segment}}' }],
        }),
      ],
    },
    {
      title: 'Audience',
      panels: [
        lines({
          title: 'Open browsers',
          unit: Short,
          queries: [{ expr: `sum by (transport) (kaiseki_live_viewers{${IN_NAMESPACE}})`, legend: '{{transport}}' }],
        }),
      ],
    },
  ],
};
