// Whatever facts say: what is read for all places at once is what is read for each, and kinds of use are disjoint and never more
// than was measured.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemNames } from '../domain/energy/items.ts';
import type { PointKey } from '../domain/topics.ts';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Membership, PlaceMemberships } from './registry.ts';

const [from, to] = [midnight('2024-01-01'), midnight('2025-01-01')];
const points: readonly PointKey[] = ['a/p0', 'a/p1', 'a/p2', 'a/p3', 'a/p4', 'a/p5'];
const moments = Array.from({ length: 12 }, (_, month) =>
  midnight(`2024-${String(month + 1).padStart(2, '0')}-01`),
);

interface City {
  readonly test: TestRegistry;
  readonly institutions: readonly string[];
  readonly buildings: readonly string[];
}

/** A city with two institutions below it, a building for each of the three. */
async function city(): Promise<City> {
  const test = await testRegistry();
  const institutions: string[] = [];
  const buildings: string[] = [];
  for (const name of ['City', 'A', 'B']) {
    const parent = institutions[0] ?? null;
    const { id } = await test.registry.institutions.create({ name, parent, validFrom: from }, by);
    institutions.push(id);
    buildings.push((await test.registry.buildings.create({ name, institution: id, validFrom: from }, by)).id);
  }
  return { test, institutions, buildings };
}

/** Facts that are refused (circles, contradictions) are left out. */
async function record(
  test: TestRegistry,
  facts: readonly [string, string, number, unknown][],
): Promise<void> {
  for (const [entity, attribute, validFrom, value] of facts)
    await test.registry.facts.record([{ entity, attribute, validFrom, value }], by).catch(() => undefined);
}

const change = fc.record({
  what: fc.constantFrom('building', 'parent', 'institution', 'above', 'role', 'item', 'quantities'),
  who: fc.nat({ max: points.length - 1 }),
  value: fc.nat({ max: points.length }),
  month: fc.nat({ max: 11 }),
});

async function randomCity(changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[]) {
  const made = await city();
  const { test, institutions, buildings } = made;
  await test.registry.points.registerAll(
    points.map((key, index) =>
      electricPoint(key, {
        building: buildings[index % buildings.length] ?? null,
        role: index % 2 ? 'sub-meter' : 'billing',
        ...(index > 0 ? { parent: points[(index - 1) >> 1] ?? null } : {}),
        ...(index % 2 ? { item: itemNames[index % itemNames.length] ?? null } : {}),
        validFrom: from,
      }),
    ),
    by,
  );
  const facts = changes.map(({ what, who, value, month }): [string, string, number, unknown] => {
    const point = points[who] ?? '';
    const { entity, attribute, to } = {
      building: { entity: point, attribute: what, to: buildings[value % 4] ?? null },
      parent: { entity: point, attribute: what, to: points[value] ?? null },
      institution: { entity: buildings[who % 3], attribute: what, to: institutions[value % 4] ?? null },
      above: { entity: institutions[who % 3], attribute: 'parent', to: institutions[value % 4] ?? null },
      role: { entity: point, attribute: what, to: value % 2 ? 'billing' : 'sub-meter' },
      item: { entity: point, attribute: what, to: itemNames[value] ?? null },
      quantities: { entity: point, attribute: what, to: value % 2 ? ['electricity'] : ['water', 'power'] },
    }[what];
    return [entity ?? '', attribute, moments[month] ?? from, to];
  });
  await record(test, facts);
  return made;
}

const holds = (at: number) => (membership: Membership) => membership.from <= at && at < membership.to;

describe('members of all places at once', () => {
  it('are those of each place by itself, whatever facts say', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 14 }), async (changes) => {
        const { test, institutions, buildings } = await randomCity(changes);
        try {
          const { points: asked } = test.registry;
          const together = new Map<string, PlaceMemberships>();
          for await (const place of asked.everywhere(from, to))
            together.set(`${place.of} ${place.carrier}`, place);
          for (const carrier of ['electricity', 'water', 'heat'] as const) {
            for (const id of institutions) {
              const found = together.get(`${id} ${carrier}`);
              expect(found?.total ?? []).toEqual(await asked.ofInstitution(id, carrier, from, to));
              expect(found?.items ?? []).toEqual(await asked.itemsOfInstitution(id, carrier, from, to));
            }
            for (const id of buildings) {
              const found = together.get(`${id} ${carrier}`);
              expect(found?.total ?? []).toEqual(await asked.ofBuilding(id, carrier, from, to));
              expect(found?.items ?? []).toEqual(await asked.itemsOfBuilding(id, carrier, from, to));
            }
          }
        } finally {
          await test.end();
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it('are read again where a fact changes while they are read', async () => {
    const { test, institutions } = await city();
    try {
      await test.registry.points.registerAll(
        Array.from({ length: 600 }, (_, index) => electricPoint(`a/p${index}`)),
        by,
      );
      const house = await test.registry.buildings.create(
        { name: 'H', institution: institutions[1] ?? '', validFrom: from },
        by,
      );
      const reading = test.registry.points.everywhere(from, to)[Symbol.asyncIterator]();
      const first = reading.next();
      // Of the first page and of the last one: a reader who saw the one without the other saw half of a change.
      const both = ['a/p0', 'a/p99'].map((entity) => ({
        entity,
        attribute: 'building',
        validFrom: from,
        value: house.id,
      }));
      await test.registry.facts.record(both, by);
      const counted: number[] = [];
      for (let next = await first; next.done !== true; next = await reading.next())
        counted.push(next.value.total.length);
      expect(new Set(counted)).toEqual(new Set([2]));
    } finally {
      await test.end();
    }
  });
});

describe('kinds of use', () => {
  it('of a place never sum above what is measured there, and none of its sub-meters is lost', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 10 }), async (changes) => {
        const { test, institutions, buildings } = await randomCity(changes);
        try {
          const { registry } = test;
          /** What each point has above it and measures, month by month. */
          const [parents, quantities, roles, itemsOf] = await Promise.all(
            ['parent', 'quantities', 'role', 'item'].map(async (attribute) => {
              const histories = new Map<string, readonly { validFrom: number; value: unknown }[]>();
              for (const point of points)
                histories.set(point, await registry.facts.history(point, { attribute }));
              return (point: string, at: number): unknown =>
                histories.get(point)?.findLast((fact) => fact.validFrom <= at)?.value;
            }),
          );
          const above = (point: string, at: number): string[] => {
            const parent = parents?.(point, at);
            return typeof parent === 'string' ? [parent, ...above(parent, at)] : [];
          };
          // A part is never more than the whole: each point has 1 of its own, and what hangs below it.
          const value = (point: string, at: number): number =>
            points.filter((other) => other === point || above(other, at).includes(point)).length;
          const places = [
            ...institutions.map((id) => ({ id, of: 'ofInstitution', items: 'itemsOfInstitution' }) as const),
            ...buildings.map((id) => ({ id, of: 'ofBuilding', items: 'itemsOfBuilding' }) as const),
          ];
          for (const place of places) {
            const total = await registry.points[place.of](place.id, 'electricity', from, to);
            const uses = await registry.points[place.items](place.id, 'electricity', from, to);
            for (const at of moments) {
              const counting = uses.filter(holds(at)).map(({ point }) => point as string);
              for (const point of counting)
                expect(above(point, at).filter((upper) => counting.includes(upper))).toEqual([]);
              const billed = total.filter(holds(at)).map(({ point }) => point as string);
              const sum = (list: readonly string[]) => list.reduce((all, point) => all + value(point, at), 0);
              const within = counting.filter((point) => above(point, at).some((up) => billed.includes(up)));
              expect(sum(within)).toBeLessThanOrEqual(sum(billed));
              const housed = (await registry.points.list({ at, limit: 100 })).filter(
                ({ building }) => building === place.id,
              );
              for (const { key } of housed) {
                const measures = String(quantities?.(key, at)).includes('electricity');
                const counts =
                  measures && roles?.(key, at) === 'sub-meter' && (itemsOf?.(key, at) ?? null) !== null;
                if (!counts) expect(counting).not.toContain(key);
                else expect([key, ...above(key, at)].some((upper) => counting.includes(upper))).toBe(true);
              }
            }
          }
        } finally {
          await test.end();
        }
      }),
      { numRuns: 15, seed: 3 },
    );
  });
});
