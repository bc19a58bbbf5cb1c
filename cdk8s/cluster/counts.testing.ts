/** What the API says was counted, by menu type, and how it differs from before. */
import { expect } from 'vitest';
import { DEFAULT_MENU } from '#workloads/orders/menu.ts';
import { until } from './namespace.testing.ts';

const ANSWER_MS_MAX = 10_000;

export type Counts = ReadonlyMap<string, number>;

/** Orders of all time by menu type. @param summary the address of `summary` */
export async function readCounts(summary: string): Promise<Counts> {
  const ofDimensions = await Promise.all(
    DEFAULT_MENU.dimensions.map(({ name }) =>
      getJson<{ totals: readonly { segment: string; orders: number }[] }>(`${summary}/api/totals?dimension=${name}`),
    ),
  );
  return new Map(ofDimensions.flatMap(({ totals }) => totals.map(({ segment, orders }) => [segment, orders] as const)));
}

/** Waits until as many orders are counted as there should be, then compares them by menu type: none is lost, none counted twice. */
export async function expectCounts(summary: string, before: Counts, sent: Counts, within_ms: number): Promise<void> {
  const expected = new Map([...before].map(([menuType, orders]) => [menuType, orders + (sent.get(menuType) ?? 0)]));
  await until('all orders are counted', within_ms, async () => {
    const [counted, wanted] = [sumOf(await readCounts(summary)), sumOf(expected)];
    return counted >= wanted || `${counted} of ${wanted} are`;
  });
  expect(await readCounts(summary)).toEqual(expected);
}

export function sumOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, orders) => sum + orders, 0);
}

/** @throws Error for any status but 2xx */
export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
  const body: T = JSON.parse(await answer.text());
  return body;
}
