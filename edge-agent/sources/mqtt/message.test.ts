import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWgs84 } from '../../../core/domain/fleet/datum.ts';
import { positionSchema, readingSchema } from '../../../core/domain/telemetry.ts';
import { mqttSourceSchema, mqttTopicSchema } from '../../../core/runtime/position-config.ts';
import { MessageReader } from './message.ts';
import { topicPattern } from './topics.ts';

const at = Date.parse('2026-05-06T08:00:00+08:00');

describe('topicPattern', () => {
  it('asks for any level where there is a name or +, and gives the names of a topic', () => {
    const pattern = topicPattern('{site}/cars/+/{vehicle}/#');
    expect(pattern.filter).toBe('+/cars/+/+/#');
    expect(Object.fromEntries(pattern.match('yard/cars/x/car-1/gps/now') ?? [])).toEqual({
      site: 'yard',
      vehicle: 'car-1',
    });
    expect(pattern.match('yard/cars/x/car-1')).toBeDefined();
    expect(pattern.match('yard/cars/x')).toBeUndefined();
    expect(pattern.match('yard/buses/x/car-1')).toBeUndefined();
  });
});

describe('MessageReader', () => {
  it('reads several positions of a message with units, datum, words and a plate from a list', () => {
    const { positions, faults } = read(
      {
        for: 'positions',
        topic: 'up/{x}',
        items: 'data.points[]',
        pointField: '$.plate',
        points: { 鄂A12345: 'car-1' },
        time: { field: 't', as: 'iso' },
        lat: 'c[1]',
        lon: 'c[0]',
        datum: 'gcj02',
        speed: { field: 'v', unit: 'm/s' },
        course: 'dir',
        odometer: { field: 'm', unit: 'm' },
        ignition: { field: 'acc', on: [1, '开'], off: [0] },
        satellites: 'sat',
      },
      {
        plate: '鄂A12345',
        data: {
          points: [
            { t: '2026-05-06 08:00:00', c: [114.3, 30.5], v: 10, dir: -90, m: 123_456, acc: '开', sat: 9 },
            { t: '2026-05-06T00:00:01Z', c: ['114.3', '30.5'], v: null, acc: 0 },
          ],
        },
      },
    );
    const { lat, lon } = toWgs84('gcj02', 30.5, 114.3);
    expect(faults).toEqual([]);
    expect(positions.map(([point, ts, , , ...rest]) => [point, ts - at, ...rest])).toEqual([
      ['car-1', 0, 36, 270, { odometerKm: 123.456, satellites: 9, ignition: true }],
      ['car-1', 1_000, 0, 0, { ignition: false }],
    ]);
    for (const [, , north, east] of positions) {
      expect(north).toBeCloseTo(lat, 6);
      expect(east).toBeCloseTo(lon, 6);
    }
  });

  it('reads quantities with factor and offset, for points made of the names in the topic', () => {
    const { readings, faults } = read(
      {
        for: 'readings',
        topic: 'meters/{site}/{meter}',
        point: '{site}-{meter}',
        quantities: [
          { field: 'e', quantity: 'electricity', factor: 0.01 },
          { field: 't', quantity: 'temperature_outdoor', factor: 0.1, offset: -40, point: '{point}-air' },
        ],
      },
      { e: 123_457, t: 650 },
      'meters/hall/7',
    );
    expect(faults).toEqual([]);
    expect(readings).toEqual([
      ['hall-7', 'electricity', at, 1234.57],
      ['hall-7-air', 'temperature_outdoor', at, 25],
    ]);
  });

  it('leaves a bad extra out of a position, and refuses one whose speed is none', () => {
    const { positions, faults } = read(
      {
        for: 'positions',
        topic: 'cars/{vehicle}',
        lat: 'lat',
        lon: 'lon',
        speed: { field: 'v', unit: 'knots' },
        odometer: { field: 'km' },
        items: 'p',
      },
      {
        p: [
          { lat: 30, lon: 114, v: 10, km: -1 },
          { lat: 30, lon: 114, v: 5_000 },
        ],
      },
      'cars/car-1',
    );
    expect(positions).toEqual([['car-1', at, 30, 114, 18.52, 0, {}]]);
    expect(faults.map(({ message }) => message)).toEqual([
      'cars/car-1: km -1: not in 0 to 10000000',
      'cars/car-1: v 5000: not in 0 to 500',
    ]);
  });

  it('takes no time of arrival for a retained message', () => {
    const config = {
      for: 'readings',
      topic: 'm/{point}',
      quantities: [{ field: 'e', quantity: 'electricity' }],
    };
    expect(read(config, { e: 1 }, 'm/a', true).faults[0]?.kind).toBe('retained');
    expect(read(config, { e: 1 }, 'm/a', false).readings).toEqual([['a', 'electricity', at, 1]]);
  });

  it('tells seconds from milliseconds', () => {
    const config = (as: string) => ({
      for: 'readings',
      topic: 'm/{point}',
      time: { field: 't', as },
      quantities: [{ field: 'e', quantity: 'electricity' }],
    });
    expect(read(config('epoch-s'), { e: 1, t: at / 1000 }, 'm/a').readings[0]?.[2]).toBe(at);
    expect(read(config('epoch-s'), { e: 1, t: at }, 'm/a').faults[0]?.message).toContain(
      'milliseconds taken',
    );
    expect(read(config('epoch-ms'), { e: 1, t: at / 1000 }, 'm/a').faults[0]?.message).toContain(
      'before 1990',
    );
    expect(read(config('iso'), { e: 1, t: String(at) }, 'm/a').faults[0]?.message).toContain('digits alone');
  });

  it('never throws, and gives nothing that the wire would refuse, whatever arrives', () => {
    const reader = new MessageReader([
      mqttTopicSchema.parse({
        for: 'positions',
        topic: 'x/{vehicle}',
        items: 'p',
        time: { field: 't', as: 'iso' },
        lat: 'lat',
        lon: 'lon',
        datum: 'bd09',
        speed: { field: 'v' },
        course: 'c',
        odometer: { field: 'o' },
        satellites: 's',
        ignition: { field: 'i', on: [1] },
      }),
      mqttTopicSchema.parse({
        for: 'readings',
        topic: '{point}/#',
        time: { field: 'p[0].t', as: 'epoch-s' },
        quantities: [
          { field: 'p[0].lat', quantity: 'electricity' },
          { field: 'constructor.name', quantity: 'water', factor: 1e300 },
        ],
      }),
    ]);
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 80 }) },
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constantFrom(null, '', '1e999', '2026-05-06 08:00', '9999-12-31', 1_760_000_000, {}, []),
    );
    const item = fc.record(
      {
        t: fc.oneof(value, fc.constant('2026-05-06 08:00')),
        lat: value,
        lon: value,
        v: value,
        c: value,
        o: value,
        s: value,
        i: value,
      },
      { requiredKeys: ['t', 'lat', 'lon'] },
    );
    const body = fc.oneof(
      fc.record({ p: fc.array(item, { maxLength: 4 }) }).map((each) => Buffer.from(JSON.stringify(each))),
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    const topic = fc.oneof(
      { weight: 4, arbitrary: fc.constant('x/car-1') },
      fc.constantFrom('x/car-1', 'x/京', 'm', '', '/', 'a/b/c'),
      fc.string(),
    );
    let rows = 0;
    fc.assert(
      fc.property(topic, body, fc.boolean(), (name, payload, retained) => {
        const result = reader.read({ topic: name, payload, retained, at });
        for (const row of result.positions) positionSchema.parse(row);
        for (const row of result.readings) readingSchema.parse(row);
        for (const { message } of result.faults) expect(message.length).toBeLessThan(400);
        rows += result.positions.length + result.readings.length;
      }),
      { numRuns: 3_000, seed: 17 },
    );
    expect(rows).toBeGreaterThan(100);
  });
});

describe('mqttSourceSchema', () => {
  it('names each fault at its path', () => {
    const result = mqttSourceSchema.safeParse({
      type: 'mqtt',
      name: 'yard',
      url: 'mqtt://me:secret@127.0.0.1',
      passwordFile: 'p',
      topics: [
        { for: 'positions', topic: 'cars/gps-{vehicle}', lat: 'a', lon: 'b' },
        {
          for: 'readings',
          topic: '{a}/#/{a}',
          point: '{b}',
          quantities: [{ field: 'e', quantity: 'water', factor: 0 }],
        },
      ],
    });
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'url',
      'username',
      'topics.0.topic',
      'topics.0.point',
      'topics.1.topic',
      'topics.1.topic',
      'topics.1.point',
      'topics.1.quantities.0.factor',
    ]);
  });
});

function read(config: Record<string, unknown>, body: unknown, topic = 'up/1', retained = false) {
  const payload = Buffer.from(JSON.stringify(body));
  return new MessageReader([mqttTopicSchema.parse(config)]).read({ topic, payload, retained, at });
}
