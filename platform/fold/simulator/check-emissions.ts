/**
 * Emissions: each that the recounts expect stands in its topic as it should be, however often; nothing stands there that nobody emitted;
 * what a delay held has come back to the fold's own topic; and what the shards count along the edges adds up.
 */
import { type NaiveCause, naiveCause } from './naive-causes.ts';
import type { ExpectedEmission, Pipeline } from './pipeline.ts';
import type { World } from './world.ts';

export function emissionProblems(world: World, pipeline: Pipeline, expected: readonly ExpectedEmission[]): string[] {
  const problems: string[] = [];
  const delayed = new Map(pipeline.folds.flatMap(({ delayTopics, topic }) => delayTopics.map((delay): [string, string] => [delay, topic])));
  const topics = new Set([
    ...pipeline.folds.flatMap(({ topic, delayTopics }) => [topic, ...delayTopics]),
    ...expected.map(({ topic }) => topic),
  ]);
  const should = new Set<string>();
  for (const emission of expected) {
    const text = textOf(emission.key, emission.value, emission, pipeline);
    should.add(`${emission.topic} ${text}`);
    const target = delayed.get(emission.topic);
    if (target !== undefined) should.add(`${target} ${text}`);
  }
  const found = new Set<string>();
  for (const topic of topics) {
    for (const record of world.topics.records(topic)) {
      const cause = naiveCause(record);
      if (!cause) continue;
      const text = `${topic} ${textOf(record.key, record.value, cause, pipeline)}`;
      found.add(text);
      if (!should.has(text)) problems.push(`an emission of nobody: ${text}`);
      if (cause.timer && !delayed.has(topic) && record.timestamp_ms < cause.timer.due_ms) problems.push(`came back early: ${text}`);
    }
  }
  for (const text of should) if (!found.has(text)) problems.push(`an emission is lost: ${text}`);
  return [...problems, ...conservationProblems(world, pipeline)];
}

function textOf(key: unknown, value: unknown, { from, offset, n, since_ms, timer }: NaiveCause, { isLoose }: Pipeline): string {
  if (isLoose) return `${key} ${value}`;
  return `${key} ${value} from ${from}@${offset}.${n} since ${since_ms}${timer ? ` ${timer.delay} due ${timer.due_ms}` : ''}`;
}

/** For each edge: what its fold's shards have sent is what the shards of every fold that reads the topic have heard, or rejected. */
function conservationProblems(world: World, { folds }: Pipeline): string[] {
  const problems: string[] = [];
  for (const sender of folds) {
    for (const reader of folds) {
      for (const topic of [reader.topic, ...(reader === sender ? reader.delayTopics : [])]) {
        const edge = topic === reader.topic ? sender.name : `${sender.name}>${topic.slice(`${sender.name}-delay-`.length)}`;
        const sent = edgeCount(world, sender.name, `sent/${topic}`);
        const heard = edgeCount(world, reader.name, `heard/${edge}`);
        const rejected = edgeCount(world, reader.name, `rejected/${edge}`);
        if (sent !== heard + rejected)
          problems.push(`${sender.name} sent ${sent} to ${topic}; ${reader.name} heard ${heard} and rejected ${rejected}`);
      }
    }
  }
  return problems;
}

function edgeCount(world: World, fold: string, name: string): number {
  let count = 0;
  for (const { worker, shard } of world.shards) {
    if (worker.fold !== fold) continue;
    const { totals } = world.tables.shard({ fold, shard });
    count += totals.get(`edges/${name}`)?.figures.records ?? 0;
  }
  return count;
}
