// A real store on a file, which tests fill with rollups as the worker would, watch, and let fail.
import type { Exclusion, RollupRow } from '../domain/energy/rollup.ts';
import { type Calendar, hourMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { DuckDbStore } from '../store/duckdb/duckdb-store.ts';
import type { Reading, RollupBucket, RollupChange, SeriesHandle, TelemetryStore } from '../store/port.ts';

export interface HourInput {
  readonly ts: number;
  readonly value: number;
  readonly measuredMs?: number;
  readonly estimatedMs?: number;
}

const watchedReads: readonly (string | symbol)[] = [
  'readings',
  'latest',
  'rollupWindows',
  'sumRollups',
  'exclusionWindows',
  'figures',
];
const nothing = { from: 0, to: 0, rows: [] } as const;

export class TestStore {
  /** The store as the API gets it. */
  readonly port: TelemetryStore;
  /** Set it to let every read fail with it. */
  failure: Error | undefined;
  /** Names of the reads that were made. */
  readonly reads: string[] = [];
  readonly #calendar: Calendar;

  constructor(options: { path: string; clock: Clock; calendar: Calendar }) {
    this.#calendar = options.calendar;
    const timeZone = options.calendar.zone;
    const real = new DuckDbStore({ ...options, timeZone, memoryLimitMb: 128, threads: 1, log: silentLogger });
    this.port = new Proxy<TelemetryStore>(real, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (watchedReads.includes(name)) {
            this.reads.push(String(name));
            if (this.failure !== undefined) return Promise.reject(this.failure);
          }
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  }

  async putReadings(point: PointKey, quantity: Quantity, readings: readonly Reading[]): Promise<void> {
    const series = this.port.series(point, quantity);
    const columns = {
      series: readings.map(() => series),
      ts: readings.map(({ ts }) => ts),
      value: readings.map(({ value }) => value),
      length: readings.length,
    };
    await this.port.write(columns, [], []);
  }

  /** Hours of known consumption, and the days and months that they make. */
  async putHours(
    points: readonly PointKey[],
    quantity: Quantity,
    hours: readonly HourInput[],
  ): Promise<void> {
    const [first] = hours;
    const last = hours.at(-1);
    if (first === undefined || last === undefined) return;
    const window = (bucket: RollupBucket) => ({
      from: this.#calendar.floor(first.ts, bucket),
      to: this.#calendar.next(last.ts, bucket),
      rows: summed(hours, bucket, this.#calendar),
    });
    const windows = { hour: window('hour'), day: window('day'), month: window('month') };
    await this.port.replaceRollups(
      points.map((point) => ({
        series: this.port.series(point, quantity),
        windows,
        exclusionWindow: nothing,
      })),
    );
  }

  async putExclusions(point: PointKey, quantity: Quantity, exclusions: readonly Exclusion[]): Promise<void> {
    const times = exclusions.map(({ ts }) => ts);
    const change: RollupChange = {
      series: this.port.series(point, quantity) satisfies SeriesHandle,
      windows: { hour: nothing, day: nothing, month: nothing },
      exclusionWindow: { from: Math.min(...times), to: Math.max(...times) + 1, rows: exclusions },
    };
    await this.port.replaceRollups([change]);
  }
}

function summed(hours: readonly HourInput[], bucket: RollupBucket, calendar: Calendar): RollupRow[] {
  const rows = new Map<number, RollupRow>();
  for (const { ts, value, measuredMs = hourMs, estimatedMs = 0 } of hours) {
    const start = calendar.floor(ts, bucket);
    const before = rows.get(start);
    rows.set(start, {
      ts: start,
      value: (before?.value ?? 0) + value,
      min: null,
      max: null,
      measuredMs: (before?.measuredMs ?? 0) + measuredMs,
      estimatedMs: (before?.estimatedMs ?? 0) + estimatedMs,
    });
  }
  return [...rows.values()].sort((a, b) => a.ts - b.ts);
}
