import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noFacts } from '../domain/energy/facts.ts';
import { segmentIndexAt, segmentsOf } from '../domain/energy/segments.ts';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const mar = midnight('2024-03-01');
const jun = midnight('2024-06-01');
const dec = midnight('2024-12-01');
const key = 'school/main';

describe('facts of series for the curve', () => {
  it('hold installations in order, with multiplier and register of the quantity asked about', async () => {
    const { points, facts } = test.registry;
    const first = {
      serial: '1',
      multiplier: { ct: 40, pt: 100 },
      registers: { electricity: { wrapsAt: 1e6, ratingPerHour: 500 }, water: { wrapsAt: 1e5 } },
    };
    await points.register(electricPoint(key, { installation: first, expectedIntervalMs: 900_000 }), by);
    const second = {
      installedAt: '2024-06-01T14:30:00+08:00',
      serial: '2',
      registers: { electricity: { firstValue: 3, previousFinalValue: 812 } },
    };
    const hourly = { entity: key, attribute: 'expectedIntervalMs', validFrom: jun, value: 3_600_000 };
    await facts.record(
      [{ entity: key, attribute: 'installation', validFrom: jun, value: second }, hourly],
      by,
    );

    const [electricity, water, power] = await points.seriesFacts([
      { point: key, quantity: 'electricity' },
      { point: key, quantity: 'water' },
      { point: key, quantity: 'power' },
    ]);
    const at = jun + 14.5 * 3_600_000;
    expect(electricity).toEqual({
      installations: [
        { from: jan, serial: '1', multiplier: 4_000, wrapsAt: 1e6, ratingPerHour: 500 },
        { from: at, serial: '2', multiplier: 1, firstValue: 3, previousFinalValue: 812 },
      ],
      expectedIntervalMs: [
        { from: jan, value: 900_000 },
        { from: jun, value: 3_600_000 },
      ],
      intervalLengthMs: [],
      corrections: [],
    });
    expect(water?.installations).toMatchObject([{ wrapsAt: 1e5 }, { from: at, multiplier: 1 }]);
    expect(power?.installations).toEqual([
      { from: jan, serial: '1', multiplier: 4_000 },
      { from: at, serial: '2', multiplier: 1 },
    ]);
  });

  it('do not say again what a device read at its beginning where another took its first months', async () => {
    const { points, facts } = test.registry;
    const installation = {
      installedAt: jan + 3_600_000,
      serial: '1',
      registers: { electricity: { wrapsAt: 1e6, firstValue: 5, previousFinalValue: 9 } },
    };
    await points.register(electricPoint(key, { installation }), by);
    const lent = {
      entity: key,
      attribute: 'installation',
      validFrom: mar,
      validTo: jun,
      value: { serial: 'lent' },
    };
    await facts.record([lent], by);
    const [series] = await points.seriesFacts([{ point: key, quantity: 'electricity' }]);
    expect(series?.installations).toEqual([
      {
        from: jan + 3_600_000,
        serial: '1',
        multiplier: 1,
        wrapsAt: 1e6,
        firstValue: 5,
        previousFinalValue: 9,
      },
      { from: mar, serial: 'lent', multiplier: 1 },
      { from: jun, serial: '1', multiplier: 1, wrapsAt: 1e6 },
    ]);
  });

  it('come in the order of the requests, by many, with nothing for points that nobody registered', async () => {
    const { points } = test.registry;
    const inputs = Array.from({ length: 1_100 }, (_, n) =>
      electricPoint(`a/p${n}`, { intervalLengthMs: 60_000 * (n + 1) }),
    );
    await points.registerAll(inputs, by);
    const requests = inputs
      .map((input) => ({ point: input.key, quantity: 'electricity' as const }))
      .reverse();
    const answers = await points.seriesFacts([{ point: 'a/unknown', quantity: 'electricity' }, ...requests]);
    expect(answers[0]).toEqual(noFacts);
    expect(answers.slice(1).map((facts) => facts.intervalLengthMs[0]?.value)).toEqual(
      inputs.map((input) => input.intervalLengthMs).reverse(),
    );
    expect(await points.seriesFacts([])).toEqual([]);
  });
});

describe('any sequence of installations', () => {
  const months = Array.from({ length: 9 }, (_, month) => midnight(`2024-0${month + 1}-01`));
  const register = fc.record(
    { firstValue: fc.nat({ max: 2 }), previousFinalValue: fc.nat({ max: 2 }) },
    { requiredKeys: [] },
  );
  const step = fc.record({
    from: fc.integer({ min: 1, max: 7 }),
    to: fc.option(fc.integer({ min: 2, max: 8 }), { nil: undefined }),
    forGood: fc.boolean(),
    value: fc.record({
      serial: fc.constantFrom('1', '2'),
      multiplier: fc.integer({ min: 1, max: 3 }),
      registers: fc.record({ electricity: register }),
    }),
  });

  it('marks every time whose device or parameters changed, those before the first entry too', async () => {
    const { points, facts, marks } = test.registry;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const point = `a/p${count++}` as const;
        await points.register(electricPoint(point), by);
        const deviceAt = async () => {
          const [series] = await points.seriesFacts([{ point, quantity: 'electricity' }]);
          const segments = segmentsOf(series?.installations ?? []);
          return months.map((at) => {
            const { closing: _, ...device } = segments[segmentIndexAt(segments, at)] ?? {};
            return device; // what it showed when it was taken out concerns the moment of that alone
          });
        };
        let before = await deviceAt();
        for (const { from, to, forGood, value } of steps) {
          const validTo = to !== undefined && to > from ? months[to] : forGood ? null : undefined;
          const entry = { entity: point, attribute: 'installation', validTo, value };
          await facts.record([{ ...entry, validFrom: months[from] ?? 0 }], by);
          const after = await deviceAt();
          const pending = await marks.pending(1);
          await marks.clear(pending);
          for (const [month, at] of months.entries()) {
            const isMarked = pending.some((mark) => mark.from <= at && at <= mark.to);
            if (!isMarked) expect(after[month]).toEqual(before[month]);
          }
          before = after;
        }
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe('corrections', () => {
  const reading = { point: key, quantity: 'electricity', ts: dec } as const;
  beforeEach(() => test.registry.points.register(electricPoint(key), by));

  it('are kept with author and reason, reach the curve of their series alone, and mark their time', async () => {
    const { corrections, points, marks } = test.registry;
    await corrections.record(
      [
        { ...reading, action: 'replace', value: 12.5 },
        { ...reading, ts: mar, action: 'exclude' },
        { ...reading, quantity: 'power', action: 'accept' },
      ],
      by,
    );
    const [electricity, power, water] = await points.seriesFacts([
      { point: key, quantity: 'electricity' },
      { point: key, quantity: 'power' },
      { point: key, quantity: 'water' },
    ]);
    expect(electricity?.corrections).toEqual([
      { ts: mar, action: 'exclude' },
      { ts: dec, action: 'replace', value: 12.5 },
    ]);
    expect(power?.corrections).toEqual([{ ts: dec, action: 'accept' }]);
    expect(water?.corrections).toEqual([]);
    expect(await corrections.list({ point: key, quantity: 'power' })).toMatchObject([by]);
    expect((await marks.pending(10)).map(({ quantity, from, to }) => [quantity, from, to])).toEqual([
      ['electricity', dec, dec],
      ['electricity', mar, mar],
      ['power', dec, dec],
    ]);
  });

  it('again change nothing; a later one supersedes; one may be withdrawn', async () => {
    const { corrections, points, marks } = test.registry;
    const curve = async () => (await points.seriesFacts([reading]))[0]?.corrections;
    await corrections.record([{ ...reading, action: 'withdraw' }], by);
    await corrections.record([{ ...reading, action: 'exclude' }], by);
    await corrections.record([{ ...reading, action: 'exclude' }], { author: 'li', reason: 'too' });
    expect(await marks.pending(10)).toHaveLength(1);
    await corrections.record([{ ...reading, action: 'replace', value: 0 }], by);
    expect(await curve()).toEqual([{ ts: dec, action: 'replace', value: 0 }]);
    await corrections.record([{ ...reading, action: 'withdraw' }], { author: 'li', reason: 'was right' });
    expect(await curve()).toEqual([]);
    expect(await marks.pending(10)).toHaveLength(3);
    const all = await corrections.list({ point: key, superseded: true });
    expect(new Set(all.map(({ action }) => action))).toEqual(new Set(['exclude', 'replace', 'withdraw']));
    expect(await corrections.list({ point: key })).toMatchObject([{ action: 'withdraw', author: 'li' }]);
  });

  it('are refused where they make no sense, all of a call', async () => {
    const { corrections } = test.registry;
    const bad = [
      { ...reading, action: 'replace' },
      { ...reading, action: 'exclude', value: 1 },
      { ...reading, action: 'replace', value: Number.NaN },
      { ...reading, action: 'forget' as 'exclude' },
      { ...reading, action: 'exclude', ts: 1.5 },
      { ...reading, action: 'exclude', quantity: 'kwh' as 'power' },
    ] as const;
    for (const input of bad) {
      await expect(corrections.record([{ ...reading, action: 'accept' }, input], by)).rejects.toMatchObject({
        code: 'registry.invalid',
      });
    }
    await expect(
      corrections.record([{ ...reading, point: 'a/nobody', action: 'exclude' }], by),
    ).rejects.toMatchObject({ code: 'registry.not-found' });
    expect(await corrections.list({ point: key })).toEqual([]);
  });
});
