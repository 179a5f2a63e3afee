// The ranking says of everybody what a question for each says, over small random cities of bills.
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { type AccountingWorld, accountingWorld } from '../../core/testing/accounting-world.ts';
import { trialPlan } from '../../core/testing/plan-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { type PlanProgress, planProgress } from './plan-progress.ts';
import { type PlanRanking, planRanking } from './plan-ranking.ts';

let world: AccountingWorld;
afterEach(async () => {
  vi.restoreAllMocks();
  await world?.end();
});

const validFrom = midnight('2023-01-01');
const plans = {
  first: {
    ...trialPlan,
    basis: 'billed',
    targets: { electricityPerPerson: -0.1, electricity: -0.05, carbon: 0.02 },
  },
  second: {
    ...trialPlan,
    baseYear: 2024,
    endYear: 2026,
    basis: 'billed',
    targets: { electricityPerPerson: -0.2 },
  },
};

interface Member {
  /** Place of the one above among those before it; the city where there is none. */
  readonly above: number;
  readonly plan: 'first' | 'second' | null | undefined;
  readonly ownTarget: number | undefined;
  readonly region: 'Hubei' | undefined;
  readonly staff: number | undefined;
  /** kWh of a month's bill by year; a month of `silent` has none. */
  readonly bills: readonly number[];
  readonly silent: number;
}

const cities = fc.record({
  members: fc.array(
    fc.record({
      above: fc.nat(8),
      plan: fc.constantFrom('first', 'second', null, undefined, undefined, undefined),
      ownTarget: fc.constantFrom(-0.3, 0.1, undefined, undefined),
      region: fc.constantFrom('Hubei' as const, undefined, undefined),
      staff: fc.constantFrom(10, 50, 80, undefined),
      bills: fc.array(fc.integer({ min: 100, max: 200 }), { minLength: 3, maxLength: 3 }),
      silent: fc.integer({ min: -12, max: 25 }),
    }),
    { minLength: 2, maxLength: 9 },
  ),
  /** Who was merged into whom in July 2024, by place. */
  merger: fc.option(fc.tuple(fc.nat(8), fc.nat(8))),
});

it('is what a question for each institution says, its ranks those among siblings', async () => {
  await fc.assert(
    fc.asyncProperty(cities, async ({ members, merger }) => {
      await world?.end();
      world = await accountingWorld();
      world.clock.at = midnight('2025-03-10');
      await populate(members, merger);
      for (const year of [2023, 2024, 2025]) {
        const ranking = await ask(year);
        const single = await askEach(year);
        expect(ranking.through).toBe(year === 2025 ? 2 : 12);
        expect(ranking.institutions.map(({ institution }) => institution)).toEqual([...single.keys()]);
        for (const row of ranking.institutions) {
          const progress = single.get(row.institution);
          expect(row.plan).toBe(progress?.inForce.plan.id);
          expect(row.provisional).toBe(progress?.indicators.some(({ place }) => place.provisional));
          expect(row.indicators.map(({ rank: _, ...rest }) => rest)).toEqual(
            progress?.indicators.map(({ target, compared, place }) => ({
              indicator: target.indicator,
              change: target.change,
              months: compared.months,
              base: compared.base.value,
              figure: compared.figure.value,
              place,
            })),
          );
        }
        checkRanks(ranking);
      }
    }),
    { seed: 4, numRuns: 12 },
  );
}, 120_000);

it('asks the registry nothing of a single institution', async () => {
  world = await accountingWorld();
  await populate(
    Array.from({ length: 9 }, (_, place) => ({
      above: place,
      plan: undefined,
      ownTarget: undefined,
      region: place % 2 === 0 ? 'Hubei' : undefined,
      staff: 10,
      bills: [100, 100, 100],
      silent: -1,
    })),
    null,
  );
  const { facts } = world.registry;
  const one = [vi.spyOn(facts, 'valueAt'), vi.spyOn(facts, 'history')];
  const all = vi.spyOn(facts, 'allAt');
  const { institutions } = await ask(2024);
  expect(institutions.length).toBeGreaterThanOrEqual(10);
  for (const spy of one) expect(spy).not.toHaveBeenCalled();
  expect(all.mock.calls.map(([attribute]) => attribute).sort()).toEqual([
    'gridRegion',
    'mergedInto',
    'parent',
    'plan',
    'planTargets',
  ]);
});

it('is empty where nobody has a plan, and says how fresh it is all the same', async () => {
  world = await accountingWorld();
  await expect(ask(2024)).resolves.toMatchObject({
    year: 2024,
    institutions: [],
    asOf: midnight('2025-03-01'),
  });
});

function ask(year: number): Promise<PlanRanking> {
  const { accounting, registry } = world;
  return planRanking({ accounting, registry, calendar: testCalendar }, { year });
}

/** By id; without those that have no plan yet or were merged. */
async function askEach(year: number): Promise<Map<string, PlanProgress>> {
  const { accounting, registry } = world;
  const at = Math.min(midnight(`${year + 1}-01-01`), world.clock.at) - 1;
  const found = new Map<string, PlanProgress>();
  const list = await registry.institutions.list(at);
  for (const { id } of list.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (await registry.facts.valueAt(id, 'mergedInto', at)) continue;
    const deps = { accounting, registry, calendar: testCalendar };
    const progress = await planProgress(deps, { institution: id, year }).catch((error) => {
      expect(error).toMatchObject({ code: 'api.bad-request' });
      return undefined;
    });
    if (progress !== undefined) found.set(id, progress);
  }
  return found;
}

/** By counting who is better, of those whose target asks for a fall. */
function checkRanks({ institutions }: PlanRanking): void {
  const all = institutions.flatMap(({ parent, indicators }) =>
    indicators.map((indicator) => ({ parent, ...indicator })),
  );
  for (const { parent, indicator, place, rank } of all) {
    const siblings = all.filter((other) => other.parent === parent && other.indicator === indicator);
    if (place.state === 'not-known') expect(rank).toBeNull();
    if (rank === null || siblings.some((other) => other.rank !== null && other.place.progress === null))
      continue;
    const better = siblings.filter(
      (other) => other.rank !== null && (other.place.progress ?? 0) > (place.progress ?? 0) + 1e-9,
    );
    expect(rank).toBe(better.length + 1);
  }
}

async function populate(members: readonly Member[], merger: readonly [number, number] | null): Promise<void> {
  const { registry, ids } = world;
  for (const [id, plan] of Object.entries(plans)) await registry.definitions.record('plan', id, plan, by);
  const made: string[] = [];
  const facts = [{ entity: ids.city, attribute: 'plan', validFrom, value: 'first' as unknown }];
  const bills = [];
  for (const [place, { above, plan, ownTarget, region, staff, bills: sizes, silent }] of members.entries()) {
    const parent = made[above % (place + 1)] ?? ids.city;
    const { id } = await registry.institutions.create({ name: `Member ${place}`, parent, validFrom }, by);
    made.push(id);
    const say = (attribute: string, value: unknown) => {
      if (value !== undefined) facts.push({ entity: id, attribute, validFrom, value });
    };
    say('plan', plan);
    say('gridRegion', region);
    say('energyUsers', staff && { staff });
    say('planTargets', ownTarget && { targets: { electricityPerPerson: ownTarget } });
    const account = await registry.accounts.create(
      { number: `${place}`, institution: id, commodity: 'electricity', validFrom },
      by,
    );
    for (let month = 0; month < 26; month++) {
      if (month === silent || (silent < -9 && month > 20)) continue;
      const at = (index: number) =>
        midnight(`${2023 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`);
      const quantity = sizes[Math.floor(month / 12)] ?? 0;
      const period = { from: at(month), to: at(month + 1) };
      bills.push({ account: account.id, document: `${month}`, ...period, quantity, amountCny: 1 });
    }
  }
  await registry.facts.record(facts, by);
  await registry.bills.record(bills, by);
  const [from, into] = (merger ?? []).map((place) => made[place % made.length]);
  if (from !== undefined && into !== undefined && from !== into) {
    const value = { entity: from, attribute: 'mergedInto', validFrom: midnight('2024-07-01'), value: into };
    await registry.facts.record([value], by);
  }
}
