/**
 * An aggregate as a fold: commands are its records, facts are their outcome (event sourcing, with the rules as pure functions `decide`
 * and `evolve`). A command leads to facts or to a refusal, and the same command to the same answer again: the page keeps the
 * last answers by the id of their command. The records of other folds and of delays are commands without an id: the engine knows them by their cause.
 *
 *     defineFold({ name: 'shop-stock', …, ...aggregate({ initial, decode, decide, evolve, effects, answer }) })
 */
import { z } from 'zod';
import type { At, Effects, Emission, FoldDefinition, Folded } from '../definition.ts';

/** Answers that an aggregate remembers, unless told otherwise. */
export const ANSWERS_MAX = 32;

/** What any command may carry. */
export interface Command {
  /** The same for every attempt at one command; absent where it comes from a fold. */
  readonly command_id?: string | undefined;
  /** Refuses the command where the aggregate is at another version. */
  readonly expected_version?: number | undefined;
}

/** No facts: there is nothing to do, and that is no refusal. */
export type Decision<Fact, Refusal> = { readonly facts: readonly Fact[] } | { readonly refusal: Refusal };

export interface VersionConflict {
  readonly reason: 'version_conflict';
  readonly actual_version: number;
}

/** What a command is told, now and whenever it is repeated: the version after its facts, or why there are none. */
export type Answer<Refusal> =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly refusal: Refusal | VersionConflict };

/** A fact and its place in the stream of its aggregate, from 1. */
export interface Numbered<Fact> {
  readonly version: number;
  readonly fact: Fact;
}

/** What one command, or a deadline, changed. There is at least one fact. */
export interface Change<State, Fact> {
  readonly facts: readonly Numbered<Fact>[];
  readonly before: State;
  readonly after: State;
}

/** The state of the fold. */
export interface Aggregate<State, Refusal> {
  readonly state: State;
  /** The number of its facts. */
  readonly version: number;
  /** By the ids of their commands, the newest last. */
  readonly answers: readonly (readonly [command_id: string, answer: Answer<Refusal>])[];
}

/** All of it pure. States, facts and refusals are plain JSON. */
export interface AggregateRules<
  Cmd extends Command,
  State,
  Fact,
  Refusal,
  Topic extends string = never,
  Delay extends string = never,
  Measure extends string = never,
> {
  readonly initial: State;
  /** The state that a JSON value says. @throws Error for one that it cannot understand */
  decode(value: unknown): State;
  decide(command: Cmd, state: State, at: At): Decision<Fact, Refusal>;
  evolve(state: State, fact: Fact): State;
  /** The deadline of a state, and the facts when it has passed: they leave no deadline, or a later one (see FoldDefinition.expiry). */
  readonly expiry?: { due_ms(state: State): number | undefined; expire(state: State, at: At): readonly NoInfer<Fact>[] };
  /** What follows from facts, whatever led to them: rows (of an event store, too), totals, emissions, delays. */
  effects?(change: Change<State, Fact>, at: At): Omit<Effects<State, Topic, Delay, Measure>, 'state'>;
  /** Tells whoever waits for it what became of a command; sent after what follows from its facts, and again when the command is repeated. */
  answer?(command: Cmd, answer: Answer<Refusal>, at: At): readonly Emission<Topic>[];
  /** A command that is repeated after so many others with an id is decided anew. */
  readonly answers_max?: number;
}

type AggregateFold<Cmd, State, Refusal, Topic extends string, Delay extends string, Measure extends string> = Pick<
  FoldDefinition<Cmd, Aggregate<State, Refusal>, never, Topic, Delay, Measure>,
  'initial' | 'encode' | 'decode' | 'fold' | 'expiry'
>;

/** The parts of a fold definition that follow from the rules of an aggregate. */
export function aggregate<
  Cmd extends Command,
  State,
  Fact,
  Refusal,
  Topic extends string = never,
  Delay extends string = never,
  Measure extends string = never,
>(rules: AggregateRules<Cmd, State, Fact, Refusal, Topic, Delay, Measure>): AggregateFold<Cmd, State, Refusal, Topic, Delay, Measure> {
  type Kept = Aggregate<State, Refusal>;
  const { expiry } = rules;

  function fold(before: Kept, command: Cmd, at: At): Folded<Kept, Topic, Delay, Measure> {
    const told = before.answers.find(([command_id]) => command_id === command.command_id)?.[1];
    if (told) return { outcome: 'repeated', emits: tell(command, told, at) };
    const decision = decide(before, command, at);
    if ('refusal' in decision) {
      const answer: Answer<Refusal> = { ok: false, refusal: decision.refusal };
      return { outcome: 'refused', state: remember(before, command, answer), emits: tell(command, answer, at) };
    }
    const { state, emits = [], ...others } = apply(before, decision.facts, at);
    const answer: Answer<Refusal> = { ok: true, version: state.version };
    return { ...others, outcome: 'counted', state: remember(state, command, answer), emits: [...emits, ...tell(command, answer, at)] };
  }

  function decide({ state, version }: Kept, command: Cmd, at: At): Decision<Fact, Refusal | VersionConflict> {
    const { expected_version = version } = command;
    if (expected_version !== version) return { refusal: { reason: 'version_conflict', actual_version: version } };
    return rules.decide(command, state, at);
  }

  /** The state after facts, and what follows from them. */
  function apply({ state: before, version, answers }: Kept, facts: readonly Fact[], at: At): Effects<Kept, Topic, Delay, Measure> {
    const after = facts.reduce((state, fact) => rules.evolve(state, fact), before);
    const numbered = facts.map((fact, index) => ({ version: version + 1 + index, fact }));
    const followed = facts.length > 0 ? rules.effects?.({ facts: numbered, before, after }, at) : undefined;
    return { ...followed, state: { state: after, version: version + facts.length, answers } };
  }

  function remember(kept: Kept, { command_id }: Cmd, answer: Answer<Refusal>): Kept {
    if (command_id === undefined) return kept;
    const answers = [...kept.answers, [command_id, answer] as const];
    return { ...kept, answers: answers.slice(-(rules.answers_max ?? ANSWERS_MAX)) };
  }

  function tell(command: Cmd, answer: Answer<Refusal>, at: At): readonly Emission<Topic>[] {
    return rules.answer?.(command, answer, at) ?? [];
  }

  const schema = keptSchema<Refusal>();
  return {
    initial: { state: rules.initial, version: 0, answers: [] },
    encode: (kept) => JSON.stringify(kept),
    decode(value) {
      const { state, ...others } = schema.parse(value);
      return { state: rules.decode(state), ...others };
    },
    fold,
    ...(expiry && {
      expiry: {
        due_ms: ({ state }) => expiry.due_ms(state),
        expire: (kept, at) => apply(kept, expiry.expire(kept.state, at), at),
      },
    }),
  };
}

function keptSchema<Refusal>() {
  const answer = z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), version: z.int().min(0) }),
    z.object({ ok: z.literal(false), refusal: z.custom<Refusal | VersionConflict>() }),
  ]);
  return z.object({ state: z.unknown(), version: z.int().min(0), answers: z.array(z.tuple([z.string(), answer])) });
}
