import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineTable } from '#platform/tables/tables.ts';
import { type At, defineFold } from '../definition.ts';
import { command, from, given } from '../given.testing.ts';
import { recordJson } from '../record-json.ts';
import { type Aggregate, type Answer, aggregate, type Command, type Decision } from './aggregate.ts';

/** A purse: money is put in and taken out. */
interface PurseCommand extends Command {
  readonly put?: number;
  readonly take?: number;
}
type PurseFact = { readonly kind: 'put' | 'taken'; readonly amount: number };
interface PurseRefusal {
  readonly reason: 'too_little';
  readonly there: number;
}
interface Purse {
  readonly amount: number;
}

const MOST = 3;

function decide({ put = 0, take = 0 }: PurseCommand, { amount }: Purse): Decision<PurseFact, PurseRefusal> {
  if (take > amount + put) return { refusal: { reason: 'too_little', there: amount } };
  const facts: PurseFact[] = [
    { kind: 'put', amount: put },
    { kind: 'taken', amount: take },
  ];
  return { facts: facts.filter((fact) => fact.amount > 0) };
}

const purseRules = aggregate({
  initial: { amount: 0 },
  decode: (value) => value as Purse,
  decide,
  evolve: ({ amount }, fact: PurseFact) => ({ amount: fact.kind === 'put' ? amount + fact.amount : amount - fact.amount }),
  effects: ({ facts, before, after }) => ({
    emits: facts.map((fact) => ({ topic: 'facts' as const, key: 'purse', value: JSON.stringify(fact) })),
    totals: [{ period: 'all', name: 'purses', figures: { yen: after.amount - before.amount } }],
  }),
  answer: ({ command_id }, answer: Answer<PurseRefusal>) =>
    command_id === undefined ? [] : [{ topic: 'answers' as const, key: command_id, value: JSON.stringify(answer) }],
  answers_max: MOST,
});

const pages = defineTable({ name: 'purses', columns: { id: 'text', page: 'text' }, partitionKey: ['id'], clusteringKey: [] });
const purse = defineFold({
  name: 'purse',
  topic: 'purse',
  group: 'purse',
  rejectedTopic: 'purse-rejected',
  emits: ['facts', 'answers'],
  measures: { yen: { nonNegative: true } },
  pin: () => ({ ok: true, fingerprint: '', pin: undefined }),
  read: (record) => ({ ok: true, key: String(record.key), event: recordJson(record.value) as PurseCommand, periods: [] }),
  pages: { table: pages, keyOf: (id) => ({ id }) },
  ...purseRules,
});

const sent = (value: PurseCommand) => command('purse', value);
const fact = (version: number, kind: PurseFact['kind'], amount: number) => ({
  topic: 'facts' as const,
  key: 'purse',
  value: { version, fact: { kind, amount } },
});
const told = (key: string, value: Answer<PurseRefusal>) => ({ topic: 'answers' as const, key, value });
const yen = (figure: number) => [{ period: 'all', name: 'purses', figures: { yen: figure } }];
const refused = (there: number): Answer<PurseRefusal> => ({ ok: false, refusal: { reason: 'too_little', there } });

describe('a command', () => {
  it('leads to facts, which have numbers in the stream of their aggregate', async () => {
    await given(purse)
      .when(sent({ command_id: 'a', put: 5 }))
      .gives({
        emits: [fact(1, 'put', 5), told('a', { ok: true, version: 1 })],
        totals: yen(5),
        state: { state: { amount: 5 }, version: 1, answers: [['a', { ok: true, version: 1 }]] },
      });
    await given(purse, sent({ put: 5 }))
      .when(sent({ command_id: 'b', put: 1, take: 2 }))
      .gives({ emits: [fact(2, 'put', 1), fact(3, 'taken', 2), told('b', { ok: true, version: 3 })], totals: yen(-1) });
  });

  it('is refused', async () => {
    await given(purse)
      .when(sent({ command_id: 'a', take: 1 }))
      .gives({
        outcome: 'refused',
        emits: [told('a', refused(0))],
        state: { state: { amount: 0 }, version: 0, answers: [['a', refused(0)]] },
      });
  });

  it('has nothing to do', async () => {
    await given(purse, sent({ put: 5 }))
      .when(sent({ command_id: 'a' }))
      .gives({ emits: [told('a', { ok: true, version: 1 })] });
  });

  it('is refused at another version than it expects', async () => {
    const conflict = { ok: false, refusal: { reason: 'version_conflict', actual_version: 1 } } as const;
    const early = sent({ command_id: 'a', put: 1, expected_version: 2 });
    await given(purse, sent({ put: 5 }))
      .when(early)
      .gives({ outcome: 'refused', emits: [told('a', conflict)] });
    await given(purse, sent({ put: 5 }), early, sent({ put: 5 }))
      .when(early)
      .gives({ outcome: 'repeated', emits: [told('a', conflict)] });
    await given(purse, sent({ put: 5 }))
      .when(sent({ put: 1, expected_version: 1 }))
      .gives({ emits: [fact(2, 'put', 1)], totals: yen(1) });
  });

  it('has the same answer again, though it would be decided otherwise by now', async () => {
    await given(purse, sent({ command_id: 'a', take: 1 }), sent({ put: 5 }))
      .when(sent({ command_id: 'a', take: 1 }))
      .gives({ outcome: 'repeated', emits: [told('a', refused(0))] });
    await given(purse, sent({ command_id: 'a', put: 5 }), sent({ take: 5 }))
      .when(sent({ command_id: 'a', put: 5 }))
      .gives({ outcome: 'repeated', emits: [told('a', { ok: true, version: 1 })] });
  });

  it(`is known by its id after ${MOST - 1} others, not after ${MOST}`, async () => {
    const others = (count: number) => Array.from({ length: count }, (_, number) => sent({ command_id: `other ${number}`, put: 1 }));
    const first = sent({ command_id: 'a', put: 1 });
    await given(purse, first, ...others(MOST - 1))
      .when(first)
      .gives({ outcome: 'repeated', emits: [told('a', { ok: true, version: 1 })] });
    await given(purse, first, ...others(MOST))
      .when(first)
      .gives({ emits: [fact(MOST + 2, 'put', 1), told('a', { ok: true, version: MOST + 2 })], totals: yen(1) });
  });

  it('from another fold has no id, and takes no place among the answers', async () => {
    await given(purse, sent({ command_id: 'a', put: 1 }))
      .when(from('shop/1', 'purse', { put: 2 }))
      .gives({
        emits: [fact(2, 'put', 2)],
        totals: yen(2),
        state: { state: { amount: 3 }, version: 2, answers: [['a', { ok: true, version: 1 }]] },
      });
  });
});

it('a page of something else is no aggregate', () => {
  expect(() => purseRules.decode({ state: { amount: 1 }, version: -1, answers: [] })).toThrow();
  expect(() => purseRules.decode({ state: { amount: 1 }, version: 1, answers: [['a', 'yes']] })).toThrow();
});

it('every command is decided once, however often it is sent, while its answer is remembered', () => {
  const at: At = { key: 'purse', shard: 0, offset: 0, time_ms: 0, cause: undefined, delay: undefined };
  const commands = fc.array(
    fc.record({ number: fc.nat({ max: 20 }), put: fc.nat({ max: 3 }), take: fc.nat({ max: 5 }), back: fc.nat({ max: MOST - 1 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(commands, (drawn) => {
      let state: Aggregate<Purse, PurseRefusal> = purseRules.initial;
      const first: { readonly command: PurseCommand; readonly emits: unknown }[] = [];
      for (const [index, { put, take, back }] of drawn.entries()) {
        const earlier = index % 2 === 1 ? first.at(-1 - back) : undefined;
        const sentNow = earlier?.command ?? { command_id: `c${index}`, put, take };
        const folded = purseRules.fold(state, sentNow, at);
        if (earlier) expect(folded).toEqual({ outcome: 'repeated', emits: [earlier.emits] });
        else first.push({ command: sentNow, emits: folded.emits?.at(-1) });
        if (folded.outcome === 'repeated') continue;
        expect(folded.outcome).toBe('refusal' in decide(sentNow, state.state) ? 'refused' : 'counted');
        state = purseRules.decode(JSON.parse(purseRules.encode(folded.state)));
        expect(state).toEqual(folded.state);
      }
      const isPut = (emits: unknown) => JSON.stringify(emits).includes('true');
      const amounts = first.filter(({ emits }) => isPut(emits)).map(({ command: { put = 0, take = 0 } }) => put - take);
      expect(state.state.amount).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
    }),
  );
});
