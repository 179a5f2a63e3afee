import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { ItemMembership } from './registry.ts';

let test: TestRegistry;
let house: string;
let city: string;
const [jan, mar, jun, end] = ['2024-01-01', '2024-03-01', '2024-06-01', '2025-01-01'].map(midnight) as [
  number,
  number,
  number,
  number,
];

beforeEach(async () => {
  test = await testRegistry();
  city = (await test.registry.institutions.create({ name: 'City', parent: null, validFrom: jan }, by)).id;
  house = (await test.registry.buildings.create({ name: 'H', institution: city, validFrom: jan }, by)).id;
  await test.registry.points.registerAll(
    [
      electricPoint('a/main', { building: house }),
      electricPoint('a/light', { ...sub(), parent: 'a/main', item: 'lighting-and-sockets' }),
      electricPoint('a/corridor', { ...sub(), parent: 'a/light', item: 'lighting-and-sockets' }),
      electricPoint('a/plant', { ...sub(), parent: 'a/main', item: 'air-conditioning' }),
      electricPoint('a/plain', { ...sub(), parent: 'a/main' }),
      electricPoint('a/water', { ...sub(), parent: 'a/main', item: 'special', quantities: ['water'] }),
    ],
    by,
  );
});
afterEach(() => test.end());

const sub = () => ({ role: 'sub-meter', building: house }) as const;
const spans = (list: readonly ItemMembership[]) =>
  list.map(({ point, item, from, to }) => [point, item, from, to]);
const ofHouse = async () => spans(await test.registry.points.itemsOfBuilding(house, 'electricity', jan, end));
function record(entity: string, attribute: string, validFrom: number, value: unknown): Promise<void> {
  return test.registry.facts.record([{ entity, attribute, validFrom, value }], by);
}

describe('sub-meters by kind of use', () => {
  it('count where an item is recorded, and not below another one that counts', async () => {
    const all = [
      ['a/light', 'lighting-and-sockets', jan, end],
      ['a/plant', 'air-conditioning', jan, end],
    ];
    expect(await ofHouse()).toEqual(all);
    expect(spans(await test.registry.points.itemsOfInstitution(city, 'electricity', jan, end))).toEqual(all);
    expect(spans(await test.registry.points.itemsOfBuilding(house, 'water', jan, end))).toEqual([
      ['a/water', 'special', jan, end],
    ]);
  });

  it('count in the stretches in which the facts say so', async () => {
    await record('a/light', 'item', mar, null);
    await record('a/plant', 'item', jun, 'special');
    await record('a/plant', 'building', mar, null);
    await record('a/plant', 'building', jun, house);
    expect(await ofHouse()).toEqual([
      // Once the one above does not count, it does.
      ['a/corridor', 'lighting-and-sockets', mar, end],
      ['a/light', 'lighting-and-sockets', jan, mar],
      ['a/plant', 'air-conditioning', jan, mar],
      ['a/plant', 'special', jun, end],
    ]);
  });

  it('below one of another institution count for their own, and once for whoever has both', async () => {
    const { registry } = test;
    const other = (await registry.institutions.create({ name: 'B', parent: city, validFrom: jan }, by)).id;
    const shop = (await registry.buildings.create({ name: 'S', institution: other, validFrom: jan }, by)).id;
    await registry.points.register(
      electricPoint('a/branch', {
        role: 'sub-meter',
        building: shop,
        parent: 'a/plant',
        item: 'air-conditioning',
      }),
      by,
    );
    const branch = [['a/branch', 'air-conditioning', jan, end]];
    expect(spans(await registry.points.itemsOfBuilding(shop, 'electricity', jan, end))).toEqual(branch);
    expect(spans(await registry.points.itemsOfInstitution(other, 'electricity', jan, end))).toEqual(branch);
    const ofCity = await registry.points.itemsOfInstitution(city, 'electricity', jan, end);
    expect(ofCity.map(({ point }) => point)).toEqual(['a/light', 'a/plant']);
    // Since March the plant is theirs as well: then the branch is a part of it.
    await record('a/plant', 'building', mar, shop);
    expect(spans(await registry.points.itemsOfInstitution(other, 'electricity', jan, end))).toEqual([
      ['a/branch', 'air-conditioning', jan, mar],
      ['a/plant', 'air-conditioning', mar, end],
    ]);
  });

  it('below one that is not counted by itself belong to the one above that', async () => {
    await record('a/plain', 'parent', jan, 'a/plant');
    await test.registry.points.register(
      electricPoint('a/fan', { ...sub(), parent: 'a/plain', item: 'air-conditioning' }),
      by,
    );
    expect((await ofHouse()).map(([point]) => point)).toEqual(['a/light', 'a/plant']);
    await record('a/plant', 'role', jun, 'billing');
    expect((await ofHouse()).filter(([point]) => point === 'a/fan')).toEqual([
      ['a/fan', 'air-conditioning', jun, end],
    ]);
  });

  it('have an item of the list, or the registry says which there are', async () => {
    await expect(record('a/light', 'item', jan, 'lifts')).rejects.toThrow('air-conditioning');
  });
});
