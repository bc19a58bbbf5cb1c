/** A recount of what `kaiseki replay --record` wrote, without any code of the fold: what the system's answers are held against. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { DayCutter } from '#platform/clock/day.ts';
import { DEFAULT_MENU } from './menu.ts';

interface RecordedSend {
  readonly order_id: string;
  readonly user_id: string;
  readonly timestamp: string;
  readonly menu_type: string;
  readonly fate: 'accepted' | 'unknown';
}

export interface Recount {
  /** Orders by menu type. */
  readonly orders: ReadonlyMap<string, number>;
  /** Menu type → who prefers it. */
  readonly people: ReadonlyMap<string, ReadonlySet<string>>;
  /** Day → menu type → orders. */
  readonly days: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly total: number;
}

/** Counts each order once. @throws Error where the fate of a send is unknown: there is then no truth to compare with */
export function recountRecord(path: string, timeZone: string): Recount {
  const days = new DayCutter(timeZone);
  const seen = new Set<string>();
  const orders = new Map<string, number>();
  const byDay = new Map<string, Map<string, number>>();
  const users = new Map<string, { counts: Map<string, number>; segments: Map<string, string> }>();
  for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    const send: RecordedSend = JSON.parse(line);
    if (send.fate !== 'accepted') throw new Error(`the fate of ${send.order_id} is unknown`);
    if (seen.has(send.order_id)) continue;
    seen.add(send.order_id);
    add(orders, send.menu_type);
    const day = days.dayOf(Date.parse(send.timestamp));
    const ofDay = byDay.get(day) ?? new Map<string, number>();
    byDay.set(day, ofDay);
    add(ofDay, send.menu_type);
    const user = users.get(send.user_id) ?? { counts: new Map<string, number>(), segments: new Map<string, string>() };
    users.set(send.user_id, user);
    add(user.counts, send.menu_type);
    prefer(user, send.menu_type);
  }
  const people = new Map<string, Set<string>>(menuTypes().map((menuType) => [menuType, new Set<string>()]));
  for (const [userId, user] of users) for (const segment of user.segments.values()) people.get(segment)?.add(userId);
  return { orders, people, days: byDay, total: seen.size };
}

/** Waits until the totals are those of the recount, then compares everything that the API tells. */
export async function expectRecount(url: string, recount: Recount, within_ms: number): Promise<void> {
  const deadline_ms = systemClock.monotonic_ms() + within_ms;
  const counted = async () => (await Promise.all(DEFAULT_MENU.dimensions.map(({ name }) => totalsOf(url, name)))).flat();
  while (sum((await counted()).map(({ orders }) => orders)) < recount.total && systemClock.monotonic_ms() < deadline_ms)
    await systemClock.sleep(200);
  const told = await counted();
  expect(Object.fromEntries(told.map(({ segment, orders }) => [segment, orders]))).toEqual(
    Object.fromEntries(menuTypes().map((menuType) => [menuType, recount.orders.get(menuType) ?? 0])),
  );
  for (const { segment, users } of told) {
    const expected = recount.people.get(segment) ?? new Set();
    expect(users, `people of ${segment}`).toBe(expected.size);
    const listed = (await text(`${url}/api/segments/${segment}/users?format=csv`)).trimEnd().split('\r\n').slice(1);
    expect(listed.length, `rows of ${segment}`).toBe(expected.size);
    expect(new Set(listed)).toEqual(expected);
  }
}

async function totalsOf(url: string, dimension: string): Promise<{ segment: string; orders: number; users: number }[]> {
  const { totals }: { totals: { segment: string; orders: number; users: number }[] } = JSON.parse(
    await text(`${url}/api/totals?dimension=${dimension}`),
  );
  return totals;
}

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.text();
}

/** The most ordered; on a tie where they were. */
function prefer(user: { counts: Map<string, number>; segments: Map<string, string> }, ordered: string): void {
  const dimension = DEFAULT_MENU.dimensions.find(({ menu_types }) => menu_types.some(({ name }) => name === ordered));
  if (!dimension) throw new Error(`${ordered} is not on the menu`);
  const most = Math.max(...dimension.menu_types.map(({ name }) => user.counts.get(name) ?? 0));
  const before = user.segments.get(dimension.name);
  if (before !== undefined && user.counts.get(before) === most) return;
  const leader = dimension.menu_types.find(({ name }) => user.counts.get(name) === most);
  if (leader) user.segments.set(dimension.name, leader.name);
}

function menuTypes(): string[] {
  return DEFAULT_MENU.dimensions.flatMap(({ menu_types }) => menu_types.map(({ name }) => name));
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
