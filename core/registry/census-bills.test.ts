// From the registry to figures: shared bills, deducted heating, accounts of sub-meters, reports of other years.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Basis } from '../domain/accounting/bases.ts';
import type { MeteredMonths } from '../domain/accounting/book.ts';
import { buildBook } from '../domain/accounting/build-book.ts';
import type { Commodity } from '../domain/accounting/commodities.ts';
import { type Figure, figure } from '../domain/accounting/figures.ts';
import type { Indicator } from '../domain/accounting/indicators.ts';
import { Totals } from '../domain/accounting/totals.ts';
import type { Use } from '../domain/accounting/uses.ts';
import type { PointKey } from '../domain/topics.ts';
import { termsOf } from '../testing/census-builder.ts';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { AccountInput } from './account-contracts.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const long = midnight('2023-01-01');
const [from, to] = [midnight('2024-01-01'), midnight('2025-01-01')];

async function institution(name: string, staff: number): Promise<string> {
  const { id } = await test.registry.institutions.create({ name, parent: null, validFrom: long }, by);
  await record(id, 'energyUsers', { staff });
  return id;
}
async function building(owner: string): Promise<string> {
  return (await test.registry.buildings.create({ name: 'House', institution: owner, validFrom: long }, by))
    .id;
}
function record(entity: string, attribute: string, value: unknown, validFrom = long): Promise<void> {
  return test.registry.facts.record([{ entity, attribute, validFrom, value }], by);
}
let number = 0;
async function account(more: Partial<AccountInput> & Pick<AccountInput, 'institution'>): Promise<string> {
  const input = { number: `${++number}`, commodity: 'electricity' as const, validFrom: long, ...more };
  return (await test.registry.accounts.create(input, by)).id;
}
async function bill(account: string, quantity: number | null, amountCny: number | null = null) {
  await test.registry.bills.record([{ account, document: 'D', from, to, quantity, amountCny }], by);
}

/** A figure of 2024. @param shows what a point shows in a month; left out: nothing is known */
async function ask(
  indicator: Indicator,
  id: string,
  basis: Basis,
  more: { boundary?: string; shows?: (point: string) => number } = {},
): Promise<Figure> {
  const census = await test.registry.census(from, to);
  const { starts } = census.months;
  const metered = census.series.map(({ point }): MeteredMonths => {
    const value = new Float64Array(12).fill(more.shows?.(point) ?? Number.NaN);
    const length = starts.map((start, month) => (starts[month + 1] ?? to) - start);
    const measuredMs = value.map((one, month) => (Number.isNaN(one) ? 0 : (length[month] ?? 0)));
    return { value, measuredMs, estimatedMs: new Float64Array(12) };
  });
  const book = buildBook(census, metered, to);
  const terms = termsOf({ basis, boundary: more.boundary ?? 'statutory' });
  const place = census.institutions.findIndex((one) => one.id === id);
  return figure(new Totals(book, terms), indicator, place, { from: 0, to: 12 });
}

describe('an account of a shared building', () => {
  it('splits its bills by the shares, as the area is split', async () => {
    const [first, second] = [await institution('A', 60), await institution('B', 40)];
    const house = await building(first);
    await record(house, 'floorArea', { builtM2: 1000 });
    await record(house, 'shares', [
      { institution: first, share: 0.6 },
      { institution: second, share: 0.4 },
    ]);
    await bill(await account({ institution: first, building: house }), 12_000, 6_000);
    for (const [id, part] of [
      [first, 0.6],
      [second, 0.4],
    ] as const) {
      const answer = await ask('electricityPerArea', id, 'billed');
      expect(answer.numerator).toBeCloseTo(12_000 * part, 6);
      expect(answer.value).toBeCloseTo(12, 9);
      expect(answer.coverage.measured).toBeCloseTo(1, 9);
      expect((await ask('cost', id, 'billed')).value).toBeCloseTo(6_000 * part, 6);
    }
  });

  it('follows the shares of each day, and is its payer where there are none', async () => {
    const [first, second] = [await institution('A', 60), await institution('B', 40)];
    const house = await building(first);
    await bill(await account({ institution: first, building: house }), 366);
    expect((await ask('electricity', first, 'billed')).value).toBeCloseTo(366, 9);
    await record(house, 'shares', [{ institution: second, share: 0.5 }], midnight('2024-12-01'));
    expect((await ask('electricity', first, 'billed')).value).toBeCloseTo(335, 9);
    expect((await ask('electricity', second, 'billed')).value).toBeCloseTo(15.5, 9);
  });
});

describe('deducted area without meters', () => {
  it('takes its part of heating along as of the building itself, and of no other use', async () => {
    const id = await institution('A', 10);
    await record(id, 'floorArea', { builtM2: 1000, letM2: 500, energy: 'by-area' });
    for (const [commodity, use, quantity] of [
      ['electricity', null, 1000],
      ['heat', 'heating', 500],
      ['natural_gas', 'canteen', 300],
    ] as [Commodity, Use | null, number][]) {
      await bill(await account({ institution: id, commodity, use }), quantity);
    }
    const numerator = async (indicator: Indicator) => (await ask(indicator, id, 'billed')).numerator;
    expect(await numerator('electricityPerArea')).toBeCloseTo(500, 9);
    expect(await numerator('heatPerArea')).toBeCloseTo(250, 9);
    expect(await numerator('gasPerArea')).toBeCloseTo(300, 9);
  });

  it('goes with the deducted area of the building that an account supplies, as what is metered there does', async () => {
    const id = await institution('A', 10);
    const [let_, own] = [await building(id), await building(id)];
    await record(let_, 'floorArea', { builtM2: 1000, letM2: 500, energy: 'by-area' });
    await record(own, 'floorArea', { builtM2: 1000 });
    const [first, second] = [
      await account({ institution: id, building: let_ }),
      await account({ institution: id, building: own }),
    ];
    await bill(first, 3_660);
    await bill(second, 32_940);
    expect((await ask('electricity', id, 'billed')).value).toBeCloseTo(3_660 / 2 + 32_940, 6);
    // One that names no building: by the whole area.
    const third = await account({ institution: id });
    await bill(third, 4_000);
    expect((await ask('electricity', id, 'billed')).value).toBeCloseTo(34_770 + 3_000, 6);
  });

  it('is heated by a sub-meter in both parts', async () => {
    const id = await institution('A', 10);
    await record(id, 'floorArea', { builtM2: 1000, letM2: 500, energy: 'by-area' });
    const house = await building(id);
    const main = electricPoint('g/main', { building: house, validFrom: long });
    const heating = { building: house, role: 'sub-meter', parent: 'g/main', use: 'heating' } as const;
    await test.registry.points.registerAll(
      [main, electricPoint('g/heating', { ...heating, validFrom: long })],
      by,
    );
    const { series } = await test.registry.census(from, to);
    const heated = series.find(({ point }) => point === 'g/heating')?.stretches ?? [];
    // What is of deducted area stays there, as the sub-meter's: nothing goes round in a circle.
    expect(heated.map(({ use, share }) => [use, share])).toEqual([
      ['deducted', -0.5],
      ['deducted', 0.5],
      ['building', -0.5],
      ['heating', 0.5],
    ]);
    const shows = (point: string) => (point === 'g/main' ? 100 : 40);
    const under = async (boundary: string) =>
      (await ask('electricity', id, 'metered', { boundary, shows })).value;
    expect(await under('statutory')).toBeCloseTo(600, 9);
    expect(await under('everything')).toBeCloseTo(1200, 9);
  });
});

describe('a sub-meter with an account of its own', () => {
  async function charging(own: boolean) {
    const id = await institution('A', 10);
    const house = await building(id);
    const main = await account({ institution: id });
    const piles = await account({ institution: id, use: 'charging-public' });
    await bill(main, 9_000);
    await bill(piles, 1_200);
    const pile = { building: house, role: 'sub-meter', parent: 'g/m', use: 'charging-public' } as const;
    await test.registry.points.registerAll(
      [
        electricPoint('g/m', { building: house, validFrom: long }),
        electricPoint('g/p', { ...pile, validFrom: long }),
      ],
      by,
    );
    await record('g/m', 'account', main);
    await record('g/p', 'account', own ? piles : main);
    const shows = (point: string) => (point === 'g/p' ? 100 : 850);
    return async (basis: Basis, boundary: string) =>
      (await ask('electricity', id, basis, { boundary, shows })).value;
  }

  it('is in no other bill, so that nothing moves out of the one above', async () => {
    const asked = await charging(true);
    expect(await asked('billed', 'statutory')).toBeCloseTo(9_000, 6);
    expect(await asked('billed', 'charging-public')).toBeCloseTo(1_200, 6);
    expect(await asked('metered', 'statutory')).toBeCloseTo(9_000, 6);
    expect(await asked('metered', 'charging-public')).toBeCloseTo(1_200, 6);
  });

  it('has it from its date on', async () => {
    const asked = await charging(false);
    const piles = (await test.registry.accounts.list(from)).find(({ use }) => use === 'charging-public');
    await record('g/p', 'account', piles?.id, midnight('2024-07-01'));
    // Half a year of 100 a month moved.
    expect(await asked('billed', 'statutory')).toBeCloseTo(9_000 - 600, 6);
  });

  it('of another commodity moves all the same', async () => {
    const asked = await charging(false);
    const [one] = await test.registry.institutions.list(from);
    await record('g/p', 'account', await account({ institution: one?.id ?? null, commodity: 'water' }));
    expect(await asked('billed', 'statutory')).toBeCloseTo(7_800, 6);
  });

  it('moves out of the bill above where that is the same account', async () => {
    const asked = await charging(false);
    expect(await asked('billed', 'statutory')).toBeCloseTo(7_800, 6);
    expect(await asked('billed', 'charging-public')).toBeCloseTo(2_400, 6);
  });
});

describe('points of a virtual point', () => {
  it('name it, and sub-meters the point that they take from', async () => {
    const id = await institution('A', 10);
    const house = await building(id);
    const below = (parent: PointKey, use: Use) => ({
      building: house,
      role: 'sub-meter' as const,
      parent,
      use,
    });
    await test.registry.points.registerAll(
      [
        electricPoint('g/main', { building: house, validFrom: long }),
        electricPoint('g/tenant', {
          building: house,
          role: 'sub-meter',
          parent: 'g/main',
          validFrom: long,
        }),
        electricPoint('g/rooms', { ...below('g/main', 'data-centre'), validFrom: long }),
        electricPoint('g/same', { ...below('g/rooms', 'data-centre'), validFrom: long }),
        electricPoint('g/kitchen', { ...below('g/same', 'canteen'), validFrom: long }),
      ],
      by,
    );
    const formula = {
      terms: [
        { point: 'g/main', factor: 1 },
        { point: 'g/tenant', factor: -1 },
      ],
      counts: true,
    } as const;
    await test.registry.points.registerAll(
      [electricPoint('g/net', { building: house, role: 'virtual', formula, validFrom: long })],
      by,
    );
    const { series } = await test.registry.census(from, to);
    const said = series.flatMap(({ point, stretches }) =>
      stretches.map(({ use, share, counter, above }) => [point, use, share, counter, above]),
    );
    expect(said).toEqual([
      ['g/kitchen', 'data-centre', -1, 'g/net', 'g/rooms'],
      ['g/kitchen', 'canteen', 1, 'g/net', 'g/rooms'],
      ['g/main', 'building', 1, 'g/net', undefined],
      ['g/rooms', 'building', -1, 'g/net', 'g/net'],
      ['g/rooms', 'data-centre', 1, 'g/net', 'g/net'],
      ['g/tenant', 'building', -1, 'g/net', undefined],
    ]);
  });
});

describe('reports', () => {
  it('are expected since the first one, also where that is of a year that is not asked about', async () => {
    const id = await institution('A', 10);
    const report = (year: number, commodity: Commodity, quantity: number) => ({
      ...{ institution: id, commodity, use: 'building' as const, quantity, amountCny: null },
      from: midnight(`${year}-01-01`),
      to: midnight(`${year + 1}-01-01`),
    });
    await test.registry.reports.record([report(2024, 'electricity', 1000)], by);
    expect((await ask('energyPerPerson', id, 'reported')).value).toBeCloseTo(12.29, 9);
    await test.registry.reports.record([report(2023, 'natural_gas', 1000)], by);
    const answer = await ask('energyPerPerson', id, 'reported');
    expect(answer).toMatchObject({ value: null, reason: 'coverage', withheld: expect.closeTo(12.29, 9) });
    await test.registry.reports.record([report(2024, 'natural_gas', 0)], by);
    expect((await ask('energyPerPerson', id, 'reported')).value).toBeCloseTo(12.29, 9);
  });
});

describe('heat that is billed by area', () => {
  it('is covered by its bills, though they say no quantity', async () => {
    const id = await institution('A', 10);
    await bill(await account({ institution: id }), 1000, 500);
    const heat = { institution: id, commodity: 'heat', use: 'heating' } as const;
    const heating = await account({ ...heat, billing: 'area' });
    await bill(heating, null, 3000);
    expect((await ask('energyPerPerson', id, 'billed')).value).toBeCloseTo(12.29, 9);
    expect((await ask('cost', id, 'billed')).value).toBeCloseTo(3500, 9);
    await record(heating, 'billing', 'quantity');
    expect(await ask('energyPerPerson', id, 'billed')).toMatchObject({ value: null, reason: 'coverage' });
  });
});
