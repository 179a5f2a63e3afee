import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Membership } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const months = Array.from({ length: 13 }, (_, month) =>
  midnight(month < 12 ? `2024-${String(month + 1).padStart(2, '0')}-01` : '2025-01-01'),
);
const [jan = 0, , mar = 0, , , jun = 0] = months;
const end = months[12] ?? 0;
const dayMs = 86_400_000;

async function institution(name: string, parent: string | null = null): Promise<string> {
  return (await test.registry.institutions.create({ name, parent, validFrom: jan }, by)).id;
}

async function building(name: string, owner: string | null): Promise<string> {
  return (await test.registry.buildings.create({ name, institution: owner, validFrom: jan }, by)).id;
}

function move(entity: string, attribute: string, validFrom: number, value: string | null): Promise<void> {
  return test.registry.facts.record([{ entity, attribute, validFrom, value }], by);
}

const spans = (list: readonly Membership[]) => list.map(({ point, from, to }) => [point, from, to]);

describe('points that count', () => {
  it('for a building are its billing points of the carrier, within the range asked for', async () => {
    const { points } = test.registry;
    const house = await building('A', null);
    await points.registerAll(
      [
        electricPoint('a/main', { building: house, quantities: ['electricity', 'power'] }),
        electricPoint('a/slots', { building: house, quantities: ['electricity_interval'] }),
        electricPoint('a/floor', { building: house, role: 'sub-meter' }),
        electricPoint('a/water', { building: house, quantities: ['water'] }),
        electricPoint('a/temperature', { building: house, quantities: ['temperature_indoor'] }),
        electricPoint('a/late', { building: house, validFrom: end }),
        electricPoint('a/elsewhere'),
      ],
      by,
    );
    expect(await points.ofBuilding(house, 'electricity', jan + dayMs, mar)).toEqual([
      { point: 'a/main', quantity: 'electricity', from: jan + dayMs, to: mar },
      { point: 'a/slots', quantity: 'electricity_interval', from: jan + dayMs, to: mar },
    ]);
    expect(await points.ofBuilding(house, 'gas', jan, end)).toEqual([]);
    expect(await points.ofBuilding(house, 'water', mar, mar)).toEqual([]);
    expect(await points.ofBuilding(house, 'water', jan - dayMs, jan)).toEqual([]);
  });

  it('follow a point that moves, so that it counts once', async () => {
    const { points } = test.registry;
    const [a, b] = [await building('A', null), await building('B', null)];
    await points.register(electricPoint('a/p', { building: a }), by);
    await move('a/p', 'building', jun, b);
    expect(spans(await points.ofBuilding(a, 'electricity', jan, end))).toEqual([['a/p', jan, jun]]);
    expect(spans(await points.ofBuilding(b, 'electricity', jan, end))).toEqual([['a/p', jun, end]]);
  });

  it('for an institution join where buildings change hands below it, and are cut where they leave', async () => {
    const { points } = test.registry;
    const city = await institution('City');
    const [school, office] = [await institution('School', city), await institution('Office', city)];
    const house = await building('A', school);
    await points.register(electricPoint('a/p', { building: house }), by);
    await move(house, 'institution', mar, office);
    const whole = [['a/p', jan, end]];
    expect(spans(await points.ofInstitution(city, 'electricity', jan, end))).toEqual(whole);
    expect(spans(await points.ofInstitution(school, 'electricity', jan, end))).toEqual([['a/p', jan, mar]]);
    await move(office, 'parent', jun, null);
    expect(spans(await points.ofInstitution(city, 'electricity', jan, end))).toEqual([['a/p', jan, jun]]);
    expect(spans(await points.ofInstitution(office, 'electricity', jan, end))).toEqual([['a/p', mar, end]]);
  });

  it('are the same under a new name', async () => {
    const { points } = test.registry;
    const city = await institution('City');
    const house = await building('A', city);
    await points.register(electricPoint('a/p', { building: house }), by);
    const before = await points.ofInstitution(city, 'electricity', jan, end);
    for (const entity of [city, house, 'a/p']) {
      await test.registry.facts.record([{ entity, attribute: 'name', validFrom: jun, value: 'New' }], by);
    }
    expect(await points.ofInstitution(city, 'electricity', jan, end)).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('change the quantity that counts when a register replaces interval readings', async () => {
    const { points, facts } = test.registry;
    const house = await building('A', null);
    await points.register(
      electricPoint('a/p', { building: house, quantities: ['electricity_interval'] }),
      by,
    );
    await facts.record(
      [{ entity: 'a/p', attribute: 'quantities', validFrom: jun, value: ['electricity'] }],
      by,
    );
    expect(await points.ofBuilding(house, 'electricity', jan, end)).toEqual([
      { point: 'a/p', quantity: 'electricity_interval', from: jan, to: jun },
      { point: 'a/p', quantity: 'electricity', from: jun, to: end },
    ]);
  });

  it('stop counting while they are sub-meters', async () => {
    const { points, facts } = test.registry;
    const house = await building('A', null);
    await points.register(electricPoint('a/p', { building: house }), by);
    await facts.record(
      [{ entity: 'a/p', attribute: 'role', validFrom: mar, validTo: jun, value: 'sub-meter' }],
      by,
    );
    expect(spans(await points.ofBuilding(house, 'electricity', jan, end))).toEqual([
      ['a/p', jan, mar],
      ['a/p', jun, end],
    ]);
  });
});

describe('a billing point below another one', () => {
  it('is a part of it, and counts where the one above does not, wherever points between stand', async () => {
    const { points } = test.registry;
    const city = await institution('City');
    const [campus, hall] = [await building('campus', city), await building('hall', city)];
    await points.registerAll(
      [
        electricPoint('a/main', { building: campus }),
        electricPoint('a/feeder', { role: 'sub-meter', parent: 'a/main' }),
        electricPoint('a/hall', { building: hall, parent: 'a/feeder' }),
        electricPoint('a/room', { building: hall, parent: 'a/hall' }),
        electricPoint('a/water', { building: hall, parent: 'a/main', quantities: ['water'] }),
      ],
      by,
    );
    expect(spans(await points.ofInstitution(city, 'electricity', jan, end))).toEqual([['a/main', jan, end]]);
    // Of the building alone, its own meter is the one above all others.
    expect(spans(await points.ofBuilding(hall, 'electricity', jan, end))).toEqual([['a/hall', jan, end]]);
    // Another carrier above is not above.
    expect(spans(await points.ofInstitution(city, 'water', jan, end))).toEqual([['a/water', jan, end]]);

    await move('a/main', 'building', mar, null);
    await move('a/room', 'parent', jun, null);
    expect(spans(await points.ofInstitution(city, 'electricity', jan, end))).toEqual([
      ['a/hall', mar, end],
      ['a/main', jan, mar],
      ['a/room', jun, end],
    ]);
  });
});

describe('any sequence of moves', () => {
  const monthIndex = fc.integer({ min: 0, max: 11 });
  const place = fc.option(fc.integer({ min: 0, max: 2 }), { nil: null });
  const moves = fc.array(
    fc.record({
      what: fc.constantFrom('point' as const, 'building' as const, 'institution' as const),
      which: fc.integer({ min: 0, max: 2 }),
      from: monthIndex,
      until: fc.option(monthIndex, { nil: undefined }),
      to: place,
    }),
    { maxLength: 12 },
  );

  it('leaves a point in one building and one institution at most, in stretches that tile its time', async () => {
    const { points, facts, institutions } = test.registry;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        run += 1;
        const key = `run${run}/p` as const;
        const root = await institution('root');
        const owners = [
          await institution('0', root),
          await institution('1', root),
          await institution('2', root),
        ];
        const houses = await Promise.all(owners.map((owner, n) => building(`h${n}`, owner)));
        await points.register(electricPoint(key, { building: houses[0] ?? null }), by);
        for (const { what, which, from, until, to } of list) {
          const [entity, attribute, targets] = {
            point: [key, 'building', houses] as const,
            building: [houses[which] ?? '', 'institution', owners] as const,
            // Upwards only, so that no circle is asked for.
            institution: [owners[which] ?? '', 'parent', [root, ...owners.slice(0, which)]] as const,
          }[what];
          const value = to === null ? null : (targets[to] ?? null);
          const validTo = until !== undefined && until > from ? months[until] : undefined;
          await facts.record([{ entity, attribute, validFrom: months[from] ?? 0, validTo, value }], by);
        }

        const inHouses = await Promise.all(
          houses.map((id) => points.ofBuilding(id, 'electricity', jan, end)),
        );
        const underOwners = new Map<string, readonly Membership[]>();
        for (const id of [root, ...owners]) {
          underOwners.set(id, await points.ofInstitution(id, 'electricity', jan, end));
        }
        for (const stretches of [...inHouses, ...underOwners.values()]) {
          stretches.forEach(({ from, to }, index) => {
            expect(from).toBeLessThan(to);
            const next = stretches[index + 1];
            if (next) expect(to).toBeLessThan(next.from);
          });
        }
        const holds = (stretches: readonly Membership[], at: number) =>
          stretches.some(({ from, to }) => from <= at && at < to);
        for (const month of months.slice(0, 12)) {
          for (const at of [month, month + 14 * dayMs]) {
            const house = (await points.get(key, at))?.building ?? null;
            const found = houses.filter((_, n) => holds(inHouses[n] ?? [], at));
            expect(found).toEqual(house === null ? [] : [house]);
            const owner = await points.institutionOf(key, at);
            for (const [id, stretches] of underOwners) {
              const below = await institutions.subtree(id, at);
              expect(holds(stretches, at)).toBe(owner !== null && below.includes(owner));
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
