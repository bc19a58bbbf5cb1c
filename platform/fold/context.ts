/** Everything that a fold works with; the same for all of its shards. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import type { FoldDefinition, KeyState } from './definition.ts';
import type { FlushRoom } from './flush-room.ts';
import type { FoldLimits } from './limits.ts';
import type { FoldObserver } from './outcome.ts';

export interface FoldContext<Event, State extends KeyState, Pin> {
  readonly definition: FoldDefinition<Event, State, Pin>;
  readonly log: Pick<Log, 'append' | 'nameOf'>;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly limits: FoldLimits;
  /** What the flushes of all shards share. */
  readonly room: FlushRoom;
  readonly observer: FoldObserver;
}
