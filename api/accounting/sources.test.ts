// What stands behind a figure: bills as they are, points by the days that count, and the facts below the line.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { denominatorsWithFacts } from './denominators.ts';
import { wholeYear } from './periods.ts';
import { type SourcesQuestion, sourcesOf } from './sources.ts';

const validFrom = midnight('2023-01-01');
const year = wholeYear(2024, testCalendar);
const june = { from: midnight('2024-06-01'), to: midnight('2024-07-01') };
let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
});
afterEach(() => world.end());

const ask = async (question: Omit<SourcesQuestion, 'institution'>, institution = world.ids.east) =>
  (await sourcesOf({ ...world, calendar: testCalendar }, { institution, ...question })).sources;
const fact = (entity: string, attribute: string, date: string, value: unknown, author = 'wang') =>
  world.registry.facts.record([{ entity, attribute, validFrom: midnight(date), value }], { ...by, author });

describe('sources', () => {
  it('are bills from their first to their last day, also beyond the year, with what falls into the period', async () => {
    const { registry, ids } = world;
    const account = await registry.accounts.create(
      { number: '1', institution: ids.east, commodity: 'electricity', validFrom },
      by,
    );
    const [from, to] = [midnight('2023-12-20'), midnight('2024-01-20')];
    await registry.bills.record(
      [{ account: account.id, document: 'a', from, to, quantity: 310, amountCny: 31 }],
      by,
    );
    // Two hands on the bill within the period are one paper still.
    await fact(account.id, 'institution', '2024-01-05', ids.west);
    await fact(account.id, 'institution', '2024-01-10', ids.east);
    expect(await ask({ period: year, basis: 'billed' })).toEqual([
      expect.objectContaining({
        ...{ kind: 'bill', account: account.id, document: 'a', from, to },
        quantity: expect.closeTo(140, 9),
        amountCny: expect.closeTo(14, 9),
      }),
    ]);
    expect(await ask({ period: year, basis: 'billed' }, ids.west)).toMatchObject([
      { from, to, quantity: expect.closeTo(50, 9) },
    ]);
  });

  it.each(['metered', 'billed'] as const)(
    'sum to the parts of the explanation, %s, moves of sub-meters among them',
    async (basis) => {
      const { registry, ids, accounting } = world;
      const days = (value: number) => Array.from({ length: 366 }, () => value);
      await world.putDays(points.east, '2024-01-01', days(10));
      await world.putDays(points.piles, '2024-01-01', days(2));
      await world.putDays(points.shared, '2024-01-01', days(4));
      await world.putDays(points.west, '2024-01-01', days(1));
      for (const [number, institution, quantity] of [
        ['1', ids.east, 3_700],
        ['2', ids.west, 400],
      ] as const) {
        const account = await registry.accounts.create(
          { number, institution, commodity: 'electricity', validFrom },
          by,
        );
        const of = { account: account.id, from: year.from, to: year.to };
        await registry.bills.record([{ ...of, document: number, quantity, amountCny: quantity / 2 }], by);
      }
      let moved = 0;
      for (const period of [year, june])
        for (const institution of [ids.east, ids.west]) {
          const { explanation } = await accounting.explain({
            institution,
            indicator: 'electricity',
            period,
            terms: { basis, boundary: 'everything' },
          });
          const stated = new Map<string, number>();
          for (const { institution: of, use, quantity } of explanation.parts)
            if (of === institution && use) stated.set(use, (stated.get(use) ?? 0) + quantity);
          const sources = await ask({ period, basis, commodity: 'electricity' }, institution);
          const summed = new Map<string, number>();
          for (const { use, quantity, share } of sources)
            summed.set(use, (summed.get(use) ?? 0) + (quantity ?? 0) * share);
          expect(stated.size).toBeGreaterThan(0);
          for (const [use, quantity] of stated) expect(summed.get(use)).toBeCloseTo(quantity, 6);
          moved += sources.filter(({ kind, share }) => kind === 'moved' || share < 0).length;
          const money = sources.reduce((sum, { amountCny }) => sum + (amountCny ?? 0), 0);
          if (basis === 'billed' && period === year)
            expect(money).toBeCloseTo(institution === ids.east ? 1_850 : 200, 6);
        }
      expect(moved).toBeGreaterThan(0);
    },
  );

  it('are reports from their first to their last day', async () => {
    const [from, to] = [midnight('2023-07-01'), midnight('2024-07-01')];
    const building = { commodity: 'electricity', use: 'building', amountCny: null } as const;
    await world.registry.reports.record(
      [{ institution: world.ids.east, ...building, from, to, quantity: 366 }],
      by,
    );
    expect(await ask({ period: year, basis: 'reported' })).toMatchObject([
      { kind: 'report', from, to, quantity: expect.closeTo(182, 9), amountCny: null },
    ]);
  });

  it('are points with the days on which they count, as the figure counts them', async () => {
    // 1 a day, then 3: an even part of the month would be another number.
    await world.putDays(points.east, '2024-06-01', [
      ...new Array<number>(15).fill(1),
      ...new Array<number>(15).fill(3),
    ]);
    await fact(world.ids.eastHouse, 'institution', '2024-06-16', world.ids.west);
    const [mine] = (await ask({ period: june, basis: 'metered' })).filter(({ id }) => id === points.east);
    const [theirs] = (await ask({ period: june, basis: 'metered' }, world.ids.west)).filter(
      ({ id }) => id === points.east,
    );
    expect([mine?.quantity, theirs?.quantity]).toEqual([15, 45]);
    const { figures } = await world.accounting.figures({
      indicators: ['electricity'],
      institution: world.ids.east,
      period: june,
      terms: { basis: 'metered' },
    });
    expect(figures[0]?.value).toBe(15);
  });
});

describe('what stands below the line', () => {
  const below = async (indicator: 'electricityPerPerson' | 'electricityPerArea') => {
    const { explanation } = await world.accounting.explain({
      institution: world.ids.city,
      indicator,
      period: year,
      terms: { basis: 'metered' },
    });
    const parts = await denominatorsWithFacts(world.registry, explanation);
    return (id: string) => parts.find(({ institution }) => institution === id);
  };
  beforeEach(async () => {
    for (const point of [points.east, points.west])
      await world.putDays(point, '2024-01-01', new Array<number>(366).fill(1));
  });

  it('goes down to the components, since when, by which rule, and who recorded them', async () => {
    const { ids } = world;
    await fact(ids.east, 'energyUsers', '2024-07-01', { staff: 80, students: 40 }, 'li');
    await fact(ids.east, 'userRule', '2024-07-01', 'workers', 'li');
    const east = (await below('electricityPerPerson'))(ids.east);
    expect(east?.value).toBeCloseTo((100 * 182 + 80 * 184) / 366, 9);
    expect(east?.userRules).toEqual([
      { id: 'workers', version: 0, from: midnight('2024-07-01'), to: year.to },
    ]);
    expect(
      east?.facts.map(({ attribute, validFrom: from, value, author }) => [attribute, from, value, author]),
    ).toEqual([
      ['energyUsers', validFrom, expect.objectContaining({ staff: 100, students: 0 }), 'wang'],
      ['energyUsers', midnight('2024-07-01'), expect.objectContaining({ staff: 80, students: 40 }), 'li'],
      ['userRule', midnight('2024-07-01'), 'workers', 'li'],
    ]);
  });

  it('goes down to the areas of buildings where the institution says none', async () => {
    const { ids } = world;
    await fact(ids.east, 'floorArea', '2023-01-01', null);
    await fact(ids.eastHouse, 'floorArea', '2023-01-01', { builtM2: 3000 }, 'li');
    await fact(ids.sharedHouse, 'floorArea', '2023-01-01', { builtM2: 400 }, 'zhao');
    const parts = await below('electricityPerArea');
    expect(parts(ids.east)?.value).toBeCloseTo(3300, 9);
    const told =
      parts(ids.east)?.facts.map(({ entity, attribute, author }) => [entity, attribute, author]) ?? [];
    expect(told).toContainEqual([ids.eastHouse, 'floorArea', 'li']);
    expect(told).toContainEqual([ids.sharedHouse, 'floorArea', 'zhao']);
    expect(told).toContainEqual([ids.sharedHouse, 'shares', 'wang']);
    // West says its own area: its houses have no part in it.
    expect(parts(ids.west)?.facts).toMatchObject([
      { entity: ids.west, attribute: 'floorArea', value: { builtM2: 1000 } },
    ]);
  });
});
