import { describe, expect, it } from 'vitest';
import type { PartitionLag } from '#platform/log/log.ts';
import type { ShardState, TotalRow } from '#platform/tables/tables.ts';
import { type AuditedFold, auditEdges } from './conservation.ts';

const TRADE: AuditedFold = { name: 'trade', topic: 'to-trade', group: 'traders', emits: ['to-stock'], delays: { deadline: {} }, shards: 2 };
const STOCK: AuditedFold = { name: 'stock', topic: 'to-stock', group: 'stockers', emits: ['to-trade'], shards: 1 };

/** What the shards have counted, by `fold/shard`: a list for each, from the first reading to the last. */
type Counted = Readonly<Record<string, Readonly<Record<string, number>>>>;

function stateOf(counted: Readonly<Record<string, number>> = {}): ShardState {
  const totals = Object.entries(counted).map(([name, records]): TotalRow => ({ period: 'edges', name, figures: { records } }));
  return { epoch: 1, nextOffset: 1, fingerprint: '', totals };
}

/**
 * The audit of these folds: each of its readings of all shards finds the next of `readings`, or the last one again.
 * @param lags of each topic, at every look
 * @param end of a topic, at a look
 */
async function audit(
  folds: readonly AuditedFold[],
  readings: readonly Counted[],
  lags: Readonly<Record<string, number>> = {},
  end: (topic: string, look: number) => number = () => 1,
) {
  const reads = new Map<string, number>();
  const asked: string[] = [];
  const edges = await auditEdges(
    {
      tables: {
        readShard: async ({ fold, shard }, periods, consistency) => {
          expect({ periods, consistency }).toEqual({ periods: ['edges'], consistency: 'serial' });
          const key = `${fold}/${shard}`;
          const reading = reads.get(key) ?? 0;
          reads.set(key, reading + 1);
          return stateOf((readings[reading] ?? readings.at(-1))?.[key]);
        },
      },
      log: {
        lag: async (topic, group) => {
          const endOffset = end(topic, asked.filter((one) => one.startsWith(`${topic} `)).length);
          asked.push(`${topic} by ${group}`);
          const lag: PartitionLag = { partition: 0, groupOffset: endOffset, endOffset, records: lags[topic] ?? 0 };
          return [{ ...lag, records: 0 }, lag];
        },
      },
    },
    folds,
  );
  return { edges, asked };
}

const AT_REST: Counted = {
  'trade/0': { 'sent/to-stock': 4, 'sent/trade-delay-deadline': 2, 'heard/stock': 3, 'heard/trade>deadline': 1 },
  'trade/1': { 'sent/to-stock': 1, 'sent/trade-delay-deadline': 1, 'heard/stock': 1, 'heard/trade>deadline': 2 },
  'stock/0': { 'sent/to-trade': 4, 'heard/trade': 4, 'rejected/trade': 1 },
};

describe('the audit of edges', () => {
  it('adds up what all shards sent and heard along each edge, and along each delay', async () => {
    const { edges, asked } = await audit([TRADE, STOCK], [AT_REST]);
    expect(edges).toEqual([
      { from: 'trade', topic: 'to-stock', to: 'stock', sent: 5, heard: 4, rejected: 1, inTransit: 0, isSettled: true },
      { from: 'trade', topic: 'trade-delay-deadline', to: 'trade', sent: 3, heard: 3, rejected: 0, inTransit: 0, isSettled: true },
      { from: 'stock', topic: 'to-trade', to: 'trade', sent: 4, heard: 4, rejected: 0, inTransit: 0, isSettled: true },
    ]);
    const once = ['to-trade by traders', 'trade-delay-deadline by trade-delay-deadline', 'to-stock by stockers'];
    expect(asked).toEqual([...once, ...once]);
  });

  it('tells what is in transit', async () => {
    const { edges } = await audit([TRADE, STOCK], [{ ...AT_REST, 'stock/0': { 'sent/to-trade': 4, 'heard/trade': 2 } }]);
    expect(edges[0]).toMatchObject({ sent: 5, heard: 2, inTransit: 3 });
  });

  it('tells of an emission that was folded twice', async () => {
    const { edges } = await audit([TRADE, STOCK], [{ ...AT_REST, 'stock/0': { 'sent/to-trade': 4, 'heard/trade': 6 } }]);
    expect(edges[0]).toMatchObject({ inTransit: -1 });
  });

  it('reads what was heard before what was sent, so that nothing under way seems to be heard twice', async () => {
    const later: Counted = { ...AT_REST, 'trade/0': { ...AT_REST['trade/0'], 'sent/to-stock': 6 } };
    const { edges } = await audit([TRADE, STOCK], [AT_REST, AT_REST, later]);
    expect(edges[0]).toMatchObject({ sent: 7, heard: 4, inTransit: 2, isSettled: false });
  });

  it.each(['to-trade', 'to-stock', 'trade-delay-deadline'])('is not settled while %s has records that nobody has taken', async (topic) => {
    const { edges } = await audit([TRADE, STOCK], [AT_REST], { [topic]: 1 });
    expect(edges.every(({ isSettled }) => !isSettled)).toBe(true);
  });

  it('is not settled where a topic grew after it was found taken, while the others were looked at', async () => {
    // Stock, which had committed before, appends to the topic, and stores its own offset before it is looked at.
    const end = (topic: string, look: number) => (topic === 'to-trade' ? 1 + look : 1);
    const inTransit: Counted = { ...AT_REST, 'stock/0': { 'sent/to-trade': 5, 'heard/trade': 5 } };
    const { edges } = await audit([TRADE, STOCK], [inTransit], {}, end);
    expect(edges.find(({ topic }) => topic === 'to-trade')).toMatchObject({ inTransit: 1, isSettled: false });
  });

  it('has an edge for each fold that reads a topic, and none for a topic that no fold of these reads', async () => {
    const copy: AuditedFold = { name: 'copy', topic: 'to-stock', group: 'copiers', shards: 1 };
    const { edges } = await audit([{ ...TRADE, emits: ['to-stock', 'elsewhere'], delays: {} }, STOCK, copy], [AT_REST]);
    expect(edges.map(({ topic, to }) => `${topic} → ${to}`)).toEqual(['to-stock → stock', 'to-stock → copy', 'to-trade → trade']);
    expect(edges[1]).toMatchObject({ sent: 5, heard: 0, inTransit: 5 });
  });
});
