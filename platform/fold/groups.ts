/** The topics that a fold reads, each with the consumer group that reads it: its own, and one of each of its delays. */
import type { FoldDefinition } from './definition.ts';
import { delayTopic } from './emissions.ts';

export interface FoldGroup {
  readonly topic: string;
  readonly group: string;
  /** The delay whose topic it is: its records wait there on purpose. */
  readonly delay: string | undefined;
}

export function groupsOf({ name, topic, group, delays }: Pick<FoldDefinition<never, never, never>, 'name' | 'topic' | 'group' | 'delays'>) {
  const waiting = Object.keys(delays ?? {}).map((delay): FoldGroup => {
    const of = delayTopic(name, delay);
    return { topic: of, group: of, delay };
  });
  return [{ topic, group, delay: undefined }, ...waiting] satisfies readonly FoldGroup[];
}
