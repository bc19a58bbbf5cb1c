/**
 * The configuration that a shard pins at its first claim. Everything in it decides what a record means, so another one
 * would make rows that no longer follow from the log. A menu type may be added: it counts from the offset at which the
 * shard first knew it.
 */
import { z } from 'zod';
import { sameTimeZone } from '#platform/clock/time-zone.ts';
import { ID_FORMS } from './ids.ts';
import type { OrderRules } from './order.ts';
import type { Layout } from './tables.ts';
import { RECENT_ORDERS } from './tally.ts';

const fingerprintSchema = z.strictObject({
  time_zone: z.string(),
  shards: z.int(),
  buckets: z.int(),
  recent_orders: z.int(),
  /** Absent before there was more than one. */
  rows: z.int().default(1),
  /** The Unicode form of ids. Absent where they stay as they were sent, and before there was a choice. */
  normalize_ids: z.enum(ID_FORMS).optional(),
  /** Dimension → menu type → the offset from which it counts. */
  menu: z.record(z.string(), z.record(z.string(), z.int().min(0))),
});

/**
 * Grows by one with every change of what users' rows and pages hold (user-row.ts, order-pages.ts), of each other's they
 * understand nothing, and of which orders they hold (tally.ts): two programs would not write the same pages.
 */
const ROWS_FORMAT = 6;

type Fingerprint = z.infer<typeof fingerprintSchema>;

export interface OrdersPin {
  /** The offset from which each menu type counts in this shard. */
  readonly countsFrom: ReadonlyMap<string, number>;
}

export interface PinnedSettings extends OrderRules {
  readonly layout: Layout;
  readonly timeZone: string;
}

/** Holds the settings against the pinned fingerprint; see FoldDefinition.pin. */
export function pinOrders(
  settings: PinnedSettings,
  pinned: string | null,
  nextOffset: number,
): { readonly ok: true; readonly fingerprint: string; readonly pin: OrdersPin } | { readonly ok: false; readonly problem: string } {
  const before = pinned === null ? undefined : readFingerprint(pinned);
  if (typeof before === 'string') return { ok: false, problem: before };
  const problem = before && (otherValue(settings, before) ?? otherMenu(settings, before, 'must have all'));
  if (problem) return { ok: false, problem };
  const menu: Fingerprint['menu'] = {};
  const countsFrom = new Map<string, number>();
  for (const dimension of settings.menu.dimensions) {
    const menuTypes: Record<string, number> = {};
    for (const { name } of dimension.menu_types) {
      const from = before ? (before.menu[dimension.name]?.[name] ?? nextOffset) : 0;
      menuTypes[name] = from;
      countsFrom.set(name, from);
    }
    menu[dimension.name] = menuTypes;
  }
  const fingerprint: Fingerprint = {
    // A time zone has several names: the first one stays.
    time_zone: before?.time_zone ?? settings.timeZone,
    shards: settings.layout.shards,
    buckets: settings.layout.buckets,
    recent_orders: RECENT_ORDERS,
    rows: ROWS_FORMAT,
    ...(settings.normalizeIds ? { normalize_ids: settings.normalizeIds } : {}),
    menu,
  };
  return { ok: true, fingerprint: JSON.stringify(fingerprint), pin: { countsFrom } };
}

/**
 * Why what is read from a shard with this pin would be answered wrongly under the settings; undefined where it would not.
 * The menu may lack what the shard has: while a menu type is added, the counter may be the first to know it.
 */
export function readingProblem(settings: PinnedSettings, pinned: string): string | undefined {
  const before = readFingerprint(pinned);
  if (typeof before === 'string') return before;
  return otherValue(settings, before) ?? otherMenu(settings, before, 'may lack some');
}

/** The fingerprint, or what is wrong with it. */
function readFingerprint(pinned: string): Fingerprint | string {
  try {
    return fingerprintSchema.parse(JSON.parse(pinned));
  } catch {
    return `what it has pinned cannot be read: ${pinned}. A newer program may have written it: run that one.`;
  }
}

/** Which of the running settings but the menu, or of what this program cannot do otherwise, differs from what is pinned. */
function otherValue(settings: PinnedSettings, before: Fingerprint): string | undefined {
  const timeZone = sameTimeZone(before.time_zone, settings.timeZone) ? before.time_zone : settings.timeZone;
  const configured: [string, string | number, string | number][] = [
    ['time zone (KAISEKI_TIME_ZONE)', before.time_zone, timeZone],
    ['Unicode form of ids (KAISEKI_NORMALIZE_IDS)', before.normalize_ids ?? 'none', settings.normalizeIds ?? 'none'],
    ['number of shards (KAISEKI_SHARDS)', before.shards, settings.layout.shards],
    ['number of buckets (KAISEKI_BUCKETS)', before.buckets, settings.layout.buckets],
  ];
  for (const [what, was, is] of configured) {
    if (was !== is) return `its ${what} is pinned to ${was}, but ${is} is configured; set it back, or start a new generation.`;
  }
  const builtIn: [string, number, number][] = [
    ['number of remembered orders', before.recent_orders, RECENT_ORDERS],
    ['format of rows', before.rows, ROWS_FORMAT],
  ];
  for (const [what, was, is] of builtIn) {
    if (was !== is) return `its ${what} is ${was}, but this program's is ${is}; run the program that wrote it, or start a new generation.`;
  }
  return undefined;
}

/** Which menu type the running menu has elsewhere than the pinned one, or, unless it may lack some, no longer has. */
function otherMenu(settings: PinnedSettings, before: Fingerprint, which: 'must have all' | 'may lack some'): string | undefined {
  for (const [dimension, menuTypes] of Object.entries(before.menu)) {
    for (const menuType of Object.keys(menuTypes)) {
      const now = settings.menu.dimensionOf(menuType);
      if (now === dimension || (now === undefined && which === 'may lack some')) continue;
      return `the menu type ${menuType} is pinned to the dimension ${dimension}, but the menu (KAISEKI_MENU) ${now ? `has it in ${now}` : 'no longer has it'}; set KAISEKI_MENU back to a menu that has it there, and restart: menu types may be added, never moved or removed.`;
    }
  }
  return undefined;
}
