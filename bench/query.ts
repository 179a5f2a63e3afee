// How fast the API answers: one institution with 1 000 points and a year of hours, over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { sumByCalendar } from '../core/domain/energy/calendar-sums.ts';
import type { RollupRow } from '../core/domain/energy/rollup.ts';
import { Calendar, hourMs } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';
import { BenchProcess, freePort } from './processes.ts';
import { type BenchRow, percentile, progress, row } from './report.ts';

const points = 1_000;
const agent = 'rsj-main';
const calendar = new Calendar('Asia/Shanghai');
const from = calendar.parse('2025-01-01') ?? 0;
const to = calendar.parse('2026-01-01') ?? 0;
const by = { author: 'bench', reason: 'benchmark' };

export async function run(quick: boolean): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  try {
    progress(`filling ${points} points with a year of hours`);
    const { institution, key } = await fill(home);
    return await ask(home, institution, key, quick ? 40 : 300);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function fill(home: string): Promise<{ institution: string; key: string }> {
  const config = loadConfig({ environment: { JIEYUE_HOME: home } });
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  const validFrom = from;
  const institution = await registry.institutions.create({ name: 'bureau', parent: null, validFrom }, by);
  const building = await registry.buildings.create(
    { name: 'house', institution: institution.id, validFrom },
    by,
  );
  const names = Array.from({ length: points }, (_, index) =>
    pointKey(agent, `floor-${index % 20}.meter-${index}`),
  );
  await registry.points.registerAll(
    names.map((key) => ({
      key,
      name: key,
      quantities: ['electricity'],
      building: building.id,
      validFrom,
      expectedIntervalMs: hourMs,
    })),
    by,
  );
  const { key } = await registry.principals.create('bench', [{ role: 'admin', institution: null }]);
  await registry.stop();

  const store = await openStore(config, { clock: systemClock, log: silentLogger });
  await store.start();
  for (const [index, name] of names.entries()) {
    const series = store.series(name, 'electricity');
    const hours: RollupRow[] = [];
    const ts: number[] = [];
    const value: number[] = [];
    for (let at = from; at < to; at += hourMs) {
      const used = 5 + ((at / hourMs + index) % 24);
      hours.push({ ts: at, value: used, min: null, max: null, measuredMs: hourMs, estimatedMs: 0 });
      ts.push(at);
      value.push((value.at(-1) ?? 0) + used);
    }
    const days = sumByCalendar(hours, 'day', calendar, 'register');
    const months = sumByCalendar(days, 'month', calendar, 'register');
    await store.write({ series: ts.map(() => series), ts, value, length: ts.length }, [], []);
    const window = (rows: readonly RollupRow[]) => ({ from, to, rows });
    const windows = { hour: window(hours), day: window(days), month: window(months) };
    await store.replaceRollups([{ series, windows, exclusionWindow: { from, to, rows: [] } }]);
  }
  await store.stop();
  return { institution: institution.id, key };
}

async function ask(home: string, institution: string, key: string, times: number): Promise<BenchRow[]> {
  const port = await freePort();
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_HTTP_PORT: String(port),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
  };
  const api = new BenchProcess('standalone/cli.js', ['api'], settings);
  await api.line(/is running/);
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const year = `/consumption?institution=${institution}&carrier=electricity&bucket=month&from=2025-01-01&to=2026-01-01`;
  try {
    await check(get, year);
    progress(`${times} questions each`);
    const byMonth = await timed(times, () => get(year));
    const latest = await timed(times, (turn) =>
      get(
        `/points/${encodeURIComponent(pointKey(agent, `floor-${(turn % points) % 20}.meter-${turn % points}`))}/latest`,
      ),
    );
    return [
      row(
        'query.year-by-month.p95',
        percentile(byMonth, 0.95),
        'ms',
        50,
        `one institution, ${points} points, over HTTP`,
      ),
      row('query.year-by-month.p50', percentile(byMonth, 0.5), 'ms'),
      row('query.latest.p95', percentile(latest, 0.95), 'ms', 10, `one point of ${points}, over HTTP`),
      row('query.latest.p50', percentile(latest, 0.5), 'ms'),
      row('query.memory', api.peakMb(), 'MB', null, 'peak of the API process with its store'),
    ];
  } finally {
    await api.end();
  }
}

/** The answer must be right before its speed counts. */
async function check(get: (path: string) => Promise<unknown>, path: string): Promise<void> {
  const schema = z.object({
    total: z.object({ value: z.number() }),
    rows: z.array(z.object({ value: z.number() })),
  });
  const { total, rows } = schema.parse(await get(path));
  let expected = 0;
  for (let index = 0; index < points; index++) {
    for (let at = from; at < to; at += hourMs) expected += 5 + ((at / hourMs + index) % 24);
  }
  if (rows.length !== 12 || Math.abs(total.value - expected) > 1e-6 * expected) {
    throw new Error(`the year sums to ${total.value}, not ${expected}, in ${rows.length} months`);
  }
}

async function timed(times: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  for (let turn = 0; turn < 5; turn++) await work(turn);
  const all: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    const started = performance.now();
    await work(turn);
    all.push(performance.now() - started);
  }
  return all;
}
