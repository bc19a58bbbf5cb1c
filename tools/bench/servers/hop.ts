/** A pipeline of two folds on real servers, for the hops. */
import type { PipelineShape } from '#platform/fold/pipeline/pipeline.testing.ts';
import { createPlace, dropPlace, openAt } from '#platform/fold/pipeline/servers.testing.ts';
import type { HopPlace } from '../hop.ts';
import type { Servers } from './generation.ts';

export async function openServersHop({ brokers, contactPoints, localDataCenter }: Servers, shape: PipelineShape): Promise<HopPlace> {
  const place = await createPlace({ brokers, contactPoints, localDataCenter, shape });
  const { log, tables, close } = openAt(place);
  return {
    log,
    tables,
    async [Symbol.asyncDispose]() {
      await close();
      await dropPlace(place);
    },
  };
}
