/**
 * Whether this process's settings are those under which the orders were counted. The counter and the daily recount hold
 * theirs against the pin of each shard that they work on; a workload that only reads would answer wrongly (users who seem to have
 * no orders, days cut elsewhere) and never know.
 */
import type { Logger } from 'pino';
import { backoff_ms, DEFAULT_BACKOFF } from '#platform/clock/backoff.ts';
import type { Clock } from '#platform/clock/clock.ts';
import { HttpProblem, unavailable } from '#platform/http/problem.ts';
import type { Readiness } from '#platform/http/readiness.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { ORDERS_FOLD } from './orders-fold.ts';
import { type PinnedSettings, readingProblem } from './pin.ts';

/** The time between two looks, in milliseconds: how long answers may be wrong after a shard is first claimed under other settings. */
const LOOK_MS = 5_000;

export interface PinWatchOptions {
  /** The name of the workload that reads. */
  readonly workload: string;
  readonly settings: PinnedSettings;
  readonly tables: Pick<Tables, 'readShard'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class PinWatch {
  readonly #options: PinWatchOptions;
  readonly #stopping = new AbortController();
  #problem: HttpProblem | undefined = unavailable('It is not known yet under which settings the orders were counted.');

  constructor(options: PinWatchOptions) {
    this.#options = options;
  }

  /** Resolves after the first look; others follow until `stop`. */
  async start(): Promise<void> {
    void this.#watch(await this.#look());
  }

  /** A look under way ends by itself: tables that do not answer must not hold up a stop. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether what is read now is answered as it was counted, as far as is known. */
  get fits(): boolean {
    return this.#problem === undefined;
  }

  /** @throws HttpProblem (503) while what was counted would be answered wrongly */
  mustFit(): void {
    if (this.#problem) throw this.#problem;
  }

  readiness(): Readiness {
    const { workload: name } = this.#options;
    return this.#problem ? { name, ready: false, reason: this.#problem.message } : { name, ready: true };
  }

  async #watch(answered: boolean): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = answered ? 0 : 1; ; ) {
      await clock.sleep(failures === 0 ? LOOK_MS : backoff_ms(DEFAULT_BACKOFF, failures - 1), signal);
      if (signal.aborted) return;
      failures = (await this.#look()) ? 0 : failures + 1;
    }
  }

  /** Whether the tables answered. While they do not, what was known stands: whoever reads them then hears of it in its own call. */
  async #look(): Promise<boolean> {
    const { logger, workload } = this.#options;
    let problem: string | undefined;
    try {
      problem = await this.#findProblem();
    } catch {
      return false;
    }
    const before = this.#problem?.kind === 'misconfigured' ? this.#problem.message : undefined;
    if (problem !== undefined && problem !== before) logger.error(`${problem} Until then ${workload} answers 503.`);
    if (problem === undefined && before !== undefined) logger.info('the settings are those under which the orders were counted');
    this.#problem = problem === undefined ? undefined : new HttpProblem('misconfigured', problem);
    return true;
  }

  /**
   * Looks at every shard: its first claim is held against nothing, so that each may have been claimed under settings of its own.
   * What answers is judged; of what does not, the next look will know.
   * @throws where no shard answers, or where the one may be silent that did not fit
   */
  async #findProblem(): Promise<string | undefined> {
    const { settings, tables } = this.#options;
    const shards = Array.from({ length: settings.layout.shards }, (_, shard) =>
      tables.readShard({ fold: ORDERS_FOLD, shard }, [], 'quorum'),
    );
    const answers = await Promise.allSettled(shards);
    for (const [shard, answer] of answers.entries()) {
      const fingerprint = answer.status === 'fulfilled' ? answer.value.fingerprint : null;
      const problem = fingerprint === null ? undefined : readingProblem(settings, fingerprint);
      if (problem !== undefined) return `Shard ${shard} was counted under other settings than this process has: ${problem}`;
    }
    const silent = answers.find((answer) => answer.status === 'rejected');
    if (silent && (this.#problem?.kind === 'misconfigured' || answers.every(({ status }) => status === 'rejected'))) throw silent.reason;
    return undefined;
  }
}
