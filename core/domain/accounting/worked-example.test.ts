// A published year, reproduced: public institutions of Chongqing, 2015 (from the city's plan). Litres of fuel become kilograms
// by the densities of the presets.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CensusBuilder, monthsFrom, termsOf } from '../../testing/census-builder.ts';
import { buildBook } from './build-book.ts';
import type { Commodity } from './commodities.ts';
import { explain } from './explain.ts';
import { figure } from './figures.ts';
import { Totals } from './totals.ts';

const published = {
  inputs: {
    electricity_1e8kWh: 63.81,
    coal_1e4t: 5.47,
    gas_1e4m3: 14482.41,
    gasoline_1e4L: 7927.99,
    diesel_1e4L: 506.81,
    other_tce: 176.32,
    area_1e4m2: 7968.72,
    people_1e4: 501.5,
    water_1e8t: 1.39,
  },
  stated_1e4tce: {
    electricity: 78.41,
    coal: 3.91,
    gas: 19.26,
    gasoline: 8.52,
    diesel: 0.63,
    other: 0.02,
    total: 110.75,
  },
};

const year = { from: 0, to: 12 };
const months = monthsFrom(2015, 12);

function totalsOf({ inputs }: typeof published, boundary = 'statutory'): Totals {
  const builder = new CensusBuilder(months);
  const city = builder.institution({ users: inputs.people_1e4 * 1e4, areaM2: inputs.area_1e4m2 * 1e4 });
  const reported: [Commodity, 'building' | 'vehicle', number][] = [
    ['electricity', 'building', inputs.electricity_1e8kWh * 1e8],
    ['raw_coal', 'building', inputs.coal_1e4t * 1e7],
    ['natural_gas', 'building', inputs.gas_1e4m3 * 1e4],
    ['gasoline', 'vehicle', inputs.gasoline_1e4L * 1e4],
    ['diesel', 'vehicle', inputs.diesel_1e4L * 1e4],
    ['other_energy', 'building', inputs.other_tce * 1e3],
    ['water', 'building', inputs.water_1e8t * 1e8],
  ];
  for (const [commodity, use, quantity] of reported) {
    const [from = 0] = months.starts;
    builder.statement({
      basis: 'reported',
      institution: city,
      commodity,
      use,
      from,
      to: months.to,
      quantity,
    });
  }
  const book = buildBook(builder.census(), [], months.to);
  return new Totals(book, termsOf({ basis: 'reported', boundary }));
}

/** In 10 000 tce. */
function partsOf(totals: Totals): ReadonlyMap<Commodity, number> {
  const { parts } = explain(totals, 'energy', 0, year);
  return new Map(parts.map(({ commodity, contribution }) => [commodity, (contribution ?? Number.NaN) / 1e7]));
}

/** Within 0.02 %; where the published number has too few digits to tell, within half of its last digit. */
function expectAsPublished(value: number, stated: number): void {
  expect(Math.abs(value - stated)).toBeLessThanOrEqual(Math.max(stated * 0.0002, 0.005));
}

function reproduce(example: typeof published): void {
  const parts = partsOf(totalsOf(example));
  const { stated_1e4tce: stated } = example;
  expect(parts.size).toBe(6);
  for (const [commodity, value] of [
    ['electricity', stated.electricity],
    ['natural_gas', stated.gas],
    ['gasoline', stated.gasoline],
    ['diesel', stated.diesel],
  ] as const) {
    expect(Math.abs((parts.get(commodity) ?? 0) / value - 1), commodity).toBeLessThan(0.0002);
  }
  // 3.907 and 0.0176: published with two decimals, which are less than 0.02 % of them.
  expectAsPublished(parts.get('raw_coal') ?? Number.NaN, stated.coal);
  expectAsPublished(parts.get('other_energy') ?? Number.NaN, stated.other);
  const total = (figure(totalsOf(example), 'energy', 0, year).value ?? Number.NaN) / 1e7;
  expect(total.toFixed(2)).toBe('110.76');
  expect(Math.abs(total / stated.total - 1)).toBeLessThan(0.0002);
}

describe('the published year of Chongqing 2015', () => {
  it('is reproduced, every part within 0.02 % or the digits it was published with', () => {
    reproduce(published);
  });

  it('gives the indicators per person and area, and without vehicle fuel', () => {
    const totals = totalsOf(published);
    expect(figure(totals, 'energyPerPerson', 0, year).value).toBeCloseTo(220.84, 1);
    expect(figure(totals, 'energyPerArea', 0, year).value).toBeCloseTo(13.9, 2);
    const without = totalsOf(published, 'without-vehicles');
    expect(figure(without, 'energyPerArea', 0, year).value).toBeCloseTo(12.75, 2);
    expect(figure(totals, 'waterPerPerson', 0, year).value).toBeCloseTo(1.39e8 / 5.015e6, 9);
  });

  const file = new URL('../../../../shared/facts/worked-example.json', import.meta.url);
  it.skipIf(!existsSync(file))('is the one in ../shared/facts (skipped where that folder is absent)', () => {
    const example = JSON.parse(readFileSync(file, 'utf8')) as typeof published;
    expect(example).toMatchObject(published);
    reproduce(example);
  });
});
