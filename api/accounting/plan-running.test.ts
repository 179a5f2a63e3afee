// A year that still runs: only months that are over and known are compared, and nothing is judged as if the year were whole.
import { afterEach, describe, expect, it } from 'vitest';
import { points } from '../../core/testing/accounting-world.ts';
import { days, type PlanWorld, planWorld, steady } from '../../core/testing/plan-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { quotaPlace } from './quota-place.ts';

let world: PlanWorld;
afterEach(() => world.end());

/** East 10 and West 5 a day for 150 people, the same in every year. */
async function constantUse(daysOf2025 = 59, changes = {}): Promise<void> {
  world = await planWorld(changes);
  await world.fill({ [points.east]: steady(10, daysOf2025), [points.west]: steady(5, daysOf2025) });
}

async function ofCity() {
  const answer = await world.progress(world.ids.city, 2025);
  const [indicator] = answer?.indicators ?? [];
  if (answer === undefined || indicator === undefined) throw new Error('the city has a plan');
  return { answer, indicator };
}

describe('a year that runs', () => {
  it('is no progress where nothing was saved, however little of it has passed', async () => {
    await constantUse();
    const { answer, indicator } = await ofCity();
    expect(answer).toMatchObject({ year: 2025, running: true, through: 2 });
    expect(indicator.compared).toEqual({
      months: [1, 2],
      base: { value: expect.closeTo(5.9, 9), coverage: expect.closeTo(1, 9), provisional: false },
      figure: { value: expect.closeTo(5.9, 9), coverage: expect.closeTo(1, 9), provisional: false },
    });
    expect(indicator.place).toMatchObject({
      state: 'far-behind',
      change: expect.closeTo(0, 9),
      progress: expect.closeTo(0, 9),
      line: expect.closeTo(5.9 * 0.8, 9),
      gap: expect.closeTo(5.9 * 0.2, 9),
      remaining: null,
    });
    expect(indicator.gap).toMatchObject({ value: expect.closeTo(5.9, 9), line: expect.closeTo(4.72, 9) });
    expect(indicator.change).toMatchObject({ change: expect.closeTo(0, 9), reason: null });
    // The whole year, as far as it can be told: the projection on the whole year's line.
    expect(indicator.base.value).toBeCloseTo(36.5, 9);
    expect(indicator.projected?.state).toBe('far-behind');
    expect(indicator.projected?.line).toBeCloseTo(36.5 * 0.8, 9);
    // February is a day longer in the years' seasons than this one was.
    expect(Math.abs(indicator.projected?.change ?? 1)).toBeLessThan(0.01);
  });

  it('is neither within nor over its cap before it ends, but its projection is, and over is over', async () => {
    await constantUse();
    const [cap] = (await ofCity()).answer.caps;
    expect(cap).toMatchObject({
      figure: { value: expect.closeTo(885, 6) },
      use: { state: 'not-known', reason: 'running', share: expect.closeTo(885 / 6_000, 9) },
      projected: { state: 'within', reason: null, share: expect.closeTo(5_475 / 6_000, 1) },
    });
    await world.end();
    await constantUse(59, { caps: { electricity: 800 } });
    expect((await ofCity()).answer.caps[0]?.use).toMatchObject({ state: 'over' });
  });

  it('a year that is over has no projection to be judged by', async () => {
    await constantUse();
    const answer = await world.progress(world.ids.city, 2024);
    expect(answer).toMatchObject({ running: false, through: 12 });
    expect(answer?.indicators[0]?.projected).toBeNull();
    expect(answer?.indicators[0]?.compared.months).toHaveLength(12);
    expect(answer?.caps[0]).toMatchObject({ use: { state: 'within' }, projected: null });
  });

  it('its running month is not known yet, not after ten days and not after an hour', async () => {
    await constantUse(41);
    for (const at of [midnight('2025-02-11'), midnight('2025-02-01') + 3_700_000]) {
      world.clock.at = at;
      const { answer, indicator } = await ofCity();
      expect(answer.through).toBe(1);
      expect(indicator.yearToDate.baseYear).toMatchObject({ months: [1], leftOut: [], change: 0 });
      expect(indicator.projection.monthsKnown).toEqual([1]);
      expect(indicator.figure.to).toBe(midnight('2025-02-01'));
      expect(indicator.compared.figure.value).toBeCloseTo(3.1, 9);
    }
  });

  it('has no place before its first month is over', async () => {
    await constantUse(10);
    world.clock.at = midnight('2025-01-11');
    const { answer, indicator } = await ofCity();
    expect(answer.through).toBe(0);
    expect(indicator.place).toMatchObject({ state: 'not-known', reason: 'no-months', gap: null });
    expect(indicator.compared).toMatchObject({ months: [], figure: { value: null } });
    expect(indicator).toMatchObject({ gap: null, change: { reason: 'unknown' }, projected: null });
    expect(indicator.projection.reason).toBe('no-months');
  });

  it('a month that is covered too little is compared in neither year', async () => {
    await constantUse();
    await world.putDays(points.east, '2025-02-01', [...days(10, 8), ...days(null, 20)]);
    const { indicator } = await ofCity();
    expect(indicator.compared.months).toEqual([1]);
    expect(indicator.yearToDate.baseYear).toMatchObject({
      months: [1],
      leftOut: [{ month: 2, unknownIn: [2025] }],
      change: expect.closeTo(0, 9),
    });
    expect(indicator.place.change).toBeCloseTo(0, 9);
    expect(indicator.gap?.value).toBeCloseTo(3.1, 9);
    expect(indicator.change.change).toBeCloseTo(0, 9);
    expect(indicator.projection.monthsKnown).toEqual([1]);
  });

  it('months known with gaps between them are compared together', async () => {
    world = await planWorld();
    world.clock.at = midnight('2025-04-01');
    await world.fill({ [points.east]: steady(10, 90), [points.west]: steady(5, 90) });
    await world.putDays(points.east, '2024-02-01', days(null, 29));
    await world.putDays(points.west, '2025-02-01', days(null, 28));
    // 150 people in January, 200 in March.
    await world.registry.facts.record(
      [
        {
          entity: world.ids.west,
          attribute: 'energyUsers',
          validFrom: midnight('2025-03-01'),
          value: { staff: 100 },
        },
      ],
      by,
    );
    const { indicator } = await ofCity();
    expect(indicator.compared.months).toEqual([1, 3]);
    const perPerson = (15 * 62) / 175;
    expect(indicator.compared.figure.value).toBeCloseTo(perPerson, 9);
    expect(indicator.place.change).toBeCloseTo(150 / 175 - 1, 9);
    expect(indicator.gap?.value).toBeCloseTo(perPerson, 9);
    expect(indicator.change).toMatchObject({
      from: expect.closeTo(6.2, 9),
      to: expect.closeTo(perPerson, 9),
      effects: { consumption: expect.closeTo(0, 9) },
    });
  });

  it('has no place among quotas before it ends', async () => {
    await constantUse();
    const { registry, accounting, ids } = world;
    const set = {
      name: { 'zh-CN': '试行', en: 'Trial' },
      standard: 'none',
      coefficients: 'gbt2589-2020',
      boundary: 'statutory',
      levels: [{ 'zh-CN': '约束值', en: 'binding' }],
      rows: [{ indicator: 'electricityPerPerson', limits: [30] }],
    };
    await registry.definitions.record('quota', 'trial', set, by);
    await registry.facts.record(
      [{ entity: ids.city, attribute: 'quota', validFrom: midnight('2023-01-01'), value: 'trial' }],
      by,
    );
    const deps = { accounting, registry, calendar: testCalendar };
    const running = await quotaPlace(deps, { institution: ids.city, year: 2025 });
    expect(running?.places[0]).toMatchObject({
      figure: { value: expect.closeTo(5.9, 9), to: midnight('2025-03-01') },
      place: { state: 'not-known', reached: null, toNext: null },
      reason: 'running',
    });
    const ended = await quotaPlace(deps, { institution: ids.city, year: 2024 });
    expect(ended?.places[0]).toMatchObject({ place: { state: 'over-mildest' }, reason: null });
  });
});

describe('a total of a year that is known in part', () => {
  it('is not on the line for what is missing', async () => {
    world = await planWorld({ targets: { electricity: -0.2 }, caps: {} });
    await world.fill({ [points.east]: steady(10), [points.west]: steady(5) });
    await world.putDays(points.east, '2024-07-01', days(null, 184));
    const answer = await world.progress(world.ids.city, 2024);
    expect(answer?.indicators[0]).toMatchObject({
      figure: { value: expect.closeTo(10 * 182 + 5 * 366, 6) },
      place: { state: 'not-known', reason: 'coverage', progress: null },
      gap: null,
    });
  });
});
