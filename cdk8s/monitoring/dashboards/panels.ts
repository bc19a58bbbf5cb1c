/** Panels that look alike: title, unit, queries, and where good ends. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { type Panel, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The dashboard's variable with which Prometheus it asks. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

export interface Query {
  readonly expr: string;
  /** What a line is called: text with `{{label}}`. */
  readonly legend: string;
}

export interface PanelSpec {
  readonly title: string;
  readonly description?: string;
  /** One of Grafana's units (@grafana/grafana-foundation-sdk/units). */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Where good ends. */
  readonly limit?: { readonly above: number } | { readonly below: number };
}

const WIDTH = 8;
const HEIGHT = 7;
const FIGURE_WIDTH = 4;
const FIGURE_HEIGHT = 4;

const GOOD = 'green';
const BAD = 'red';

/** Lines over time. */
export function lines(spec: PanelSpec): Builder<Panel> {
  const panel = common(new TimeseriesBuilder(), spec)
    .height(HEIGHT)
    .span(WIDTH)
    .min(0)
    .fillOpacity(8)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  return spec.limit === undefined
    ? panel
    : panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** Areas on top of one another: parts of a whole. */
export function stacked(spec: PanelSpec): Builder<Panel> {
  return common(new TimeseriesBuilder(), spec)
    .height(HEIGHT)
    .span(WIDTH)
    .min(0)
    .fillOpacity(40)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** One figure: the latest value. */
export function figure(spec: PanelSpec): Builder<Panel> {
  return common(new StatBuilder(), spec)
    .height(FIGURE_HEIGHT)
    .span(FIGURE_WIDTH)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

function common<B extends TimeseriesBuilder | StatBuilder>(panel: B, { title, description, unit, queries, limit }: PanelSpec): B {
  panel.title(title).unit(unit).datasource(DATASOURCE).thresholds(thresholds(limit));
  if (description !== undefined) panel.description(description);
  for (const [index, { expr, legend }] of queries.entries()) {
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(DATASOURCE)
        .expr(expr)
        .legendFormat(legend),
    );
  }
  return panel;
}

function thresholds(limit: PanelSpec['limit']): ThresholdsConfigBuilder {
  const steps =
    limit === undefined
      ? [{ value: null, color: GOOD }]
      : 'above' in limit
        ? [
            { value: null, color: GOOD },
            { value: limit.above, color: BAD },
          ]
        : [
            { value: null, color: BAD },
            { value: limit.below, color: GOOD },
          ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
