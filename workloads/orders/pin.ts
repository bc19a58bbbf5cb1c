/**
 * The configuration that a shard pins at its first claim. Everything in it decides what a record means, so another one
 * would make rows that no longer follow from the log. A menu type may be added: it counts from the offset at which the
 * shard first knew it.
 */
import { z } from 'zod';
import type { Menu } from './menu.ts';
import type { Layout } from './tables.ts';
import { RECENT_ORDERS } from './tally.ts';

const fingerprintSchema = z.strictObject({
  time_zone: z.string(),
  shards: z.int(),
  buckets: z.int(),
  recent_orders: z.int(),
  /** Dimension → menu type → the offset from which it counts. */
  menu: z.record(z.string(), z.record(z.string(), z.int().min(0))),
});

type Fingerprint = z.infer<typeof fingerprintSchema>;

export interface OrdersPin {
  /** The offset from which each menu type counts in this shard. */
  readonly countsFrom: ReadonlyMap<string, number>;
}

export interface PinnedSettings {
  readonly menu: Menu;
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
  if (before === 'unreadable')
    return { ok: false, problem: `what it has pinned cannot be read: ${pinned}. A newer program may have written it: run that one.` };
  const problem = before && contradiction(settings, before);
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
    time_zone: settings.timeZone,
    shards: settings.layout.shards,
    buckets: settings.layout.buckets,
    recent_orders: RECENT_ORDERS,
    menu,
  };
  return { ok: true, fingerprint: JSON.stringify(fingerprint), pin: { countsFrom } };
}

function readFingerprint(pinned: string): Fingerprint | 'unreadable' {
  try {
    return fingerprintSchema.parse(JSON.parse(pinned));
  } catch {
    return 'unreadable';
  }
}

/** What of the running settings contradicts the pinned ones. */
function contradiction(settings: PinnedSettings, before: Fingerprint): string | undefined {
  const fixed: [string, string | number, string | number][] = [
    ['time zone (KAISEKI_TIME_ZONE)', before.time_zone, settings.timeZone],
    ['number of shards (KAISEKI_SHARDS)', before.shards, settings.layout.shards],
    ['number of buckets (KAISEKI_BUCKETS)', before.buckets, settings.layout.buckets],
    ['number of remembered orders', before.recent_orders, RECENT_ORDERS],
  ];
  for (const [what, was, is] of fixed) {
    if (was !== is)
      return `its ${what} is pinned to ${was}, but ${is} is configured; set it back, or start a new generation (new topic, group and keyspace).`;
  }
  for (const [dimension, menuTypes] of Object.entries(before.menu)) {
    for (const menuType of Object.keys(menuTypes)) {
      const now = settings.menu.dimensionOf(menuType);
      if (now !== dimension) {
        return `the menu type ${menuType} is pinned to the dimension ${dimension}, but the menu (KAISEKI_MENU) ${now ? `has it in ${now}` : 'no longer has it'}; menu types may be added, never moved or removed.`;
      }
    }
  }
  return undefined;
}
