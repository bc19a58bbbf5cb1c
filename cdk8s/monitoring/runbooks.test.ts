import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS } from '../environments.ts';
import { ENVIRONMENT_NAMES } from '../objects.testing.ts';
import type { Settings } from '../settings.ts';
import { runbookOf } from './alert.ts';
import { DASHBOARDS } from './dashboards/dashboards.ts';
import { ALERTS, ruleGroups } from './rules.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'runbooks');
const pages = readdirSync(DIRECTORY).map((name) => ({ name, text: readFileSync(join(DIRECTORY, name), 'utf8') }));

it('every alert has its page, and every page its alert', () => {
  expect(pages.map(({ name }) => name).sort()).toEqual(ALERTS.map(({ name }) => `${runbookOf(name)}.md`).sort());
});

/** What each alert of these settings says beside its name. */
function annotationsOf(monitoring: Settings['monitoring']) {
  return ruleGroups(monitoring).flatMap(({ rules }) =>
    rules.flatMap((rule) => ('alert' in rule ? [{ alert: rule.alert, annotations: rule.annotations }] : [])),
  );
}

it('every alert links to its page, where it is said where the pages can be read', () => {
  const links = annotationsOf({ runbooks: 'https://wiki.example.com/runbooks' }).map(
    ({ alert, annotations }) => `${alert} ${annotations.runbook_url}`,
  );
  expect(links).toContain('KaisekiLagGrowing https://wiki.example.com/runbooks/lag-growing.md');
  expect(links.sort()).toEqual(ALERTS.map(({ name }) => `${name} https://wiki.example.com/runbooks/${runbookOf(name)}.md`).sort());
});

it.each(ENVIRONMENT_NAMES)('no alert of %s links to an address that nobody gave', (environment) => {
  const alerts = annotationsOf(ENVIRONMENTS[environment].monitoring);
  expect(alerts).toHaveLength(ALERTS.length);
  for (const { alert, annotations } of alerts) expect(Object.keys(annotations), alert).toEqual(['summary', 'description']);
});

describe.each(pages)('$name', ({ name, text }) => {
  it('is about its alert: what it means, how to see more, what to do', () => {
    expect(text.split('\n')[0]).toBe(`# ${ALERTS.find((alert) => `${runbookOf(alert.name)}.md` === name)?.name}`);
    for (const heading of ['**Means:**', '**See:**', '**Do']) expect(text).toContain(heading);
  });

  it('leads only to pages and dashboards that there are', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !pages.some((page) => page.name === link))).toEqual([]);
    const titles = DASHBOARDS.map(({ title }) => title);
    const named = [...text.matchAll(/\*(Kaiseki \/ [^*]+)\*/g)].map(([, title]) => title);
    expect(named.filter((title) => !titles.includes(title ?? ''))).toEqual([]);
  });
});
