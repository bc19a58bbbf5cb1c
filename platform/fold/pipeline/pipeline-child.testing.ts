/**
 * A process that runs a pipeline on real servers, for the tests: `node pipeline-child.testing.ts <place as JSON>`. It says on its
 * standard output what its folds do, a line each, and ends at SIGTERM.
 */
import { once } from 'node:events';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { runPipeline } from './pipeline.testing.ts';
import { openAt, type PipelinePlace } from './servers.testing.ts';
import { PipelineWatch } from './watch.testing.ts';

const place: PipelinePlace = JSON.parse(process.argv[2] ?? '');
const { log, tables, close } = openAt(place);
const observer = new PipelineWatch((line) => process.stdout.write(`${line}\n`));
const running = await runPipeline({ log, tables, clock, shape: place.shape, observer });
await once(process, 'SIGTERM');
await running.stop();
await close();
