import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { type PointStatement, registeredIntervals, registerPoint } from './registration.ts';

const key = 'import/meter';
const quarter = 15 * 60_000;
const year2018 = { from: midnight('2018-01-01'), to: midnight('2018-12-31') };

let place: TestRegistry;
beforeEach(async () => {
  place = await testRegistry();
});
afterEach(() => place.end());

function state(more: Partial<PointStatement>): Promise<void> {
  const statement: PointStatement = {
    key,
    name: undefined,
    quantities: ['electricity'],
    building: undefined,
    span: year2018,
    intervalLengthMs: undefined,
    expectedIntervalMs: undefined,
    multiplier: undefined,
    ...more,
  };
  return registerPoint(place.registry, testCalendar, statement, place.clock.now(), by);
}

async function devices(): Promise<unknown[]> {
  const [facts] = await place.registry.points.seriesFacts([{ point: key, quantity: 'electricity' }]);
  return [...(facts?.installations ?? [])];
}

function install(date: string, value: object): Promise<void> {
  const fact = { entity: key, attribute: 'installation', validFrom: midnight(date), value };
  return place.registry.facts.record([fact], by);
}

describe('the multiplier of an import', () => {
  it('is recorded when it is given, 1 too, and stays when it is not', async () => {
    await state({ multiplier: 40 });
    await state({});
    expect(await devices()).toMatchObject([{ multiplier: 40 }]);
    await state({ multiplier: 1 });
    expect(await devices()).toMatchObject([{ multiplier: 1 }]);
  });

  it('leaves roll-over, rating, serial number and date of the device as they are', async () => {
    await state({});
    const register = { wrapsAt: 1_000_000, ratingPerHour: 500 };
    await install('2017-03-01', { serial: 'A1', multiplier: 80, registers: { electricity: register } });
    await state({ multiplier: 40 });
    expect(await devices()).toEqual([
      { from: midnight('2017-03-01'), serial: 'A1', multiplier: 40, ...register },
    ]);
  });

  it('is that of the device of the time of the file, no other', async () => {
    await state({});
    await install('2015-01-01', { serial: 'A', multiplier: 10 });
    await install('2017-01-01', { serial: 'B', multiplier: 20 });
    await install('2019-01-01', { serial: 'C', multiplier: 30 });
    await state({ multiplier: 40 });
    expect(await devices()).toMatchObject([{ multiplier: 10 }, { multiplier: 40 }, { multiplier: 30 }]);
    // What is older than the first device is of that one.
    await state({ multiplier: 5, span: { from: midnight('2012-01-01'), to: midnight('2013-01-01') } });
    expect(await devices()).toMatchObject([{ multiplier: 5 }, { multiplier: 40 }, { multiplier: 30 }]);
  });

  it('is refused for a file that spans devices with different ones', async () => {
    await state({});
    await install('2015-01-01', { serial: 'A', multiplier: { ct: 20, pt: 2 } });
    await install('2018-07-01', { serial: 'B', multiplier: 80 });
    await expect(state({ multiplier: 40 })).rejects.toMatchObject({
      code: 'registry.conflict',
      message: expect.stringMatching(/import\/meter.*40, 80/),
    });
    await state({});
    expect(await devices()).toMatchObject([{ multiplier: 40 }, { multiplier: 80 }]);
  });
});

describe('the interval of an import', () => {
  const intervals = (span = year2018) => registeredIntervals(place.registry, key, span);

  it('replaces the one that holds in the time of the file, and no other', async () => {
    expect(await intervals()).toEqual([]);
    await state({ intervalLengthMs: hourMs });
    expect(await intervals()).toEqual([hourMs]);
    const later = {
      entity: key,
      attribute: 'intervalLengthMs',
      validFrom: midnight('2020-01-01'),
      value: 60_000,
    };
    await place.registry.facts.record([later], by);
    await state({ intervalLengthMs: quarter });
    expect(await intervals()).toEqual([quarter]);
    expect(await intervals({ from: midnight('2018-01-01'), to: midnight('2021-01-01') })).toEqual([
      quarter,
      60_000,
    ]);
  });

  it('is the expected one where no length is stated', async () => {
    await state({ expectedIntervalMs: quarter });
    expect(await intervals()).toEqual([quarter]);
  });

  it('said again changes nothing', async () => {
    const again = () => state({ intervalLengthMs: quarter, expectedIntervalMs: quarter, multiplier: 40 });
    await again();
    const before = await place.registry.facts.history(key, { superseded: true });
    await again();
    expect(await place.registry.facts.history(key, { superseded: true })).toEqual(before);
  });
});
