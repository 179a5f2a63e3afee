import { describe, expect, it } from 'vitest';
import { CensusBuilder, midnight, monthsFrom, termsOf } from '../../testing/census-builder.ts';
import { buildBook } from './build-book.ts';
import { type Figure, figure, figureTable } from './figures.ts';
import type { Indicator } from './indicators.ts';
import { Totals, type TotalsOptions } from './totals.ts';

const months = monthsFrom(2022, 12);
const year = { from: 0, to: 12 };
const nan = Number.NaN;

function totalsOf(builder: CensusBuilder, terms = termsOf(), options: TotalsOptions = {}, asOf = months.to) {
  return new Totals(buildBook(builder.census(), builder.metered, asOf), terms, options);
}

function ask(builder: CensusBuilder, indicator: Indicator, institution = 0, terms = termsOf()): Figure {
  return figure(totalsOf(builder, terms), indicator, institution, year);
}

/** A city with two units of 1 000 and 3 000 kWh a month. */
function city(second: { users?: number | number[]; registered?: number } = { users: 10 }) {
  const builder = new CensusBuilder(months);
  const top = builder.institution();
  const units = [
    builder.institution({ parent: top, users: 10, areaM2: 500 }),
    builder.institution({ parent: top, areaM2: 1500, ...second }),
  ] as const;
  builder.meter('electricity', [{ institution: units[0] }], 1000);
  builder.meter('electricity', [{ institution: units[1] }], 3000);
  return { builder, top, units };
}

describe('a figure', () => {
  it('divides the energy of a subtree by its people, and says what it rests on', () => {
    const { builder } = city();
    expect(ask(builder, 'energyPerPerson')).toEqual({
      indicator: 'energyPerPerson',
      institution: 'institution-0',
      from: midnight('2022-01-01'),
      to: midnight('2023-01-01'),
      value: expect.closeTo((48_000 * 0.1229) / 20, 9),
      unit: 'kgce/person',
      numerator: expect.closeTo(48_000 * 0.1229, 9),
      denominator: expect.closeTo(20, 9),
      coverage: {
        measured: expect.closeTo(1, 12),
        estimated: 0,
        missing: expect.closeTo(0, 12),
      },
      units: { counted: 2, expected: 2, missing: [] },
      userRules: [],
      provisional: false,
      basis: 'metered',
      boundary: { id: 'statutory', version: 0 },
      coefficients: { id: 'gbt2589-2020', version: 0 },
      carbonFactors: { id: 'mee-2021-2023', version: 0 },
    });
  });

  it('is the same in the table of all institutions', () => {
    const { builder } = city();
    const totals = totalsOf(builder);
    for (const indicator of ['energyPerArea', 'electricity', 'gasPerPerson'] as const) {
      const table = figureTable(totals, indicator, year);
      for (const one of [0, 1, 2]) {
        const { value, numerator, denominator, reason, coverage } = figure(totals, indicator, one, year);
        expect(table.value[one]).toBe(value ?? nan);
        expect(table.numerator[one]).toBe(numerator ?? nan);
        if (denominator !== null) expect(table.denominator[one]).toBe(denominator);
        expect(table.reasons[one]).toBe(reason);
        expect(table.missing[one]).toBe(coverage.missing);
      }
    }
  });

  it('leaves out an institution without people on both sides, names it, and is covered less', () => {
    const { builder } = city({});
    const all = ask(builder, 'energyPerPerson');
    expect(all).toMatchObject({ value: null, reason: 'coverage', units: { counted: 1, expected: 2 } });
    expect(all.withheld).toBeCloseTo((12_000 * 0.1229) / 10, 9);
    expect(all.units.missing).toEqual(['institution-2']);
    expect(all.coverage.missing).toBeCloseTo(0.5, 9);
    expect(ask(builder, 'energyPerArea').value).toBeCloseTo((48_000 * 0.1229) / 2000, 9);
    expect(ask(builder, 'energyPerPerson', 2)).toMatchObject({ value: null, reason: 'no-denominator' });
  });

  it('takes the people of each month, so that a later number changes later months alone', () => {
    const users = [10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20];
    const { builder, units } = city({ users });
    const totals = totalsOf(builder);
    const half = (from: number) => figure(totals, 'energyPerPerson', units[1], { from, to: from + 6 });
    expect(half(0).denominator).toBeCloseTo(10, 9);
    expect(half(6).denominator).toBeCloseTo(20, 9);
    const whole = figure(totals, 'energyPerPerson', units[1], year).denominator;
    expect(whole).toBeCloseTo((181 * 10 + 184 * 20) / 365, 9);
  });

  it('is null without data, and null is not 0', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ users: 10, areaM2: 100 });
    builder.institution({ users: 10, areaM2: 100 });
    builder.meter('electricity', [{ institution: 1 }], 0);
    expect(ask(builder, 'energy')).toMatchObject({ value: null, numerator: null, reason: 'no-data' });
    expect(ask(builder, 'energyPerPerson')).toMatchObject({ value: null, reason: 'no-data' });
    expect(ask(builder, 'energy').units).toEqual({
      counted: 0,
      expected: 1,
      missing: ['institution-0'],
    });
    expect(ask(builder, 'energy', 1)).toMatchObject({ value: 0, coverage: { measured: 1 } });
    expect(ask(builder, 'water', 1)).toMatchObject({ value: null, reason: 'no-data' });
  });

  it('is withheld under the threshold per person or area; consumption never is', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ users: 10 });
    builder.meter('electricity', [{ institution: 0 }], [nan, nan, ...new Array<number>(10).fill(100)]);
    expect(ask(builder, 'energy').value).toBeCloseTo(122.9, 9);
    expect(ask(builder, 'energy').coverage.missing).toBeCloseTo(59 / 365, 9);
    expect(ask(builder, 'energyPerPerson')).toMatchObject({ value: null, reason: 'coverage' });
    expect(ask(builder, 'energyPerPerson').withheld).toBeCloseTo(12.29, 9);
    const lenient = ask(builder, 'energyPerPerson', 0, termsOf({ threshold: 0.8 }));
    expect(lenient.value).toBeCloseTo(12.29, 9);
  });

  it('weighs coverage by energy: a silent small meter matters less than a silent large one', () => {
    const silentAtLast = (large: number[], small: number[]) => {
      const builder = new CensusBuilder(months);
      builder.institution();
      builder.meter('electricity', [{ institution: 0 }], large);
      builder.meter('electricity', [{ institution: 0, use: 'canteen' }], small);
      return ask(builder, 'energy').coverage.missing;
    };
    const whole = (value: number) => new Array<number>(12).fill(value);
    const broken = (value: number) => [...new Array<number>(11).fill(value), nan];
    expect(silentAtLast(whole(900), broken(100))).toBeCloseTo((31 / 365) * 0.1, 2);
    expect(silentAtLast(broken(900), whole(100))).toBeCloseTo((31 / 365) * 0.9, 2);
  });

  it('counts a meter that never spoke as missing', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ users: 10 });
    builder.meter('electricity', [{ institution: 0 }], 100);
    builder.meter('natural_gas', [{ institution: 0 }], undefined);
    const { coverage, value, reason } = ask(builder, 'energyPerPerson');
    expect(coverage.missing).toBeCloseTo(0.5, 9);
    expect({ value, reason }).toEqual({ value: null, reason: 'coverage' });
  });

  it('takes the uses of its boundary', () => {
    const builder = new CensusBuilder(months);
    builder.institution();
    builder.meter('electricity', [{ institution: 0 }], 100);
    builder.meter('electricity', [{ institution: 0, use: 'data-centre' }], 20);
    builder.meter('electricity', [{ institution: 0, use: 'resale' }], 3);
    const under = (boundary: string) => ask(builder, 'electricity', 0, termsOf({ boundary })).value;
    expect(under('statutory')).toBe(1440);
    expect(under('building')).toBe(1200);
    expect(under('data-centre')).toBe(240);
    expect(under('everything')).toBe(1476);
    expect(under('charging')).toBeNull();
  });

  it('counts only institutions in the register where the boundary says so', () => {
    const { builder } = city({ users: 10, registered: 0 });
    const terms = termsOf({ boundary: 'statutory-register' });
    const { value, units } = ask(builder, 'energyPerPerson', 0, terms);
    expect(value).toBeCloseTo((12_000 * 0.1229) / 10, 9);
    expect(units).toEqual({ counted: 1, expected: 1, missing: [] });
  });

  it('leaves own solar out, or adds what is not fed to the grid', () => {
    const builder = new CensusBuilder(months);
    builder.institution();
    builder.meter('electricity', [{ institution: 0 }], 1000);
    builder.meter('solar', [{ institution: 0 }], 500);
    builder.meter('solar_export', [{ institution: 0 }], 100);
    expect(ask(builder, 'energy').value).toBeCloseTo(12_000 * 0.1229, 9);
    const counted = ask(builder, 'energy', 0, termsOf({ boundary: 'statutory-with-solar' }));
    expect(counted.value).toBeCloseTo(16_800 * 0.1229, 9);
    expect(ask(builder, 'solar').value).toBe(6000);
  });
});

describe('carbon', () => {
  function building(green: number) {
    const builder = new CensusBuilder(months);
    builder.institution({ areaM2: 100 });
    const [from, to] = [midnight('2022-01-01'), midnight('2023-01-01')];
    const report = { basis: 'reported', institution: 0, from, to } as const;
    builder.statement({ ...report, commodity: 'electricity', quantity: 1000 });
    builder.statement({ ...report, commodity: 'natural_gas', quantity: 10 });
    if (green > 0) builder.statement({ ...report, commodity: 'green_power', quantity: green });
    return builder;
  }
  const reported = termsOf({ basis: 'reported' });

  it('is electricity by the grid of the year, and fuel by the set', () => {
    const { value, provisional } = ask(building(0), 'carbon', 0, reported);
    expect(value).toBeCloseTo(1000 * 0.5366 + 10 * 2.1622, 9);
    expect(provisional).toBe(false);
  });

  it('is less by the green part of the electricity, whose energy stays', () => {
    expect(ask(building(400), 'carbon', 0, reported).value).toBeCloseTo(600 * 0.5366 + 21.622, 9);
    expect(ask(building(400), 'energy', 0, reported).value).toBeCloseTo(122.9 + 13.3, 9);
    expect(ask(building(400), 'greenPower', 0, reported).value).toBeCloseTo(400, 9);
  });

  it("is provisional where the region has no factor of the year's own", () => {
    const shifted = termsOf({ basis: 'reported', factorPolicy: { kind: 'fixed', fixedYear: 2025 } });
    expect(ask(building(0), 'carbon', 0, shifted)).toMatchObject({ provisional: true });
    expect(ask(building(0), 'energy', 0, shifted)).toMatchObject({ provisional: false });
  });

  it('is provisional for those who used electricity, and for all above them, but for nobody else', () => {
    const builder = new CensusBuilder(months);
    const top = builder.institution({ users: 10 });
    const [power, gas, none] = [0, 1, 2].map(() => builder.institution({ users: 10, parent: top }));
    const [from, to] = [midnight('2022-01-01'), midnight('2023-01-01')];
    for (const [institution, commodity, quantity] of [
      [power, 'electricity', 1000],
      [gas, 'natural_gas', 10],
      [none, 'natural_gas', 10],
      [none, 'electricity', 0],
    ] as const)
      builder.statement({ basis: 'reported', institution: institution ?? 0, commodity, from, to, quantity });
    const shifted = termsOf({ basis: 'reported', factorPolicy: { kind: 'fixed', fixedYear: 2025 } });
    const totals = totalsOf(builder, shifted);
    const all = [top, power ?? 0, gas ?? 0, none ?? 0];
    expect(all.map((one) => figure(totals, 'carbon', one, year).provisional)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([...figureTable(totals, 'carbon', year).provisional]).toEqual([1, 1, 0, 0]);
  });

  it('is withheld while something is used that has no factor', () => {
    const builder = building(0);
    const [from, to] = [midnight('2022-01-01'), midnight('2023-01-01')];
    builder.statement({
      basis: 'reported',
      institution: 0,
      commodity: 'other_energy',
      from,
      to,
      quantity: 5,
    });
    const { value, reason, withheld } = ask(builder, 'carbon', 0, reported);
    expect({ value, reason }).toEqual({ value: null, reason: 'coefficient' });
    expect(withheld).toBeCloseTo(558.222, 9);
    const nowhere = termsOf({ basis: 'reported', gridRegion: 'Atlantis' });
    expect(ask(building(0), 'carbon', 0, nowhere)).toMatchObject({ value: null, reason: 'coefficient' });
  });
});

describe('cost', () => {
  it('is known as far as bills say sums', () => {
    const builder = new CensusBuilder(months);
    builder.institution();
    builder.account('account', 0, 'electricity');
    for (const [month, amountCny] of [
      ['01', 100],
      ['02', nan],
    ] as const) {
      const from = midnight(`2022-${month}-01`);
      const to = midnight(month === '01' ? '2022-02-01' : '2022-03-01');
      builder.statement({
        institution: 0,
        commodity: 'electricity',
        account: 'account',
        from,
        to,
        quantity: 150,
        amountCny,
      });
    }
    const { value, coverage } = ask(builder, 'cost', 0, termsOf({ basis: 'billed' }));
    expect(value).toBeCloseTo(100, 9);
    expect(coverage.measured).toBeCloseTo(31 / 365, 9);
  });
});

describe('the tree of a figure', () => {
  it('is that of each month: a unit that moved counts for either in its time', () => {
    const builder = new CensusBuilder(months);
    const [first, second] = [builder.institution(), builder.institution()];
    const parent = Array.from({ length: 12 }, (_, month) => (month < 6 ? first : second));
    const unit = builder.institution({ parent, users: 10 });
    builder.meter('electricity', [{ institution: unit }], 100);
    const totals = totalsOf(builder);
    expect(figure(totals, 'electricity', first, year).value).toBe(600);
    expect(figure(totals, 'electricity', second, year).value).toBe(600);
    expect(figure(totals, 'energyPerPerson', first, year).denominator).toBeCloseTo((181 / 365) * 10, 9);
    expect(figure(totals, 'electricity', unit, year).value).toBe(1200);
  });

  it('is one for all months where the past is restated by it', () => {
    const builder = new CensusBuilder(months);
    const [first, second] = [builder.institution(), builder.institution()];
    const unit = builder.institution({ parent: first });
    builder.meter('electricity', [{ institution: unit }], 100);
    const restated = totalsOf(builder, termsOf(), { parent: Int32Array.of(-1, -1, second) });
    expect(figure(restated, 'electricity', first, year).value).toBeNull();
    expect(figure(restated, 'electricity', second, year).value).toBe(1200);
  });

  it('refuses a circle', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ parent: 1 });
    builder.institution({ parent: 0 });
    expect(() => totalsOf(builder)).toThrow(/circle of 2 institutions/);
  });

  it('does not expect headings that have nothing of their own, nor time that has not come', () => {
    const { builder } = city();
    expect(ask(builder, 'energy').units.expected).toBe(2);
    const totals = totalsOf(builder, termsOf(), {}, midnight('2022-03-01'));
    const { denominator, units } = figure(totals, 'energyPerPerson', 0, year);
    expect(denominator).toBeCloseTo(20, 9);
    expect(units).toEqual({ counted: 2, expected: 2, missing: [] });
  });

  it('names the months and institutions that the book does not have', () => {
    const { builder } = city();
    const totals = totalsOf(builder);
    expect(() => figure(totals, 'energy', 9, year)).toThrow(/no institution number 9/);
    expect(() => figure(totals, 'energy', 0, { from: 0, to: 13 })).toThrow(/which has 12/);
    expect(() => figure(totals, 'energy', 0, { from: 3, to: 3 })).toThrow(/3 to 3/);
  });
});
