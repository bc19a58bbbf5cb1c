/** The generated files of charts/kaiseki, by path. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../app.ts';
import { chartSettings } from './chart-settings.ts';
import { conditions } from './conditions.ts';
import { type PlainObject, template } from './template.ts';
import { Values } from './values.ts';
import { valuesSchema, valuesYaml } from './values-files.ts';

/** Run before an upgrade, and waited for. */
const MIGRATION_HOOK = { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation' };

export const CHART_DIRECTORY = join(import.meta.dirname, '..', '..', 'charts', 'kaiseki');

export interface GeneratedFile {
  /** Below charts/kaiseki. */
  readonly path: string;
  readonly text: string;
}

/** @throws Error when a condition matches nothing: what it was for has another name now */
export function generatedFiles(): readonly GeneratedFile[] {
  const values = new Values();
  const { settings, switches } = chartSettings(values);
  const rules = conditions(switches);
  const used = new Set<number>();
  const templates = createApp(settings, 'dist/never-written').charts.map((chart) => {
    const objects: PlainObject[] = chart.toJson();
    const made = template({ id: chart.node.id, objects: objects.map(withHook) }, rules, values);
    for (const index of made.used) used.add(index);
    return { path: `templates/${chart.node.id}.yaml`, text: made.text };
  });
  const idle = rules.filter((_, index) => !used.has(index)).map(({ at }) => String(at));
  if (idle.length > 0) throw new Error(`conditions that match nothing: ${idle.join(', ')}`);
  return [
    ...templates,
    { path: 'values.yaml', text: valuesYaml(values.all) },
    { path: 'values.schema.json', text: valuesSchema(values.all) },
  ];
}

function withHook(object: PlainObject): PlainObject {
  return object.kind === 'Job' ? { ...object, metadata: { ...object.metadata, ...{ annotations: MIGRATION_HOOK } } } : object;
}

/** The paths of the generated files that are there now. Only they are directly in templates/ and end with .yaml. */
export function generatedOnDisk(): readonly string[] {
  const templates = readdirSync(join(CHART_DIRECTORY, 'templates')).filter((name) => name.endsWith('.yaml'));
  const beside = readdirSync(CHART_DIRECTORY).filter((name) => name.startsWith('values.'));
  return [...templates.map((name) => `templates/${name}`), ...beside];
}
