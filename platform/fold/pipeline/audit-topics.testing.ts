/** The audit's third part: what stands in the topics is what the folds sent, each emission once or again, nothing else. */
import type { Log, LogRecord } from '#platform/log/log.ts';
import { type Origin, originOf } from '../cause.ts';
import { decodePublishedTotals } from '../published-totals.ts';
import { ALL } from '../totals.ts';
import type { Audited, Pages } from './audit.testing.ts';
import { differences, figuresOf, totalsOf } from './audit-totals.testing.ts';
import { GARBAGE } from './customers.testing.ts';
import { REJECTED, STOCK_COMMANDS, TOTALS, TRADE_COMMANDS } from './names.testing.ts';
import { DEADLINES } from './pipeline.testing.ts';
import { readTopic } from './read-topic.testing.ts';

interface Sent {
  readonly record: LogRecord;
  readonly origin: Origin;
}

export async function auditTopics(audited: Audited, pages: Pages): Promise<{ problems: string[]; sentTwice: number }> {
  const { log } = audited;
  const [trade, stock, deadlines, rejected] = [
    await readTopic(log, TRADE_COMMANDS),
    await readTopic(log, STOCK_COMMANDS),
    await readTopic(log, DEADLINES),
    await readTopic(log, REJECTED),
  ];
  const [toTrade, toStock, delayed] = [trade, stock, deadlines].map(sentBy) as [Sent[], Sent[], Sent[]];
  const returned = toTrade.filter(({ origin }) => origin.timer);
  const replies = toTrade.filter(({ origin }) => !origin.timer);
  const states = [...pages.orders.values()].map(({ state }) => state).filter(({ status }) => status !== 'none');
  const lines = states.flatMap((state) => state.lines);
  const releases = lines.filter((line) => line.answer === 'released').length;
  const problems = [
    ...counted('replies', replies, lines.length),
    ...counted('commands of the stock', toStock, lines.length + releases),
    ...counted('deadlines that wait', delayed, states.length),
    ...counted('deadlines that came back', returned, states.length),
    ...returned.filter(isEarly).map(({ record, origin }) => `${record.key} came back before ${origin.timer?.due_ms}`),
    ...sinceTheFirst([...toTrade, ...toStock, ...delayed], trade),
    ...lettersOf(rejected, { [TRADE_COMMANDS]: trade, [STOCK_COMMANDS]: stock, [DEADLINES]: deadlines }),
    ...(await auditPublished(audited)),
  ];
  const sent = [replies, toStock, delayed, returned];
  return { problems, sentTwice: sent.reduce((sum, records) => sum + records.length - distinct(records), 0) };
}

function sentBy(records: readonly LogRecord[]): Sent[] {
  return records.flatMap((record) => {
    const origin = originOf(record);
    return origin ? [{ record, origin }] : [];
  });
}

function distinct(sent: readonly Sent[]): number {
  return new Set(sent.map(({ origin: { cause } }) => `${cause.from} ${cause.offset} ${cause.n}`)).size;
}

function counted(what: string, sent: readonly Sent[], expected: number): string[] {
  return distinct(sent) === expected ? [] : [`${distinct(sent)} ${what} in the topic, not ${expected}`];
}

function isEarly({ record, origin: { timer } }: Sent): boolean {
  return timer !== undefined && record.timestamp_ms < timer.due_ms;
}

/** Every chain began with a customer's record. */
function sinceTheFirst(sent: readonly Sent[], trade: readonly LogRecord[]): string[] {
  const times = new Set(trade.filter((record) => originOf(record) === undefined).map(({ timestamp_ms }) => timestamp_ms));
  const others = sent.filter(({ origin }) => !times.has(origin.cause.since_ms));
  return others.length === 0 ? [] : [`${others.length} emissions began with no record from outside`];
}

/** A letter for each record that nobody could read, and no other. */
function lettersOf(rejected: readonly LogRecord[], topics: Readonly<Record<string, readonly LogRecord[]>>): string[] {
  const garbage = Object.entries(topics).flatMap(([topic, records]) =>
    records.filter(({ value }) => String(value) === GARBAGE).map(({ partition, offset }) => `${topic}/${partition}/${offset}`),
  );
  const letters = new Set(
    rejected.map(({ value }) => {
      const letter: { topic: string; partition: number; offset: number } = JSON.parse(String(value));
      return `${letter.topic}/${letter.partition}/${letter.offset}`;
    }),
  );
  const wrong = [...new Set(garbage).symmetricDifference(letters)];
  return wrong.length === 0 ? [] : [`letters about ${wrong.join(', ')} are missing, or too many`];
}

/** What each shard published last is what stands in the tables. */
async function auditPublished({ log, tables, shape }: Pick<Audited, 'tables' | 'shape'> & { readonly log: Log }): Promise<string[]> {
  const newest = new Map<string, NonNullable<ReturnType<typeof decodePublishedTotals>>>();
  for (const { value } of await readTopic(log, TOTALS)) {
    const published = decodePublishedTotals(value);
    if (!published) return ['a record of the totals cannot be read'];
    const shard = `${published.fold}/${published.shard}`;
    if (published.nextOffset >= (newest.get(shard)?.nextOffset ?? 0)) newest.set(shard, published);
  }
  const differ = async (fold: string, shards: number) => {
    const stored = (await totalsOf(tables, fold, shards)).filter(({ period }) => period === ALL);
    const told = [...newest.values()].filter((one) => one.fold === fold).flatMap(({ totals }) => totals);
    return differences(`published totals of ${fold}`, figuresOf(told.filter(({ period }) => period === ALL)), figuresOf(stored));
  };
  return [...(await differ('trade', shape.tradeShards)), ...(await differ('stock', shape.stockShards))];
}
