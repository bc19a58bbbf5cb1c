/**
 * Sums of a key by tiles of event time, such as minutes: for windows over more events than a ring can hold. Immutable, and plain
 * JSON: they are written as they are.
 *
 * The newest tile sets the horizon: it and so many before it are kept. What arrives late is added where it belongs while that is inside of the
 * horizon, and is ignored beyond it. Which it is follows from the tiles alone. So they hold the sums of all that ever arrived
 * since the horizon, in whatever order it did. A time far ahead moves the horizon there: clamp times before they are added.
 */
import { type Bounded, forgottenBefore, mustBeTime, type Span } from './window.ts';

/** Whole numbers: other sums would depend on the order in which they are added. */
export type Figures = Readonly<Record<string, number>>;

export type Tile = readonly [start_ms: number, sums: Figures];

export interface Tiles extends Bounded {
  /** What no window can be finer than. */
  readonly tile_ms: number;
  /** Those with anything in them, by ascending start. */
  readonly tiles: readonly Tile[];
}

/** The sums of a span of whole tiles. */
export interface TileSums extends Span {
  readonly sums: Figures;
}

export function emptyTiles(tile_ms: number): Tiles {
  return { tile_ms, tiles: [], since_ms: null };
}

/**
 * The tiles with figures added at a time; `tiles_max` tiles, with or without anything in them, lie inside of the horizon.
 * @throws RangeError for a time that is no whole number of milliseconds
 */
export function addToTiles(before: Tiles, time_ms: number, figures: Figures, tiles_max: number): Tiles {
  mustBeTime(time_ms);
  const { tile_ms } = before;
  const start_ms = floor(time_ms, tile_ms);
  const newest_ms = Math.max(start_ms, before.tiles.at(-1)?.[0] ?? start_ms);
  const horizon_ms = newest_ms - (tiles_max - 1) * tile_ms;
  const tiles = withFigures(before.tiles, start_ms, figures);
  const first = tiles.findIndex(([start]) => start >= horizon_ms);
  const forgotten = tiles[first - 1];
  return { tile_ms, tiles: tiles.slice(first), since_ms: forgotten ? forgottenBefore(before, forgotten[0] + tile_ms) : before.since_ms };
}

/** The sums of all tiles that the span touches, and the span of those: what is asked for, widened to whole tiles. */
export function sumsWithin({ tile_ms, tiles }: Tiles, span: Span): TileSums {
  const from_ms = floor(span.from_ms, tile_ms);
  const to_ms = floor(span.to_ms + tile_ms - 1, tile_ms);
  const touched = tiles.filter(([start_ms]) => from_ms <= start_ms && start_ms < to_ms);
  return { sums: touched.reduce<Figures>((sums, [, figures]) => sum(sums, figures), {}), from_ms, to_ms };
}

function withFigures(tiles: readonly Tile[], start_ms: number, figures: Figures): Tile[] {
  const at = tiles.findLastIndex(([start]) => start <= start_ms);
  const tile = tiles[at];
  if (tile?.[0] === start_ms) return tiles.with(at, [start_ms, sum(tile[1], figures)]);
  return tiles.toSpliced(at + 1, 0, [start_ms, sum({}, figures)]);
}

function sum(one: Figures, other: Figures): Figures {
  const sums: Record<string, number> = { ...one };
  for (const name in other) sums[name] = (sums[name] ?? 0) + (other[name] ?? 0);
  return sums;
}

function floor(time_ms: number, tile_ms: number): number {
  return Math.floor(time_ms / tile_ms) * tile_ms;
}
