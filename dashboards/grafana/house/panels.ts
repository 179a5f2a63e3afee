// The panels of the house: what they have in common is said here once, what each shows is said by the boards.
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CellValuesBuilder,
  FilterValueRangeBuilder,
  PanelBuilder as HeatMap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { InfluxQlQuery } from '../query/influxql-query.ts';
import type { PanelTextKey } from '../texts.ts';
import type { BoardContext } from './context.ts';
import { neutral } from './palette.ts';

/** Where nothing is known: never a 0. */
const unknown = '—';

/** Queries of one panel; all of one data source. */
export type Queries = readonly [InfluxQlQuery, ...InfluxQlQuery[]];

/** Big numbers, one for each series. */
export function stat(context: BoardContext, key: PanelTextKey, queries: Queries): Stat {
  return about(new Stat(), context, key, queries)
    .noValue(unknown)
    .thresholds(neutral())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto)
    .orientation(VizOrientation.Auto);
}

/** Lines over time. */
export function lines(context: BoardContext, key: PanelTextKey, queries: Queries): TimeSeries {
  return about(new TimeSeries(), context, key, queries)
    .noValue(unknown)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .axisSoftMin(0)
    .legend(bottomLegend())
    .tooltip(allInTooltip());
}

/** Bars over time, one for each bucket. */
export function bars(context: BoardContext, key: PanelTextKey, queries: Queries): TimeSeries {
  return lines(context, key, queries).drawStyle(GraphDrawStyle.Bars).lineWidth(1).fillOpacity(70);
}

/** Bars over time, one upon another; in the range of the board. */
export function stackedBars(context: BoardContext, key: PanelTextKey, queries: Queries): TimeSeries {
  return bars(context, key, queries).stacking(
    new StackingConfigBuilder().mode(StackingMode.Normal).group('A'),
  );
}

/** Bars side by side, by a column of texts. */
export function barsBy(
  context: BoardContext,
  key: PanelTextKey,
  { shown, sortBy }: { readonly shown: string; readonly sortBy: SortedBy },
  queries: Queries,
): BarChart {
  const { column: field, descending: desc } = sortBy;
  return barChart(context, key, shown, queries).transformations([
    ...joined(queries),
    { id: 'sortBy', options: { fields: {}, sort: [{ field, desc }] } },
  ]);
}

/** Bars side by side, by the month; whatever range of time the board shows. */
export function barsOfMonths(context: BoardContext, key: PanelTextKey, queries: Queries): BarChart {
  return barChart(context, key, 'Time', queries).overrideByName('Time', [
    { id: 'unit', value: 'time:YYYY-MM' },
  ]);
}

/** The same by the year. */
export function barsOfYears(context: BoardContext, key: PanelTextKey, queries: Queries): BarChart {
  return barChart(context, key, 'Time', queries).overrideByName('Time', [{ id: 'unit', value: 'time:YYYY' }]);
}

/** Bars whose colour says whether their value is good. */
export function byThresholds(panel: BarChart, thresholds: ThresholdsConfigBuilder): BarChart {
  return panel.thresholds(thresholds).colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
}

/** Its frames are joined by time without being told (public/app/plugins/panel/barchart/utils.ts, prepSeries). */
function barChart(context: BoardContext, key: PanelTextKey, xField: string, queries: Queries): BarChart {
  return about(new BarChart(), context, key, queries)
    .noValue(unknown)
    .xField(xField)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .orientation(VizOrientation.Auto)
    .showValue(VisibilityMode.Never)
    .stacking(StackingMode.None)
    .groupWidth(0.75)
    .barWidth(0.95)
    .fillOpacity(80)
    .lineWidth(0)
    .axisSoftMin(0)
    .xTickLabelSpacing(60)
    .legend(bottomLegend())
    .tooltip(allInTooltip());
}

/** The thresholds of a graph as dashed lines. */
export function dashed(): GraphThresholdsStyleConfigBuilder {
  return new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
}

/** Time against the series, which are named by numbers: hours of the day. */
export function heatMap(context: BoardContext, key: PanelTextKey, queries: Queries, unit: string): HeatMap {
  return about(new HeatMap(), context, key, queries)
    .noValue(unknown)
    .unit(unit)
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Viridis')
        .scale(HeatmapColorScale.Exponential)
        .steps(64)
        .fill('dark-blue')
        .exponent(0.5),
    )
    .filterValues(new FilterValueRangeBuilder())
    .cellValues(new CellValuesBuilder().unit(unit).decimals(1))
    .yAxis(new YAxisConfigBuilder().reverse(true))
    .cellGap(1)
    .showLegend();
}

export interface SortedBy {
  readonly column: string;
  readonly descending: boolean;
}

/**
 * One frame of all: rows are one where time and whatever else all queries answer with are the same
 * (`transformers/merge`). What only one of them has stays.
 */
export function joined(queries: Queries): DataTransformerConfig[] {
  return queries.length === 1 ? [] : [{ id: 'merge', options: {} }];
}

interface AnyPanel<P> {
  title(title: string): P;
  description(description: string): P;
  datasource(datasource: { type?: string; uid?: string }): P;
  targets(targets: Builder<ReturnType<InfluxQlQuery['build']>>[]): P;
}

/** Title, description, data source and queries: what no panel goes without. */
export function about<P extends AnyPanel<P>>(
  panel: P,
  { t }: BoardContext,
  key: PanelTextKey,
  queries: Queries,
): P {
  return panel
    .title(t(key))
    .description(t(`${key}.about`))
    .datasource(queries[0].build().datasource)
    .targets([...queries]);
}

function bottomLegend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}

function allInTooltip(): VizTooltipOptionsBuilder {
  return new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
}
