/** A dashboard: its name, and rows of panels. All of them have the same variables, and links to one another. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  type Dashboard as DashboardJson,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './panels.ts';

export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

export interface Dashboard {
  /** Also the end of its address in Grafana: never changed. */
  readonly uid: `kaiseki-${string}`;
  readonly title: string;
  readonly description: string;
  /** A metric that every namespace to choose from has. */
  readonly presence: string;
  readonly rows: readonly Row[];
}

/** Chosen at the top of every dashboard. */
export const IN_NAMESPACE = 'namespace="$namespace"';

export function dashboardJson({ uid, title, description, presence, rows }: Dashboard): DashboardJson {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['kaiseki'])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('namespace')
        .label('Namespace')
        .datasource(DATASOURCE)
        .query(`label_values(${presence}, namespace)`)
        .refresh(VariableRefresh.OnTimeRangeChanged),
    )
    .link(
      new DashboardLinkBuilder('Kaiseki')
        .type(DashboardLinkType.Dashboards)
        .tags(['kaiseki'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) dashboard.withPanel(panel);
  }
  return dashboard.build();
}
