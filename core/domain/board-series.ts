// Series that boards read and scheduled jobs write, in the database of figures. InfluxQL can neither join nor name
// things, and boards hold no formulas: so names, sums and comparisons are written out, by ids that never change.

/** What a field holds: a number (always a float) or a text. */
type FieldKind = 'number' | 'text';

export interface BoardMeasurement {
  readonly name: string;
  /** Tags: ids that never change, and the names of carriers, items and buckets. */
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, FieldKind>>;
}

/** Rows that describe a thing as it is today stand at this time, so that the newest replaces the one before. */
export const describedAtMs = 4_102_444_800_000; // 2100-01-01T00:00:00Z: no retention refuses it

/**
 * Descriptions, one row each at `describedAtMs`; `active` is 0 where the thing is no more. `label` is `name|id`, from
 * which a variable of Grafana takes text and value.
 */
export const institutionSeries = {
  name: 'institutions',
  tags: ['institution'],
  fields: { name: 'text', label: 'text', parent: 'text', sector: 'text', active: 'number' },
} as const satisfies BoardMeasurement;

export const buildingSeries = {
  name: 'buildings',
  tags: ['building'],
  fields: { name: 'text', label: 'text', institution: 'text', active: 'number' },
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
    /** The same bucket a year before; `last_year_known` says whether it is known. */
    last_year: 'number',
    last_year_known: 'number',
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
    ratio: 'number',
    /** The median of the night's consumption over the 28 nights before. */
    usual: 'number',
    known: 'number',
  },
} as const satisfies BoardMeasurement;

/** A meter's state, every few minutes. */
export const pointStateSeries = {
  name: 'point_states',
  tags: ['point'],
  fields: {
    /** Time since the newest reading. */
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
    institution: 'text',
    /** Whom to ask: the agent, and the address of the device where it is known. */
    contact: 'text',
  },
} as const satisfies BoardMeasurement;

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
  institutions: institutionSeries,
  buildings: buildingSeries,
  points: pointSeries,
  consumption: consumptionSeries,
  nights: nightSeries,
  point_states: pointStateSeries,
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
