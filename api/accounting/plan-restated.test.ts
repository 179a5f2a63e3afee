// All years of a plan question under one tree (同口径): mergers, moves, foundings, over a real registry and a real store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { points } from '../../core/testing/accounting-world.ts';
import { days, type PlanWorld, planWorld, steady } from '../../core/testing/plan-world.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let world: PlanWorld;
beforeEach(async () => {
  world = await planWorld();
});
afterEach(() => world.end());

/** 20 a day and 50 people go from Old to West in the middle of 2024; nothing else changes. */
async function merger(): Promise<string> {
  const { registry, ids } = world;
  const old = await world.bureau('Old', ids.city, 'g/old', 50);
  await world.fill({ [points.east]: steady(10), [points.west]: steady(5), 'g/old': steady(20) });
  const validFrom = midnight('2024-07-01');
  const house = (await registry.buildings.list(validFrom)).find(({ institution }) => institution === old);
  await registry.facts.record(
    [
      { entity: old, attribute: 'energyUsers', validFrom, value: null },
      { entity: ids.west, attribute: 'energyUsers', validFrom, value: { staff: 100 } },
      { entity: house?.id ?? '', attribute: 'institution', validFrom, value: ids.west },
      { entity: old, attribute: 'mergedInto', validFrom, value: ids.west },
    ],
    by,
  );
  return old;
}

describe('one tree for all years', () => {
  it('a merger alone changes nothing: not the year in which it came, nor the base, nor any year between', async () => {
    await merger();
    const { west } = world.ids;
    const [ended] = (await world.progress(west, 2024))?.indicators ?? [];
    expect(ended?.base.value).toBeCloseTo((25 * 365) / 100, 9);
    expect(ended?.figure.value).toBeCloseTo((25 * 366) / 100, 9);
    expect(ended?.place.change).toBeCloseTo(366 / 365 - 1, 9);
    expect(ended?.change).toMatchObject({
      from: expect.closeTo((25 * 365) / 100, 9),
      to: expect.closeTo((25 * 366) / 100, 9),
      effects: { users: expect.closeTo(0, 9) },
    });
    expect(ended?.gap?.value).toBeCloseTo((25 * 366) / 100, 9);
    expect(ended?.yearToDate.lastYear?.change).toBeCloseTo(366 / 365 - 1, 9);

    const [running] = (await world.progress(west, 2025))?.indicators ?? [];
    expect(running?.yearToDate.baseYear?.change).toBeCloseTo(0, 9);
    expect(running?.yearToDate.lastYear?.valueThen).toBeCloseTo((25 * 60) / 100, 9);
    expect(running?.projection.pastYears).toEqual([2023, 2024]);
    // February is a day longer in the years' seasons than this one was.
    expect(Math.abs((running?.projection.value ?? 0) / (25 * 3.65) - 1)).toBeLessThan(0.01);
  });

  it('nobody waits for the data of one that was merged, though it still stands in the tree', async () => {
    await merger();
    for (const institution of [world.ids.west, world.ids.city]) {
      const [indicator] = (await world.progress(institution, 2025))?.indicators ?? [];
      expect(indicator?.figure.coverage).toMatchObject({ measured: expect.closeTo(1, 9) });
      expect(indicator?.figure.units.missing).toEqual([]);
    }
  });

  it('the gap is split over those who stand there today, on the same tree', async () => {
    const old = await merger();
    const [indicator] = (await world.progress(world.ids.city, 2024))?.indicators ?? [];
    const { parts = [], value, line, leftOut } = indicator?.gap ?? {};
    expect(leftOut).toEqual([]);
    expect(parts.map(({ institution }) => institution)).not.toContain(old);
    expect(value).toBeCloseTo((35 * 366) / 200, 9);
    expect(line).toBeCloseTo(((35 * 365) / 200) * 0.9, 9);
    const west = parts.find(({ institution }) => institution === world.ids.west);
    expect(west?.contribution).toBeCloseTo((25 * 366 - 25 * 365 * 0.9) / 200, 1);
  });

  it('whoever was founded since and merged again stays in the years in which it was there', async () => {
    const { registry, ids } = world;
    await world.fill({ [points.east]: steady(10), [points.west]: steady(5) });
    const validFrom = midnight('2024-01-01');
    const end = midnight('2024-10-01');
    const lab = await registry.institutions.create({ name: 'Lab', parent: ids.city, validFrom }, by);
    const house = await registry.buildings.create({ name: 'Lab house', institution: lab.id, validFrom }, by);
    await registry.points.register(
      { key: 'g/lab', name: 'Lab', quantities: ['electricity'], validFrom, building: house.id },
      by,
    );
    await registry.facts.record(
      [
        { entity: lab.id, attribute: 'energyUsers', validFrom, validTo: end, value: { staff: 10 } },
        { entity: lab.id, attribute: 'name', validFrom, validTo: end, value: 'Lab' },
        { entity: lab.id, attribute: 'parent', validFrom, validTo: end, value: ids.city },
        { entity: lab.id, attribute: 'mergedInto', validFrom: end, value: ids.west },
        { entity: house.id, attribute: 'institution', validFrom: end, value: ids.west },
        { entity: ids.west, attribute: 'energyUsers', validFrom: end, value: { staff: 60 } },
      ],
      by,
    );
    await world.putDays('g/lab', '2024-01-01', days(3, 366));
    await world.putDays('g/lab', '2025-01-01', days(3, 59));
    const [indicator] = (await world.progress(ids.west, 2025))?.indicators ?? [];
    expect(indicator?.yearToDate.lastYear?.valueThen).toBeCloseTo((8 * 60) / 60, 9);
    expect(indicator?.yearToDate.lastYear?.value).toBeCloseTo((8 * 59) / 60, 9);
  });

  it('whoever was founded since is in the gap with nothing in the base year, not left out', async () => {
    const { registry, ids } = world;
    await world.fill({ [points.east]: steady(10), [points.west]: steady(5) });
    const validFrom = midnight('2024-01-01');
    const lab = await registry.institutions.create({ name: 'Lab', parent: ids.city, validFrom }, by);
    const house = await registry.buildings.create({ name: 'Lab house', institution: lab.id, validFrom }, by);
    await registry.points.register(
      { key: 'g/lab', name: 'Lab', quantities: ['electricity'], validFrom, building: house.id },
      by,
    );
    await registry.facts.record(
      [{ entity: lab.id, attribute: 'energyUsers', validFrom, value: { staff: 30 } }],
      by,
    );
    await world.putDays('g/lab', '2024-01-01', days(3, 366));
    const gap = (await world.progress(ids.city, 2024))?.indicators[0]?.gap;
    expect(gap?.leftOut).toEqual([]);
    expect(gap?.parts.map(({ institution }) => institution)).toContain(lab.id);
    expect(gap?.value).toBeCloseTo((18 * 366) / 180, 9);
    expect(gap?.line).toBeCloseTo(((15 * 365) / 150) * 0.9, 9);
  });

  it('a bureau merged into its own subordinate is answered for, and so is everybody else', async () => {
    const { registry, ids } = world;
    const sub = await world.bureau('Sub', ids.east, 'g/sub', 10);
    await world.fill({ [points.east]: steady(10), [points.west]: steady(5), 'g/sub': steady(1) });
    await registry.facts.record(
      [{ entity: ids.east, attribute: 'mergedInto', validFrom: midnight('2024-01-01'), value: sub }],
      by,
    );
    const ofSub = await world.progress(sub, 2024);
    expect(ofSub?.restated.members).toEqual([ids.east, sub].sort());
    expect(ofSub?.indicators[0]?.base.numerator).toBeCloseTo(11 * 365, 6);
    expect(ofSub?.indicators[0]?.figure.numerator).toBeCloseTo(11 * 366, 6);
    const ofCity = await world.progress(ids.city, 2024);
    expect(ofCity?.indicators[0]?.figure.numerator).toBeCloseTo(16 * 366, 6);
    expect(ofCity?.indicators[0]?.gap?.parts.map(({ institution }) => institution).sort()).toEqual(
      [ids.city, sub, ids.west].sort(),
    );
  });
});
