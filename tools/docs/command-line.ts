/** docs/reference/cli.md, from the command line's own help. */
import type { Command } from 'commander';
import { systemClock } from '#platform/clock/clock.ts';
import { createProgram } from '#workloads/command-line/program.ts';
import { type Document, page } from './document.ts';

/** Columns of the help texts, whatever terminal the documentation is written on. */
const COLUMNS = 110;

export function commandLineDocuments(): readonly Document[] {
  const program = createProgram({
    environment: {},
    settingsFile: '',
    clock: systemClock,
    print: () => undefined,
    complain: () => undefined,
    exitCode: 0,
  });
  const sections = [program, ...program.commands].flatMap((command) => [
    `## ${command === program ? 'kaiseki' : `kaiseki ${command.name()}`}`,
    '```text',
    helpOf(command),
    '```',
    '',
  ]);
  const text = page('Command line', 'the command line’s own help (workloads/command-line)', [
    '`npm run -s kaiseki -- …` and `npx kaiseki …` are the same program.',
    '',
    '| exit code | means |',
    '| --- | --- |',
    '| 0 | done, or stopped as asked |',
    '| 1 | something failed; `replay`: an order was not accepted |',
    '| 2 | called with arguments or settings that are wrong; what and how is on standard error |',
    '| 3 | `daily`: the live totals differ from the recount |',
    '',
    'Answers go to standard output, the log to standard error: lines for a person on a terminal, JSON elsewhere.',
    '',
    ...sections,
  ]);
  return [{ path: 'docs/reference/cli.md', text: `${text.trimEnd()}\n` }];
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return help.trimEnd();
}
