// Kinds of use and PUE, from months of a real store and facts of a real registry.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import type { PointInput } from '../../core/registry/registry.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { by, electricPoint, midnight, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { dataCentres } from './data-centres.ts';
import { electricityBySubItem } from './sub-items.ts';

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const period = { from: midnight('2024-01-01'), to: midnight('2024-04-01') };
const months = testCalendar.starts(period.from, period.to, 'month');

interface Meter extends Partial<PointInput> {
  /** kWh of each month; `null`: unknown. */
  readonly kWh: number | null | readonly (number | null)[];
  /** Told again in March what it measures. */
  readonly restated?: boolean;
}

/** A school below a bureau, with a house and these meters, the billing one first. */
async function world(meters: Readonly<Record<string, Meter>>) {
  const test = await testRegistry();
  ends.push(() => test.end());
  test.clock.at = midnight('2024-06-01');
  const { registry, clock } = test;
  const validFrom = period.from;
  const bureau = await registry.institutions.create({ name: 'Bureau', parent: null, validFrom }, by);
  const school = await registry.institutions.create({ name: 'School', parent: bureau.id, validFrom }, by);
  const house = await registry.buildings.create({ name: 'House', institution: school.id, validFrom }, by);
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-sub-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const store = duckDbAt(join(folder, 'telemetry.duckdb'));
  await store.start();
  ends.push(() => store.stop());
  const nothing = { from: 0, to: 0, rows: [] };
  const changes = [];
  for (const [name, { kWh: told, restated, ...more }] of Object.entries(meters)) {
    const key: PointKey = `gateway/${name}`;
    await registry.points.register(electricPoint(key, { building: house.id, ...more }), by);
    if (restated) {
      const value = ['electricity', 'power'];
      const validFrom = midnight('2024-03-01');
      await registry.facts.record([{ entity: key, attribute: 'quantities', validFrom, value }], by);
    }
    const rows = months.flatMap((ts, month) => {
      const kWh = typeof told === 'number' || told === null ? told : (told[month] ?? null);
      const measuredMs = testCalendar.next(ts, 'month') - ts;
      return kWh === null ? [] : [{ ts, value: kWh, min: null, max: null, measuredMs, estimatedMs: 0 }];
    });
    changes.push({
      series: store.series(key, 'electricity'),
      windows: { hour: nothing, day: nothing, month: { ...period, rows } },
      exclusionWindow: nothing,
    });
  }
  await store.replaceRollups(changes);
  const deps = { registry, store, calendar: testCalendar, clock };
  return {
    subItems: () => electricityBySubItem(deps, { institution: bureau, period }),
    centres: () => dataCentres(deps, { institution: bureau.id, period }),
  };
}

const sub = (kWh: Meter['kWh'], more: Omit<Meter, 'kWh'>): Meter => ({
  kWh,
  role: 'sub-meter',
  parent: 'gateway/main',
  ...more,
});

describe('electricity by kind of use', () => {
  it('takes a sorted meter below a sorted one from that one, and says what none counts', async () => {
    const { subItems } = await world({
      main: { kWh: 100 },
      light: sub(30, { item: 'lighting-and-sockets' }),
      corridor: sub(5, { parent: 'gateway/light', item: 'lighting-and-sockets', subItem: 'A2' }),
      plant: sub(25, { item: 'air-conditioning', subItem: 'B1' }),
      unsorted: sub(9, {}),
    });
    expect(await subItems()).toMatchObject({
      total: 300,
      totalCoverage: 1,
      coverage: 1,
      items: [
        {
          item: 'lighting-and-sockets',
          value: 90,
          parts: [
            { subItem: 'A2', value: 15 },
            { subItem: null, value: 75 },
          ],
        },
        { item: 'air-conditioning', value: 75, parts: [{ subItem: 'B1', value: 75 }] },
      ],
      rest: 135,
    });
  });

  it('knows no rest where a sorted meter is unknown', async () => {
    const { subItems } = await world({
      main: { kWh: 100 },
      light: sub(null, { item: 'lighting-and-sockets' }),
      power: sub(20, { item: 'power', subItem: 'C1' }),
    });
    expect(await subItems()).toMatchObject({
      coverage: 0.5,
      items: [
        { item: 'lighting-and-sockets', value: null },
        { item: 'power', value: 60 },
      ],
      rest: null,
    });
  });

  it('takes no months of one side for the rest of the other', async () => {
    const light = { item: 'lighting-and-sockets', subItem: 'A1' } as const;
    const late = await world({ main: { kWh: 100 }, light: sub([30, null, null], light) });
    expect(await late.subItems()).toMatchObject({ total: 300, items: [{ value: 30 }], rest: null });
    const short = await world({ main: { kWh: [100, null, null] }, light: sub(30, light) });
    expect(await short.subItems()).toMatchObject({ total: 100, items: [{ value: 90 }], rest: null });
  });

  it('adds up to the total, whatever hangs below what', async () => {
    const meter = fc.record({
      kWh: fc.integer({ min: 0, max: 50 }),
      subItem: fc.constantFrom('A1', 'A2', 'B2', 'C1', 'D6', null),
      above: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(meter, { minLength: 1, maxLength: 4 }), async (meters) => {
        const named = Object.fromEntries(
          meters.map(({ kWh, subItem, above }, index) => [
            `s${index}`,
            sub(kWh, {
              ...(subItem === null ? {} : { subItem }),
              parent: above < index ? `gateway/s${above}` : 'gateway/main',
            }),
          ]),
        );
        const { subItems } = await world({ main: { kWh: 500 }, ...named });
        const { items, rest, total } = await subItems();
        const sum = items.reduce((all, { value }) => all + (value ?? 0), 0);
        expect(sum + (rest ?? Number.NaN)).toBeCloseTo(total ?? Number.NaN, 9);
        for (const { parts } of items) for (const { value } of parts) expect(value).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 12, seed: 4 },
    );
  });
});

describe('the PUE of a data centre', () => {
  it('is facility over IT, a meter below one of the same mark not added', async () => {
    const { centres } = await world({
      main: { kWh: 500 },
      room: sub(150, { pue: 'facility' }),
      chiller: sub(40, { parent: 'gateway/room', pue: 'facility' }),
      racks: sub(100, { parent: 'gateway/room', pue: 'it' }),
    });
    const [centre] = (await centres()).centres;
    expect(centre).toMatchObject({
      facilityPoints: ['gateway/room'],
      itPoints: ['gateway/racks'],
      whole: { value: 1.5, facilityKWh: 450, itKWh: 300 },
    });
    expect(centre?.months.map(({ pue }) => pue.value)).toEqual([1.5, 1.5, 1.5]);
  });

  it('expects a meter that is told again what it measures from its beginning on', async () => {
    const { centres } = await world({
      main: { kWh: 500 },
      room: sub(150, { pue: 'facility', restated: true }),
      racks: sub(100, { parent: 'gateway/room', pue: 'it' }),
    });
    const [centre] = (await centres()).centres;
    expect(centre?.months.map(({ pue }) => pue.value)).toEqual([1.5, 1.5, 1.5]);
    const gone = await world({
      main: { kWh: 500 },
      room: sub([null, null, 150], { pue: 'facility', restated: true }),
      racks: sub(100, { parent: 'gateway/room', pue: 'it' }),
    });
    expect((await gone.centres()).centres[0]?.whole).toMatchObject({ value: null, reason: 'coverage' });
  });

  it('is not known without IT, and impossible below one', async () => {
    const { centres } = await world({
      main: { kWh: 500 },
      room: sub(90, { pue: 'facility' }),
      racks: sub(100, { parent: 'gateway/room', pue: 'it' }),
    });
    expect((await centres()).centres[0]?.whole).toMatchObject({
      value: null,
      reason: 'below-one',
      withheld: 0.9,
    });
    const other = await world({ main: { kWh: 500 }, room: sub(90, { pue: 'facility' }) });
    expect((await other.centres()).centres[0]?.whole).toMatchObject({ value: null, reason: 'no-data' });
  });
});
