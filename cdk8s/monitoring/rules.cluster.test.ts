/** Prometheus' own tool judges the rules: their syntax, and whether each alert fires when it should and is silent when not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { tool } from '../../tools/tool.testing.ts';
import { promtoolTest, SCENARIO_SETTINGS, type Scenario } from './alert.testing.ts';
import { BACKEND_SCENARIOS } from './alerts/backends.testing.ts';
import { DAILY_SCENARIOS } from './alerts/daily.testing.ts';
import { FOLD_SCENARIOS } from './alerts/fold.testing.ts';
import { INGEST_SCENARIOS } from './alerts/ingest.testing.ts';
import { TARGET_SCENARIOS } from './alerts/targets.testing.ts';
import { ALERTS, ruleFile } from './rules.ts';

const SCENARIOS = [...INGEST_SCENARIOS, ...FOLD_SCENARIOS, ...DAILY_SCENARIOS, ...BACKEND_SCENARIOS, ...TARGET_SCENARIOS];

const promtool = tool('promtool');

describe.skipIf(promtool.missing !== undefined)(`rules${promtool.missing ? ` (skipped: ${promtool.missing})` : ''}`, () => {
  let path: string;
  let directory: string;
  beforeAll(() => {
    path = promtool.path();
    directory = mkdtempSync(join(tmpdir(), 'kaiseki-rules-'));
    writeFileSync(join(directory, 'rules.yaml'), ruleFile(SCENARIO_SETTINGS));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const ask = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(path, args, { cwd: directory, encoding: 'utf8' });
    return { accepted: status === 0, complaints: status === 0 ? '' : `${stdout}${stderr}` };
  };
  const play = (scenarios: readonly Scenario[]) => {
    writeFileSync(join(directory, 'test.yaml'), stringify(promtoolTest('rules.yaml', scenarios)));
    return ask('test', 'rules', 'test.yaml');
  };

  it('are ones that Prometheus accepts, and its linter finds nothing', () => {
    expect(ask('check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml')).toEqual({ accepted: true, complaints: '' });
  });

  it('a scenario that expects silence where there is an alert fails: the question is a real one', () => {
    const [first] = SCENARIOS.filter(({ fires }) => fires.length > 0);
    expect(play([{ ...(first as Scenario), fires: [] }]).accepted).toBe(false);
  });

  it.each(SCENARIOS)('$alert: $given', (scenario) => {
    expect(play([scenario])).toEqual({ accepted: true, complaints: '' });
  });

  it.each(ALERTS)('$name has a scenario in which it fires, and one in which it is silent', ({ name }) => {
    const scenarios = SCENARIOS.filter(({ alert }) => alert === name);
    expect(scenarios.some(({ fires }) => fires.length > 0)).toBe(true);
    expect(scenarios.some(({ fires }) => fires.length === 0)).toBe(true);
  });
});
