// What boards may ask: the two data sources, and the series in each with their tags and fields.
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { boardMeasurements } from '../../../core/domain/board-series.ts';
import {
  type DatabasePart,
  exclusions as exclusionNames,
  readings as readingNames,
  rollups,
  tags,
} from '../../../core/domain/series.ts';

/** Never positions: whoever draws energy does not read where a car was. */
export type BoardDatabase = Exclude<DatabasePart, 'positions'>;

/** Of a part of the data: the same in every installation, so that boards can name it. */
export function dataSource(part: BoardDatabase): DataSourceRef {
  return { type: 'influxdb', uid: `jieyue-${part}` };
}

export interface Source {
  readonly name: string;
  readonly database: BoardDatabase;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, 'number' | 'text'>>;
}
/** A tag or a field. */
export type Column<S extends Source> = S['tags'][number] | (keyof S['fields'] & string);

export const sources = {
  institutions: { ...boardMeasurements.institutions, database: 'figures' },
  buildings: { ...boardMeasurements.buildings, database: 'figures' },
  points: { ...boardMeasurements.points, database: 'figures' },
  consumption: { ...boardMeasurements.consumption, database: 'figures' },
  nights: { ...boardMeasurements.nights, database: 'figures' },
  dayHours: { ...boardMeasurements.day_hours, database: 'figures' },
  pointStates: { ...boardMeasurements.point_states, database: 'figures' },
  institutionStates: { ...boardMeasurements.institution_states, database: 'figures' },
  agentStates: { ...boardMeasurements.agent_states, database: 'figures' },
  pipeline: { ...boardMeasurements.pipeline, database: 'figures' },
  indicators: { ...boardMeasurements.indicators, database: 'figures' },
  plan: { ...boardMeasurements.plan, database: 'figures' },
  planYears: { ...boardMeasurements.plan_years, database: 'figures' },
  sectors: { ...boardMeasurements.sectors, database: 'figures' },
  quotas: { ...boardMeasurements.quotas, database: 'figures' },
  quality: { ...boardMeasurements.quality, database: 'figures' },
  findings: { ...boardMeasurements.findings, database: 'figures' },
  balances: { ...boardMeasurements.balances, database: 'figures' },
  fleet: { ...boardMeasurements.fleet, database: 'figures' },
  fleetFindings: { ...boardMeasurements.fleet_findings, database: 'figures' },
  readings: {
    name: readingNames.name,
    database: 'readings',
    tags: [tags.point, tags.quantity],
    fields: { [readingNames.fields.value]: 'number' },
  },
  hours: {
    name: rollups.hour,
    database: 'figures',
    tags: [tags.point, tags.quantity],
    fields: { [rollups.fields.value]: 'number', [rollups.fields.known]: 'number' },
  },
  exclusions: {
    name: exclusionNames.name,
    database: 'figures',
    tags: [tags.point, tags.quantity, tags.code],
    fields: {
      [exclusionNames.fields.until]: 'number',
      [exclusionNames.fields.value]: 'number',
      [exclusionNames.fields.withheld]: 'number',
      [exclusionNames.fields.state]: 'number',
    },
  },
} as const satisfies Record<string, Source>;
