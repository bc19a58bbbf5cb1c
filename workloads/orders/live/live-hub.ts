/**
 * Pushes the board to everybody who watches: a snapshot first, then at most ten times a second what changed since,
 * however many orders come. What one round sends is made once a dimension, not once a viewer.
 */
import { ALL } from '#platform/fold/totals.ts';
import type { Dimension, Menu } from '../menu.ts';
import type { LiveBoard } from './live-board.ts';
import { LiveMessage } from './live-message.ts';
import type { LiveMetrics } from './live-metrics.ts';

/** Time between two rounds, in milliseconds: at the least, and twice that where nothing comes. */
export const ROUND_MS = 100;
/** How long a round waits, after the first totals that it is to send, for those of other shards, in milliseconds: shards flush together. */
export const GATHER_MS = 20;
/** Unsent bytes at which a viewer is skipped until it has caught up; it then gets a snapshot instead of what it missed. */
export const BACKLOG_BYTES_MAX = 64 * 1024;
/** Rounds without a change after which an empty one is sent, 15 s at the most: it tells viewers, and what stands between, that the connection lives. */
export const QUIET_ROUNDS_MAX = 75;

/** One open browser, whatever carries the messages to it. */
export interface Viewer {
  /** Bytes handed to the connection and not sent yet. */
  backlog_bytes(): number;
  send(message: LiveMessage): void;
}

interface Watching {
  readonly viewer: Viewer;
  behind: boolean;
}

export interface LiveHubOptions {
  readonly menu: Menu;
  readonly board: LiveBoard;
  /** Names this run of the process: sequence numbers of another stream mean nothing here. */
  readonly stream: string;
  /** The day that it is now, in the configured time zone. */
  readonly today: () => string;
  readonly metrics: LiveMetrics;
}

/** One dimension and those who watch it. */
interface Channel {
  readonly dimension: string;
  readonly segments: readonly string[];
  readonly viewers: Set<Watching>;
  /** Counts the changes sent; a viewer that sees a gap has missed one. */
  sequence: number;
  /** Rounds since the last one that sent something. */
  quiet: number;
}

export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #channels: ReadonlyMap<string, Channel>;
  #day: string;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.#day = options.today();
    this.#channels = new Map(options.menu.dimensions.map((dimension) => [dimension.name, channelOf(dimension)]));
  }

  /** How many watch now. */
  get viewers(): number {
    let viewers = 0;
    for (const channel of this.#channels.values()) viewers += channel.viewers.size;
    return viewers;
  }

  /** Sends a snapshot of the dimension, then every change, until the returned function is called. */
  join(dimension: string, viewer: Viewer): () => void {
    const channel = this.#channels.get(dimension);
    if (!channel) throw new Error(`there is no dimension ${dimension}`);
    const watching: Watching = { viewer, behind: false };
    channel.viewers.add(watching);
    viewer.send(this.#snapshot(channel));
    return () => channel.viewers.delete(watching);
  }

  /** One round: sends what changed since the last one, and everything when a new day has begun. */
  round(): void {
    const changed = this.#options.board.takeChanged();
    const day = this.#options.today();
    const midnight = day !== this.#day;
    this.#day = day;
    for (const channel of this.#channels.values()) {
      const all = among(channel.segments, changed.get(ALL));
      const today = among(channel.segments, changed.get(day));
      const message = this.#next(channel, midnight, all, today);
      for (const watching of channel.viewers) this.#advance(channel, watching, message);
    }
  }

  #next(channel: Channel, midnight: boolean, all: readonly string[], today: readonly string[]): LiveMessage | undefined {
    channel.quiet++;
    if (!midnight && all.length + today.length === 0 && channel.quiet < QUIET_ROUNDS_MAX) return undefined;
    channel.quiet = 0;
    channel.sequence++;
    return midnight ? this.#snapshot(channel) : this.#message('change', channel, all, today);
  }

  #advance(channel: Channel, watching: Watching, message: LiveMessage | undefined): void {
    const { viewer } = watching;
    if (watching.behind) {
      if (viewer.backlog_bytes() === 0) {
        watching.behind = false;
        viewer.send(this.#snapshot(channel));
      } else if (message !== undefined) this.#options.metrics.skipped.inc();
      return;
    }
    if (message === undefined) return;
    if (viewer.backlog_bytes() <= BACKLOG_BYTES_MAX) {
      viewer.send(message);
      return;
    }
    watching.behind = true;
    this.#options.metrics.skipped.inc();
  }

  #snapshot(channel: Channel): LiveMessage {
    return this.#message('snapshot', channel, channel.segments, channel.segments);
  }

  #message(type: 'snapshot' | 'change', channel: Channel, all: readonly string[], today: readonly string[]): LiveMessage {
    const { board, stream } = this.#options;
    return new LiveMessage({
      type,
      stream,
      sequence: channel.sequence,
      dimension: channel.dimension,
      day: this.#day,
      all: all.map((segment) => board.total(ALL, segment)),
      today: today.map((segment) => ({ segment, orders: board.total(this.#day, segment).orders })),
    });
  }
}

function channelOf(dimension: Dimension): Channel {
  return {
    dimension: dimension.name,
    segments: dimension.menu_types.map((menuType) => menuType.name),
    viewers: new Set(),
    sequence: 0,
    quiet: 0,
  };
}

function among(segments: readonly string[], changed: ReadonlySet<string> | undefined): readonly string[] {
  return changed ? segments.filter((segment) => changed.has(segment)) : [];
}
