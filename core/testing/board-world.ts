// A small city for tests of boards: a real registry, a real InfluxDB with rollups as the worker would write them, and the
// jobs, whose rows are read back by plain InfluxQL.
import { createBoardJobs } from '../../api/jobs/board-jobs.ts';
import type { BoardMeasurementName, BoardRow } from '../domain/board-series.ts';
import { sumByCalendar } from '../domain/energy/calendar-sums.ts';
import type { RollupRow } from '../domain/energy/rollup.ts';
import { type Calendar, hourMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { DayKind } from '../domain/workdays.ts';
import type { Registry } from '../registry/registry.ts';
import { configSchema } from '../runtime/config.ts';
import { fleetSchema } from '../runtime/fleet-config.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { JobScheduler } from '../runtime/scheduler.ts';
import { InfluxConnection } from '../store/influx/connection.ts';
import type { InfluxStore } from '../store/influx/influx-store.ts';
import type { BoardStore, TelemetryStore } from '../store/port.ts';
import type { InfluxServer } from './influx-server.ts';
import { influxAt } from './open-influx.ts';
import { testCalendar, testRegistry } from './test-registry.ts';

export type Row = Readonly<Record<string, string | number | null>>;

export interface BoardWorld {
  readonly registry: Registry;
  readonly store: InfluxStore;
  readonly calendar: Calendar;
  readonly clock: { at: number; now(): number };
  readonly metrics: Metrics;
  /** Jobs of this process, not started; `another` are those of one more, which remembers nothing. */
  readonly jobs: JobScheduler;
  another(changes?: {
    boards?: Partial<BoardStore>;
    holder?: string;
    heldRows?: number;
    /** As `fleet.days` of the configuration. */
    days?: Readonly<Record<string, DayKind>>;
  }): JobScheduler;
  /** Hours of consumption, and the days and months they make; the first one's reading is stored as well. */
  putHours(
    point: PointKey,
    quantity: Quantity,
    hours: readonly { ts: number; value: number | null }[],
  ): Promise<void>;
  /** Rows of a measurement, tags and fields by name, by time. */
  rows(measurement: BoardMeasurementName, where?: string): Promise<readonly Row[]>;
  /** Labels of what is described, in the order in which Grafana gets them. */
  labels(measurement: 'institutions' | 'buildings' | 'points'): Promise<readonly string[]>;
  end(): Promise<void>;
}

let places = 0;

export async function boardWorld(
  server: InfluxServer,
  calendar: Calendar = testCalendar,
): Promise<BoardWorld> {
  const { registry, clock, end } = await testRegistry({ calendar });
  const prefix = `board${++places}`;
  const store = influxAt(prefix, (database) => server.options(database), { timeZone: calendar.zone });
  await store.start();
  const connection = new InfluxConnection(server.options(`${prefix}_figures`));
  const metrics = new Metrics();
  const jobsWith = (
    port: TelemetryStore,
    {
      days = {},
      ...options
    }: { holder: string; heldRows?: number; days?: Readonly<Record<string, DayKind>> },
    counted: Metrics,
  ): JobScheduler => {
    const fleet = fleetSchema.parse({ days });
    const deps = { store: port, registry, calendar, clock, log: silentLogger, metrics: counted, fleet };
    const jobs = createBoardJobs(deps, { times: configSchema.parse({}).jobs, ...options });
    if (jobs === undefined) throw new Error('the engine has no boards');
    return jobs;
  };

  return {
    registry,
    store,
    calendar,
    clock,
    metrics,
    jobs: jobsWith(store, { holder: 'this' }, metrics),

    another({ boards = {}, holder = 'another', ...more } = {}) {
      const changed: BoardStore = { ...store.boards, ...boards };
      const port = new Proxy<TelemetryStore>(store, {
        get(target, name) {
          if (name === 'boards') return changed;
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
      return jobsWith(port, { holder, ...more }, new Metrics());
    },

    async putHours(point, quantity, hours) {
      const series = store.series(point, quantity);
      const rows = hours.map(
        ({ ts, value }): RollupRow => ({
          ts,
          value,
          min: null,
          max: null,
          measuredMs: value === null ? 0 : hourMs,
          estimatedMs: 0,
        }),
      );
      const [first] = rows;
      const last = rows.at(-1);
      if (first === undefined || last === undefined) return;
      const days = sumByCalendar(rows, 'day', calendar, 'register');
      const months = sumByCalendar(days, 'month', calendar, 'register');
      const window = (bucket: 'hour' | 'day' | 'month', list: readonly RollupRow[]) => ({
        from: calendar.floor(first.ts, bucket),
        to: calendar.next(last.ts, bucket),
        rows: list,
      });
      await store.write({ series: [series], ts: [first.ts], value: [0], length: 1 }, [], []);
      await store.replaceRollups([
        {
          series,
          windows: { hour: window('hour', rows), day: window('day', days), month: window('month', months) },
          exclusionWindow: { from: 0, to: 0, rows: [] },
        },
      ]);
      const { from, to } = window('month', months);
      await registry.rollupChanges.note([{ point, quantity, from, to }]);
    },

    async rows(measurement, where) {
      const condition = where === undefined ? '' : ` WHERE ${where}`;
      const found: Row[] = [];
      await connection.each([`SELECT * FROM "${measurement}"${condition}`], ({ columns, rows }) => {
        for (const row of rows)
          found.push(Object.fromEntries(columns.map((name, index) => [name, row[index] as Row[string]])));
      });
      return found;
    },

    async labels(measurement) {
      const [answer] = await connection.query([`SELECT "label" FROM "${measurement}" WHERE "active" = 1`]);
      return (answer ?? []).flatMap(({ rows }) => rows.map((row) => String(row[1])));
    },

    async end() {
      await store.stop();
      connection.close();
      await end();
    },
  };
}

/** A board store that fails after so many chunks, as if the process had been killed there. */
export function dyingBoards(store: InfluxStore, chunks: number): Pick<BoardStore, 'write'> {
  let left = chunks;
  return {
    async write(rows: readonly BoardRow[]) {
      if (left-- <= 0) throw new Error('killed');
      await store.boards.write(rows);
    },
  };
}
