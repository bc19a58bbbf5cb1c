/** `kaiseki demo`: everything, with customers. */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { Random } from '#platform/random/random.ts';
import { WORKLOAD_NAMES } from '../catalogue.ts';
import { replay } from '../orders/replay/replay.ts';
import { SampleStream } from '../orders/replay/sample-stream.ts';
import { type Companion, runProcess } from '../run.ts';
import type { Settings } from '../settings.ts';
import { type CommandContext, settingsAndLogger, UsageError } from './context.ts';
import { examples } from './help.ts';
import { demoDirectory } from './no-orders.ts';

const ORDERS_A_SECOND = 40;
const CUSTOMERS = { users: 400, skew: 0.8, hot: 0, duplicates: 0.02 };
/** So many orders were made on an earlier day, on a telephone that had no network until now. */
const LATE_SHARE = 0.2;
const LATE_MS_MAX = 6 * 24 * 60 * 60_000;

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .summary('run everything with a moving sample stream')
    .description(
      `Runs every workload in this process and sends it about ${ORDERS_A_SECOND} orders a second of customers whose tastes drift. ` +
        'Its data is in the directory “demo” of the data directory, apart from real orders; remove it to begin afresh.',
    )
    .addHelpText('after', examples(['kaiseki demo', 'KAISEKI_PORT=9000 kaiseki demo']))
    .action(async () => {
      const { settings, logger } = settingsAndLogger(context);
      const server = settings.kafka ? 'KAFKA_BROKERS' : settings.cassandra ? 'CASSANDRA_CONTACT_POINTS' : undefined;
      if (server) throw new UsageError(`the demo would mix its orders with real ones while ${server} is set: unset it`);
      const own = { ...settings, dataDirectory: demoDirectory(settings.dataDirectory) };
      const options = { settings: own, workloads: WORKLOAD_NAMES, clock: context.clock, logger };
      context.exitCode = await runProcess(options, customers(own, context.clock, logger));
    });
}

function customers({ orders, http }: Settings, clock: Clock, logger: Logger): Companion {
  return async (address, signal) => {
    const random = new Random(randomInt(2 ** 47));
    const stream = new SampleStream({ ...CUSTOMERS, dimensions: orders.menu.dimensions }, random);
    await replay(
      stream,
      {
        url: address,
        apiKey: http.apiKeys.find(({ role }) => role === 'ingest')?.key,
        clock,
        orders: Number.POSITIVE_INFINITY,
        rate: ORDERS_A_SECOND,
        batch: 1,
        orderedAt: () => clock.now_ms() - (random.chance(LATE_SHARE) ? random.below(LATE_MS_MAX) : 0),
        retrying: (reason) => logger.debug({ reason }, 'a sample order is sent again'),
        decided: () => undefined,
      },
      signal,
    );
  };
}
