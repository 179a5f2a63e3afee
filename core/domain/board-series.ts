// Series that boards read and scheduled jobs write, in the database of figures. InfluxQL can neither join nor name
// things, and boards hold no formulas: so names, sums and comparisons are written out, by ids that never change.
//
// The same words everywhere, all of today, empty where there is none:
// - `name`: of the thing of the row; `parent`: id of the institution above it (of a building: the one it belongs to);
// - `path`: ids of the institutions from the top down to the row's own (of a building, a point: to the one it belongs
//   to), each followed by `/`, so that whatever is below an institution is found by its id in the path.
import type { BoardMeasurement } from './board-measurement.ts';
import { accountingSeries } from './board-series-accounts.ts';
import { fleetMeasurements } from './board-series-fleet.ts';

/** Rows that describe a thing as it is today stand at this time, so that the newest replaces the one before. */
export const describedAtMs = 4_102_444_800_000; // 2100-01-01T00:00:00Z: no retention refuses it

/**
 * Descriptions, one row each at `describedAtMs`; `active` is 0 where the thing is no more. `label` is `name|id`, from
 * which a variable of Grafana takes text and value. Rows of one moment are answered in the order of what is asked of them: an
 * institution's label is `place|name|id`, with its place in the tree (top first, six digits), so that the top is offered first.
 */
export const institutionSeries = {
  name: 'institutions',
  tags: ['institution'],
  fields: { name: 'text', label: 'text', parent: 'text', path: 'text', sector: 'text', active: 'number' },
} as const satisfies BoardMeasurement;

export const buildingSeries = {
  name: 'buildings',
  tags: ['building'],
  fields: { name: 'text', label: 'text', institution: 'text', path: 'text', active: 'number' },
} as const satisfies BoardMeasurement;

export const pointSeries = {
  name: 'points',
  tags: ['point'],
  fields: {
    name: 'text',
    label: 'text',
    /** Of today; empty where there is none. */
    building: 'text',
    institution: 'text',
    path: 'text',
    carrier: 'text',
    role: 'text',
    active: 'number',
  },
} as const satisfies BoardMeasurement;

/**
 * Consumption of an institution (its whole subtree) or a building by carrier, in the carrier's unit, by the same rules as
 * `/api/v1/consumption`. `item` is `total`, or the name of a sub-meter's kind of use (分项). A row whose consumption is
 * not known has `known` 0 and no meaning in `value`.
 */
export const consumptionSeries = {
  name: 'consumption',
  /** `of`: id of the institution or building; `kind`: institution or building. `bucket`: hour, day, month, year. */
  tags: ['of', 'kind', 'carrier', 'item', 'bucket'],
  fields: {
    value: 'number',
    known: 'number',
    /** Shares of the expected time, 0 to 1. */
    coverage: 'number',
    estimated_share: 'number',
    /**
     * The same bucket a year before (of a bucket that still runs: the same stretch of it); `last_year_known` says
     * whether it is known.
     */
    last_year: 'number',
    last_year_known: 'number',
    /** (value - last_year) / last_year; `change_known` is 1 where both are known and last year's is above 0. */
    change: 'number',
    change_known: 'number',
    /** Of months `2026-06`, of years `2026`: what a variable of a board chooses, whatever time is shown. Else left out. */
    period: 'text',
    name: 'text',
    parent: 'text',
    path: 'text',
  },
} as const satisfies BoardMeasurement;

/**
 * Nights (22:00 to 06:00 local, by the morning's date at its midnight) of a building, by carrier: what was left on, or runs
 * out of a leak. `ratio` is the night's mean power or flow to that of the day before it.
 */
export const nightSeries = {
  name: 'nights',
  tags: ['building', 'carrier'],
  fields: {
    /** Consumption of the night, in the carrier's unit. */
    value: 'number',
    /** The least consumption of an hour of the night: base load, or night minimum flow (夜间最小流量). */
    least_hour: 'number',
    /** `ratio_known` says whether it is known: by day nothing may have been used, or not all be known. */
    ratio: 'number',
    ratio_known: 'number',
    /** The median of the night's consumption over those of the 28 nights before that are known; none: `usual_known` 0. */
    usual: 'number',
    usual_known: 'number',
    known: 'number',
    name: 'text',
    parent: 'text',
    path: 'text',
  },
} as const satisfies BoardMeasurement;

/**
 * The hours of a building's day, by carrier: the same consumption as bucket `hour` of `consumption`, but stamped at the
 * local midnight of its day, with the local hour as a tag (`00` to `23`), for profiles and heat maps.
 */
export const dayHourSeries = {
  name: 'day_hours',
  tags: ['building', 'carrier', 'hour'],
  fields: {
    value: 'number',
    known: 'number',
    /** `workday` or `weekend`: a day of rest, public holidays too, by the calendar that was known when it was written. */
    day: 'text',
  },
} as const satisfies BoardMeasurement;
export const dayKinds = ['workday', 'weekend'] as const;
export type DayKind = (typeof dayKinds)[number];

/** A meter's state, every few minutes. */
export const pointStateSeries = {
  name: 'point_states',
  tags: ['point'],
  fields: {
    /** Time since the newest reading; `neverSentMs` where none ever came. */
    silent_ms: 'number',
    /** 1 when that is more than three expected intervals and an hour. */
    silent: 'number',
    /** 1 when the value has not changed for a day although others of its kind did. */
    stuck: 'number',
    /** Exclusions that touch the last 24 hours. */
    excluded: 'number',
    /** Share of the last 7 days that is measured, 0 to 1. */
    coverage: 'number',
    name: 'text',
    building: 'text',
    building_name: 'text',
    institution: 'text',
    institution_name: 'text',
    path: 'text',
    /** Whom to ask, by the registry: name and telephone, of today; empty where none is known, and of points that send. */
    contact: 'text',
    /** Which agent reads it. */
    agent: 'text',
  },
} as const satisfies BoardMeasurement;
/** Longer than any silence, so that what never sent stands before all that once did. Boards say it in words. */
export const neverSentMs = 1e15;

/** The meters of an institution and of all below it, every few minutes. */
export const institutionStateSeries = {
  name: 'institution_states',
  tags: ['institution'],
  fields: {
    points: 'number',
    points_silent: 'number',
    points_stuck: 'number',
    /** Exclusions of all its points that touch the last 24 hours. */
    excluded: 'number',
    /** Mean of its points' coverage of the last 7 days, 0 to 1; left out where there is no point. */
    coverage: 'number',
  },
} as const satisfies BoardMeasurement;
/** In place of an institution's id: all points, also those that belong to none. */
export const everywhere = '/';

/** An agent's state, every few minutes. */
export const agentStateSeries = {
  name: 'agent_states',
  tags: ['agent'],
  fields: {
    online: 'number',
    lag_s: 'number',
    outbox_rows: 'number',
    outbox_bytes: 'number',
    quarantined: 'number',
    devices: 'number',
    devices_silent: 'number',
    fault: 'text',
  },
} as const satisfies BoardMeasurement;

/** The pipeline as a whole, every few minutes. */
export const pipelineSeries = {
  name: 'pipeline',
  tags: [],
  fields: {
    rollup_lag_s: 'number',
    series_behind: 'number',
    rejects_last_hour: 'number',
    alarms_open: 'number',
    agents_online: 'number',
    agents: 'number',
    points: 'number',
    points_silent: 'number',
  },
} as const satisfies BoardMeasurement;

export const boardMeasurements = {
  ...accountingSeries,
  ...fleetMeasurements,
  institutions: institutionSeries,
  buildings: buildingSeries,
  points: pointSeries,
  consumption: consumptionSeries,
  nights: nightSeries,
  day_hours: dayHourSeries,
  point_states: pointStateSeries,
  institution_states: institutionStateSeries,
  agent_states: agentStateSeries,
  pipeline: pipelineSeries,
} as const satisfies Record<string, BoardMeasurement>;
export type BoardMeasurementName = keyof typeof boardMeasurements;

/** The part of consumption that is not of a sub-meter. */
export const totalItem = 'total';

/** One row of a board's series; fields that are left out keep what they had. */
export type BoardRow = {
  readonly [Name in BoardMeasurementName]: {
    readonly measurement: Name;
    readonly tags: Readonly<Record<(typeof boardMeasurements)[Name]['tags'][number], string>>;
    readonly ts: number;
    readonly fields: {
      readonly [Field in keyof (typeof boardMeasurements)[Name]['fields']]?: (typeof boardMeasurements)[Name]['fields'][Field] extends 'text'
        ? string
        : number;
    };
  };
}[BoardMeasurementName];
