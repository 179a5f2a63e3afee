import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../domain/time.ts';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
let [school, hospital, car, other] = ['', '', '', ''];
const since = midnight('2024-01-01');
const t0 = midnight('2026-03-02');

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = midnight('2026-04-01');
  const make = async (name: string) =>
    (await test.registry.institutions.create({ name, parent: null, validFrom: since }, by)).id;
  school = await make('School');
  hospital = await make('Hospital');
  car = await vehicle('浙C12345', school, 'cars/1');
  other = await vehicle('浙C54321', hospital, 'cars/2');
});
afterEach(() => test.end());

async function vehicle(plate: string, institution: string, terminal: string | null): Promise<string> {
  const id = test.registry.facts.newId();
  const facts = { plate, institution, terminal };
  await test.registry.facts.record(
    Object.entries(facts).map(([attribute, value]) => ({ entity: id, attribute, validFrom: since, value })),
    by,
    [{ id, kind: 'vehicle' }],
  );
  return id;
}

describe('a vehicle', () => {
  it('is as its facts say at the time asked about', async () => {
    const { facts, fleet } = test.registry;
    await facts.record(
      [
        { entity: car, attribute: 'terminal', validFrom: t0, value: 'cars/9' },
        { entity: car, attribute: 'institution', validFrom: t0, value: hospital },
      ],
      by,
    );
    expect(await fleet.vehicles.get(car, t0 - 1)).toMatchObject({
      plate: '浙C12345',
      institution: school,
      terminal: 'cars/1',
      category: 'other',
      leased: false,
    });
    const now = new Map((await fleet.vehicles.list(t0)).map((each) => [each.id, each]));
    expect([...now.keys()].sort()).toEqual([car, other].sort());
    expect(now.get(car)).toMatchObject({ institution: hospital, terminal: 'cars/9' });
    expect(await fleet.vehicles.fitted(t0 - dayMs, t0 + dayMs)).toEqual([
      { vehicle: car, terminal: 'cars/1', from: t0 - dayMs, to: t0 },
      { vehicle: other, terminal: 'cars/2', from: t0 - dayMs, to: t0 + dayMs },
      { vehicle: car, terminal: 'cars/9', from: t0, to: t0 + dayMs },
    ]);
    expect(await fleet.vehicles.owners([car], t0 - dayMs, t0 + dayMs)).toEqual([
      { vehicle: car, institution: school, from: t0 - dayMs, to: t0 },
      { vehicle: car, institution: hospital, from: t0, to: t0 + dayMs },
    ]);
    expect(await fleet.vehicles.get(car, since - 1)).toBeUndefined();
  });

  it('has its plate and its terminal alone', async () => {
    await expect(vehicle('浙c·12345', hospital, null)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringContaining('浙C12345'),
    });
    await expect(vehicle('浙C99999', hospital, 'cars/1')).rejects.toMatchObject({
      message: expect.stringContaining('cars/1'),
    });
    const free = (attribute: string) => ({ entity: car, attribute, validFrom: t0, value: null });
    await test.registry.facts.record([free('terminal')], by);
    const late = { entity: other, attribute: 'terminal', validFrom: t0, value: 'cars/1' };
    await test.registry.facts.record([late], by);
    expect(await test.registry.fleet.vehicles.get(other, t0)).toMatchObject({ terminal: 'cars/1' });
  });

  it('gives its plate to the next one from the day on which it was disposed of', async () => {
    const { facts } = test.registry;
    const disposed = (value: string | null) =>
      facts.record([{ entity: car, attribute: 'disposedOn', validFrom: since, value }], by);
    const next = async (validFrom: number) => {
      const id = facts.newId();
      await facts.record([{ entity: id, attribute: 'plate', validFrom, value: '浙C12345' }], by, [
        { id, kind: 'vehicle' },
      ]);
      return id;
    };
    await disposed('2026-03-02');
    await expect(next(t0 - dayMs)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(/浙C12345 .* from 2026-03-01 on; .*disposedOn/),
    });
    expect(await test.registry.fleet.vehicles.get(await next(t0), t0)).toMatchObject({ plate: '浙C12345' });
    for (const value of ['2026-03-03', null])
      await expect(disposed(value)).rejects.toMatchObject({
        code: 'registry.invalid',
        message: expect.stringContaining('浙C12345'),
      });
    await disposed('2026-02-28');
  });

  it.each(['浙C1234', 'C12345', '浙C12345678', '浙CI'])('is not called %s', async (plate) => {
    await expect(vehicle(plate, school, null)).rejects.toMatchObject({ code: 'registry.invalid' });
  });
});
