import { describe, expect, it } from 'vitest';
import { createStand, recordOf } from './fold.testing.ts';
import { Room } from './room.ts';

const never = new AbortController().signal;

/** Asks for room, and tells whether it was given. */
function ask(room: Room, records: number, signal = never) {
  const asked: { place: Disposable | undefined; isSettled: boolean } = { place: undefined, isSettled: false };
  void room.enter(records, signal).then((place) => {
    asked.place = place;
    asked.isSettled = true;
  });
  return asked;
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the room for flushes', () => {
  it('lets in what fits, and the rest in their order as room is left', async () => {
    const room = new Room(10);
    const [first, second, third, fourth] = [ask(room, 6), ask(room, 4), ask(room, 5), ask(room, 1)];
    await settle();
    expect([first, second, third, fourth].map(({ isSettled }) => isSettled)).toEqual([true, true, false, false]);
    expect(room.taken).toBe(10);
    second.place?.[Symbol.dispose]();
    await settle();
    // The fourth would fit now, but the third came before it.
    expect([third.isSettled, fourth.isSettled, room.taken]).toEqual([false, false, 6]);
    first.place?.[Symbol.dispose]();
    await settle();
    expect([third.isSettled, fourth.isSettled, room.taken]).toEqual([true, true, 6]);
  });

  it('lets a flush that is larger than the room in alone', async () => {
    const room = new Room(10);
    const [small, large] = [ask(room, 1), ask(room, 11)];
    await settle();
    expect(large.isSettled).toBe(false);
    small.place?.[Symbol.dispose]();
    await settle();
    expect([large.isSettled, room.taken]).toEqual([true, 11]);
  });

  it('forgets who gives up, and lets in those behind', async () => {
    const room = new Room(10);
    const stopping = new AbortController();
    const [first, waiting, behind] = [ask(room, 6), ask(room, 10, stopping.signal), ask(room, 4)];
    await settle();
    expect([first.isSettled, behind.isSettled]).toEqual([true, false]);
    stopping.abort();
    await settle();
    expect([waiting.isSettled, waiting.place, behind.isSettled, room.taken]).toEqual([true, undefined, true, 10]);
    const late = ask(room, 1, stopping.signal);
    await settle();
    expect([late.isSettled, late.place, room.taken]).toEqual([true, undefined, 10]);
  });
});

describe('an owner', () => {
  it('folds nothing while others have the room, and leaves it after its flush', async () => {
    const stand = createStand();
    stand.records = [recordOf(0), recordOf(1)];
    const others = await stand.budget.flushes.enter(stand.budget.flushes.limit, never);
    const running = stand.run();
    await settle();
    expect(stand.flushes).toEqual([]);
    others?.[Symbol.dispose]();
    await running;
    expect(stand.flushes).toMatchObject([{ records: 2 }]);
    expect(stand.budget.flushes.taken).toBe(0);
  });

  it('leaves the room when its flush fails', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    let failures = 0;
    const { write } = stand.tables;
    stand.tables.write = (mutations) => (failures++ < 3 ? Promise.reject(new Error('no answer')) : write(mutations));
    await stand.run();
    expect(stand.abandons).toHaveLength(1);
    expect(stand.budget.flushes.taken).toBe(0);
  });

  it('ends while it waits for room', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    await stand.budget.flushes.enter(stand.budget.flushes.limit, never);
    const owning = stand.own();
    await settle();
    stand.stop();
    await owning;
    expect(stand.flushes).toEqual([]);
    expect(stand.budget.flushes.taken).toBe(stand.budget.flushes.limit);
  });
});
