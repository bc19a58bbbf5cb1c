/** Every query of the rules and the dashboards, and what it asks for. */

import { dashboardJson } from './dashboards/dashboard.ts';
import { DASHBOARDS } from './dashboards/dashboards.ts';
import { filledIn, type Selected, selectedBy } from './promql.testing.ts';
import { RECORDING_RULES } from './recording-rules.ts';
import { ALERTS } from './rules.ts';

export interface Query {
  /** Which rule or panel asks. */
  readonly by: string;
  readonly expr: string;
}

export const RECORDED: readonly string[] = Object.values(RECORDING_RULES)
  .flat()
  .map(({ record }) => record);

export function ruleQueries(): readonly Query[] {
  return [
    ...Object.values(RECORDING_RULES)
      .flat()
      .map(({ record, expr }) => ({ by: record, expr })),
    ...ALERTS.map(({ name, expr }) => ({ by: name, expr })),
  ];
}

export interface PanelJson {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly datasource?: { readonly uid?: string } }[];
  readonly panels?: readonly PanelJson[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

/** The panels of a dashboard, as Grafana reads them. */
export function panelsOf(dashboard: (typeof DASHBOARDS)[number]): readonly PanelJson[] {
  const { panels = [] }: { panels?: readonly PanelJson[] } = JSON.parse(JSON.stringify(dashboardJson(dashboard)));
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).filter(({ type }) => type !== 'row');
}

export function dashboardQueries(): readonly Query[] {
  return DASHBOARDS.flatMap((dashboard) => [
    { by: `${dashboard.uid}: its namespaces`, expr: dashboard.presence },
    ...panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ by: `${dashboard.uid}: ${title}`, expr: filledIn(expr) })),
    ),
  ]);
}

/** What all of them select, with who does. */
export function selections(): readonly (Selected & { readonly by: string })[] {
  return [...ruleQueries(), ...dashboardQueries()].flatMap(({ by, expr }) => selectedBy(expr).map((selected) => ({ ...selected, by })));
}
