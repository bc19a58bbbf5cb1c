import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToRing, EMPTY_RING, entriesWithin, type Ring } from './ring.ts';
import { addToTiles, emptyTiles, sumsWithin, type Tiles } from './tiles.ts';
import { isWhole, lastAsOf, type Span } from './window.ts';

const TILE_MS = 10;
const MOST = 5;

/** Events in the order in which they arrive; each has a number of its own. */
const arrivals = fc
  .array(fc.integer({ min: -40, max: 120 }), { maxLength: 40 })
  .map((times) => times.map((time_ms, number) => ({ time_ms, number })));
const spans = fc
  .tuple(fc.integer({ min: -50, max: 130 }), fc.integer({ min: 0, max: 60 }))
  .map(([from_ms, length_ms]): Span => ({ from_ms, to_ms: from_ms + length_ms }));

type Arrival = { readonly time_ms: number; readonly number: number };

const isIn = ({ from_ms, to_ms }: Span, time_ms: number) => from_ms <= time_ms && time_ms < to_ms;

function ringOf(events: readonly Arrival[]): Ring<number> {
  return events.reduce<Ring<number>>((ring, { time_ms, number }) => addToRing(ring, [time_ms, number], MOST), EMPTY_RING);
}

function tilesOf(events: readonly Arrival[]): Tiles {
  return events.reduce<Tiles>((tiles, { time_ms }) => addToTiles(tiles, time_ms, { events: 1, sum: time_ms }, MOST), emptyTiles(TILE_MS));
}

describe('a span', () => {
  it('as of a time ends with that millisecond', () => {
    expect(lastAsOf(100, 30)).toEqual({ from_ms: 71, to_ms: 101 });
    expect(lastAsOf(130, 30).from_ms).toBe(lastAsOf(100, 30).to_ms);
  });

  it('is whole when nothing in it may be forgotten', () => {
    const span = { from_ms: 10, to_ms: 20 };
    expect(isWhole({ since_ms: null }, span)).toBe(true);
    expect(isWhole({ since_ms: 10 }, span)).toBe(true);
    expect(isWhole({ since_ms: 11 }, span)).toBe(false);
  });
});

describe('a ring', () => {
  it('holds the newest of all entries, whatever the order of their arrival; of those of one time, the last to arrive', () => {
    fc.assert(
      fc.property(arrivals, (events) => {
        const sorted = events.toSorted((one, other) => one.time_ms - other.time_ms);
        const { entries, since_ms } = ringOf(events);
        expect(entries).toEqual(sorted.slice(-MOST).map(({ time_ms, number }) => [time_ms, number]));
        const forgotten = sorted.slice(0, -MOST).at(-1);
        expect(since_ms).toBe(forgotten ? forgotten.time_ms + 1 : null);
      }),
    );
  });

  it('says of every whole span what a recount says', () => {
    fc.assert(
      fc.property(arrivals, spans, (events, span) => {
        const ring = ringOf(events);
        const recounted = events.filter(({ time_ms }) => isIn(span, time_ms)).toSorted((one, other) => one.time_ms - other.time_ms);
        const read = entriesWithin(ring, span).map(([, number]) => number);
        if (isWhole(ring, span)) expect(read).toEqual(recounted.map(({ number }) => number));
        else expect(recounted.map(({ number }) => number)).toEqual(expect.arrayContaining(read));
      }),
    );
  });

  it('is plain JSON, and leaves what it was given as it was', () => {
    fc.assert(
      fc.property(arrivals, (events) => {
        const ring = ringOf(events);
        const text = JSON.stringify(ring);
        expect(JSON.parse(text)).toEqual(ring);
        addToRing(ring, [0, -1], MOST);
        expect(JSON.stringify(ring)).toBe(text);
      }),
    );
  });

  it('has no place for what has no time', () => {
    expect(() => addToRing(EMPTY_RING, [Number.NaN, 1], MOST)).toThrow('NaN is no time');
  });
});

describe('tiles', () => {
  it('say of every whole span what a recount says, and which span that is', () => {
    fc.assert(
      fc.property(arrivals, spans, (events, span) => {
        const tiles = tilesOf(events);
        const { sums, ...widened } = sumsWithin(tiles, span);
        expect(Math.abs(widened.from_ms % TILE_MS) + Math.abs(widened.to_ms % TILE_MS)).toBe(0);
        for (const wider_ms of [span.from_ms - widened.from_ms, widened.to_ms - span.to_ms]) {
          expect(wider_ms).toBeGreaterThanOrEqual(0);
          expect(wider_ms).toBeLessThan(TILE_MS);
        }
        const times = events.map(({ time_ms }) => time_ms).filter((time_ms) => isIn(widened, time_ms));
        const recounted = { events: times.length, sum: times.reduce((sum, time_ms) => sum + time_ms, 0) };
        if (isWhole(tiles, widened)) expect({ events: 0, sum: 0, ...sums }).toEqual(recounted);
        else expect(sums.events ?? 0).toBeLessThanOrEqual(recounted.events);
      }),
    );
  });

  it('know everything inside of the horizon, and are the same in whatever order the events arrive', () => {
    fc.assert(
      fc.property(arrivals, fc.infiniteStream(fc.nat()), (events, places) => {
        const tiles = tilesOf(events);
        const shuffled = events.map((event) => ({ event, place: places.next().value })).toSorted((one, other) => one.place - other.place);
        expect(tilesOf(shuffled.map(({ event }) => event))).toEqual(tiles);
        const newest_ms = tiles.tiles.at(-1)?.[0] ?? 0;
        expect(isWhole(tiles, { from_ms: newest_ms - (MOST - 1) * TILE_MS, to_ms: newest_ms + TILE_MS })).toBe(true);
        expect(tiles.tiles.length).toBeLessThanOrEqual(MOST);
        expect(JSON.parse(JSON.stringify(tiles))).toEqual(tiles);
      }),
    );
  });

  it('take what is late inside of the horizon, and ignore what is beyond it', () => {
    const tiles = addToTiles(emptyTiles(TILE_MS), 45, { views: 1 }, MOST);
    expect(addToTiles(tiles, 9, { views: 1 }, MOST)).toMatchObject({
      tiles: [
        [0, { views: 1 }],
        [40, { views: 1 }],
      ],
      since_ms: null,
    });
    expect(addToTiles(tiles, -1, { views: 1 }, MOST)).toMatchObject({ tiles: [[40, { views: 1 }]], since_ms: 0 });
    expect(addToTiles(tiles, 50, { views: 1 }, MOST)).toMatchObject({
      tiles: [
        [40, { views: 1 }],
        [50, { views: 1 }],
      ],
      since_ms: null,
    });
    expect(() => addToTiles(tiles, 0.5, { views: 1 }, MOST)).toThrow('0.5 is no time');
  });

  it('leave what they were given as it was', () => {
    const tiles = tilesOf([{ time_ms: 5, number: 0 }]);
    const text = JSON.stringify(tiles);
    addToTiles(tiles, 6, { events: 1 }, MOST);
    addToTiles(tiles, 500, { events: 1 }, MOST);
    expect(JSON.stringify(tiles)).toBe(text);
  });
});
