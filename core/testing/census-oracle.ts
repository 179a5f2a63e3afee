// The census by looking at every single day: slow and plain, to compare the quick one with. For tests of the registry.
import type { Census } from '../domain/accounting/census.ts';
import { effectsOf, type PointState } from '../registry/census-counting.ts';
import type { Fact, Registry } from '../registry/registry.ts';
import { testCalendar } from './test-registry.ts';

export interface Entities {
  readonly owners: readonly string[];
  readonly houses: readonly string[];
  readonly keys: readonly string[];
  readonly accounts: readonly string[];
}

/** Quantities of electricity and water that the points of a test have. */
const measured: Readonly<Record<string, string>> = {
  electricity: 'electricity',
  electricity_interval: 'electricity',
  water: 'water',
};

interface AreaValue {
  readonly builtM2: number;
  readonly letM2: number;
  readonly energy: 'metered' | 'by-area';
}

/** @param from, to edges of months */
export async function censusByDay(registry: Registry, entities: Entities, from: number, to: number) {
  const facts = new Map<string, readonly Fact[]>();
  for (const entity of Object.values(entities).flat())
    facts.set(entity, await registry.facts.history(entity));
  const bills = await registry.bills.list({ from, to });
  const days = testCalendar.starts(from, to, 'day');
  const months = testCalendar.starts(from, to, 'month');
  const monthOf = (day: number) => months.indexOf(testCalendar.floor(day, 'month'));
  const say = new Map<string, number>();
  const add = (key: string, value: number) => say.set(key, (say.get(key) ?? 0) + value);
  const means = new Map<string, { sum: number; days: number }>();
  const addMean = (key: string, value: number) => {
    const mean = means.get(key) ?? { sum: 0, days: 0 };
    means.set(key, { sum: mean.sum + value, days: mean.days + 1 });
  };

  for (const day of days) {
    const value = <T>(entity: string, attribute: string): T | undefined => {
      const entry = (facts.get(entity) ?? []).find(
        (fact) =>
          fact.attribute === attribute &&
          fact.validFrom <= day &&
          (fact.validTo === null || day < fact.validTo),
      );
      return (entry?.value ?? undefined) as T | undefined;
    };
    const ownersOf = (house: string | undefined): readonly { institution: string; share: number }[] => {
      if (house === undefined) return [];
      const shares = value<readonly { institution: string; share: number }[]>(house, 'shares');
      const owner = value<string>(house, 'institution');
      return shares ?? (owner === undefined ? [] : [{ institution: owner, share: 1 }]);
    };
    const byArea = (area: AreaValue | undefined) =>
      area?.energy === 'by-area' ? area.letM2 / area.builtM2 : 0;
    const parts = (use: string, deducted: number): readonly (readonly [string, number])[] =>
      use === 'building' || use === 'heating'
        ? [[use, 1 - deducted] as const, ['deducted', deducted] as const]
        : [[use, 1]];

    const states = entities.keys.map((key): PointState => {
      const formula = value<{ terms: { point: string; factor: number }[]; counts: boolean }>(key, 'formula');
      return {
        role: value(key, 'role'),
        housed: ownersOf(value(key, 'building')).length > 0,
        parent: entities.keys.indexOf(value(key, 'parent') ?? ''),
        use: value(key, 'use'),
        terms: formula?.terms.map(({ point, factor }) => ({ point: entities.keys.indexOf(point), factor })),
        counts: formula?.counts === true,
      };
    });
    for (const commodity of ['electricity', 'water']) {
      const quantities = entities.keys.map((key) =>
        (value<string[]>(key, 'quantities') ?? []).find((quantity) => measured[quantity] === commodity),
      );
      const measures = quantities.map((quantity) => quantity !== undefined);
      for (const { point, place, use, leaves, factor } of effectsOf(states, measures)) {
        const house = value<string>(entities.keys[place] ?? '', 'building');
        for (const { institution, share } of ownersOf(house)) {
          const deducted = byArea(
            value<AreaValue>(institution, 'floorArea') ?? value(house ?? '', 'floorArea'),
          );
          const series = `${day} series ${entities.keys[point]} ${quantities[point]} ${commodity} ${institution}`;
          for (const [name, part] of parts(use, deducted)) add(`${series} ${name}`, factor * share * part);
          if (leaves === undefined) continue;
          for (const [name, part] of parts(leaves, deducted))
            add(`${series} ${name}`, -factor * share * part);
        }
      }
    }

    const deductedOf = new Map<string, number>();
    for (const owner of entities.owners) {
      const own = value<AreaValue>(owner, 'floorArea');
      const shares = entities.houses.flatMap((house) =>
        ownersOf(house)
          .filter(({ institution }) => institution === owner)
          .map(({ share }) => ({ share, area: value<AreaValue>(house, 'floorArea') })),
      );
      const known =
        own !== undefined || (shares.length > 0 && shares.every(({ area }) => area !== undefined));
      const pieces = own === undefined ? shares : [{ share: 1, area: own }];
      const sum = (of: (area: AreaValue) => number) =>
        pieces.reduce((total, { share, area }) => total + (area ? share * of(area) : 0), 0);
      const month = monthOf(day);
      if (known)
        addMean(
          `area ${owner} ${month}`,
          sum((area) => area.builtM2 - area.letM2),
        );
      const built = known ? sum((area) => area.builtM2) : 0;
      deductedOf.set(owner, built > 0 ? sum((area) => byArea(area) * area.builtM2) / built : 0);
      const users = value<Record<string, number>>(owner, 'energyUsers');
      if (users)
        addMean(
          `users ${owner} ${month}`,
          Object.values(users).reduce((total, heads) => total + heads, 0),
        );
      if (months[month] !== day) continue;
      add(`${day} registered ${owner} ${value(owner, 'registered') === true}`, 1);
      add(`${day} parent ${owner} ${value(owner, 'parent') ?? 'none'}`, 1);
    }

    for (const account of entities.accounts) {
      const owner = value<string>(account, 'institution');
      const shares = value<readonly { institution: string; share: number }[]>(
        value(account, 'building') ?? '',
        'shares',
      );
      for (const { institution, share } of shares ?? (owner ? [{ institution: owner, share: 1 }] : [])) {
        const of = `${account} ${institution} ${value(account, 'commodity')}`;
        const house = value<string>(account, 'building');
        const isThere = ownersOf(house).some((each) => each.institution === institution);
        const deducted = isThere
          ? byArea(value<AreaValue>(institution, 'floorArea') ?? value(house ?? '', 'floorArea'))
          : (deductedOf.get(institution) ?? 0);
        for (const [use, part] of parts(value(account, 'use') ?? 'building', deducted)) {
          if (part === 0) continue;
          if (value(account, 'open') !== false) add(`${day} open ${of} ${use}`, 1);
          for (const bill of bills) {
            if (bill.account !== account || day < bill.from || day >= bill.to) continue;
            const length = testCalendar.starts(bill.from, bill.to, 'day').length;
            add(`${monthOf(day)} billed ${of} ${use}`, ((bill.quantity ?? 0) * share * part) / length);
          }
        }
      }
    }
  }
  for (const [key, { sum, days }] of means) add(key, sum / days);
  return { compare: (census: Census) => differences(say, saidBy(census, entities, days, monthOf)) };
}

function saidBy(
  census: Census,
  entities: Entities,
  days: readonly number[],
  monthOf: (day: number) => number,
): Map<string, number> {
  const say = new Map<string, number>();
  const add = (key: string, value: number) => say.set(key, (say.get(key) ?? 0) + value);
  const id = (number: number) => census.institutions[number]?.id ?? 'none';
  for (const day of days) {
    for (const { point, quantity, commodity, stretches } of census.series) {
      if (!entities.keys.includes(point)) continue;
      for (const { institution, use, share, from, to } of stretches) {
        if (from <= day && day < to)
          add(`${day} series ${point} ${quantity} ${commodity} ${id(institution)} ${use}`, share);
      }
    }
    for (const { account, institution, commodity, use, from, to } of census.accounts) {
      if (!entities.accounts.includes(account)) continue;
      if (from <= day && day < to) add(`${day} open ${account} ${id(institution)} ${commodity} ${use}`, 1);
    }
    for (const { basis, account, institution, commodity, use, from, to, quantity } of census.statements) {
      if (from > day || day >= to || !entities.accounts.includes(account)) continue;
      const length = testCalendar.starts(from, to, 'day').length;
      add(`${monthOf(day)} ${basis} ${account} ${id(institution)} ${commodity} ${use}`, quantity / length);
    }
  }
  for (const entry of census.institutions) {
    if (!entities.owners.includes(entry.id)) continue;
    for (const [month, start] of census.months.starts.entries()) {
      add(`area ${entry.id} ${month}`, entry.areaM2[month] ?? 0);
      add(`users ${entry.id} ${month}`, entry.users[month] ?? 0);
      add(`${start} registered ${entry.id} ${entry.registered[month] === 1}`, 1);
      add(`${start} parent ${entry.id} ${id(entry.parent[month] ?? -1)}`, 1);
    }
  }
  return say;
}

/** What one says and the other does not; nothing said, 0 and NaN are alike. */
function differences(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])]
    .flatMap((key) => {
      const [a, b] = [expected.get(key) || 0, found.get(key) || 0];
      return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)) ? [] : [`${key}: ${a} expected, ${b} found`];
    })
    .slice(0, 5);
}
