/** `kaiseki <workload…>` and `kaiseki all`: starts workloads in this process. */
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { nearestName } from '#platform/words/nearest-name.ts';
import { isWorkloadName, WORKLOAD_NAMES, WORKLOADS, type WorkloadName } from '../catalogue.ts';
import { runProcess } from '../run.ts';
import { type CommandContext, settingsAndLogger, UsageError } from './context.ts';
import { examples } from './help.ts';

/** Makes `program` itself start the workloads that it is given. */
export function addWorkloadNames(program: Command, context: CommandContext): void {
  program
    .argument('[workload...]', `what to run in this process: ${WORKLOAD_NAMES.join(', ')}`)
    .addHelpText('after', () => `\nWorkloads:\n${workloadLines()}`)
    .action(async (names: string[]) => {
      if (names.length === 0) return program.help({ error: true });
      context.exitCode = await run(
        workloadNames(
          names,
          program.commands.map((command) => command.name()),
        ),
        context,
      );
    });
}

export function addAll(program: Command, context: CommandContext): void {
  program
    .command('all')
    .summary('run every workload in this process')
    .description('Runs every workload in this process. Without settings it needs no server: everything is in ./data.')
    .addHelpText('after', examples(['kaiseki all', 'KAISEKI_PORT=9000 KAISEKI_DATA_DIR=/var/lib/kaiseki kaiseki all']))
    .action(async () => {
      useLittleMemory();
      context.exitCode = await run(WORKLOAD_NAMES, context);
    });
}

/** A process that runs everything is a guest on somebody's machine: its heap is collected sooner, for some more CPU (decision 10). */
function useLittleMemory(): void {
  setFlagsFromString('--heap-growing-percent=20');
}

async function run(workloads: readonly WorkloadName[], context: CommandContext): Promise<number> {
  return runProcess({ ...settingsAndLogger(context), workloads, clock: context.clock });
}

/** @throws UsageError naming the first that is no workload, with the nearest that is something */
function workloadNames(names: readonly string[], commands: readonly string[]): readonly WorkloadName[] {
  const workloads = names.map((name) => {
    if (isWorkloadName(name)) return name;
    const problem = commands.includes(name) ? `${name} is a command: it goes alone` : `there is no workload ${JSON.stringify(name)}`;
    const near = commands.includes(name) ? undefined : nearestName(name, [...WORKLOAD_NAMES, ...commands]);
    throw new UsageError(`${problem}${near ? `; did you mean ${near}?` : ''}`);
  });
  return [...new Set(workloads)];
}

function workloadLines(): string {
  return WORKLOAD_NAMES.map((name) => `  ${name.padEnd(10)} ${WORKLOADS[name].purpose}`).join('\n');
}
