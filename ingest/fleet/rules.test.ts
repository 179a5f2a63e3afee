// By what a car is judged follows the facts of each day, also those that are said later of a day long gone.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import { addCar, sayOfCar } from '../../core/testing/fleet-world.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { FleetRules } from './rules.ts';

const terminal: PointKey = 'cars/1';
const [from, to] = [midnight('2025-01-01'), midnight('2025-12-01')];
const ring = (radiusM: number) => ({ circle: { lat: 28, lon: 120.6, radiusM } });
const region = (institution: string, name: string, radiusM: number) => ({
  institution,
  name,
  kind: 'region' as const,
  shape: ring(radiusM),
  from: midnight('2020-01-01'),
});

let test: TestRegistry;
let rules: FleetRules;
let ids: { city: string; west: string; unit: string };
let car: string;

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = to;
  const make = async (name: string, parent: string | null) =>
    (await test.registry.institutions.create({ name, parent, validFrom: midnight('2024-01-01') }, by)).id;
  const city = await make('city', null);
  ids = { city, west: await make('west', city), unit: await make('unit', city) };
  car = await addCar(test, { plate: '浙C00001', institution: ids.unit, terminal, limitKmh: 80 });
  const config = fleetSchema.parse({});
  rules = new FleetRules({
    registry: test.registry,
    config,
    calendar: testCalendar,
    now: () => test.clock.at,
  });
});
afterEach(() => test.end());

async function drawn(...values: ReturnType<typeof region>[]): Promise<string[]> {
  const { fences } = test.registry.fleet;
  await fences.record(values, by);
  const all = await fences.list({ from: 0, to: to * 2 });
  return values.map(({ name }) => all.find(({ value }) => value.name === name)?.id ?? '');
}

const say = (entity: string, attribute: string, value: unknown, date: string) =>
  test.registry.facts.record([{ entity, attribute, validFrom: midnight(date), value }], by);

async function of() {
  const [only, ...others] = await rules.of(terminal, from, to);
  if (only === undefined || others.length > 0) throw new Error('one stretch was expected');
  return only.rules;
}

async function regionsOf() {
  return (await of()).regions.map(({ value, ...when }) => ({ ...when, region: value?.id ?? null }));
}

it('a limit that changes holds from its day on', async () => {
  await sayOfCar(test, car, 'limitKmh', 100, '2025-06-01');
  const june = midnight('2025-06-01');
  expect((await of()).limitsKmh).toEqual([
    { from, to: june, value: 80 },
    { from: june, to, value: 100 },
  ]);
});

it('a car without a limit of its own has that of the configuration', async () => {
  await sayOfCar(test, car, 'limitKmh', null, '2024-01-01');
  expect((await of()).limitsKmh).toEqual([{ from, to, value: 120 }]);
});

it('the nearest institution above that names a region gives it, from the day on which it does', async () => {
  const [whole = '', part = ''] = await drawn(
    region(ids.city, 'city', 50_000),
    region(ids.unit, 'part', 5_000),
  );
  await say(ids.city, 'region', whole, '2024-06-01');
  await say(ids.unit, 'region', part, '2025-03-01');
  const march = midnight('2025-03-01');
  expect(await regionsOf()).toEqual([
    { from, to: march, region: whole },
    { from: march, to, region: part },
  ]);
});

it('a region that is drawn anew stays the region of those who named it', async () => {
  const [first = ''] = await drawn(region(ids.city, 'city', 50_000));
  await say(ids.city, 'region', first, '2024-06-01');
  expect(await regionsOf()).toEqual([{ from, to, region: first }]);
  const [second = ''] = await drawn(region(ids.city, 'city', 60_000));
  expect(second).not.toBe(first);
  expect(await regionsOf()).toEqual([{ from, to, region: second }]);
});

it('an institution that moves is below other fences from that day on, and its cars are looked at anew', async () => {
  const yard = { ...region(ids.west, 'yard', 500), kind: 'yard' as const };
  await drawn(yard as never);
  const [whole = '', west = ''] = await drawn(
    region(ids.city, 'city', 50_000),
    region(ids.west, 'west', 5_000),
  );
  await say(ids.city, 'region', whole, '2024-06-01');
  await say(ids.west, 'region', west, '2024-06-01');
  expect((await of()).fences).toEqual([]);
  const { positionMarks } = test.registry;
  await positionMarks.clear(await positionMarks.pending(10));
  await say(ids.unit, 'parent', ids.west, '2025-09-01');
  const september = midnight('2025-09-01');
  expect(await regionsOf()).toEqual([
    { from, to: september, region: whole },
    { from: september, to, region: west },
  ]);
  expect((await of()).fences).toMatchObject([{ name: 'yard', from: september, to }]);
  expect(await positionMarks.pending(10)).toMatchObject([{ terminal, from: september }]);
});

it('an institution of which no car ever was moves without a look at any', async () => {
  const { positionMarks } = test.registry;
  await positionMarks.clear(await positionMarks.pending(10));
  await say(ids.west, 'parent', null, '2025-09-01');
  expect(await positionMarks.pending(10)).toEqual([]);
});

it('a region must be a fence of that kind', async () => {
  const yard = { ...region(ids.city, 'yard', 500), kind: 'yard' as const };
  const [id = ''] = await drawn(yard as never);
  await expect(say(ids.city, 'region', id, '2025-01-01')).rejects.toThrow(
    /no fence of kind region with the id/,
  );
  await expect(say(ids.city, 'region', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '2025-01-01')).rejects.toThrow(
    /draw it first/,
  );
});

it('orders that were withdrawn are told as such, unless they were written again; corrected ones are not', async () => {
  const { orders } = test.registry.fleet;
  const day = midnight('2025-05-06');
  const written = (number: string, hour: number) => ({
    number,
    institution: ids.unit,
    vehicle: car,
    driver: 'driver',
    purpose: 'meeting',
    from: day + hour * 3_600_000,
    to: day + (hour + 2) * 3_600_000,
  });
  await orders.record([written('A', 8), written('B', 12), written('C', 16)], by);
  const idOf = async (number: string) =>
    (await orders.list({ from: 0, to })).find(({ value }) => value.number === number)?.id ?? '';
  const withdrawn = await idOf('A');
  await orders.withdraw([withdrawn, await idOf('B')], by);
  await orders.record([written('B', 13), written('C', 17)], by);
  const told = (await of()).orders.map(({ id, from: start, state }) => ({
    id,
    hour: (start - day) / 3_600_000,
    state,
  }));
  expect(told).toEqual([
    { id: withdrawn, hour: 8, state: 'withdrawn' },
    { id: await idOf('B'), hour: 13, state: 'approved' },
    { id: await idOf('C'), hour: 17, state: 'approved' },
  ]);
});
