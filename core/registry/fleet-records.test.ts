import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../domain/time.ts';
import { by, midnight, type TestRegistry, testCalendar, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
let [city, school, hospital, car, other] = ['', '', '', '', ''];
const since = midnight('2024-01-01');
const t0 = midnight('2026-03-02');

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = midnight('2026-04-01');
  const { institutions } = test.registry;
  const make = async (name: string, parent: string | null) =>
    (await institutions.create({ name, parent, validFrom: since }, by)).id;
  city = await make('City', null);
  school = await make('School', city);
  hospital = await make('Hospital', city);
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

const order = (changes: object = {}) => ({
  number: 'P-1',
  institution: school,
  vehicle: car,
  driver: 'Zhang',
  purpose: 'meeting',
  from: t0 + 9 * hourMs,
  to: t0 + 12 * hourMs,
  ...changes,
});
const range = { from: t0 - 40 * dayMs, to: t0 + 40 * dayMs };
const permit = () => ({ institutions: new Set([school]), definitions: false });

describe('a record of the fleet', () => {
  it('is kept once; another of its key takes its place, and the one before stays readable', async () => {
    const { orders } = test.registry.fleet;
    expect(await orders.record([order()], by)).toEqual([{ index: 0, replaces: false }]);
    expect(await orders.record([order()], by)).toEqual([]);
    expect(await orders.record([order({ driver: 'Li' })], by)).toEqual([{ index: 0, replaces: true }]);
    const [current, ...others] = await orders.list(range);
    expect([current?.value.driver, others]).toEqual(['Li', []]);
    const all = await orders.list({ ...range, superseded: true });
    expect(new Map(all.map(({ value, supersededAt }) => [value.driver, supersededAt === null]))).toEqual(
      new Map([
        ['Zhang', false],
        ['Li', true],
      ]),
    );
    expect(await orders.get(current?.id ?? '')).toEqual(current);
  });

  it('is withdrawn with a reason, once', async () => {
    const { orders } = test.registry.fleet;
    await orders.record([order()], by);
    const [{ id } = { id: '' }] = await orders.list(range);
    await orders.withdraw([id], { author: 'Li', reason: 'cancelled' });
    expect(await orders.list(range)).toEqual([]);
    expect(await orders.get(id)).toMatchObject({ withdrawn: { author: 'Li', reason: 'cancelled' } });
    await expect(orders.withdraw([id], by)).rejects.toMatchObject({ code: 'registry.conflict' });
    await expect(orders.withdraw(['nothing'], by)).rejects.toMatchObject({ code: 'registry.not-found' });
  });

  it('is refused by field, value and place in the list, and then nothing is kept', async () => {
    const { orders, cards, seals, fences } = test.registry.fleet;
    const bow = {
      polygon: [
        [120, 28],
        [120.1, 28.1],
        [120.1, 28],
        [120, 28.1],
      ],
    } as const;
    const refused = await orders
      .record([order(), order({ number: 'P-2', to: t0 }), order({ number: 'P-3', driver: '' })], by)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'registry.invalid',
      details: {
        count: 2,
        faults: [
          {
            index: 1,
            message: expect.stringContaining(`to ${testCalendar.format(t0)}: lies not after from`),
          },
          { index: 2, message: expect.stringContaining('driver ""') },
        ],
      },
    });
    expect(await orders.list(range)).toEqual([]);
    await expect(orders.record([order({ vehicle: school })], by)).rejects.toMatchObject({
      code: 'registry.not-found',
    });
    const bad: readonly [Promise<unknown>, RegExp][] = [
      [orders.record([order({ origin: { name: 'A', lat: 30 } })], by), /origin.*both lat and lon/],
      [orders.record([order({ colour: 'red' })], by), /colour/],
      [
        cards.record([{ card: '1', vehicle: car, kind: 'fuel', ts: t0, quantity: 0, amountCny: 1 }], by),
        /quantity 0/,
      ],
      [
        cards.record(
          [{ card: '1', vehicle: car, kind: 'fuel', ts: t0, quantity: 1, amountCny: 1, onSite: true }],
          by,
        ),
        /onSite true/,
      ],
      [
        seals.record(
          [
            {
              holiday: 'H',
              vehicle: car,
              from: t0,
              to: t0 + dayMs,
              place: 'yard',
              keyKeeper: 'Li',
              dutyExempt: true,
            },
          ],
          by,
        ),
        /note/,
      ],
      [
        fences.record(
          [{ institution: school, name: 'F', kind: 'yard', from: t0, shape: { polygon: [[120, 28]] } }],
          by,
        ),
        /shape\.polygon.*1 distinct corners/,
      ],
      [
        fences.record([{ institution: school, name: 'F', kind: 'yard', from: t0, shape: bow }], by),
        /shape\.polygon.*corner 1 to 2 crosses the one from corner 3 to 4/,
      ],
    ];
    for (const [call, words] of bad)
      await expect(call).rejects.toMatchObject({
        code: 'registry.invalid',
        message: expect.stringMatching(words),
      });
  });

  it('of what the grants do not cover is refused in the words of what is not there', async () => {
    const { orders, fences } = test.registry.fleet;
    const message = async (vehicle: string) =>
      String(
        await orders.record([order({ vehicle })], by, { permit: permit() }).catch((error: unknown) => error),
      ).replaceAll(vehicle, 'ID');
    expect(await message(other)).toBe(await message('01J0000000000000000000000X'));
    await expect(
      orders.record([order({ institution: hospital })], by, { permit: permit() }),
    ).rejects.toMatchObject({ code: 'registry.not-found' });
    await expect(
      fences.record(
        [
          {
            institution: city,
            name: 'F',
            kind: 'forbidden',
            from: t0,
            shape: { circle: { lat: 28, lon: 120, radiusM: 100 } },
          },
        ],
        by,
        { permit: permit() },
      ),
    ).rejects.toMatchObject({ code: 'registry.not-found' });
    expect(await orders.record([order()], by, { permit: permit() })).toHaveLength(1);
    const [{ id } = { id: '' }] = await orders.list(range);
    const foreign = { institutions: new Set([hospital]), definitions: false };
    await expect(orders.withdraw([id], by, foreign)).rejects.toMatchObject({ code: 'registry.not-found' });
  });

  it('does not take the place of a foreign one by its key', async () => {
    const { cards } = test.registry.fleet;
    const entry = { card: 'K', kind: 'fuel', ts: t0, quantity: 40, amountCny: 300 };
    await cards.record([{ ...entry, vehicle: other }], by);
    await expect(cards.record([{ ...entry, vehicle: car }], by, { permit: permit() })).rejects.toMatchObject({
      code: 'registry.out-of-reach',
    });
    expect((await cards.list(range)).map(({ value }) => value.vehicle)).toEqual([other]);
  });

  it('of a rehearsal is counted and not kept', async () => {
    const { orders } = test.registry.fleet;
    expect(await orders.record([order()], by, { rehearse: true })).toHaveLength(1);
    expect(await orders.list(range)).toEqual([]);
  });

  it('is found by what it touches, page by page, in order', async () => {
    const { orders } = test.registry.fleet;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (starts, limit) => {
          const all = starts.map((hour) =>
            order({ number: `N${hour}`, from: t0 + hour * hourMs, to: t0 + (hour + 3) * hourMs }),
          );
          await orders.record(all, by);
          const window = { from: t0 + 50 * hourMs, to: t0 + 100 * hourMs };
          const whole = await orders.list(window);
          const touches = ({ value: { from, to } }: (typeof whole)[number]) =>
            from < window.to && to > window.from;
          expect(whole.every(touches)).toBe(true);
          const paged: (typeof whole)[number][] = [];
          for (let after: { from: number; id: string } | undefined; ; ) {
            const page = await orders.list({ ...window, limit, after });
            paged.push(...page);
            const last = page.at(-1);
            if (!last || page.length < limit) break;
            after = { from: last.value.from, id: last.id };
          }
          expect(paged).toEqual(whole);
        },
      ),
      { seed: 5, numRuns: 12 },
    );
  });

  it('marks the track of its car, by the terminal that it has', async () => {
    const marked = async () =>
      (await test.registry.positionMarks.pending(10)).map(({ terminal }) => terminal).sort();
    await clearMarks();
    // The first order of an institution concerns all of its cars; those after it their own.
    await test.registry.fleet.orders.record([order({ number: 'first' })], by);
    await clearMarks();
    await test.registry.fleet.orders.record([order()], by);
    expect(await marked()).toEqual(['cars/1']);
    await clearMarks();
    const shape = { circle: { lat: 28, lon: 120, radiusM: 100 } };
    await test.registry.fleet.fences.record(
      [{ institution: school, name: 'F', kind: 'forbidden', from: t0, shape }],
      by,
    );
    expect(await marked()).toEqual(['cars/1']);
    expect(await test.registry.marks.pending(10)).toEqual([]);
  });

  it('leaves the revision of energy accounts alone', async () => {
    const before = [await test.registry.revision(), await test.registry.fleet.revision()];
    await test.registry.fleet.orders.record([order()], by);
    const fact = { entity: car, attribute: 'limitKmh', validFrom: t0, value: 100 };
    await test.registry.facts.record([fact], by);
    expect(await test.registry.revision()).toBe(before[0]);
    expect(await test.registry.fleet.revision()).toBe((before[1] ?? 0) + 2);
  });

  it('drawn on a shifted map is kept where it truly is', async () => {
    const { fences } = test.registry.fleet;
    const fence = (name: string, datum: string) => ({
      institution: school,
      name,
      kind: 'yard',
      from: t0,
      datum,
      shape: { circle: { lat: 28, lon: 120.7, radiusM: 200 } },
    });
    await fences.record([fence('true', 'wgs84'), fence('shifted', 'gcj02')], by);
    const [straight, moved] = (await fences.list(range)).toSorted((a, b) =>
      b.value.name.localeCompare(a.value.name),
    );
    expect(straight?.value.shape).toEqual({ circle: { lat: 28, lon: 120.7, radiusM: 200 } });
    const shape = moved?.value.shape;
    const north = shape && 'circle' in shape ? (shape.circle.lat - 28) * 111_195 : 0;
    expect(Math.abs(north)).toBeGreaterThan(100);
    expect(Math.abs(north)).toBeLessThan(700);
  });
});

async function clearMarks(): Promise<void> {
  const { positionMarks } = test.registry;
  await positionMarks.clear(await positionMarks.pending(1_000));
}
