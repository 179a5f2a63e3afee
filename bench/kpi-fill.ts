// A city for the benchmark of figures: a tree of institutions, ten points each, a year of hours. Hours are made by the
// engine itself in SQL: row by row the port would take half an hour for 140 million of them.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Calendar, dayMs, hourMs } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import type { Quantity } from '../core/domain/units.ts';
import type { EntityInput, FactInput, PointInput, Registry } from '../core/registry/registry.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';

export const year = 2025;
export const calendar = new Calendar('Asia/Shanghai');
const from = calendar.parse(`${year}-01-01`) ?? 0;
const to = calendar.parse(`${year + 1}-01-01`) ?? 0;
const validFrom = calendar.parse(`${year - 1}-01-01`) ?? 0;
const by = { author: 'bench', reason: 'benchmark' };

/** What hangs in each institution: billing meters, and two sub-meters that move energy to other uses. */
const meters: readonly { readonly quantity: Quantity; readonly use?: 'data-centre' | 'charging-public' }[] = [
  { quantity: 'electricity' },
  { quantity: 'electricity' },
  { quantity: 'electricity' },
  { quantity: 'electricity' },
  { quantity: 'electricity', use: 'data-centre' },
  { quantity: 'electricity', use: 'charging-public' },
  { quantity: 'water' },
  { quantity: 'water' },
  { quantity: 'gas' },
  { quantity: 'heat' },
];
export const pointsPerInstitution = meters.length;
/** What the sub-meters show is a small part of what the meter above shows. */
const subMeterScale = 0.01;

/** Of the points of one institution, a day. Hours of a day go up and down; every day is like the other. */
const perDay = Array.from({ length: 24 }, (_, hour) => 5 + hour).reduce((sum, value) => sum + value, 0);
export const usersOf = (institution: number) => 40 + (institution % 60);
export const areaOf = (institution: number) => 2_000 + 10 * (institution % 300);

/** By GB/T 2589-2020, as the built-in set has it. */
const kgce = { electricity: 0.1229, gas: 1.33, heat: 34.12 };

/** What statistics count of the whole city in the year: four electricity meters less the public piles, two of water. */
export function expected(institutions: number): { readonly energyKgce: number; readonly waterM3: number } {
  const ofOneMeter = (perDay * (to - from)) / dayMs;
  const energyKgce = (4 - subMeterScale) * kgce.electricity + kgce.gas + kgce.heat;
  return { energyKgce: ofOneMeter * energyKgce * institutions, waterM3: 2 * ofOneMeter * institutions };
}

export interface FillOptions {
  readonly institutions: number;
  /** Without hours and days: month rollups alone. */
  readonly monthsOnly: boolean;
}

export async function fill(home: string, { institutions, monthsOnly }: FillOptions): Promise<void> {
  const path = join(home, 'registry.sqlite');
  const registry = createRegistry({ path, calendar, clock: systemClock, log: silentLogger });
  await registry.start();
  await fillRegistry(registry, institutions);
  await registry.stop();
  const config = loadConfig({ environment: { JIEYUE_HOME: home } });
  const store = await openStore(config, { clock: systemClock, log: silentLogger });
  await store.start();
  await store.stop();
  await fillStore(join(home, 'telemetry.duckdb'), institutions, monthsOnly);
}

/** One province, a city for 100 of the others, districts of ten: the tree that sums go up. */
function parentOf(institution: number): number | undefined {
  if (institution === 0) return undefined;
  if (institution % 100 === 0) return 0;
  return institution % 10 === 0 ? Math.floor(institution / 100) * 100 : Math.floor(institution / 10) * 10;
}

async function fillRegistry(registry: Registry, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => registry.facts.newId());
  const houses = ids.map(() => registry.facts.newId());
  const step = 500;
  for (let start = 0; start < count; start += step) {
    const creating: EntityInput[] = [];
    const facts: FactInput[] = [];
    for (let place = start; place < Math.min(count, start + step); place++) {
      const [entity = '', house = ''] = [ids[place], houses[place]];
      creating.push({ id: entity, kind: 'institution' }, { id: house, kind: 'building' });
      const say = (of: string, attribute: string, value: unknown) =>
        facts.push({ entity: of, attribute, validFrom, value });
      say(entity, 'name', `institution ${place}`);
      const parent = parentOf(place);
      if (parent !== undefined) say(entity, 'parent', ids[parent]);
      say(entity, 'energyUsers', { staff: usersOf(place) });
      say(entity, 'floorArea', { builtM2: areaOf(place) });
      say(house, 'name', `house ${place}`);
      say(house, 'institution', entity);
    }
    await registry.facts.record(facts, by, creating);
    const points: PointInput[] = [];
    for (let place = start; place < Math.min(count, start + step); place++) {
      for (const [index, { quantity, use }] of meters.entries()) {
        points.push({
          key: keyOf(place * meters.length + index),
          name: `meter ${index}`,
          quantities: [quantity],
          building: houses[place] ?? null,
          validFrom,
          expectedIntervalMs: hourMs,
          ...(use === undefined
            ? {}
            : { use, role: 'sub-meter' as const, parent: keyOf(place * meters.length) }),
        });
      }
    }
    await registry.points.registerAll(points, by);
  }
}

/** Points of a hundred institutions report through one agent. */
function keyOf(point: number) {
  return pointKey(`city-${Math.floor(point / 1_000)}`, `m${point}`);
}

async function fillStore(path: string, institutions: number, monthsOnly: boolean): Promise<void> {
  const points = institutions * meters.length;
  const instance = await DuckDBInstance.create(path, { memory_limit: '1GB', threads: '2' });
  const connection = await instance.connect();
  try {
    const names = meters.map(({ quantity }) => `'${quantity}'`).join(', ');
    await connection.run(`INSERT INTO series
      SELECT i::INTEGER, 'city-' || (i // 1000) || '/m' || i, [${names}][i % ${meters.length} + 1] FROM range(${points}) t(i)`);
    const scale = `(CASE WHEN p.i % ${meters.length} IN (4, 5) THEN ${subMeterScale} ELSE 1 END)`;
    const rows = (table: string, ts: string, value: string, ms: string, times: string) =>
      connection.run(`INSERT INTO ${table} SELECT p.i::INTEGER, ${ts}, ${value} * ${scale}, NULL, NULL, ${ms}, 0
        FROM ${times}, range(${points}) p(i)`);
    const days = (to - from) / dayMs;
    if (!monthsOnly) {
      const hour = `(5 + (t.i + p.i) % 24)`;
      for (let day = 0; day < days; day += 31) {
        const times = `range(${day * 24}, ${Math.min(days, day + 31) * 24}) t(i)`;
        await rows('rollup_hours', `${from} + t.i * ${hourMs}`, hour, String(hourMs), times);
      }
      await rows(
        'rollup_days',
        `${from} + t.i * ${dayMs}`,
        String(perDay),
        String(dayMs),
        `range(${days}) t(i)`,
      );
    }
    for (const start of calendar.starts(from, to, 'month')) {
      const ms = calendar.next(start, 'month') - start;
      await rows(
        'rollup_months',
        String(start),
        String((perDay * ms) / dayMs),
        String(ms),
        '(SELECT 1) t(i)',
      );
    }
    await connection.run('CHECKPOINT');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
