// The demo city in a real registry: what is planted in its accounts shows in figures, plans and reconciliation.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Accounting } from '../../api/accounting/accounting.ts';
import { planProgress } from '../../api/accounting/plan-progress.ts';
import type { Basis } from '../../core/domain/accounting/bases.ts';
import { type Indicator, planIndicators } from '../../core/domain/accounting/indicators.ts';
import { reconcile } from '../../core/domain/accounting/reconcile.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { Calendar, dayMs } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { type StoryLedger, storyLedger } from '../../simulators/accounts/stories.ts';
import { cityAccounts } from '../../simulators/accounts/supply.ts';
import { createCity } from '../../simulators/city/city.ts';
import { createDemo } from '../../simulators/demo-faults.ts';
import { Meters } from '../../simulators/meters.ts';
import { recordBillsSince } from './bills.ts';
import { planFigures } from './plan-figures.ts';
import { registerCity } from './register.ts';
import { demoSeed } from './state.ts';

const calendar = new Calendar('Asia/Shanghai');
const at = (date: string): number => calendar.parse(date) ?? Number.NaN;
const to = at('2026-11-23T09:30:00');
const meters = createDemo({ seed: demoSeed, to, agents: 'per-building' });
const { city } = meters;

describe('the demo city in the registry', () => {
  let test: TestRegistry;
  let store: TelemetryStore;
  let accounting: Accounting;
  let ids: ReadonlyMap<string, string>;
  let ledger: StoryLedger;
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-demo-'));

  beforeAll(async () => {
    test = await testRegistry();
    test.clock.at = to;
    const { registry } = test;
    await registerCity(registry, meters, calendar, 'zh-CN');
    store = duckDbAt(join(folder, 'telemetry.duckdb'));
    await store.start();
    await putMonths(store, registry);
    const { clock } = test;
    accounting = new Accounting({
      store,
      registry,
      calendar,
      clock,
      log: silentLogger,
      metrics: new Metrics(),
    });
    ids = await idsOf(registry);
    ledger = storyLedger(meters);
  });
  afterAll(async () => {
    await accounting.stop();
    await store.stop();
    await test.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const idOf = (institution: string): string => ids.get(institution) ?? '';
  const deps = () => ({ accounting, registry: test.registry, calendar });
  const figures = async (
    basis: Basis,
    institution: string,
    indicators: readonly Indicator[],
    year: number,
  ) => {
    const period = { from: at(`${year}-01-01`), to: at(`${year + 1}-01-01`) };
    const terms = { boundary: 'statutory', basis };
    return (await accounting.figures({ institution: idOf(institution), indicators, period, terms })).figures;
  };

  it('changes nothing when it is registered again', async () => {
    const { registry } = test;
    const before = await registry.revision();
    await registerCity(registry, meters, calendar, 'zh-CN');
    expect(await registry.revision()).toBe(before);
    expect(await registry.institutions.list(to)).toHaveLength(city.institutions.length);
    expect(await registry.accounts.list(to)).toHaveLength(cityAccounts(city).length);
    expect(await registry.points.list({ at: to, limit: 1_000 })).toHaveLength(city.points.length);
  });

  it('has a bill of every account and month since 2020 but for the two that never came', async () => {
    const bills = await test.registry.bills.list({ from: city.from, to });
    const expected = cityAccounts(city).reduce((sum, account) => {
      return sum + calendar.starts(calendar.floor(account.from, 'month'), at('2026-11-01'), 'month').length;
    }, 0);
    expect(bills).toHaveLength(expected - ledger.holes.missing.length);
    expect(bills.every(({ amountCny }) => amountCny !== null)).toBe(true);
    expect(Math.min(...bills.map(({ from }) => from))).toBe(at('2020-01-01'));
    expect(Math.max(...bills.map((bill) => bill.to))).toBe(at('2026-11-01'));
  });

  it('reached its four targets of 2021-2025 as a whole, while the library is far behind in all of them', async () => {
    const rows = await planFigures(deps(), 2025);
    expect(rows).toHaveLength(city.institutions.length);
    const [top] = rows;
    expect(top?.id).toBe(idOf('yunjiang'));
    expect(top?.cells.map(({ indicator, state }) => [indicator, state])).toEqual(
      planIndicators.map((indicator) => [indicator, 'on-line']),
    );
    const library = rows.find(({ id }) => id === idOf(ledger.behind.institution));
    expect(library?.cells.map(({ state }) => state)).toEqual(planIndicators.map(() => 'far-behind'));
    expect(library?.cells.every(({ progress }) => progress !== null && progress < 0.5)).toBe(true);
    expect(ledger.behind.end.energyKwh).toBeGreaterThan(1.1 * ledger.behind.base.energyKwh);
    for (const institution of ['jgswj', 'sthjj', 'rmyy']) {
      const row = rows.find(({ id }) => id === idOf(institution));
      expect(
        row?.cells.map(({ state }) => state),
        institution,
      ).toEqual(planIndicators.map(() => 'on-line'));
    }
  });

  it('is under the provisional plan from 2026 on; the hospital had targets of its own until then', async () => {
    const { registry } = test;
    const progress = (institution: string, year: number) =>
      planProgress(deps(), { institution: idOf(institution), year });
    const running = await progress('tsg', 2026);
    expect(running?.inForce.plan.id).toBe('yunjiang-15');
    expect(running?.inForce.plan.value.source).toContain('provisional');
    expect((await registry.definitions.get('plan', 'yunjiang-15'))?.value.name['zh-CN']).toContain('暂定');
    expect(running?.indicators.map(({ base }) => base.value)).not.toContain(null);
    const originsOf = async (year: number) =>
      (await progress('rmyy', year))?.indicators.map(({ target }) => [target.indicator, target.origin.kind]);
    expect(await originsOf(2025)).toEqual([
      ['energyPerPerson', 'document'],
      ['energyPerArea', 'document'],
      ['waterPerPerson', 'plan'],
      ['carbonPerArea', 'plan'],
    ]);
    expect((await originsOf(2026))?.map(([, kind]) => kind)).toEqual(['plan', 'plan', 'plan', 'plan']);
    expect(await progress('yunjiang', 2020)).toBeUndefined();
    const key = await registry.facts.valueAt(idOf('rmyy'), 'keyUser', to);
    expect(key).toMatchObject({ listed: true, grade: 'exceeded' });
  });

  it('has a school that uses more in total and less per person', async () => {
    const [base, baseShare] = await figures('billed', 'dyzx', ['energy', 'energyPerPerson'], 2020);
    const [end, endShare] = await figures('billed', 'dyzx', ['energy', 'energyPerPerson'], 2025);
    expect(end?.value).toBeGreaterThan(1.05 * (base?.value ?? Number.NaN));
    expect(endShare?.value).toBeLessThan(0.9 * (baseShare?.value ?? Number.NaN));
    expect(baseShare?.denominator).toBeCloseTo(ledger.grew.base.users, 6);
    expect(endShare?.denominator).toBeCloseTo(ledger.grew.end.users, 6);
  });

  it('has holes at the Environment Bureau: two bills, and ten weeks of its main meter', async () => {
    const [perPerson] = await figures('billed', 'sthjj', ['energyPerPerson'], 2026);
    expect(perPerson).toMatchObject({ value: null, reason: 'coverage' });
    const [hospital] = await figures('billed', 'rmyy', ['energyPerPerson'], 2026);
    expect(hospital?.value).toBeGreaterThan(0);
    for (const [institution, known] of [
      ['sthjj', false],
      ['rmyy', true],
      ['yunjiang', true],
    ] as const) {
      const [found] = await figures('metered', institution, ['energyPerPerson'], 2026);
      expect(found?.value !== null, institution).toBe(known);
      if (!known) expect(found).toMatchObject({ reason: 'coverage' });
    }
    const [before] = await figures('metered', 'sthjj', ['energyPerPerson'], 2025);
    expect(before?.value).toBeGreaterThan(0);
  });

  it('has bills that do not say what the meters saw: just those that were planted', async () => {
    const bills = await test.registry.bills.list({ from: at('2025-01-01'), to });
    const accounts = new Map((await test.registry.accounts.list(to)).map((each) => [each.number, each.id]));
    const differing: string[] = [];
    const missing: string[] = [];
    for (const { number, source, from } of cityAccounts(city)) {
      if (source.kind !== 'meter' || source.share !== 1) continue;
      const account = accounts.get(number) ?? '';
      const { rows, findings } = reconcile(
        {
          account,
          byQuantity: true,
          open: [{ from, to: Number.MAX_SAFE_INTEGER }],
          bills: bills.filter((bill) => bill.account === account),
          metered: dailyTruth(source.point),
        },
        { from: at('2026-01-01'), to: at('2026-11-01'), asOf: to, absoluteTolerance: 1 },
      );
      const name = (each: { from: number; to: number }) => `${source.point} ${each.from} ${each.to}`;
      differing.push(...rows.filter(({ verdict }) => verdict === 'differs').map(name));
      missing.push(...findings.filter(({ kind }) => kind === 'missing').map(name));
    }
    const planted = (each: { point: string; from: number; to: number }) =>
      `${each.point} ${each.from} ${each.to}`;
    expect(differing.sort()).toEqual(ledger.disagree.bills.map(planted).sort());
    const [first, last] = ledger.holes.missing;
    expect(missing).toEqual([`${first?.point} ${first?.from} ${last?.to}`]);
    const [wrong] = ledger.disagree.bills.filter(({ fault }) => fault === 'wrong-multiplier');
    expect((wrong?.billed ?? 0) / (wrong?.trueQuantity ?? 1)).toBeCloseTo(1.5, 3);
  });

  it('shares the Civic Centre by rooms, deducts what is let, and counts its server room apart', async () => {
    const census = await test.registry.census(at('2025-01-01'), at('2026-01-01'));
    const numbers = new Map(census.institutions.map((each, index) => [each.id, { ...each, index }]));
    const area = (institution: string) => numbers.get(idOf(institution))?.areaM2[0];
    expect(area('jyj')).toBeCloseTo(0.3 * 26_500, 6);
    expect(area('jgswj')).toBeCloseTo(0.2 * 26_500 + 9_800 - 420, 6);
    const usesOf = (institution: string) =>
      new Set(
        census.series.flatMap(({ stretches }) =>
          stretches.flatMap((each) =>
            each.institution === numbers.get(idOf(institution))?.index ? [each.use] : [],
          ),
        ),
      );
    expect([...usesOf('jyj')].sort()).toEqual(['building', 'charging-staff', 'data-centre', 'heating']);
    expect(usesOf('jgswj')).toContain('deducted');
    const year = (point: string) =>
      city.trueConsumption(point, 'electricity', at('2025-01-01'), at('2026-01-01'));
    expect(year('xzzx.d1') / year('xzzx.it')).toBeGreaterThan(1.42);
    expect(year('xzzx.d1') / year('xzzx.it')).toBeLessThan(1.7);
    const said = await test.registry.facts.history('xzzx/xzzx.it', { attribute: 'pue' });
    expect(said.map(({ value }) => value)).toEqual(['it']);
  });

  it('gets the bills of the months that end after it was founded, once', async () => {
    const { registry } = test;
    const count = async () => (await registry.bills.list({ from: city.from, to: at('2028-01-01') })).length;
    const before = await count();
    await recordBillsSince(registry, city, to);
    expect(await count()).toBe(before);
    await recordBillsSince(registry, city, at('2027-02-03'));
    expect(await count()).toBe(before + 3 * cityAccounts(city).length);
    await recordBillsSince(registry, city, at('2027-02-03'));
    expect(await count()).toBe(before + 3 * cityAccounts(city).length);
  });
});

describe('a registration', () => {
  let test: TestRegistry;
  afterEach(() => test.end());

  it('in English says all names in English', async () => {
    test = await testRegistry();
    const brief = createDemo({ seed: 1, to, from: to - 75 * dayMs });
    await registerCity(test.registry, brief, calendar, 'en');
    const { registry } = test;
    const names = [
      ...(await registry.institutions.list(to)),
      ...(await registry.buildings.list(to)),
      ...(await registry.accounts.list(to)),
      ...(await registry.points.list({ at: to, limit: 1_000 })),
    ].map(({ name }) => name ?? '');
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !/^[\x20-\x7e’]+$/.test(name))).toEqual([]);
  });

  it('that was cut short is completed by the next one, nothing twice', async () => {
    test = await testRegistry();
    const { registry } = test;
    const brief = createDemo({ seed: 1, to, from: to - 75 * dayMs });
    const cut = {
      ...registry,
      points: { ...registry.points, registerAll: () => Promise.reject(new Error('cut')) },
    };
    await expect(registerCity(cut, brief, calendar, 'zh-CN')).rejects.toThrow('cut');
    await registerCity(registry, brief, calendar, 'zh-CN');
    expect(await registry.institutions.list(to)).toHaveLength(9);
    expect(await registry.buildings.list(to)).toHaveLength(6);
    expect(await registry.accounts.list(to)).toHaveLength(cityAccounts(brief.city).length);
    expect(await registry.points.list({ at: to, limit: 1_000 })).toHaveLength(brief.city.points.length);
    expect((await registry.bills.list({ from: 0, to })).length).toBeGreaterThan(0);
  });

  it('of a city of any number of institutions is accepted too', async () => {
    test = await testRegistry();
    const many = new Meters(createCity({ seed: 3, to, from: to - 40 * dayMs, size: 24 }));
    await registerCity(test.registry, many, calendar, 'zh-CN');
    const census = await test.registry.census(at('2026-11-01'), at('2026-12-01'));
    const units = census.institutions.filter(({ users }) => !Number.isNaN(users[0]));
    expect(units).toHaveLength(24);
    expect(
      units.every(({ areaM2, kind, sector }) => (areaM2[0] ?? 0) > 0 && kind !== '' && sector !== ''),
    ).toBe(true);
  });
});

/** The city's own names of institutions to the registry's ids. */
async function idsOf(registry: Registry): Promise<ReadonlyMap<string, string>> {
  const listed = await registry.institutions.list(to);
  return new Map(
    city.institutions.map(({ id, name }) => [id, listed.find((each) => each.name === name.zh)?.id ?? '']),
  );
}

/** Months of all that counts, as the rollup worker would write them from every reading that the meters gave. */
async function putMonths(store: TelemetryStore, registry: Registry): Promise<void> {
  const span = { from: at('2020-01-01'), to: at('2026-12-01') };
  const census = await registry.census(span.from, span.to);
  const starts = [...census.months.starts, census.months.to];
  const nothing = { from: 0, to: 0, rows: [] };
  await store.replaceRollups(
    census.series.map(({ point: key, quantity }) => {
      const name = key.slice(key.indexOf('/') + 1);
      const point = city.point(name);
      const silentFrom = meters.faultsOf(name).find(({ kind }) => kind === 'silence')?.from ?? Infinity;
      const rows = starts.slice(0, -1).flatMap((ts, index): RollupRow[] => {
        const from = Math.max(ts, point.installation?.from ?? ts);
        const end = Math.min(starts[index + 1] ?? ts, to, silentFrom);
        if (from >= end) return [];
        const value = city.energyAt(point, end) - city.energyAt(point, from);
        return [{ ts, value, min: null, max: null, measuredMs: end - from, estimatedMs: 0 }];
      });
      const windows = { hour: nothing, day: nothing, month: { ...span, rows } };
      return { series: store.series(key, quantity), windows, exclusionWindow: nothing };
    }),
  );
}

/** What the meter would have shown by day, had it never been silent. */
function dailyTruth(name: string) {
  const point = city.point(name);
  const [from, end] = [at('2025-01-01'), at('2026-11-01')];
  const starts = Float64Array.from(calendar.starts(from, end, 'day'));
  const values = starts.map((start) => city.energyAt(point, start + dayMs) - city.energyAt(point, start));
  const covered = starts.map(() => dayMs);
  return { starts, to: end, values, expectedMs: covered, coveredMs: covered };
}
