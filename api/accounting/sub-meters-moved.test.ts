// Kinds of use and PUE of a year in which buildings move, meters are replaced, or fall silent.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { dataCentres } from './data-centres.ts';
import { wholeYear } from './periods.ts';
import { electricityBySubItem } from './sub-items.ts';

let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
});
afterEach(() => world.end());

const since = midnight('2023-01-01');
const period = wholeYear(2024, testCalendar);
const days = (value: number, count = 366) => Array.from({ length: count }, () => value);
const deps = () => ({
  registry: world.registry,
  store: world.store,
  calendar: testCalendar,
  clock: world.clock,
});
const itemsOf = async (id: string) => {
  const { total, items, rest } = await electricityBySubItem(deps(), {
    institution: { id, name: id, parent: null },
    period,
  });
  return { total, rest, items: items.map(({ item, value, parts }) => [item, value, parts]) };
};

async function meter(key: PointKey, parent: PointKey, more: object, validFrom = since): Promise<void> {
  const building = world.ids.westHouse;
  const place = { building, role: 'sub-meter', parent, validFrom } as const;
  await world.registry.points.registerAll(
    [{ key, name: key, quantities: ['electricity'], ...place, ...more }],
    by,
  );
}

it('a building that moves in July counts from then on, its meters like its total', async () => {
  const { ids, registry } = world;
  await meter('g/s', points.west, { item: 'lighting-and-sockets', subItem: 'A1' });
  await world.putDays(points.west, '2024-01-01', days(100));
  await world.putDays('g/s', '2024-01-01', days(40));
  for (const point of [points.east, points.shared]) await world.putDays(point, '2024-01-01', days(0));
  for (const [from, ofEast] of [
    ['2024-07-01', 184],
    ['2024-07-11', 174],
  ] as const) {
    await registry.facts.record(
      [
        {
          entity: ids.westHouse,
          attribute: 'institution',
          validFrom: midnight('2024-07-01'),
          value: ids.west,
        },
      ],
      by,
    );
    await registry.facts.record(
      [{ entity: ids.westHouse, attribute: 'institution', validFrom: midnight(from), value: ids.east }],
      by,
    );
    const parts = (value: number) => [['lighting-and-sockets', value, [{ subItem: 'A1', value }]]];
    expect(await itemsOf(ids.east)).toMatchObject({
      total: 100 * ofEast,
      rest: 60 * ofEast,
      items: parts(40 * ofEast),
    });
    expect(await itemsOf(ids.west)).toMatchObject({
      total: 100 * (366 - ofEast),
      items: parts(40 * (366 - ofEast)),
    });
  }
});

it('a sorted meter that falls silent takes nothing from what it showed before', async () => {
  await meter('g/s', points.west, { item: 'lighting-and-sockets' });
  await meter('g/t', 'g/s', { item: 'lighting-and-sockets', subItem: 'A1' });
  await world.putDays(points.west, '2024-01-01', days(100));
  await world.putDays('g/s', '2024-01-01', days(60, 182));
  await world.putDays('g/t', '2024-01-01', days(50));
  await world.putDays(points.shared, '2024-01-01', days(0));
  const { items, rest } = await itemsOf(world.ids.west);
  expect(items).toEqual([
    [
      'lighting-and-sockets',
      18_300 + 1_820,
      [
        { subItem: 'A1', value: 18_300 },
        { subItem: null, value: 1_820 },
      ],
    ],
  ]);
  expect(rest).toBeNull();
});

it('a meter that is replaced by another point leaves its half of the year', async () => {
  const { registry } = world;
  await meter('g/f', points.west, { pue: 'facility' });
  await meter('g/i', 'g/f', { pue: 'it' });
  await meter('g/j', 'g/f', { pue: 'it' }, midnight('2024-07-01'));
  await world.putDays('g/f', '2024-01-01', days(130));
  await world.putDays('g/i', '2024-01-01', days(100, 182));
  await world.putDays('g/j', '2024-07-01', days(100, 184));
  const ends = { entity: 'g/i', validFrom: midnight('2024-07-01'), value: null };
  await registry.facts.record([{ ...ends, attribute: 'pue' }], by);
  const { centres } = await dataCentres(deps(), { institution: world.ids.west, period });
  expect(centres).toHaveLength(1);
  expect(centres[0]?.whole).toMatchObject({ value: expect.closeTo(1.3, 9) });
  expect(centres[0]?.itPoints).toEqual(['g/i', 'g/j']);
  expect(centres[0]?.months.map(({ pue }) => pue.value)).toEqual(Array(12).fill(expect.closeTo(1.3, 9)));
});
