/** What the API says: the menu, the totals, and each user's orders. */
import { sleep } from 'k6';
import http from 'k6/http';
import type { Dimension } from '../../workloads/orders/menu.ts';
import { keyHeader, type Servers } from '../servers.ts';

/** The most that the API puts on one page. */
const PAGE_ORDERS = 1_000;
/** Users asked for at once. */
const USERS_AT_ONCE = 50;
/** Tries of a question before the run gives up on it. */
const TRIES_MAX = 10;

/** Of one user, or of many: what is counted, and what of it is the same order again. */
export interface Counted {
  /** Different orders that are in the list of orders and in the counts. */
  readonly orders: number;
  /** Orders in the list or in the counts beyond those. */
  readonly doubled: number;
}

/** @throws Error when the API does not answer with 200 */
export function readMenu(servers: Servers): readonly Dimension[] {
  return (getJson(servers, '/api/menu') as { readonly dimensions: readonly Dimension[] }).dimensions;
}

/** Orders of everybody, of all time. @throws Error when the API does not answer with 200 */
export function readTotals(servers: Servers, dimensions: readonly Dimension[]): number {
  return dimensions
    .map(({ name }) => getJson(servers, `/api/totals?dimension=${name}`) as { readonly orders: number })
    .reduce((sum, { orders }) => sum + orders, 0);
}

/** What is counted of these users together. @throws Error when the API does not answer */
export function readCounted(servers: Servers, users: readonly string[]): Counted {
  const sum = { orders: 0, doubled: 0 };
  for (let from = 0; from < users.length; from += USERS_AT_ONCE) {
    const some = users.slice(from, from + USERS_AT_ONCE);
    const answers = http.batch(some.map((user) => ['GET', userUrl(servers, user), null, parametersOf(servers)]));
    some.forEach((user, index) => {
      const status = answers[index]?.status;
      if (status === 404) return;
      const first = status === 200 ? answers[index]?.json() : getJson(servers, userPath(user));
      const one = countedOf(servers, user, first as User);
      sum.orders += one.orders;
      sum.doubled += one.doubled;
    });
  }
  return sum;
}

interface User {
  readonly counts: Readonly<Record<string, number>>;
  readonly orders: readonly { readonly order_id?: string }[];
  readonly next_cursor?: string;
}

function countedOf(servers: Servers, user: string, first: User): Counted {
  const ids = new Set<string | undefined>();
  let listed = 0;
  for (let page: User | undefined = first; page; page = nextPage(servers, user, page)) {
    for (const { order_id } of page.orders) ids.add(order_id);
    listed += page.orders.length;
  }
  const counts = Object.values(first.counts).reduce((sum, count) => sum + count, 0);
  const orders = Math.min(ids.size, counts);
  return { orders, doubled: Math.max(listed, counts) - orders };
}

function nextPage(servers: Servers, user: string, { next_cursor }: User): User | undefined {
  return next_cursor === undefined ? undefined : (getJson(servers, `${userPath(user)}&cursor=${encodeURIComponent(next_cursor)}`) as User);
}

function userPath(user: string): string {
  return `/api/users/${encodeURIComponent(user)}?limit=${PAGE_ORDERS}`;
}

function userUrl({ summary }: Servers, user: string): string {
  return `${summary}${userPath(user)}`;
}

function parametersOf({ keys }: Servers) {
  // One name for all users: a time series for each would be thousands. A user who ordered nothing is not there.
  return { headers: keyHeader(keys.read), tags: { name: 'check', what: 'check' }, responseCallback: http.expectedStatuses(200, 404) };
}

function getJson(servers: Servers, path: string): unknown {
  let status = 0;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const response = http.get(`${servers.summary}${path}`, parametersOf(servers));
    if (response.status === 200) return response.json();
    ({ status } = response);
    if (status >= 400 && status < 500) break;
    sleep(1);
  }
  throw new Error(`GET ${servers.summary}${path} answers ${status === 0 ? 'nothing' : status}`);
}
