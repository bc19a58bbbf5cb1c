/** The customers of the pipeline: they order, order again, and cancel, by a seed; and they send what no customer should. */
import type { Clock } from '#platform/clock/clock.ts';
import { AppendFailed, type Log, type NewRecord } from '#platform/log/log.ts';
import { Random } from '#platform/random/random.ts';
import { type Line, STOCK_COMMANDS, TRADE_COMMANDS } from './names.testing.ts';
import { DEADLINES } from './pipeline.testing.ts';
import type { TradeCommand } from './trade.testing.ts';

const PRODUCTS = 30;
const LINES_MAX = 3;
const QUANTITY_MAX = 4;
const DAYS = 3;
/** Orders in one append. */
const BATCH = 20;
const AGAIN_MS = 200;

/** What a fold refuses to read. */
export const GARBAGE = 'garbage';

const CHANCES = { startedTwice: 0.05, cancelledBefore: 0.02, cancelledAtOnce: 0.08, cancelledLater: 0.08 };

export interface CustomersOptions {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  readonly seed: number;
}

export class Customers {
  /** Every order that was started, and its lines. */
  readonly orders = new Map<string, readonly Line[]>();
  readonly days = new Map<string, number>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #seed: number;
  #later: string[] = [];

  constructor({ clock, seed }: Pick<CustomersOptions, 'clock' | 'seed'>) {
    this.#clock = clock;
    this.#random = new Random(seed);
    this.#seed = seed;
  }

  /** Sends so many orders, and cancellations among them. Resolved: all of it is in the log, what was not acknowledged perhaps twice. */
  async order(log: Pick<Log, 'append'>, orders: number, perSecond = Number.POSITIVE_INFINITY): Promise<void> {
    const started_ms = this.#clock.monotonic_ms();
    for (let sent = 0; sent < orders; sent += BATCH) {
      const due_ms = started_ms + (sent / perSecond) * 1_000;
      await this.#clock.sleep(Math.max(0, due_ms - this.#clock.monotonic_ms()));
      const commands = Array.from({ length: Math.min(BATCH, orders - sent) }, () => this.#commands()).flat();
      await this.#append(log, TRADE_COMMANDS, commands);
    }
    await this.#append(log, TRADE_COMMANDS, this.#later.map(cancel));
    this.#later = [];
  }

  /** Sends records that no fold understands, or that only folds may send, and a record that no fold has put off. */
  async disturb(log: Pick<Log, 'append'>): Promise<void> {
    const [order = ''] = this.orders.keys();
    const commands: [string, TradeCommand][] = [
      [order, { kind: 'reply', product: 'product-0', ok: true }],
      [order, { kind: 'deadline' }],
    ];
    const garbage: [string, string][] = [[order, GARBAGE]];
    await this.#append(log, TRADE_COMMANDS, [...commands, ...garbage]);
    await this.#append(log, STOCK_COMMANDS, [['product-0', { kind: 'reserve', order, quantity: 1 }], ...garbage]);
    await this.#append(log, DEADLINES, garbage);
  }

  /** Sends one order of one product. */
  async orderOne(log: Pick<Log, 'append'>, line: Line): Promise<void> {
    await this.#append(log, TRADE_COMMANDS, [this.#start([line])]);
  }

  /** A new order with what its customer does about it now. */
  #commands(): [string, TradeCommand][] {
    const random = this.#random;
    const start = this.#start(this.#lines());
    const [order] = start;
    if (random.chance(CHANCES.cancelledLater)) this.#later.push(order);
    const commands: [string, TradeCommand][] = [];
    if (random.chance(CHANCES.cancelledBefore)) commands.push(cancel(order));
    commands.push(start);
    if (random.chance(CHANCES.startedTwice)) commands.push(start);
    if (random.chance(CHANCES.cancelledAtOnce)) commands.push(cancel(order));
    return commands;
  }

  #start(lines: Line[]): [string, TradeCommand] {
    const order = `order-${this.#seed}-${this.orders.size}`;
    const day = `day-${this.#random.below(DAYS)}`;
    this.orders.set(order, lines);
    this.days.set(day, (this.days.get(day) ?? 0) + 1);
    return [order, { kind: 'start', day, lines }];
  }

  /** Of products of which some are wanted more than others. */
  #lines(): Line[] {
    const lines = new Map<string, number>();
    for (let left = 1 + this.#random.below(LINES_MAX); left > 0; left--) {
      const product = `product-${Math.floor(PRODUCTS * this.#random.fraction() ** 2)}`;
      lines.set(product, 1 + this.#random.below(QUANTITY_MAX));
    }
    return [...lines].map(([product, quantity]) => ({ product, quantity }));
  }

  /** Appends until all is acknowledged. */
  async #append(
    log: Pick<Log, 'append'>,
    topic: string,
    values: readonly (readonly [key: string, value: object | string])[],
  ): Promise<void> {
    let open = values.map(([key, value]): NewRecord => {
      return { key, value: typeof value === 'string' ? value : JSON.stringify(value), timestamp_ms: this.#clock.now_ms() };
    });
    while (open.length > 0) {
      try {
        return await log.append(topic, open);
      } catch (error) {
        if (!(error instanceof AppendFailed)) throw error;
        open = open.filter((_, index) => error.indexes.has(index));
        await this.#clock.sleep(AGAIN_MS);
      }
    }
  }
}

function cancel(order: string): [string, TradeCommand] {
  return [order, { kind: 'cancel' }];
}
