/** Samples in the documentation are pieces of files that are compiled and tested: each names its file in a comment before it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '');

const samples = documents.flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/(?:<!-- from (\S+) -->\n)?```ts\n(.*?)\n```/gs)].map(([, file, text = '']) => ({
    document,
    file,
    text,
  })),
);

it('sees samples', () => {
  expect(samples.length).toBeGreaterThan(0);
});

it.each(samples)('a sample of $document stands in $file', ({ file, text }) => {
  expect(file, 'a comment <!-- from FILE --> before it').toBeDefined();
  expect(readFileSync(file as string, 'utf8')).toContain(text);
});
