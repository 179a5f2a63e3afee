// A panel's query in InfluxQL: the foundation SDK has no type for it. What Grafana's InfluxDB data source reads of it:
// grafana/grafana, public/app/plugins/datasource/influxdb/types.ts (InfluxQuery) at 088f3c7da2d93820cac2cc9c6896aa9fc63df5e1
// of its mirror blitzy-public-samples/blitzy-grafana-mirror.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** `time_series`: a frame for each series and field; `table`: one frame, a column for the tag and for each field. */
export type ResultFormat = 'time_series' | 'table';

export interface InfluxQlTarget extends Dataquery {
  refId: string;
  datasource: DataSourceRef;
  /** The text below as it is, not the parts of the visual editor. */
  rawQuery: true;
  query: string;
  resultFormat: ResultFormat;
  /** Name of each series: a text, or `$tag_<tag>`, `$col`. */
  alias?: string;
}

export class InfluxQlQuery implements Builder<Dataquery> {
  readonly #target: InfluxQlTarget;

  constructor(refId: string, datasource: DataSourceRef, query: string) {
    this.#target = {
      refId,
      datasource,
      rawQuery: true,
      query,
      resultFormat: 'table',
      _implementsDataqueryVariant: () => undefined,
    };
  }

  /** @param alias name of the series in legends and overrides */
  asTimeSeries(alias: string): this {
    this.#target.resultFormat = 'time_series';
    this.#target.alias = alias;
    return this;
  }

  build(): InfluxQlTarget {
    return this.#target;
  }
}
