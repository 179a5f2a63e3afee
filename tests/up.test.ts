// `jieyue up --demo` once, in a fresh home, as `npm start` runs it: the city is there, its figures are those of the ledger of the
// truth, its meters are alive, and it stops and starts again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dayMs, hourMs } from '../core/domain/time.ts';
import { quantities } from '../core/domain/units.ts';
import { sleep } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { runJieyue, Up, until } from '../core/testing/jieyue.ts';
import { peakMemoryMb } from '../core/testing/processes.ts';
import { Ledger } from '../simulators/ledger.ts';
import type { Meters } from '../simulators/meters.ts';
import { demoFleet, fleetAgent } from '../standalone/demo/fleet.ts';
import { demoMeters, readDemoState } from '../standalone/demo/state.ts';

const everyMs = 5_000;
const share = z.number().nullable();
const consumptionSchema = z.object({
  scope: z.object({ name: z.string() }),
  total: z.object({ value: share, coverage: share, estimatedShare: share, partial: z.boolean() }),
  rows: z.array(z.object({ from: z.string(), value: share, coverage: share })),
});
type Consumption = z.infer<typeof consumptionSchema>;
type Scope = { point: string } | { building: string } | { institution: string };

let up: Up;
let meters: Meters;
let ledger: Ledger;
/** The last hour and the last midnight of the history. */
let filledTo: number;
let today: number;

beforeAll(async () => {
  up = await Up.make(['--demo', '--every', String(everyMs / 1000)]);
  await up.start();
  const state = readDemoState(loadConfig({ environment: { JIEYUE_HOME: up.home } }));
  if (state?.filledTo == null) throw new Error('demo.json does not say how far the city is filled');
  meters = demoMeters(state);
  ledger = new Ledger(meters);
  filledTo = Math.floor(state.to / hourMs) * hourMs;
  today = meters.city.days.calendar.floor(filledTo, 'day');
}, 120_000);
afterAll(() => up.end());

async function consumption(
  scope: Scope,
  bucket: 'hour' | 'day' | 'month' | 'year',
  from: number,
  to: number,
  carrier = 'electricity',
): Promise<Consumption> {
  const query = { ...scope, carrier, bucket, from: String(from), to: String(to) };
  return consumptionSchema.parse(await up.get('/api/v1/consumption', query));
}

const key = (point: string) => `${meters.city.point(point).agent}/${point}`;

/** The points that count something, with the carrier of it. */
function registers(): { point: string; carrier: string }[] {
  return meters.city.points.flatMap(({ point, register }) => {
    if (register === null) return [];
    const entry = quantities[register];
    return 'carrier' in entry ? [{ point, carrier: entry.carrier }] : [];
  });
}

describe('the demo city', () => {
  it('is announced on a short screen: what runs, where to look, first figures', async () => {
    const screen = up.process.lines.join('\n');
    expect(screen).toContain(`${up.url}/docs`);
    expect(screen).toMatch(/\d+ institutions, \d+ buildings, \d+ points, [\d,]+ readings/);
    expect(screen).toContain(
      `First figures: electricity of ${new Date(filledTo + 8 * hourMs).getUTCFullYear()}`,
    );
    expect(screen).toMatch(/Yunjiang City +[\d, ]+/);
    // The plan of the year before: the library behind its line, the city as a whole on it.
    expect(screen).toContain(`: ${new Date(filledTo + 8 * hourMs).getUTCFullYear() - 1} against `);
    expect(screen).toMatch(/Yunjiang City +(-\d+\.\d % ✓ *){4}/);
    expect(screen).toMatch(/Yunjiang Library +(\S+ % !! *){4}/);
    // Without a terminal the key is named, not shown.
    expect(screen).not.toContain(readFileSync(join(up.home, 'admin-token'), 'utf8').trim());
    expect(screen).toContain(join(up.home, 'admin-token'));
  });

  it('has cars whose two weeks are followed: as many trips and findings as they truly made', async () => {
    const line = /Official cars: 12, with (\d+) trips and (\d+) findings in the last 14 days/;
    // The cars come after the first screen, and take their time on a busy machine.
    await until(() => line.test(up.process.lines.join('\n')));
    const [, trips, findings] = line.exec(up.process.lines.join('\n')) ?? [];
    const state = readDemoState(loadConfig({ environment: { JIEYUE_HOME: up.home } }));
    if (state?.fleet?.sentTo == null) throw new Error('demo.json does not say how far the cars were sent');
    const { sentTo } = state.fleet;
    const { truth } = demoFleet(state.seed, state.fleet);
    expect(Number(trips)).toBeGreaterThan(0.98 * truth.trips.filter(({ end }) => end < sentTo).length);
    // What a card did is found from card entries, not from tracks; what is fresh may not be found yet.
    const certain = truth.expected.filter(
      ({ finding, may, end }) => !may && !/card|fill/.test(finding) && end < sentTo - 2 * dayMs,
    );
    expect(Number(findings)).toBeGreaterThanOrEqual(certain.length);
  }, 180_000);

  it('is healthy and explains itself', async () => {
    expect(await up.get('/health')).toMatchObject({ status: 'ok' });
    const docs = await fetch(`${up.url}/docs`);
    expect(docs.status).toBe(200);
    expect(await docs.text()).toContain('<html');
    const { paths } = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .parse(await up.get('/openapi.json'));
    expect(Object.keys(paths)).toContain('/api/v1/consumption');
    expect((await fetch(`${up.url}/api/v1/points`)).status).toBe(401);
  });

  it('adds up: an institution, month by month, is the sum of its own buildings and of those below it', async () => {
    const { calendar } = meters.city.days;
    const from = calendar.floor(meters.city.from, 'year');
    const to = calendar.next(filledTo, 'year');
    const listed = z
      .object({ institutions: z.array(z.object({ id: z.string(), parent: z.string().nullable() })) })
      .parse(await up.get('/api/v1/institutions')).institutions;
    expect(listed).toHaveLength(meters.city.institutions.length);
    let compared = 0;
    for (const { id } of listed) {
      const { buildings } = z
        .object({ buildings: z.array(z.object({ id: z.string() })) })
        .parse(await up.get('/api/v1/buildings', { institution: id }));
      expect(buildings.length).toBeGreaterThan(0);
      const whole = await consumption({ institution: id }, 'month', from, to);
      const parts = await Promise.all(
        buildings.map((building) => consumption({ building: building.id }, 'month', from, to)),
      );
      for (const [index, row] of whole.rows.entries()) {
        const known = parts.flatMap(({ rows }) => rows[index]?.value ?? []);
        if (known.length === 0) expect(row.value).toBeNull();
        else expect(relativeError(row.value ?? Number.NaN, sum(known))).toBeLessThan(1e-9);
        compared += known.length;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('shows at every register what a correct system must show, faults or not', {
    timeout: 120_000,
  }, async () => {
    const { calendar } = meters.city.days;
    const month = calendar.floor(today, 'month');
    const lastMonth = calendar.floor(month - dayMs, 'month');
    const daily = calendar.floor(meters.city.hourlyFrom - dayMs, 'month');
    const ranges = [
      { bucket: 'month', from: calendar.floor(daily - dayMs, 'month'), to: daily, stepMs: dayMs },
      { bucket: 'month', from: lastMonth, to: month },
      { bucket: 'day', from: meters.city.hourlyFrom, to: meters.city.hourlyFrom + 9 * dayMs },
      { bucket: 'day', from: today - 30 * dayMs, to: today },
      { bucket: 'day', from: today - 170 * dayMs, to: today - 150 * dayMs },
      { bucket: 'day', from: today - 13 * dayMs, to: today - 10 * dayMs },
      { bucket: 'hour', from: today - 12 * dayMs + 10 * hourMs, to: today - 12 * dayMs + 20 * hourMs },
      { bucket: 'hour', from: today - 3 * dayMs + 5 * hourMs, to: today - 3 * dayMs + 6 * hourMs },
    ] as const;
    const all = registers();
    expect(all.length).toBeGreaterThan(40);
    let compared = 0;
    const wrong: string[] = [];
    for (const { point, carrier } of all) {
      const start = meters.city.point(point).installation?.from ?? 0;
      for (const range of ranges) {
        const { bucket, from, to } = range;
        if (from < start) continue;
        const expected = ledger.expect(point, from, to, 'stepMs' in range ? range.stepMs : hourMs);
        const { total } = await consumption({ point: key(point) }, bucket, from, to, carrier);
        // Nothing at all is known of a meter that was silent throughout.
        const unknown = expected.withheld.some((part) => part.from <= from && part.to >= to);
        const off = Math.abs((total.value ?? (unknown ? 0 : Number.NaN)) - expected.shown);
        if (!(off <= expected.tolerance)) {
          const span = `${calendar.format(from)} to ${calendar.format(to)}`;
          wrong.push(`${point} ${span}: ${total.value}, not ${expected.shown} ± ${expected.tolerance}`);
        }
        compared++;
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });

  it('shows a spike, a replaced and a rolled-over meter without a trace in any hour', async () => {
    for (const kind of ['spike', 'replacement', 'roll-over'] as const) {
      const fault = meters.faults.find((each) => each.kind === kind);
      if (fault === undefined) throw new Error(`no ${kind} is planted`);
      const middle = meters.city.days.calendar.floor(fault.from, 'hour');
      const [from, to] = [middle - 6 * hourMs, middle + 6 * hourMs];
      const { rows } = await consumption({ point: key(fault.point) }, 'hour', from, to);
      expect(rows).toHaveLength(12);
      const point = meters.city.point(fault.point);
      const counted = (start: number, end: number) =>
        meters.meteredAt(point, end) - meters.meteredAt(point, start);
      const { tolerance } = ledger.expect(fault.point, from, to, hourMs);
      for (const [index, row] of rows.entries()) {
        const start = from + index * hourMs;
        // Without the spike's reading, the two hours beside it share what its neighbours tell.
        const shared = kind === 'spike' && Math.abs(start + hourMs / 2 - fault.from) < hourMs;
        const expected = shared
          ? counted(fault.from - hourMs, fault.from + hourMs) / 2
          : counted(start, start + hourMs);
        const off = Math.abs((row.value ?? Number.NaN) - expected);
        expect(off, `${kind} ${row.from}`).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('lists the planted spike as excluded, with its value', async () => {
    const spike = meters.faults.find(({ kind }) => kind === 'spike');
    if (spike === undefined) throw new Error('no spike is planted');
    const { agent } = meters.city.point(spike.point);
    const { exclusions } = z
      .object({ exclusions: z.array(z.object({ ts: z.string(), code: z.string(), value: z.number() })) })
      .parse(
        await up.get(`/api/v1/points/${agent}/${spike.point}/exclusions`, {
          from: String(spike.from - dayMs),
          to: String(spike.from + dayMs),
        }),
      );
    const point = meters.city.point(spike.point);
    const shown = meters.show(point, 'electricity', spike.from);
    expect(exclusions.map(({ ts, code, value }) => [Date.parse(ts), code, value])).toEqual([
      [spike.from, 'spike', shown],
    ]);
  });

  it('shows nothing, and not zero, for the hours of a meter that is silent', async () => {
    const silence = meters.faults.find(({ kind }) => kind === 'silence');
    if (silence === undefined) throw new Error('no silence is planted');
    const from = meters.city.days.calendar.ceil(silence.from, 'hour');
    const { rows, total } = await consumption({ point: key(silence.point) }, 'hour', from, filledTo);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ value, coverage }) => value === null && coverage === 0)).toBe(true);
    expect(total).toMatchObject({ value: null, coverage: 0, partial: true });
    const day = await consumption({ point: key(silence.point) }, 'hour', from - dayMs, from - hourMs);
    expect(day.rows.every(({ value }) => value !== null)).toBe(true);
  });

  it('shows a stuck meter standing still', async () => {
    const stuck = meters.faults.find(({ kind }) => kind === 'stuck');
    if (stuck === undefined) throw new Error('no stuck meter is planted');
    const { rows } = await consumption({ point: key(stuck.point) }, 'hour', stuck.from, filledTo);
    expect(rows.length).toBeGreaterThan(70);
    expect(rows.every(({ value }) => value === 0)).toBe(true);
  });

  it('is alive: agents report, readings arrive', async () => {
    const agents = z.object({
      agents: z.array(
        z.object({
          id: z.string(),
          state: z.string(),
          statusAgeSeconds: z.number().nullable(),
          quarantinedBatches: z.number().nullable(),
          sources: z.array(z.object({ state: z.string(), devices: z.int(), devicesSilent: z.int() })),
        }),
      ),
    });
    const list = agents.parse(await up.get('/api/v1/agents')).agents;
    expect(list.map(({ id }) => id)).toEqual([...meters.city.agents, fleetAgent].sort());
    for (const agent of list) {
      expect(agent).toMatchObject({ state: 'online', quarantinedBatches: 0 });
      expect(agent.statusAgeSeconds).toBeLessThan(120);
      // Of cars: JT/T 808 and MQTT.
      expect(agent.sources).toHaveLength(agent.id === fleetAgent ? 2 : 1);
    }
    // The silent meters, and nobody else.
    const silent = meters.faults.filter(({ kind }) => kind === 'silence').length;
    await until(async () => {
      const now = agents.parse(await up.get('/api/v1/agents')).agents.filter(({ id }) => id !== fleetAgent);
      return sum(now.flatMap(({ sources }) => sources.map(({ devicesSilent }) => devicesSilent))) === silent;
    });

    const newest = async (point: string) => {
      const { latest } = z
        .object({ latest: z.array(z.object({ quantity: z.string(), ts: z.string().nullable() })) })
        .parse(await up.get(`/api/v1/points/${key(point)}/latest`));
      return Date.parse(latest.find(({ quantity }) => quantity === 'electricity')?.ts ?? '');
    };
    const before = await newest('dyzx.main');
    expect(before).toBeGreaterThanOrEqual(filledTo);
    await until(async () => (await newest('dyzx.main')) > before);
  });

  it.skipIf(!existsSync('/proc/self/status'))('stays under 700 MB, all its processes together', () => {
    const { pid } = up.process;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    expect(children).toHaveLength(1);
    const peaks = [String(pid), ...children].map((each) => peakMemoryMb(Number(each)) ?? Number.NaN);
    expect(sum(peaks)).toBeLessThan(700);
  });

  it('keeps its store to itself: another process is told who holds it', async () => {
    const other = await runJieyue(['ingest'], up.environment);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('[store.locked]');
    expect(other.stderr).toContain(String(up.process.pid));
  });

  it('stops in order at SIGTERM, and starts again without filling anew', { timeout: 60_000 }, async () => {
    expect(await within(10_000, up.process.end('SIGTERM'))).toBe(0);
    const rows = () =>
      Number(
        up.process.lines
          .findLast((line) => /readings \(/.test(line))
          ?.match(/([\d,]+) readings/)?.[1]
          ?.replaceAll(',', ''),
      );
    expect(rows()).toBeGreaterThan(1_000_000);
    await up.start();
    expect(rows()).toBeLessThan(1_000);
    expect(await up.get('/health')).toMatchObject({ status: 'ok' });
    const [first] = registers();
    if (first === undefined) throw new Error('no registers');
    const before = ledger.expect(first.point, today - 30 * dayMs, today, hourMs);
    const after = await consumption(
      { point: key(first.point) },
      'day',
      today - 30 * dayMs,
      today,
      first.carrier,
    );
    expect(Math.abs((after.total.value ?? Number.NaN) - before.shown)).toBeLessThanOrEqual(before.tolerance);
    expect(await within(10_000, up.process.end('SIGTERM'))).toBe(0);
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function relativeError(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'too late'> {
  const done = new AbortController();
  const late = sleep(ms, done.signal).then((): 'too late' => 'too late');
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
