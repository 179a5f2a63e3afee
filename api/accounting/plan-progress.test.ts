// Progress in a plan, over a real registry and a real store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { planProgress } from './plan-progress.ts';

const plan = {
  name: { 'zh-CN': '试行', en: 'Trial' },
  baseYear: 2023,
  endYear: 2025,
  boundary: 'statutory',
  basis: 'metered',
  targets: { electricityPerPerson: -0.2 },
  caps: { electricity: 6_000 },
  factorPolicy: { kind: 'year' },
  coefficients: 'gbt2589-2020',
  carbonFactors: 'mee-2021-2023',
  gridRegion: 'national',
};
const days = (value: number, count: number) => Array.from({ length: count }, () => value);

let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
  await world.registry.definitions.record('plan', 'trial', plan, by);
  await world.registry.facts.record(
    [{ entity: world.ids.city, attribute: 'plan', validFrom: midnight('2023-01-01'), value: 'trial' }],
    by,
  );
});
afterEach(() => world.end());

function progress(institution: string, year: number) {
  const { accounting, registry } = world;
  return planProgress({ accounting, registry, calendar: testCalendar }, { institution, year });
}

async function fill(): Promise<void> {
  for (const point of [points.east, points.west, points.piles, points.shared]) {
    const perDay =
      new Map<string, number>([
        [points.east, 10],
        [points.west, 5],
      ]).get(point) ?? 0;
    await world.putDays(point, '2023-01-01', days(perDay, 365));
    // 10 % less a day in 2024, whose days are one more.
    await world.putDays(point, '2024-01-01', days(perDay * 0.9 * (365 / 366), 366));
    await world.putDays(point, '2025-01-01', days(perDay * 0.5, 59));
  }
}

describe('progress in a plan', () => {
  it('is the reduction achieved of the reduction due, inherited down the tree', async () => {
    await fill();
    for (const institution of [world.ids.city, world.ids.east]) {
      const [indicator] = (await progress(institution, 2024))?.indicators ?? [];
      expect(indicator?.target).toMatchObject({ change: -0.2, origin: { institution: world.ids.city } });
      expect(indicator?.place.progress).toBeCloseTo(1, 9);
      expect(indicator?.place.state).toBe('on-line');
      expect(indicator?.change.change).toBeCloseTo(
        (indicator?.figure.value ?? 0) - (indicator?.base.value ?? 0),
        9,
      );
    }
    const ofCity = await progress(world.ids.city, 2024);
    expect(ofCity?.caps).toMatchObject([{ cap: { cap: 6_000 }, use: { state: 'within', due: false } }]);
    const gap = ofCity?.indicators[0]?.gap;
    expect(gap?.parts.map(({ institution }) => institution).sort()).toEqual(
      [world.ids.city, world.ids.east, world.ids.west].sort(),
    );
    expect((await progress(world.ids.west, 2024))?.caps).toEqual([]);
  });

  it('says beside the place what a year that lacks a month would be, had that used as much as the others', async () => {
    await fill();
    expect((await progress(world.ids.west, 2024))?.indicators[0]?.ifCovered).toBeNull();
    // 2023 as it was; of 2024 three weeks of the east are not there, and nothing was saved.
    await world.putDays(points.east, '2024-01-01', days(10, 366));
    await world.putDays(
      points.east,
      '2024-06-01',
      Array.from({ length: 21 }, () => null),
    );
    const [indicator] = (await progress(world.ids.east, 2024))?.indicators ?? [];
    const { missing = 0 } = indicator?.figure.coverage ?? {};
    const change = indicator?.place.change ?? 0;
    // Two meters answer for the line, and one of them lacks three weeks.
    expect(missing).toBeCloseTo(21 / 366 / 2, 9);
    expect(change).toBeCloseTo(345 / 366 - 1, 2);
    expect(indicator?.ifCovered?.change).toBeCloseTo((1 + change) / (1 - missing) - 1, 9);
    expect(indicator?.ifCovered?.progress ?? 1).toBeLessThan(indicator?.place.progress ?? 0);
  });

  it('compares a year that runs with the same months, and projects its end', async () => {
    await fill();
    const [indicator] = (await progress(world.ids.city, 2025))?.indicators ?? [];
    const { lastYear, baseYear } = indicator?.yearToDate ?? {};
    expect(lastYear?.months).toEqual([1, 2]);
    expect(baseYear?.change).toBeCloseTo(-0.5, 9);
    expect(indicator?.projection.value).toBeCloseTo((0.5 * 15 * 365) / 150, 0);
  });

  it('restates the base after a merger', async () => {
    const { registry, ids } = world;
    await fill();
    const validFrom = midnight('2023-01-01');
    const end = midnight('2024-01-01');
    const old = await registry.institutions.create({ name: 'Old', parent: ids.city, validFrom }, by);
    const house = await registry.buildings.create({ name: 'Old house', institution: old.id, validFrom }, by);
    await registry.points.register(
      { key: 'g/old', name: 'Old', quantities: ['electricity'], validFrom, building: house.id },
      by,
    );
    await world.putDays('g/old', '2023-01-01', days(20, 365));
    await world.putDays('g/old', '2024-01-01', days(20, 366));
    await registry.facts.record(
      [
        { entity: old.id, attribute: 'energyUsers', validFrom, validTo: end, value: { staff: 50 } },
        { entity: ids.west, attribute: 'energyUsers', validFrom: end, value: { staff: 100 } },
        { entity: house.id, attribute: 'institution', validFrom: end, value: ids.west },
        { entity: old.id, attribute: 'mergedInto', validFrom: end, value: ids.west },
      ],
      by,
    );
    const answer = await progress(ids.west, 2024);
    expect(answer?.restated.members).toEqual([old.id, ids.west].sort());
    expect(answer?.indicators[0]?.base.numerator).toBeCloseTo(25 * 365, 6);
    expect(answer?.indicators[0]?.base.value).toBeCloseTo((25 * 365) / 100, 6);
  });

  it('is nothing where no plan holds, and is refused before the plan begins', async () => {
    await expect(progress(world.ids.city, 2022)).resolves.toBeUndefined();
    await world.registry.facts.record(
      [{ entity: world.ids.east, attribute: 'plan', validFrom: midnight('2023-01-01'), value: null }],
      by,
    );
    await expect(progress(world.ids.east, 2024)).resolves.toBeUndefined();
  });
});
