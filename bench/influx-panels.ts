// What a panel of a board takes over one year of the demo city: readings, rollups and the series of the scheduled jobs.

import type { BoardRow } from '../core/domain/board-series.ts';
import { sumByCalendar } from '../core/domain/energy/calendar-sums.ts';
import { noFacts } from '../core/domain/energy/facts.ts';
import { createScan, headChange } from '../core/domain/energy/recompute.ts';
import { Calendar, dayMs, hourMs } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { quantities } from '../core/domain/units.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { InfluxStore } from '../core/store/influx/influx-store.ts';
import { boardCity } from '../core/testing/board-city.ts';
import { InfluxServer } from '../core/testing/influx-server.ts';
import { createDemo } from '../simulators/demo-faults.ts';
import { boardQueries, type PanelQueries } from './board-queries.ts';
import { peakMbOf } from './processes.ts';
import { type BenchRow, percentile, progress, row } from './report.ts';

const timeZone = 'Asia/Shanghai';
const prefix = 'jieyue';
const calendar = new Calendar(timeZone);
const now = calendar.parse('2026-06-17T10:00:00') ?? 0;
const yearAgo = calendar.floor(now - 365 * dayMs, 'day');

export async function measurePanels(program: string, quick: boolean): Promise<BenchRow[]> {
  const server = new InfluxServer(program);
  try {
    await server.start();
    progress('a year of the demo city into InfluxDB');
    const { variables, series } = await fill(server);
    // As after any night: what was written is in files, not in the log.
    await server.kill('SIGTERM');
    await server.start();
    const panels = boardQueries({ now, timeZone, prefix, variables });
    const year = boardQueries({ now, timeZone, prefix, variables, from: yearAgo });
    progress(`${panels.length} panels`);
    const times = quick ? 10 : 40;
    const asBegun = await slowest(server, panels, times);
    const overYear = await slowest(server, year, times);
    return [
      row(
        'influx.panel.p95',
        overYear.p95,
        'ms',
        300,
        `the slowest of ${panels.length} panels, each over the last year unless it has a period of its own: ${overYear.name}; ${series} series, a year of hours; ${overYear.rows} rows answered`,
      ),
      row('influx.panel.p50', overYear.p50, 'ms', null, 'the same panel'),
      row(
        'influx.panel.p95@opened',
        asBegun.p95,
        'ms',
        300,
        `the slowest with the periods that boards begin with: ${asBegun.name}`,
      ),
      row(
        'influx.panel.memory.influxd',
        peakMbOf(server.pid) ?? Number.NaN,
        'MB',
        null,
        'peak while panels are asked',
      ),
    ];
  } finally {
    await server.remove();
  }
}

interface Timing {
  readonly name: string;
  readonly p95: number;
  readonly p50: number;
  readonly rows: number;
}

async function slowest(
  server: InfluxServer,
  panels: readonly PanelQueries[],
  times: number,
): Promise<Timing> {
  let worst: Timing = { name: 'none', p95: -1, p50: -1, rows: 0 };
  for (const panel of panels) {
    let rows = 0;
    for (let turn = 0; turn < 2; turn++) rows = await ask(server, panel);
    const all: number[] = [];
    for (let turn = 0; turn < times; turn++) {
      const started = performance.now();
      await ask(server, panel);
      all.push(performance.now() - started);
    }
    const p95 = percentile(all, 0.95);
    if (p95 > worst.p95) worst = { name: panel.name, p95, p50: percentile(all, 0.5), rows };
  }
  return worst;
}

/** All queries of a panel at once, as Grafana's server asks. @returns how many rows came */
async function ask({ url }: InfluxServer, { name, queries }: PanelQueries): Promise<number> {
  const counts = await Promise.all(
    queries.map(async ({ database, query }) => {
      const parameters = new URLSearchParams({ db: database, epoch: 'ms' });
      const answer = await fetch(`${url}/query?${parameters}`, {
        method: 'POST',
        body: new URLSearchParams({ q: query }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text} (${query})`);
      const { results } = JSON.parse(text) as {
        results?: { error?: string; series?: { values?: unknown[] }[] }[];
      };
      const error = results === undefined ? text : results.find((each) => each.error)?.error;
      if (error !== undefined) throw new Error(`${name}: ${error} (${query})`);
      return (results ?? [])
        .flatMap((result) => result.series ?? [])
        .reduce((sum, { values = [] }) => sum + values.length, 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Readings and rollups as ingest would leave them, and what the jobs would write. */
async function fill(server: InfluxServer) {
  const part = (name: string) => server.options(`${prefix}_${name}`);
  const store = new InfluxStore({
    databases: { readings: part('readings'), positions: part('positions'), figures: part('figures') },
    timeZone,
    log: silentLogger,
  });
  await store.start();
  const boards = boardCity({ now, timeZone });
  const rows = [...overTheYear(boards.rows)];
  for (let at = 0; at < rows.length; at += 10_000) await store.boards.write(rows.slice(at, at + 10_000));
  const series = await writeHistory(store);
  await store.stop();
  const variables = {
    institution: boards.institutions[0] ?? '',
    building: boards.buildings[0] ?? '',
    carrier: 'electricity',
    indicator: 'energyPerPerson',
    basis: 'metered',
    period: '2026',
    month: '2026-06',
    point: boards.points.find((key) => key.endsWith('.main')) ?? '',
  };
  return { variables, series };
}

/**
 * The boards' test city has the last weeks of what comes by the day; here each day stands for those of the year before it.
 * States come every few minutes: of those the last 30 days.
 */
function* overTheYear(rows: readonly BoardRow[]): Generator<BoardRow> {
  const span = 28 * dayMs;
  for (const each of rows) {
    yield each;
    const { measurement } = each;
    const daily =
      measurement === 'day_hours' ||
      measurement === 'nights' ||
      (measurement === 'consumption' && each.tags.bucket === 'day');
    if (daily && each.ts >= now - span) {
      for (let ts = each.ts - span; ts >= yearAgo; ts -= span) yield { ...each, ts };
    }
    const newest =
      measurement === 'point_states' ||
      measurement === 'institution_states' ||
      measurement === 'agent_states' ||
      measurement === 'pipeline';
    if (newest && each.ts >= now - 10 * 60_000) {
      for (let ts = each.ts - 30 * dayMs; ts < each.ts - 7 * hourMs; ts += 10 * 60_000) yield { ...each, ts };
    }
  }
}

/** A year of hours of every point of the demo city. @returns the number of series */
async function writeHistory(store: InfluxStore): Promise<number> {
  const meters = createDemo({ seed: 11, tz: timeZone, to: now, from: yearAgo, hourlyFrom: yearAgo });
  let count = 0;
  for (const { agent, point, quantities: names } of meters.city.points) {
    const all = [...meters.readings(point, yearAgo, now, hourMs)];
    for (const quantity of names) {
      const readings = all.filter(([, name]) => name === quantity);
      const series = store.series(pointKey(agent, point), quantity);
      const [ts, value] = [readings.map((each) => each[2]), readings.map((each) => each[3])];
      await store.write({ series: ts.map(() => series), ts, value, length: ts.length }, [], []);
      const scan = createScan(quantity, noFacts);
      for (const [index, at] of ts.entries()) scan.push(at, value[index] ?? 0);
      const { hours, exclusions } = headChange(scan, 0, 0);
      const days = sumByCalendar(hours, 'day', calendar, quantities[quantity].kind);
      const months = sumByCalendar(days, 'month', calendar, quantities[quantity].kind);
      const window = { from: calendar.floor(yearAgo - dayMs, 'month'), to: now + 40 * dayMs };
      await store.replaceRollups([
        {
          series,
          windows: {
            hour: { ...window, rows: hours },
            day: { ...window, rows: days },
            month: { ...window, rows: months },
          },
          exclusionWindow: { ...window, rows: exclusions },
        },
      ]);
      count++;
    }
  }
  return count;
}
