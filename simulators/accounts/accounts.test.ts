import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { institutionAttributes } from '../../core/registry/attributes/institution.ts';
import { buildingAttributes } from '../../core/registry/attributes/places.ts';
import { createCity } from '../city/city.ts';
import { createDemo } from '../demo-faults.ts';
import { cityBills } from './bills.ts';
import { creditCode } from './credit-codes.ts';
import { cityFacts } from './facts.ts';
import { sharesOf } from './places.ts';
import { plantedBills } from './planted-bills.ts';
import { stories, storyLedger } from './stories.ts';
import { cityAccounts } from './supply.ts';
import type { Say } from './types.ts';

const to = Date.parse('2026-11-20T09:30:00+08:00');
const meters = createDemo({ seed: 1, to });
const { city } = meters;
const { calendar } = city.days;
const accounts = cityAccounts(city);
const bills = cityBills(city, accounts, { from: city.from, to: calendar.floor(to, 'month') });
const say: Say = { text: ({ zh }) => zh, institution: (id) => id };

describe('facts of the city', () => {
  it('are all valid, in either language, for the demo and for a city by number', () => {
    const schemas = { institution: institutionAttributes, building: buildingAttributes };
    const many = createCity({ seed: 2, to, from: to - 86_400_000, size: 300 });
    for (const facts of [cityFacts(city), cityFacts(many)]) {
      for (const language of ['zh', 'en'] as const) {
        for (const { of, attribute, value } of facts) {
          const found = Object.entries(schemas[of.kind]).find(([name]) => name === attribute)?.[1];
          const said = value({ ...say, text: (name) => name[language] });
          expect(found?.schema.safeParse(said).success, `${of.id} ${attribute}`).toBe(true);
        }
      }
    }
    const listed = cityFacts(many).filter(({ attribute }) => attribute === 'energyUsers');
    expect(new Set(listed.map(({ of }) => of.id)).size).toBe(300);
  });

  it('give every unit a credit code of its own in a region that is none', () => {
    const codes = cityFacts(city).filter(({ attribute }) => attribute === 'creditCode');
    const said = codes.map(({ value }) => String(value(say)));
    expect(new Set(said).size).toBe(city.institutions.length - 1);
    expect(said.every((code) => code.slice(2, 8) === '990000')).toBe(true);
    expect(creditCode('agency', 1).slice(0, 2)).toBe('11');
  });
});

describe('bills of the city', () => {
  it('are the same by seed', () => {
    const again = createDemo({ seed: 1, to }).city;
    const span = { from: city.from, to: calendar.floor(to, 'month') };
    expect(cityBills(again, cityAccounts(again), span)).toEqual(bills);
    const other = createDemo({ seed: 2, to }).city;
    expect(cityBills(other, cityAccounts(other), span)).not.toEqual(bills);
  });

  it('add up to what was truly used, but where something is planted', () => {
    const [from, end] = ['2020-01-01', '2026-11-01'].map((date) => calendar.parse(date) ?? 0) as [
      number,
      number,
    ];
    const touched = new Set(plantedBills(city).map(({ point }) => point));
    for (const point of city.points) {
      const own = accounts.filter(({ source }) => source.kind === 'meter' && source.point === point.point);
      if (own.length === 0) continue;
      const numbers = new Set(own.map(({ number }) => number));
      const billed = bills
        .filter(({ account }) => numbers.has(account))
        .reduce((sum, { quantity }) => sum + quantity, 0);
      const used = city.energyAt(point, end) - city.energyAt(point, from);
      const rounding = own.length * 82 * 0.5;
      if (touched.has(point.point))
        expect(Math.abs(billed - used)).toBeGreaterThan(point.register === 'water' ? 0 : rounding);
      else expect(Math.abs(billed - used), point.point).toBeLessThanOrEqual(rounding);
    }
  });

  it('cost something plausible: electricity 0.4 to 1.4 yuan a kWh in every month', () => {
    const electric = new Set(
      accounts.flatMap(({ number, commodity }) => (commodity === 'electricity' ? number : [])),
    );
    const prices = bills
      .filter(({ account }) => electric.has(account))
      .map((bill) => bill.amountCny / bill.quantity);
    expect(prices.length).toBeGreaterThan(700);
    expect(Math.min(...prices)).toBeGreaterThan(0.4);
    expect(Math.max(...prices)).toBeLessThan(1.4);
  });

  it('of a later span are those of the whole, tiers of the year included', () => {
    const span = { from: calendar.parse('2026-08-01') ?? 0, to: calendar.parse('2026-11-01') ?? 0 };
    const part = cityBills(city, accounts, span);
    expect(part).toEqual(bills.filter(({ from }) => from >= span.from));
  });

  it('name each account and each document once a month', () => {
    expect(new Set(accounts.map(({ number }) => number)).size).toBe(accounts.length);
    expect(new Set(bills.map(({ account, document }) => `${account} ${document}`)).size).toBe(bills.length);
    for (const building of city.buildings)
      expect(sharesOf(building).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});

describe('the ledger of the stories', () => {
  it('tells the stories that README.md lists', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/^\| ([a-z-]+) +\| `([a-z]+)` +\|/gm)].map(
      ([, kind, id]) => `${kind} ${id}`,
    );
    expect(listed).toEqual(stories.map(({ kind, institution }) => `${kind} ${institution}`));
  });

  it('says what was truly used and what the bills say', () => {
    const { behind, grew, holes, disagree } = storyLedger(meters);
    expect(behind.end.energyKwh / behind.base.energyKwh).toBeGreaterThan(1.1);
    expect(behind.end.users / behind.base.users).toBeCloseTo(1, 2);
    expect(grew.end.energyKwh).toBeGreaterThan(grew.base.energyKwh);
    expect(grew.end.energyKwh / grew.end.users).toBeLessThan(grew.base.energyKwh / grew.base.users);
    expect(holes.missing.map(({ billed }) => billed)).toEqual([null, null]);
    expect(disagree.bills.map(({ fault }) => fault)).toEqual([
      ...Array.from({ length: 4 }, () => 'wrong-multiplier'),
      'estimated',
      'estimated',
      'settled',
    ]);
    const water = disagree.bills.filter(({ point }) => point === 'jgdl.water');
    const sum = (values: readonly (number | null)[]) =>
      values.reduce<number>((total, each) => total + (each ?? 0), 0);
    expect(
      Math.abs(sum(water.map(({ billed }) => billed)) - sum(water.map((bill) => bill.trueQuantity))),
    ).toBeLessThan(3);
  });

  it('leaves out what lies before the first day of a short history', () => {
    const brief = createDemo({ seed: 1, to, from: to - 75 * 86_400_000 });
    expect(plantedBills(brief.city).every(({ from }) => from >= brief.city.from)).toBe(true);
  });
});
