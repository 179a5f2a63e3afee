// What the demo city's accounts should cost, asked over HTTP from hours as its meters count them: complete, and as its bills say but
// where bills are planted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounting } from '../../api/accounting/accounting.ts';
import { buildApp } from '../../api/app.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { tariffIds } from '../../simulators/accounts/definitions.ts';
import { plantedBills } from '../../simulators/accounts/planted-bills.ts';
import { cityAccounts } from '../../simulators/accounts/supply.ts';
import { createDemo } from '../../simulators/demo-faults.ts';
import { recordBillsSince } from './bills.ts';
import { registerCity } from './register.ts';
import { demoSeed } from './state.ts';

const calendar = new Calendar('Asia/Shanghai');
const at = (date: string): number => calendar.parse(date) ?? Number.NaN;
const to = at('2026-11-23T09:30:00');
const meters = createDemo({ seed: demoSeed, to, from: at('2025-11-01'), agents: 'per-building' });
const { city } = meters;
const faults = plantedBills(city);
const single = cityAccounts(city).flatMap((account) =>
  account.source.kind === 'meter' && account.source.share === 1
    ? [{ ...account, point: account.source.point }]
    : [],
);
const power = single.filter(({ tariff }) => tariff === tariffIds.electricity);

let test: TestRegistry;
let store: TelemetryStore;
let accounting: Accounting;
let app: FastifyInstance;
let key: string;
const folder = mkdtempSync(join(tmpdir(), 'jieyue-demo-costs-'));
const idOf = new Map<string, string>();

beforeAll(async () => {
  test = await testRegistry();
  test.clock.at = to;
  const { registry, clock } = test;
  await registerCity(registry, meters, calendar, 'zh-CN');
  for (const { number, id } of await registry.accounts.list(to)) idOf.set(number, id);
  store = duckDbAt(join(folder, 'telemetry.duckdb'));
  await store.start();
  await putMeters();
  const common = { store, registry, calendar, clock, log: silentLogger, metrics: new Metrics() };
  accounting = new Accounting(common);
  app = buildApp({ ...common, language: 'en', version: 'test', ready: () => ({ store: true }), accounting });
  await app.ready();
  key = (await registry.principals.create('auditor', [{ role: 'auditor', institution: null }])).key;
});
afterAll(async () => {
  await app?.close();
  await accounting?.stop();
  await store?.stop();
  await test?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** What a register's last digit stands for. */
function stepOf(name: string): number {
  const { multiplier, perUnit } = city.point(name).device ?? { multiplier: 1, perUnit: 1 };
  return multiplier / perUnit;
}

/** Hours and days of a year, as the rollup worker would write them from registers that show whole steps. */
async function putMeters(): Promise<void> {
  const span = { from: at('2026-01-01'), to: at('2026-11-01') };
  const nothing = { from: 0, to: 0, rows: [] };
  for (const { point: name, commodity } of single.filter(({ tariff }) => tariff !== null)) {
    const point = city.point(name);
    const silentFrom = meters.faultsOf(name).find(({ kind }) => kind === 'silence')?.from ?? Infinity;
    const step = stepOf(name);
    const shown = (ts: number) => Math.floor(meters.meteredAt(point, ts) / step + 1e-6) * step;
    const rowsOf = (lengthMs: number): RollupRow[] => {
      const rows: RollupRow[] = [];
      for (let ts = span.from; ts < Math.min(span.to, silentFrom); ts += lengthMs) {
        const value = shown(ts + lengthMs) - shown(ts);
        rows.push({ ts, value, min: null, max: null, measuredMs: lengthMs, estimatedMs: 0 });
      }
      return rows;
    };
    const hour = commodity === 'electricity' ? { ...span, rows: rowsOf(hourMs) } : nothing;
    await store.replaceRollups([
      {
        series: store.series(`${point.agent}/${name}`, point.register ?? 'electricity'),
        windows: { hour, day: { ...span, rows: rowsOf(dayMs) }, month: nothing },
        exclusionWindow: nothing,
      },
    ]);
  }
}

async function cost(number: string, month: number) {
  const answer = await app.inject({
    url: `/api/v1/costs?account=${idOf.get(number)}&year=2026&month=${month}`,
    headers: { authorization: `Bearer ${key}` },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

const months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const startOf = (month: number) => at(`2026-${String(month).padStart(2, '0')}-01`);
const planted = (point: string, month: number) =>
  faults.find((each) => each.point === point && each.from === startOf(month))?.fault;
/** Where the meter was silent for a part of the month or all of it. */
const isSilent = (point: string, month: number) =>
  meters.faultsOf(point).some(({ kind, from }) => kind === 'silence' && from < startOf(month + 1));
const codes = (list: { code: string }[]) => list.map(({ code }) => code);

describe('an account of the demo city', () => {
  it('under the two-part tariff should cost what its bill says, in every month in which nothing was planted', async () => {
    let compared = 0;
    for (const { number, point } of power) {
      for (const month of months.filter((each) => !planted(point, each) && !isSilent(point, each))) {
        const { totalCny, differenceCny, gaps, notes } = await cost(number, month);
        expect([point, month, gaps, notes]).toEqual([point, month, [], []]);
        expect(totalCny).toBeGreaterThan(1_000);
        // Registers show whole steps (20 kWh and more), of which some falls into the period after its own: eight times a day, by chance.
        expect(Math.abs(differenceCny), `${point} ${month}`).toBeLessThan(8 * stepOf(point));
        compared++;
      }
    }
    expect(power.map(({ point }) => point)).toEqual(
      ['jgdl', 'hjdl', 'dyzx', 'rmyy', 'tsgd'].map((each) => `${each}.main`),
    );
    expect(compared).toBe(6 + 7 + 3 * 10);
  });

  it('with a wrong multiplier was billed half as much again as it should cost', async () => {
    const [house] = power.filter(({ point }) => point === 'jgdl.main');
    const wrong = months.filter((month) => planted('jgdl.main', month) === 'wrong-multiplier');
    expect(wrong).toEqual([7, 8, 9, 10]);
    for (const month of wrong) {
      const { totalCny, billed, differenceCny } = await cost(house?.number ?? '', month);
      expect(differenceCny).toBeCloseTo(billed.amountCny - totalCny, 9);
      expect(billed.amountCny / totalCny).toBeCloseTo(1.5, 2);
    }
  });

  it('whose meter is silent has no cost, and one whose bill never came no difference', async () => {
    const [bureau] = power.filter(({ point }) => point === 'hjdl.main');
    const august = await cost(bureau?.number ?? '', 8);
    expect(august.totalCny).toBeGreaterThan(1_000);
    expect([august.differenceCny, codes(august.notes)]).toEqual([null, ['no-bill']]);
    const october = await cost(bureau?.number ?? '', 10);
    expect([october.totalCny, october.differenceCny, codes(october.gaps)]).toEqual([
      null,
      null,
      ['unknown-hours'],
    ]);
  });

  it('of water or gas should cost what its bill says too, but for water that was estimated', async () => {
    const differing: string[] = [];
    const others = single.filter(
      ({ tariff }) => tariff === tariffIds.water || tariff === tariffIds.natural_gas,
    );
    for (const { number, point } of others) {
      for (const month of months) {
        const { differenceCny, billed } = await cost(number, month);
        if (Math.abs(differenceCny) > 1e-3 * billed.amountCny) differing.push(`${point} ${month}`);
      }
    }
    expect(others.length).toBeGreaterThan(6);
    expect(differing).toEqual(['jgdl.water 2', 'jgdl.water 3', 'jgdl.water 4']);
  });

  it('states demand and reactive energy of each month once, also of those that end after it was founded', async () => {
    const { registry } = test;
    const [house] = power;
    const id = idOf.get(house?.number ?? '') ?? '';
    const said = async () => (await registry.facts.history(id, { attribute: 'maximumDemandKw' })).length;
    expect(await said()).toBe(12);
    const before = await registry.revision();
    await recordBillsSince(registry, city, to);
    expect([await said(), await registry.revision()]).toEqual([12, before]);
    await recordBillsSince(registry, city, at('2027-01-02'));
    expect(await said()).toBe(14);
    const factors = months.map(async (month) => (await cost(house?.number ?? '', month)).parts[0]?.lines);
    for (const lines of await Promise.all(factors)) {
      const [adjusted] = lines.filter(({ component }: { component: string }) => component === 'power-factor');
      expect(adjusted.quantity).toBeGreaterThanOrEqual(0.93);
      expect(adjusted.quantity).toBeLessThanOrEqual(0.96);
    }
  });
});
