import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumptionSum } from '../../core/domain/energy/consumption.ts';
import { type Bucket, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { Point } from '../../core/registry/registry.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import type { FoundPlace } from '../auth/access.ts';
import { ConsumptionQuery } from './consumption.ts';

const start = midnight('2024-01-01');
const end = midnight('2024-03-01');
const hours = Array.from({ length: (end - start) / hourMs }, (_, index) => start + index * hourMs);
/** Both series report all the time, whatever is registered: one of them is always stray. */
const worth = { electricity: 1, electricity_interval: 1_000 } as const satisfies Partial<
  Record<Quantity, number>
>;

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

async function receive(point: PointKey, quantities: readonly (keyof typeof worth)[]): Promise<void> {
  for (const quantity of quantities) {
    const rows = hours.map((ts) => ({ ts, value: worth[quantity] }));
    await api.store.putHours([point], quantity, rows);
  }
}

async function register(point: PointKey, quantities: readonly Quantity[], from = start): Promise<void> {
  const building = api.ids.gymBuilding;
  await api.registry.points.register({ key: point, name: point, quantities, validFrom: from, building }, by);
}

async function measures(
  point: PointKey,
  from: string,
  value: readonly Quantity[],
  to?: string,
): Promise<void> {
  const validTo = to === undefined ? undefined : midnight(to);
  const fact = { entity: point, attribute: 'quantities', validFrom: midnight(from), validTo, value };
  await api.registry.facts.record([fact], by);
}

async function ask(query: string) {
  return api.get(`/api/v1/consumption?from=2024-01-01&to=2024-03-01&${query}`);
}

const january = 31 * 24;
const february = 29 * 24;

describe('consumption of a point', () => {
  it('is by the quantity registered at the time, never by both, whatever else was sent', async () => {
    await register('dated/changed', ['electricity_interval']);
    await measures('dated/changed', '2024-01-20', ['electricity']);
    await receive('dated/changed', ['electricity', 'electricity_interval']);
    const changed = 19 * 24 * 1_000 + 12 * 24 + february;
    for (const bucket of ['hour', 'day', 'month', 'year']) {
      const to = bucket === 'year' ? 'to=2025-01-01' : 'to=2024-03-01';
      const { body } = await api.get(
        `/api/v1/consumption?point=dated/changed&bucket=${bucket}&from=2024-01-01&${to}`,
      );
      expect([bucket, body.total.value]).toEqual([bucket, changed]);
      expect(body.total.points).toEqual({ known: 1, expected: 1 });
    }
    const { body } = await ask('point=dated/changed');
    expect(body.rows[1]).toMatchObject({ value: february, coverage: 1, partial: false });
    expect(body.rows[0].points).toEqual({ known: 1, expected: 1 });
  });

  it('is by the registered quantity, though an agent sent the other one too', async () => {
    await register('dated/interval', ['electricity_interval']);
    await receive('dated/interval', ['electricity', 'electricity_interval']);
    const { body } = await ask('point=dated/interval');
    expect(body.rows.map(({ value }: { value: number }) => value)).toEqual([
      january * 1_000,
      february * 1_000,
    ]);
  });

  it('lacks what the registered quantity lacks, though an agent sent the other one', async () => {
    await register('dated/silent', ['electricity_interval']);
    await receive('dated/silent', ['electricity']);
    const { body } = await ask('point=dated/silent');
    expect(body.total).toMatchObject({ value: null, coverage: 0, partial: true });
  });

  it('ends where the registration no longer names the carrier, as for the building', async () => {
    const building = await api.registry.buildings.create(
      { name: 'Reused', institution: api.ids.school, validFrom: start },
      by,
    );
    const point = {
      key: 'dated/reused',
      name: 'p',
      quantities: ['electricity'],
      building: building.id,
    } as const;
    await api.registry.points.register({ ...point, validFrom: start }, by);
    await measures('dated/reused', '2024-02-01', ['water']);
    await receive('dated/reused', ['electricity', 'electricity_interval']);
    const ofPoint = await ask('point=dated/reused');
    expect(ofPoint.body.total).toMatchObject({ value: january, coverage: 1, partial: false });
    expect(ofPoint.body.rows[1]).toMatchObject({
      value: null,
      coverage: null,
      points: { known: 0, expected: 0 },
    });
    const ofBuilding = await ask(`building=${building.id}`);
    expect(ofBuilding.body.rows).toEqual(ofPoint.body.rows);
    const water = await ask('point=dated/reused&carrier=water');
    expect(water.body.rows.map(({ coverage }: { coverage: number }) => coverage)).toEqual([null, 0]);
  });

  it('that measured the carrier at another time only is empty, not refused', async () => {
    await register('dated/once', ['gas'], midnight('2023-01-01'));
    await measures('dated/once', '2023-06-01', ['water']);
    const { status, body } = await ask('point=dated/once&carrier=gas');
    expect([status, body.total.value, body.total.points.expected]).toEqual([200, null, 0]);
    const { body: refused } = await ask('point=dated/once&carrier=heat');
    expect(refused.detail).toContain('does not measure it; its quantities are gas, water');
  });
});

describe('consumption of a point before anything was registered', () => {
  it('is what was received', async () => {
    await register('dated/unnamed', ['power']);
    await receive('dated/unnamed', ['electricity_interval']);
    expect((await ask('point=dated/unnamed')).body.total.value).toBe((january + february) * 1_000);
  });

  it('is by the register, of several series', async () => {
    await register('dated/both', ['power']);
    await receive('dated/both', ['electricity_interval', 'electricity']);
    expect((await ask('point=dated/both')).body.total.value).toBe(january + february);
  });

  it('is by the series that is registered later, of several', async () => {
    await register('dated/later', ['electricity_interval'], midnight('2024-02-01'));
    await receive('dated/later', ['electricity', 'electricity_interval']);
    expect((await ask('point=dated/later')).body.total.value).toBe((january + february) * 1_000);
  });

  it('is by what there is, where the series that is registered later had not begun', async () => {
    await register('dated/follows', ['electricity_interval'], midnight('2024-02-01'));
    await receive('dated/follows', ['electricity']);
    const { body } = await ask('point=dated/follows');
    expect(body.rows.map(({ value }: { value: number | null }) => value)).toEqual([january, null]);
  });

  it('is not expected where nothing was ever received', async () => {
    await register('dated/coming', ['electricity'], midnight('2024-02-01'));
    const { body } = await ask('point=dated/coming');
    expect(body.rows.map(({ coverage }: { coverage: number | null }) => coverage)).toEqual([null, 0]);
  });

  it('is what was received, for a point that has a name and no quantities yet', async () => {
    await register('dated/named', ['electricity_interval'], midnight('2025-01-01'));
    const name = { entity: 'dated/named', attribute: 'name', validFrom: start, value: 'Early' };
    await api.registry.facts.record([name], by);
    const readings = await api.get('/api/v1/points/dated/named/readings?from=2024-01-01&to=2024-02-01');
    expect(readings.status).toBe(400);
    expect(readings.body.detail).toContain(
      'dated/named is registered with none today, and has sent none yet',
    );
    await receive('dated/named', ['electricity']);
    expect((await ask('point=dated/named')).body.total.value).toBe(january + february);
  });
});

describe('what was received and never registered', () => {
  it('opens no point to anyone, and none of another institution', async () => {
    await receive('gateway-2/ghost', ['electricity']);
    await receive('gateway-2/clinic', ['electricity_interval']);
    const keys = {
      school: await api.keyOf({ role: 'viewer', institution: api.ids.school }),
      hospital: await api.keyOf({ role: 'viewer', institution: api.ids.hospital }),
      everything: await api.keyOf({ role: 'viewer', institution: null }),
    };
    const status = async (point: string) => {
      const url = `/api/v1/consumption?from=2024-01-01&to=2024-03-01&point=${point}`;
      const answers = Object.entries(keys).map(async ([name, key]) => [
        name,
        (await api.get(url, { key })).status,
      ]);
      return Object.fromEntries(await Promise.all(answers));
    };
    expect(await status('gateway-2/ghost')).toEqual({ school: 404, hospital: 404, everything: 404 });
    expect(await status('gateway-2/clinic')).toEqual({ school: 404, hospital: 200, everything: 200 });
    expect(await status('gateway-3/spare')).toEqual({ school: 404, hospital: 404, everything: 200 });
  });
});

describe('under any dated registration that begins with the carrier', () => {
  const days = (end - start) / (24 * hourMs);
  const keys = ['any/a', 'any/b', 'any/c'] as const;
  const named = fc.constantFrom<Quantity[][]>(['electricity'], ['electricity_interval']);
  const change = fc.record({
    day: fc.integer({ min: 1, max: days - 1 }),
    until: fc.option(fc.integer({ min: 1, max: days }), { nil: undefined }),
    value: fc.oneof(named, fc.constantFrom<Quantity[][]>(['water'], ['power', 'electricity'], ['power'])),
  });
  const history = fc.record({ first: named, changes: fc.array(change, { maxLength: 4 }) });

  it('an institution and a building are the sum of their points, each by the quantity in force', async () => {
    const { registry } = api;
    const query = new ConsumptionQuery(api.deps);
    const owner = await registry.institutions.create({ name: 'Any', parent: null, validFrom: start }, by);
    const house = await registry.buildings.create(
      { name: 'Any', institution: owner.id, validFrom: start },
      by,
    );
    const points: Point[] = [];
    for (const key of keys) {
      const input = { key, name: key, quantities: ['electricity'], building: house.id } as const;
      points.push(await registry.points.register({ ...input, validFrom: start }, by));
      await receive(key, ['electricity', 'electricity_interval']);
    }
    const property = fc.asyncProperty(
      fc.tuple(history, history, history),
      fc.constantFrom<Bucket>('hour', 'day', 'month'),
      async (histories, bucket) => {
        const expected = new Map<number, number>();
        for (const [index, { first, changes }] of histories.entries()) {
          const entity = keys[index] ?? '';
          const inForce: Quantity[][] = Array.from({ length: days }, () => first);
          const facts = [{ entity, attribute: 'quantities', validFrom: start, validTo: null, value: first }];
          await registry.facts.record(facts, by);
          for (const { day, until, value } of changes) {
            const last = until !== undefined && until > day ? until : days;
            const [validFrom, validTo] = [dayStart(day), last === days ? null : dayStart(last)];
            await registry.facts.record([{ entity, attribute: 'quantities', validFrom, validTo, value }], by);
            inForce.fill(value, day, last);
          }
          for (const ts of hours) {
            const quantities = inForce[Math.floor((ts - start) / (24 * hourMs))] ?? [];
            const at = testCalendar.floor(ts, bucket);
            if (quantities.includes('electricity')) add(expected, at, worth.electricity);
            if (quantities.includes('electricity_interval')) add(expected, at, worth.electricity_interval);
          }
        }
        const answer = async (of: FoundPlace) => {
          const { rows, total } = await query.answer({
            of,
            carrier: 'electricity',
            bucket,
            from: start,
            to: end,
          });
          return [...rows, total];
        };
        const parts = await Promise.all(points.map((point) => answer({ kind: 'point', point })));
        const whole = await answer({ kind: 'institution', institution: owner });
        expect(await answer({ kind: 'building', building: house })).toEqual(whole);
        expect(whole.map(essence)).toEqual(
          whole.map((_, row) => parts.map((rows) => essence(rows[row])).reduce(together)),
        );
        const values = whole.slice(0, -1).map(({ from, value }) => [from, value]);
        expect(values).toEqual(
          testCalendar.starts(start, end, bucket).map((from) => [from, expected.get(from) ?? null]),
        );
      },
    );
    await fc.assert(property, { numRuns: 40, seed: 7 });
  });

  function dayStart(day: number): number {
    return start + day * 24 * hourMs;
  }
});

type Essence = Pick<ConsumptionSum, 'value' | 'expectedMs' | 'measuredMs'> & { expected: number };

function essence(sum: ConsumptionSum | undefined): Essence {
  if (sum === undefined) throw new Error('a row is missing');
  const { value, expectedMs, measuredMs, points } = sum;
  return { value, expectedMs, measuredMs, expected: points.expected };
}

function together(a: Essence, b: Essence): Essence {
  return {
    value: a.value === null ? b.value : a.value + (b.value ?? 0),
    expectedMs: a.expectedMs + b.expectedMs,
    measuredMs: a.measuredMs + b.measuredMs,
    expected: a.expected + b.expected,
  };
}

function add(sums: Map<number, number>, key: number, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
