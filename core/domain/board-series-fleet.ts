// Series of official vehicles that boards read, by month: counts and sums alone. Where a car was, no board may say.
import type { BoardMeasurement } from './board-measurement.ts';

/** An institution with all below it, at the beginning of the month. What belonged to it when it began counts. */
export const fleetSeries = {
  name: 'fleet',
  tags: ['institution'],
  fields: {
    /** At the month's end, or today; leased ones too. */
    cars: 'number',
    /** New-energy cars of them (battery, plug-in, fuel cell), and their share of `cars`. */
    new_energy: 'number',
    new_energy_share: 'number',
    new_energy_share_known: 'number',
    /** Cars whose terminal was silent then. */
    silent: 'number',
    /** Trips and km are known (`trips_known` 1) where a car of it was seen that month; where none was, they are 0 and say nothing. */
    trips: 'number',
    trips_known: 'number',
    /** By odometer or geodesic, trip by trip. */
    km: 'number',
    /** Known (for `silent` and those about orders too) where a car was seen, or anything was found. */
    findings: 'number',
    findings_known: 'number',
    /** Dispatch orders, and of the findings those about orders: not driven, and trips without one. Known where there are any, or cars were seen. */
    orders: 'number',
    orders_known: 'number',
    orders_undriven: 'number',
    trips_unordered: 'number',
    /** The month; and its year. */
    period: 'text',
    year: 'text',
    name: 'text',
    shown: 'text',
    parent: 'text',
    path: 'text',
  },
} as const satisfies BoardMeasurement;

/** Findings of the same by kind; a kind that once was found has rows of 0. */
export const fleetFindingSeries = {
  name: 'fleet_findings',
  /** `finding`: a kind of `core/domain/fleet` (track or orders). */
  tags: ['institution', 'finding'],
  fields: { count: 'number', count_known: 'number', period: 'text' },
} as const satisfies BoardMeasurement;

export const fleetMeasurements = {
  fleet: fleetSeries,
  fleet_findings: fleetFindingSeries,
} as const satisfies Record<string, BoardMeasurement>;
