import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { beginning, farFuture } from './marks.ts';
import type { FactInput } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const mar = midnight('2024-03-01');
const jun = midnight('2024-06-01');
const dec = midnight('2024-12-01');

async function bureau(): Promise<string> {
  const input = { name: '市机关事务管理局', parent: null, validFrom: jan };
  return (await test.registry.institutions.create(input, by)).id;
}

describe('dated facts', () => {
  it('hold from their date until the next entry begins', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    await facts.record([{ entity, attribute: 'name', validFrom: jun, value: 'Bureau' }], by);
    expect(await facts.valueAt(entity, 'name', jan - 1)).toBeUndefined();
    expect(await facts.valueAt(entity, 'name', jun - 1)).toBe('市机关事务管理局');
    expect(await facts.valueAt(entity, 'name', jun)).toBe('Bureau');
    const spans = (await facts.history(entity, { attribute: 'name' })).map((fact) => [
      fact.validFrom,
      fact.validTo,
    ]);
    expect(spans).toEqual([
      [jan, jun],
      [jun, null],
    ]);
  });

  it('are read of all entities at once, with those taken back and without those that end before', async () => {
    const { facts } = test.registry;
    const [one, other, third, last] = [await bureau(), await bureau(), await bureau(), await bureau()];
    const merge = (entity: string, validFrom: number, value: string | null) =>
      facts.record([{ entity, attribute: 'mergedInto', validFrom, value }], by);
    await merge(one, jan, other);
    await merge(one, jun, third);
    await merge(other, mar, third);
    await merge(other, jun, null);
    await merge(third, dec, last);
    const at = await facts.allAt('mergedInto', jun);
    expect(at.get(one)).toEqual({ value: third, validFrom: jun });
    expect(at.get(other)).toEqual({ value: null, validFrom: jun });
    expect(at.has(third)).toBe(false);
    expect([...(await facts.allAt('mergedInto', jun - 1)).values()]).toEqual(
      expect.arrayContaining([
        { value: other, validFrom: jan },
        { value: third, validFrom: mar },
      ]),
    );
    for (const [entity, { value }] of await facts.allAt('mergedInto', dec))
      expect(await facts.valueAt(entity, 'mergedInto', dec)).toEqual(value);
  });

  it('of one attribute are read for a stretch of time, but those taken back', async () => {
    const { facts } = test.registry;
    const [one, other] = [await bureau(), await bureau()];
    const list = (entity: string, validFrom: number, validTo: number | undefined, value: unknown) =>
      facts.record([{ entity, attribute: 'keyUser', validFrom, validTo, value }], by);
    await list(one, jan, mar, { listed: true });
    await list(one, mar, jun, { listed: false });
    await list(other, jun, undefined, { listed: true, grade: 'met' });
    const told = async (from: number, to: number) =>
      (await facts.allIn('keyUser', from, to)).map(({ entity, validFrom }) => [entity, validFrom]);
    expect((await told(jan, dec)).toSorted()).toEqual(
      [
        [one, jan],
        [one, mar],
        [other, jun],
      ].toSorted(),
    );
    expect(await told(mar, jun)).toEqual([[one, mar]]);
    expect(await told(dec, dec + 1)).toEqual([[other, jun]]);
  });

  it('keep what they replace, with who replaced it and why', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    test.clock.at += 1_000;
    const li = { author: 'li', reason: 'renamed by decree 7' };
    await facts.record([{ entity, attribute: 'name', validFrom: jun, value: 'Bureau' }], li);
    const all = await facts.history(entity, { attribute: 'name', superseded: true });
    const old = all.find((fact) => fact.supersededAt !== null);
    expect(old).toMatchObject({ validFrom: jan, validTo: null, author: 'wang', supersededAt: test.clock.at });
    const rest = all.find((fact) => fact.remainsOf !== null);
    expect(rest).toMatchObject({ validTo: jun, author: 'wang', reason: 'test', remainsOf: old?.id });
    expect(all.find((fact) => fact.value === 'Bureau')).toMatchObject({ ...li, remainsOf: null });
  });

  it('recorded again change nothing, whoever says so', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const input = { entity, attribute: 'sector', validFrom: jan, value: 'agency' };
    await facts.record([input], by);
    const before = await facts.history(entity, { superseded: true });
    test.clock.at += 1_000;
    await facts.record([input, { ...input, validFrom: mar }], { author: 'li', reason: 'again' });
    expect(await facts.history(entity, { superseded: true })).toEqual(before);
  });

  it('several in one call are painted in order, and only the outcome is kept', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const sector = { entity, attribute: 'sector' };
    await facts.record(
      [
        { ...sector, validFrom: jan, value: 'agency' },
        { ...sector, validFrom: jan, value: 'education' },
        { ...sector, validFrom: mar, validTo: jun, value: 'health' },
      ],
      by,
    );
    const all = await facts.history(entity, { attribute: 'sector', superseded: true });
    expect(all.map((fact) => [fact.validFrom, fact.validTo, fact.value, fact.supersededAt])).toEqual([
      [jan, mar, 'education', null],
      [mar, jun, 'health', null],
      [jun, null, 'education', null],
    ]);
  });

  it('are refused together when one is refused', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const good = { entity, attribute: 'sector', validFrom: jan, value: 'agency' };
    await expect(facts.record([good, { ...good, value: '' }], by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringContaining(`${entity} sector = ""`),
    });
    expect(await facts.valueAt(entity, 'sector', jan)).toBeUndefined();
  });

  it('begin and end at local midnight; the refusal names the nearest', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const fact = { entity, attribute: 'sector', value: 'agency' };
    await expect(facts.record([{ ...fact, validFrom: Date.UTC(2024, 0, 1) }], by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(/2024-01-01T08:00:00\+08:00 .* nearest is 2024-01-01T00:00:00\+08:00/),
    });
    await expect(facts.record([{ ...fact, validFrom: jan, validTo: jun - 1 }], by)).rejects.toMatchObject({
      message: expect.stringContaining('nearest is 2024-06-01T00:00:00+08:00'),
    });
    for (const validTo of [jan, midnight('2023-01-01'), Number.NaN, 1e300]) {
      await expect(facts.record([{ ...fact, validFrom: jan, validTo }], by)).rejects.toMatchObject({
        code: 'registry.invalid',
      });
    }
  });

  it('are refused for an attribute that its kind does not have, an entity that is not there, nobody as author', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const fact = { entity, attribute: 'name', validFrom: jan, value: 'x' };
    for (const attribute of ['building', 'toString', '__proto__']) {
      await expect(facts.record([{ ...fact, attribute }], by)).rejects.toMatchObject({
        code: 'registry.invalid',
        message: expect.stringContaining('there are name, parent, sector'),
      });
    }
    await expect(facts.record([{ ...fact, entity: 'nobody' }], by)).rejects.toMatchObject({
      code: 'registry.not-found',
    });
    await expect(facts.record([fact], { author: ' ', reason: 'x' })).rejects.toMatchObject({
      code: 'registry.invalid',
    });
    await expect(facts.record([{ ...fact, entity: `${entity}\0` }], by)).rejects.toMatchObject({
      code: 'registry.invalid',
    });
  });

  it('that refer to something need it there, and of the right kind', async () => {
    const { facts, buildings } = test.registry;
    const entity = await bureau();
    const building = await buildings.create({ name: 'A', institution: entity, validFrom: jan }, by);
    for (const value of ['nobody', building.id]) {
      const parent = { entity, attribute: 'parent', validFrom: jan, value };
      await expect(facts.record([parent], by)).rejects.toMatchObject({
        code: 'registry.not-found',
        message: expect.stringContaining(`no institution "${value}"`),
      });
    }
  });

  it('of a point that shape its curve mark it from their date on; others mark nothing', async () => {
    const { facts, points, marks } = test.registry;
    await points.register(electricPoint('a/p'), by);
    const name = { entity: 'a/p', attribute: 'name', validFrom: mar, value: 'main meter' };
    await facts.record([name], by);
    expect(await marks.pending(10)).toEqual([]);
    const interval = { entity: 'a/p', attribute: 'expectedIntervalMs', validFrom: mar, value: 900_000 };
    await facts.record([interval], by);
    await facts.record([interval], by);
    expect(await marks.pending(10)).toEqual([
      { point: 'a/p', quantity: null, from: mar, to: farFuture, version: expect.any(Number), facts: true },
    ]);
  });
});

describe('the first entry of what holds before its date too', () => {
  const installation = (multiplier: number, validFrom: number, validTo?: number | null) => ({
    entity: 'a/p',
    attribute: 'installation',
    validFrom,
    validTo,
    value: { multiplier },
  });
  const length = (minutes: number, validFrom: number) => ({
    entity: 'a/p',
    attribute: 'intervalLengthMs',
    validFrom,
    value: minutes * 60_000,
  });
  /** What is marked by recording this, each call by itself. */
  async function marked(...inputs: FactInput[]): Promise<[number, number][]> {
    const { facts, marks } = test.registry;
    await marks.clear(await marks.pending(10));
    await facts.record(inputs, by);
    return (await marks.pending(10)).map(({ from, to }) => [from, to]);
  }
  const fromTheBeginning = [[beginning, farFuture]];
  beforeEach(() => test.registry.points.register(electricPoint('a/p'), by));

  it('marks the readings before it when it comes, also when they came long before', async () => {
    expect(await marked(installation(40, jun))).toEqual(fromTheBeginning);
    expect(await marked(length(15, jun))).toEqual(fromTheBeginning);
    // Those after it leave what lies before them alone.
    expect(await marked(installation(60, dec))).toEqual([[dec, farFuture]]);
    expect(await marked(length(30, dec))).toEqual([[dec, farFuture]]);
    expect(await marked(installation(40, jun))).toEqual([]);
  });

  it('marks them when its value is corrected, or its date', async () => {
    await marked(installation(40, jun), installation(60, dec));
    expect(await marked(installation(30, jun))).toEqual(fromTheBeginning);
    expect(await marked(installation(30, mar))).toEqual(fromTheBeginning);
    expect(await marked(installation(50, jun, dec))).toEqual([[jun, farFuture]]);
  });

  it('marks them when another takes its place, whatever becomes of it', async () => {
    await marked(installation(40, mar), installation(60, jun));
    expect(await marked(installation(20, mar, jun))).toEqual(fromTheBeginning); // gone
    expect(await marked(installation(10, jan, midnight('2024-04-01')))).toEqual(fromTheBeginning); // cut
    expect(await marked(installation(70, jan, null))).toEqual(fromTheBeginning); // all of them gone
    // Two in one call: each counts as it is painted.
    expect(await marked(installation(80, dec), installation(90, midnight('2023-12-01')))).toEqual([
      [dec, farFuture],
      [beginning, farFuture],
    ]);
  });
});

describe('the tree', () => {
  it('refuses a circle at any date, also one that several entries close together', async () => {
    const { facts, institutions } = test.registry;
    const [a, b, c] = [await bureau(), await bureau(), await bureau()];
    const parent = (entity: string, value: string, validFrom: number, validTo?: number) => {
      return { entity, attribute: 'parent', validFrom, validTo, value };
    };
    await facts.record([parent(b, a, jan), parent(c, b, jun)], by);
    await expect(facts.record([parent(a, c, mar)], by)).rejects.toMatchObject({
      code: 'registry.cycle',
      message: expect.stringContaining(`${a} → ${c} → ${b} → ${a}`),
    });
    await expect(facts.record([parent(a, a, dec)], by)).rejects.toMatchObject({ code: 'registry.cycle' });
    await expect(facts.record([parent(a, b, dec), parent(b, c, dec)], by)).rejects.toMatchObject({
      code: 'registry.cycle',
    });
    await facts.record([parent(a, c, mar, jun)], by);
    expect(new Set(await institutions.subtree(c, mar))).toEqual(new Set([a, b, c]));
    expect(new Set(await institutions.subtree(a, jun))).toEqual(new Set([a, b, c]));
    expect(await institutions.subtree(c, jun)).toEqual([c]);
  });

  it('of points refuses a circle too', async () => {
    const { points } = test.registry;
    await points.register(electricPoint('a/main'), by);
    await points.register(electricPoint('a/floor', { role: 'sub-meter', parent: 'a/main' }), by);
    await expect(points.register(electricPoint('a/main', { parent: 'a/floor' }), by)).rejects.toMatchObject({
      code: 'registry.cycle',
    });
  });
});

describe('any sequence of entries', () => {
  const months = Array.from({ length: 12 }, (_, month) =>
    midnight(`2024-${String(month + 1).padStart(2, '0')}-01`),
  );
  const step = fc.record({
    from: fc.integer({ min: 0, max: 10 }),
    to: fc.option(fc.integer({ min: 1, max: 11 }), { nil: null }),
    value: fc.constantFrom('a', 'b', 'c'),
  });

  it('is a timeline without overlap that holds the newest word, and every earlier state can be asked for', async () => {
    const { facts } = test.registry;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const entity = await bureau();
        const cells: (string | undefined)[] = new Array(12).fill(undefined);
        const states: { at: number; cells: (string | undefined)[] }[] = [];
        for (const { from, to, value } of steps) {
          const end = to === null ? 12 : Math.max(to, from + 1);
          const validTo = to === null ? null : months[end];
          const input = { entity, attribute: 'sector', validFrom: months[from] ?? 0, validTo, value };
          test.clock.at += 1_000;
          await facts.record([input], by);
          cells.fill(value, from, end);
          states.push({ at: test.clock.at, cells: [...cells] });
        }
        const current = await facts.history(entity, { attribute: 'sector' });
        current.forEach((fact, index) => {
          const next = current[index + 1];
          if (next) expect(fact.validTo ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.validFrom);
        });
        for (const { at: asKnownAt, cells: expected } of states) {
          const known = await facts.history(entity, { attribute: 'sector', asKnownAt });
          const found = months.map(
            (at) =>
              known.find((fact) => fact.validFrom <= at && (fact.validTo === null || at < fact.validTo))
                ?.value,
          );
          expect(found).toEqual(expected);
          expect(await facts.valueAt(entity, 'sector', months[5] ?? 0, { asKnownAt })).toBe(expected[5]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells its story in order even when the clock is set back', async () => {
    const { facts } = test.registry;
    const entity = await bureau();
    const first = test.clock.at;
    test.clock.at -= 60_000;
    await facts.record([{ entity, attribute: 'name', validFrom: jan, value: 'second' }], by);
    const all = await facts.history(entity, { attribute: 'name', superseded: true });
    expect(all.map((fact) => fact.recordedAt)).toEqual([first, first]);
    expect(all.every((fact) => fact.supersededAt === null || fact.supersededAt >= fact.recordedAt)).toBe(
      true,
    );
  });
});
