// Data quality of months, over readings that became rollups by the worker, on a real store and a real registry.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Quality } from '../../core/domain/accounting/quality.ts';
import { hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { PointInput } from '../../core/registry/registry.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { by, electricPoint, midnight, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { RollupWorker } from '../../ingest/rollups/rollup-worker.ts';
import { Accounting } from './accounting.ts';
import { monthQuality } from './month-quality.ts';

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const start = midnight('2024-01-01');
const now = midnight('2024-07-01');
/** kWh an hour at a time; `null`: it says nothing then. */
type Draw = (ts: number) => number | null;

interface Told {
  readonly draw: Draw;
  readonly point?: Partial<PointInput>;
}

/** A school with a heading above it, users and area, an account with monthly bills but for `unbilled`, and meters. */
async function world(meters: Readonly<Record<string, Told>>, unbilled: readonly string[] = []) {
  const test = await testRegistry();
  ends.push(() => test.end());
  test.clock.at = now;
  const { registry } = test;
  const bureau = await registry.institutions.create({ name: 'Bureau', parent: null, validFrom: start }, by);
  const school = await registry.institutions.create(
    { name: 'School', parent: bureau.id, validFrom: start },
    by,
  );
  const house = await registry.buildings.create(
    { name: 'House', institution: school.id, validFrom: start },
    by,
  );
  const fact = (attribute: string, value: unknown) => ({
    entity: school.id,
    attribute,
    validFrom: start,
    value,
  });
  await registry.facts.record(
    [fact('energyUsers', { staff: 100 }), fact('floorArea', { builtM2: 5_000 })],
    by,
  );
  const account = await registry.accounts.create(
    { number: '1', institution: school.id, commodity: 'electricity', validFrom: start },
    by,
  );
  const months = testCalendar.starts(start, now, 'month');
  await registry.bills.record(
    months
      .filter((from) => !unbilled.includes(testCalendar.format(from).slice(0, 7)))
      .map((from) => ({
        account: account.id,
        document: testCalendar.format(from).slice(0, 7),
        from,
        to: testCalendar.next(from, 'month'),
        quantity: 1,
        amountCny: 1,
      })),
    by,
  );
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-quality-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const store = duckDbAt(join(folder, 'telemetry.duckdb'));
  await store.start();
  ends.push(() => store.stop());
  const rows: { series: number; ts: number; value: number }[] = [];
  for (const [name, { draw, point }] of Object.entries(meters)) {
    const key: PointKey = `gateway/${name}`;
    await registry.points.register(
      electricPoint(key, { building: house.id, expectedIntervalMs: hourMs, ...point }),
      by,
    );
    const series = store.series(key, point?.quantities?.[0] ?? 'electricity');
    let register = 1_000;
    let last = 0;
    for (let ts = start; ts <= now; ts += hourMs) {
      const drawn = draw(ts);
      if (drawn !== null) rows.push({ series, ts, value: register });
      last = drawn ?? last;
      register += last;
    }
    await registry.marks.add([
      { point: key, quantity: point?.quantities?.[0] ?? 'electricity', from: start, to: now },
    ]);
  }
  await store.write(
    {
      series: rows.map((row) => row.series),
      ts: rows.map((row) => row.ts),
      value: rows.map((row) => row.value),
      length: rows.length,
    },
    [],
    [],
  );
  const worker = new RollupWorker({
    ...{ store, registry, calendar: testCalendar, holder: 'test', everyMs: 20 },
    ...{ busy: () => false, clock: test.clock, log: silentLogger, metrics: new Metrics() },
  });
  await worker.settle();
  await worker.stop();
  const accounting = new Accounting({
    ...{ store, registry, calendar: testCalendar, clock: test.clock, log: silentLogger },
    metrics: new Metrics(),
  });
  ends.push(() => accounting.stop());
  const ask = async (month: number): Promise<Quality> => {
    const { institutions } = await monthQuality(
      { store, registry, calendar: testCalendar, accounting },
      { year: 2024, month },
    );
    const found = institutions.find(({ institution }) => institution === school.id);
    const heading = institutions.find(({ institution }) => institution === bureau.id);
    expect(heading).toMatchObject({ score: null, findings: [] });
    if (found === undefined) throw new Error('the school is not there');
    return found;
  };
  return { ask, account: account.id, school: school.id };
}

const steady: Draw = () => 10;
const below = (draw: Draw): Told => ({ draw, point: { role: 'sub-meter', parent: 'gateway/main' } });
const kinds = ({ findings }: Quality) => findings.map(({ kind, subject }) => [kind, subject.id]);

describe('the data quality of a month', () => {
  it('is full where meters speak, bills came, and users and area are known', async () => {
    const { ask } = await world({ main: { draw: steady }, a: below(() => 6), b: below(() => 3.5) });
    expect(await ask(5)).toMatchObject({
      score: 100,
      coverage: 1,
      findings: [],
      balances: [{ parent: 7_440, children: 7_068, residual: 372, verdict: 'balanced' }],
    });
  });

  it('finds a meter that fell silent, and since when; it is judged by the month’s end though it spoke again', async () => {
    const gone = midnight('2024-05-20');
    const back = midnight('2024-06-10');
    const { ask } = await world({
      main: { draw: steady },
      a: below((ts) => (ts > gone && ts < back ? null : 6)),
    });
    const may = await ask(5);
    expect(kinds(may)).toEqual([['silent', 'gateway/a']]);
    expect(may.findings[0]?.since).toBe(gone);
    expect(may.score).toBeLessThan(100);
    expect(kinds(await ask(4))).toEqual([]);
    expect(kinds(await ask(6))).toEqual([]);
  });

  it('finds a meter that never said anything', async () => {
    const { ask } = await world({ main: { draw: steady }, a: below(() => null) });
    const may = await ask(5);
    expect(may.findings.filter(({ kind }) => kind === 'silent')).toMatchObject([
      { subject: { id: 'gateway/a' }, since: null },
    ]);
    expect(may.coverage).toBeCloseTo(0.5, 6);
    expect(may.balances).toMatchObject([{ verdict: 'cannot-say' }]);
  });

  it('finds a register that stands still, since when; not one of gas in summer', async () => {
    const since = midnight('2024-04-15');
    const { ask } = await world({
      main: { draw: steady },
      a: below((ts) => (ts >= since ? 0 : 6)),
      gas: { draw: () => 0, point: { quantities: ['gas'] } },
    });
    const may = await ask(5);
    expect(may.findings.filter(({ kind }) => kind === 'stuck')).toMatchObject([
      { subject: { id: 'gateway/a' }, since },
    ]);
    expect((await ask(4)).findings.filter(({ kind }) => kind === 'stuck')).toMatchObject([{ since }]);
    expect((await ask(3)).findings).toEqual([]);
  });

  it('finds sub-meters that show more than the meter above, and a residual that jumped', async () => {
    const { ask } = await world({
      main: { draw: steady },
      a: below((ts) => (ts >= midnight('2024-06-01') ? 13 : ts >= midnight('2024-05-01') ? 4 : 9)),
    });
    expect(kinds(await ask(6))).toEqual([['children-exceed', 'gateway/main']]);
    expect(kinds(await ask(5))).toEqual([['residual-jump', 'gateway/main']]);
    expect(kinds(await ask(4))).toEqual([]);
  });

  it('counts what the building’s own plant feeds, less what is exported, to the meter above', async () => {
    const { ask } = await world({
      main: { draw: steady },
      a: below(() => 12),
      pv: { draw: () => 4, point: { quantities: ['solar'] } },
      out: { draw: () => 1, point: { quantities: ['electricity_export'] } },
    });
    const april = await ask(4);
    expect(april.findings).toEqual([]);
    expect(april.balances).toMatchObject([
      { parent: 720 * 13, children: 720 * 12, residual: 720, verdict: 'balanced' },
    ]);
  });

  it('does not say whose feed-in it is where a second meter from the grid is there, silent or not', async () => {
    const { ask } = await world({
      main: { draw: steady },
      second: { draw: () => null },
      a: below(() => 12),
      pv: { draw: () => 4, point: { quantities: ['solar'] } },
    });
    expect((await ask(4)).balances).toMatchObject([{ verdict: 'cannot-say', residual: null }]);
  });

  it('finds a bill that is missing once it is due, and counts its days', async () => {
    const { ask, account } = await world({ main: { draw: steady } }, ['2024-04', '2024-06']);
    const april = await ask(4);
    expect(april.findings).toEqual([
      {
        kind: 'bill-missing',
        subject: { kind: 'account', id: account },
        since: midnight('2024-04-01'),
        value: 1,
      },
    ]);
    expect(april.parts.bills).toBe(0);
    // June's is not due yet.
    expect((await ask(6)).findings).toEqual([]);
  });

  it('counts what was left out of a meter, by month', async () => {
    const fell = midnight('2024-05-10');
    const { ask } = await world({
      main: {
        draw: (ts) => (ts === fell ? 50_000 : 10),
        point: { installation: { registers: { electricity: { ratingPerHour: 100 } } } },
      },
    });
    expect((await ask(5)).findings).toMatchObject([
      { kind: 'above-rating', subject: { id: 'gateway/main' }, value: 1 },
    ]);
    expect((await ask(4)).findings).toEqual([]);
    expect((await ask(6)).findings).toEqual([]);
  });
});
