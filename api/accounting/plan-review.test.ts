// What a review is made of, against the plan's own figures: mergers, missing data, missing coefficients.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { review } from '../../core/domain/plan/review.ts';
import { takeSnapshot, verify } from '../../core/domain/plan/snapshot.ts';
import { points } from '../../core/testing/accounting-world.ts';
import { days, type PlanWorld, planWorld } from '../../core/testing/plan-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { reviewInputs, sha256 } from './plan-review.ts';

let world: PlanWorld;
beforeEach(async () => {
  world = await planWorld({
    targets: { electricityPerPerson: -0.2, carbonPerArea: -0.1, electricity: -0.05, energyPerArea: -0.1 },
  });
});
afterEach(() => world.end());

const perDay = {
  [points.east]: { 2023: 10, 2024: 8, 2025: 8 },
  [points.west]: { 2023: 6, 2024: 7, 2025: 7 },
  [points.shared]: { 2023: 4, 2024: 4, 2025: 4 },
};

function inputsOf(institution: string) {
  const { accounting, registry, clock } = world;
  return reviewInputs({ accounting, registry, clock, calendar: testCalendar }, { institution, year: 2024 });
}

/** The review gives the same places as the plan itself. */
async function agree(institution: string) {
  const inputs = await inputsOf(institution);
  const progress = await world.progress(institution, 2024);
  const found = review(inputs);
  expect(found.indicators).toHaveLength(4);
  for (const [index, { indicator, base, now, place }] of found.indicators.entries()) {
    const live = progress?.indicators[index];
    expect([indicator, place.state, place.reason]).toEqual([
      live?.target.indicator,
      live?.place.state,
      live?.place.reason,
    ]);
    for (const [ours, theirs] of [
      [base.value, live?.base.value],
      [now.value, live?.figure.value],
      [place.progress, live?.place.progress],
    ]) {
      if (typeof theirs === 'number') expect(ours).toBeCloseTo(theirs, 9);
      else expect(ours).toBe(theirs);
    }
  }
  return { inputs, found };
}

describe('inputs of a review', () => {
  it('give the figures of the plan, of the whole tree and of a part of it, and pass their own check', async () => {
    await world.fill(perDay);
    for (const institution of [world.ids.city, world.ids.east, world.ids.west]) {
      const { inputs } = await agree(institution);
      const snapshot = takeSnapshot(inputs, 'end', world.clock.at, sha256);
      expect(verify(JSON.parse(JSON.stringify(snapshot)), sha256)).toMatchObject({ ok: true, faults: [] });
    }
  });

  it('withhold what is covered too little, as the plan does', async () => {
    await world.fill(perDay);
    await world.putDays(points.east, '2024-03-01', days(null, 200));
    const { found } = await agree(world.ids.city);
    const perPerson = found.indicators.find(({ indicator }) => indicator === 'electricityPerPerson');
    expect(perPerson?.now.value).toBeNull();
    await agree(world.ids.east);
  });

  it('hold nothing where a coefficient is missing', async () => {
    const { registry } = world;
    const factors = await registry.definitions.get('carbon-factors', 'mee-2021-2023');
    await registry.definitions.record('carbon-factors', 'empty', { ...factors?.value, grid: [] }, by);
    const plan = await registry.definitions.get('plan', 'trial');
    await registry.definitions.record('plan', 'trial', { ...plan?.value, carbonFactors: 'empty' }, by);
    await world.fill(perDay);
    const { found } = await agree(world.ids.city);
    expect(found.indicators.find(({ indicator }) => indicator === 'carbonPerArea')?.now.value).toBeNull();
  });

  it('say whose base-year figures form the base, and where they belong now', async () => {
    const { registry, ids } = world;
    const old = await world.bureau('Old', ids.city, 'g/old', 20);
    await world.fill({ ...perDay, 'g/old': { 2023: 3, 2024: 3, 2025: 3 } });
    await registry.facts.record(
      [{ entity: old, attribute: 'mergedInto', validFrom: midnight('2024-07-01'), value: ids.west }],
      by,
    );
    const { inputs } = await agree(ids.west);
    expect(inputs.members).toContainEqual({ institution: old, name: 'Old', today: ids.west });
    expect(inputs.members).toContainEqual({ institution: ids.west, name: 'West', today: ids.west });
    const parts = inputs.indicators
      .find(({ indicator }) => indicator === 'electricityPerPerson')
      ?.base.parts.map(({ institution }) => institution);
    expect(parts).toContain(old);
  });
});
