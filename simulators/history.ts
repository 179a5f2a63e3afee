// The city's past as rows for the wire: month by month, point by point, daily at first and hourly later.

import type { WireReading } from '../core/domain/telemetry.ts';
import { hourMs } from '../core/domain/time.ts';
import type { CityPoint } from './city/types.ts';
import type { Meters } from './meters.ts';

export interface HistoryChunk {
  readonly agent: string;
  /** At most `chunkRows`, of one month. */
  readonly readings: readonly WireReading[];
}

export interface History {
  /** How many rows `chunks` will yield in all. */
  readonly rows: number;
  /** Lets the event loop run between chunks. May be called again: the same rows. */
  chunks(): AsyncGenerator<HistoryChunk, void, void>;
}

/**
 * Readings at local midnights before the city's `hourlyFrom`, and on whole hours from there to `to` (included when it is a
 * whole hour). Rows that a fault kept from being sent are left out and not counted.
 */
export function historyOf(
  meters: Meters,
  options: { from?: number; to?: number; chunkRows?: number } = {},
): History {
  const { city } = meters;
  const chunkRows = Math.min(5_000, options.chunkRows ?? 5_000);
  const months = monthsOf(meters, options.from ?? city.from, options.to ?? city.to);
  return {
    rows: countRows(meters, months),
    async *chunks() {
      for (const times of months) {
        for (const agent of city.agents) {
          let readings: WireReading[] = [];
          for (const point of city.points) {
            if (point.agent !== agent) continue;
            for (const quantity of point.quantities) {
              for (const ts of times) {
                const row = meters.reading(point, quantity, ts);
                if (row === undefined) continue;
                readings.push(row);
                if (readings.length < chunkRows) continue;
                yield { agent, readings };
                await breathe();
                readings = [];
              }
            }
          }
          if (readings.length > 0) yield { agent, readings };
        }
      }
    },
  };
}

/** Times of readings, in one list a month. */
function monthsOf(meters: Meters, from: number, to: number): number[][] {
  const { calendar } = meters.city.days;
  const months: number[][] = [];
  for (let start = calendar.floor(from, 'month'); start <= to; start = calendar.next(start, 'month')) {
    const end = Math.min(calendar.next(start, 'month') - 1, to);
    const times: number[] = [];
    for (let ts = calendar.ceil(Math.max(start, from), 'hour'); ts <= end; ) {
      const daily = ts < meters.city.hourlyFrom;
      if (!daily || calendar.floor(ts, 'day') === ts) times.push(ts);
      ts = daily
        ? Math.min(calendar.next(ts, 'day'), Math.max(meters.city.hourlyFrom, ts + hourMs))
        : ts + hourMs;
    }
    if (times.length > 0) months.push(times);
  }
  return months;
}

function countRows(meters: Meters, months: readonly (readonly number[])[]): number {
  const all = months.reduce((sum, times) => sum + times.length, 0);
  let rows = 0;
  for (const point of meters.city.points) {
    const whole = isWhole(meters, point);
    const sent = whole ? all : months.reduce((sum, times) => sum + countSent(meters, point, times), 0);
    rows += sent * point.quantities.length;
  }
  return rows;
}

function isWhole(meters: Meters, point: CityPoint): boolean {
  const later = (point.installation?.from ?? 0) > meters.city.from;
  return !later && !meters.faultsOf(point.point).some(({ kind }) => kind === 'silence');
}

function countSent(meters: Meters, point: CityPoint, times: readonly number[]): number {
  const [quantity] = point.quantities;
  if (quantity === undefined) return 0;
  return times.filter((ts) => meters.show(point, quantity, ts) !== undefined).length;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
