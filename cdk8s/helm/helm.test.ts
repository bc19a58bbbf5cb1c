import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHART_DIRECTORY, generatedFiles, generatedOnDisk } from './files.ts';
import { template } from './template.ts';
import { Values } from './values.ts';

const files = generatedFiles();
const STALE = 'stale: npm run charts';

describe('charts/kaiseki', () => {
  it.each(files)('$path is what cdk8s/ makes', ({ path, text }) => {
    expect(readFileSync(join(CHART_DIRECTORY, path), 'utf8'), STALE).toBe(text);
  });

  it('holds no template that is made no more', () => {
    expect([...generatedOnDisk()].sort(), STALE).toEqual(files.map(({ path }) => path).sort());
  });

  it('every value is used', () => {
    const helpers = ['templates/_helpers.tpl', 'templates/NOTES.txt'].map((path) => readFileSync(join(CHART_DIRECTORY, path), 'utf8'));
    const texts = [
      ...files.filter(({ path }) => path.endsWith('.yaml') && path.startsWith('templates/')).map(({ text }) => text),
      ...helpers,
    ];
    const used = new Set(texts.join('\n').match(/\.Values(\.\w+)+/g));
    const declared = declaredPaths(JSON.parse(files.find(({ path }) => path === 'values.schema.json')?.text ?? ''));
    expect(declared.length).toBeGreaterThan(50);
    expect(declared.filter((path) => !used.has(`.Values.${path}`))).toEqual([]);
    expect([...used].filter((path) => !declared.includes(path.replace('.Values.', '')))).toEqual([]);
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

function declaredPaths({ properties }: Schema, prefix = ''): string[] {
  if (!properties) return [prefix];
  return Object.entries(properties).flatMap(([key, schema]) => declaredPaths(schema, prefix === '' ? key : `${prefix}.${key}`));
}

describe('template', () => {
  const values = new Values();
  const tag = values.text('image.tag', '1.0', 'The tag.');
  const replicas = values.number('replicas', 3, 'Pods.');
  const render = (object: { readonly kind: string; readonly metadata: { readonly name: string }; readonly [key: string]: unknown }) =>
    template(
      { id: 'chart', objects: [object] },
      [
        { at: /^chart\/Pod\/a\/spec\/(b|list\/two)$/, when: '.Values.on' },
        { at: /^chart\/Pod\/whole$/, when: '.Values.whole' },
      ],
      values,
    ).text.split('\n');

  it('puts values in the place of what stands for them; texts between quotes', () => {
    const lines = render({ kind: 'Pod', metadata: { name: 'a' }, spec: { image: `kaiseki:${tag}`, replicas } });
    expect(lines).toContain('  image: "kaiseki:{{ .Values.image.tag }}"');
    expect(lines).toContain('  replicas: {{ int .Values.replicas }}');
  });

  it("leaves an object's own braces to whom they are for", () => {
    const lines = render({ kind: 'Pod', metadata: { name: 'a' }, spec: { summary: 'lag of {{ $labels.shard }}' } });
    expect(lines).toContain('  summary: lag of {{ `{{` }} $labels.shard {{ `}}` }}');
  });

  it('encloses conditional parts, and never what stands beside them', () => {
    const spec = { b: { deep: [1] }, list: [{ name: 'one' }, { name: 'two', more: { x: 1 } }, { name: 'three' }] };
    const lines = render({ kind: 'Pod', metadata: { name: 'a' }, spec });
    expect(lines.slice(lines.indexOf('spec:'))).toEqual([
      'spec:',
      '  list:',
      '    - name: one',
      '{{- if .Values.on }}',
      '    - name: two',
      '      more:',
      '        x: 1',
      '{{- end }}',
      '    - name: three',
      '{{- if .Values.on }}',
      '  b:',
      '    deep:',
      '      - 1',
      '{{- end }}',
      '',
    ]);
  });

  it('encloses a whole object', () => {
    expect(render({ kind: 'Pod', metadata: { name: 'whole' } })).toEqual(
      expect.arrayContaining(['{{- if .Values.whole }}', 'kind: Pod', '{{- end }}']),
    );
  });
});
