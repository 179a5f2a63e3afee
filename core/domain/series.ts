// Names of what InfluxDB holds: databases, measurements, tags and fields. The store writes them, boards read them.
// Why they are as they are: docs/influxdb.md.

/** Part of the data → suffix of the name of its database: each may have credentials of its own. */
export const databaseSuffixes = { readings: 'readings', positions: 'positions', figures: 'figures' } as const;
export type DatabasePart = keyof typeof databaseSuffixes;

/** Tags: few, and of ids that never change. Names of people, places and institutions are never tags. */
export const tags = {
  point: 'point',
  quantity: 'quantity',
  vehicle: 'vehicle',
  institution: 'institution',
  figure: 'figure',
  bucket: 'bucket',
  code: 'code',
} as const;

/** Measurements of the database of readings: as read, before the multiplier. */
export const readings = { name: 'readings', fields: { value: 'value' } } as const;

export const positions = {
  name: 'positions',
  fields: {
    lat: 'lat',
    lon: 'lon',
    speedKmh: 'speed_kmh',
    courseDeg: 'course_deg',
    /** JSON of the typed extras. */
    extras: 'extras',
  },
} as const;

/**
 * Rollups, by point and quantity. InfluxDB keeps no null and no transaction, so that a row is never deleted:
 * `state` says what it is, and `value` is 0 where nothing is known, so that sums need no condition.
 */
export const rollups = {
  hour: 'hours',
  day: 'days',
  month: 'months',
  fields: {
    value: 'value',
    /** 1 where `value` is known, else 0: its sum counts known series. */
    known: 'known',
    state: 'state',
    min: 'min',
    max: 'max',
    /** 1 where there is a minimum, plus 2 where there is a maximum. */
    range: 'range',
    measuredMs: 'measured_ms',
    estimatedMs: 'estimated_ms',
  },
} as const;

/** Values of `state`: a row that is gone, one whose value is not known, one with a value. */
export const rowStates = { missing: 0, unknown: 1, known: 2 } as const;

/** By point, quantity and code. */
export const exclusions = {
  name: 'exclusions',
  fields: { until: 'until', value: 'value', withheld: 'withheld', state: 'state' },
} as const;

/** Computed figures by institution, figure and bucket. */
export const figures = { name: 'figures', fields: { value: 'value', state: 'state' } } as const;

/** What holds for the whole database of figures. */
export const settings = { name: 'settings', fields: { timeZone: 'time_zone' } } as const;
