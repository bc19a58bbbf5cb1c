/** docs/reference/configuration.md and .env.example, from the schemas of the settings. */
import type { z } from 'zod';
import { defaultText } from '#platform/config/environment.ts';
import { settingsGroups } from '#workloads/settings.ts';
import { type Document, markdownTable, page } from './document.ts';

const LINE_WIDTH = 120;

export function configurationDocuments(): readonly Document[] {
  return [
    { path: 'docs/reference/configuration.md', text: configurationPage() },
    { path: '.env.example', text: environmentExample() },
  ];
}

function configurationPage(): string {
  const sections = settingsGroups.flatMap(({ title, description, variables }) => {
    const rows = Object.entries(variables).map(([name, schema]) => [
      `\`${name}\``,
      defaultText(schema) === undefined ? '' : `\`${defaultText(schema)}\``,
      schema.description ?? '',
    ]);
    return [`## ${title}`, description, '', markdownTable(['variable', 'default', 'meaning'], rows), ''];
  });
  return page('Configuration', 'the schemas of the settings (workloads/settings.ts)', [
    'Every setting is an environment variable, read once at the start. A file `.env` in the working directory is read too;',
    'variables of the environment win over it (`.env.example` is one to begin with). An empty variable counts as unset. Files are',
    'UTF-8, with or without a byte order mark.',
    '',
    'Whatever is wrong is listed at once, and nothing starts (exit code 2). A variable that begins with `KAISEKI_` and is not one',
    'of these is a mistake, too. So is one that is nearly one of these (`kafka_brokers`, `CASANDRA_CONTACT_POINTS`), or what other',
    'programs call it (`KAFKA_BOOTSTRAP_SERVERS`), where that one is not set. No value of a key or password is ever printed.',
    '',
    ...sections,
  ])
    .trimEnd()
    .concat('\n');
}

function environmentExample(): string {
  const groups = settingsGroups.flatMap(({ title, description, variables }) => [
    '',
    `# --- ${title} ---`,
    ...wrapped(description),
    ...Object.entries(variables).flatMap(([name, schema]) => ['', ...wrapped(schema.description ?? ''), `#${name}=${exampleText(schema)}`]),
  ]);
  return `${['# Written by `npm run docs`. Copy it to .env and uncomment what you need. Where there is a default, it is what stands here.', ...groups].join('\n')}\n`;
}

/** The text to begin with: the default, else the schema's example. */
export function exampleText(schema: z.ZodType): string {
  const example: unknown = schema.meta()?.example;
  return defaultText(schema) ?? (typeof example === 'string' ? example : '');
}

/** Comment lines of bounded width. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > LINE_WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
