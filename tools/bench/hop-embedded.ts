/** A pipeline of two folds on the embedded log and tables, for the hops. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { type PipelineShape, pipelineTopics } from '#platform/fold/pipeline/pipeline.testing.ts';
import { openEmbeddedLog } from '#platform/log/embedded.ts';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import type { HopPlace } from './hop.ts';
import { temporaryDirectory } from './program.ts';

export async function openEmbeddedHop(shape: PipelineShape): Promise<HopPlace> {
  const directory = temporaryDirectory();
  const log = await openEmbeddedLog({ directory: directory.path, clock });
  const tables = await openEmbeddedTables({ directory: directory.path });
  await log.createTopics(pipelineTopics(shape));
  return {
    log,
    tables,
    async [Symbol.asyncDispose]() {
      await log.close();
      await tables.close();
      directory[Symbol.dispose]();
    },
  };
}
