import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Census, CensusInstitution } from '../domain/accounting/census.ts';
import type { Use } from '../domain/accounting/uses.ts';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const long = midnight('2020-01-01');
const [jan, feb, mar, apr] = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01'].map(midnight) as [
  number,
  number,
  number,
  number,
];

async function institution(name: string, parent: string | null = null): Promise<string> {
  return (await test.registry.institutions.create({ name, parent, validFrom: long }, by)).id;
}
async function building(name: string, owner: string | null): Promise<string> {
  return (await test.registry.buildings.create({ name, institution: owner, validFrom: long }, by)).id;
}
function record(entity: string, attribute: string, validFrom: number, value: unknown): Promise<void> {
  return test.registry.facts.record([{ entity, attribute, validFrom, value }], by);
}
const census = (from = jan, to = apr) => test.registry.census(from, to);
const one = (taken: Census, id: string): CensusInstitution => {
  const found = taken.institutions.find((entry) => entry.id === id);
  if (!found) throw new Error(`${id} is not in the census`);
  return found;
};
/** `[point, institution's name, use, share, from, to]` of each stretch. */
const stretches = (taken: Census) =>
  taken.series.flatMap(({ point, stretches }) =>
    stretches.map(({ institution, use, share, from, to }) => [
      point,
      taken.institutions[institution]?.name,
      use,
      Number(share.toFixed(9)),
      from,
      to,
    ]),
  );

describe('institutions of a census', () => {
  it('stand by month as they were on its first day, or their own first, with what they are called at the end', async () => {
    const city = await institution('City');
    const school = await institution('School', city);
    await record(school, 'parent', midnight('2024-02-15'), null);
    await record(school, 'name', midnight('2024-02-15'), 'Academy');
    await record(school, 'sector', long, 'education');
    await record(school, 'registered', feb, true);
    const late = (
      await test.registry.institutions.create(
        { name: 'Late', parent: city, validFrom: midnight('2024-02-10') },
        by,
      )
    ).id;
    const taken = await census(midnight('2024-01-20'), midnight('2024-03-02'));
    expect([...taken.months.starts, taken.months.to]).toEqual([jan, feb, mar, apr]);
    const number = taken.institutions.findIndex(({ id }) => id === city);
    expect([...one(taken, school).parent]).toEqual([number, number, -1]);
    expect([...one(taken, school).registered]).toEqual([0, 1, 1]);
    expect(one(taken, school)).toMatchObject({ name: 'Academy', sector: 'education', kind: '' });
    expect([...one(taken, late).exists]).toEqual([0, 1, 1]);
    expect(one(taken, late).lives).toEqual([{ from: midnight('2024-02-10'), to: apr }]);
    expect([...one(taken, late).parent]).toEqual([-1, number, number]);
    expect((await census(long, midnight('2020-02-01'))).institutions.map(({ name }) => name)).not.toContain(
      'Late',
    );
    expect((await census(jan, jan)).institutions).toEqual([]);
  });

  it('count users by the rule of each day, and do not know them where nothing says so', async () => {
    const school = await institution('School');
    await record(school, 'energyUsers', midnight('2024-02-11'), { staff: 10, students: 100 });
    await record(school, 'energyUsers', midnight('2024-03-11'), { staff: 20, students: 100 });
    await test.registry.definitions.record(
      'user-rule',
      'half-students',
      {
        name: { 'zh-CN': '半', en: 'Half' },
        weights: { staff: 1, nonEstablishment: 1, students: 0.5, patients: 0, visitors: 0 },
      },
      by,
    );
    await record(school, 'userRule', midnight('2024-03-21'), 'half-students');
    const { users } = one(await census(), school);
    expect(users[0]).toBeNaN();
    // Only the days on which the number is known make the mean.
    expect(users[1]).toBeCloseTo(110, 12);
    expect(users[2]).toBeCloseTo((10 * 110 + 10 * 120 + 11 * 70) / 31, 12);
  });

  it('have the area that they say of themselves, else that of their buildings, less what is deducted', async () => {
    const [own, sum, open] = [await institution('Own'), await institution('Sum'), await institution('Open')];
    const [a, b, c] = [await building('a', sum), await building('b', own), await building('c', open)];
    await record(own, 'floorArea', feb, { builtM2: 5000, letM2: 400, closedM2: 100, energy: 'metered' });
    await record(a, 'floorArea', long, { builtM2: 1000, lentM2: 50, energy: 'metered' });
    await record(b, 'floorArea', long, { builtM2: 2000, energy: 'metered' });
    await record(b, 'shares', mar, [
      { institution: own, share: 0.75 },
      { institution: sum, share: 0.25 },
    ]);
    let taken = await census();
    expect([...one(taken, own).areaM2]).toEqual([2000, 4500, 4500]);
    expect([...one(taken, sum).areaM2]).toEqual([950, 950, 1450]);
    expect([...one(taken, open).areaM2]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    // One building without an area leaves the sum unknown.
    await record(c, 'institution', mar, sum);
    taken = await census();
    expect([...one(taken, sum).areaM2]).toEqual([950, 950, Number.NaN]);
  });
});

describe('founded in the middle of a month', () => {
  it('nobody stands in a circle, however parents of different days would make one', async () => {
    const [a, b] = [test.registry.facts.newId(), test.registry.facts.newId()];
    const [early, later] = [midnight('2024-02-05'), midnight('2024-02-10')];
    await test.registry.facts.record(
      [
        { entity: a, attribute: 'name', validFrom: early, value: 'A' },
        { entity: a, attribute: 'parent', validFrom: early, value: b },
        { entity: a, attribute: 'parent', validFrom: later, value: null },
        { entity: b, attribute: 'name', validFrom: later, value: 'B' },
        { entity: b, attribute: 'parent', validFrom: later, value: a },
      ],
      by,
      [a, b].map((id) => ({ id, kind: 'institution' as const })),
    );
    const taken = await census();
    const [first, second] = [one(taken, a), one(taken, b)];
    const number = (id: string) => taken.institutions.findIndex((each) => each.id === id);
    expect([first.parent[1] === number(b), second.parent[1] === number(a)].filter(Boolean)).toHaveLength(1);
    expect([first.parent[2], second.parent[2]]).toEqual([-1, number(a)]);
  });
});

describe('series of a census', () => {
  it('follow points and buildings to the day, in the shares of shared buildings', async () => {
    const [a, b] = [await institution('A'), await institution('B')];
    const [house, hall] = [await building('house', a), await building('hall', b)];
    const days = ['2024-01-20', '2024-02-10', '2024-03-05'].map(midnight) as [number, number, number];
    await test.registry.points.register(electricPoint('x/p', { building: house, validFrom: long }), by);
    await record('x/p', 'building', days[0], hall);
    await record(hall, 'shares', days[1], [
      { institution: a, share: 0.4 },
      { institution: b, share: 0.5 },
    ]);
    await record('x/p', 'quantities', days[2], ['water']);
    const taken = await census();
    expect(taken.series.map(({ quantity, commodity }) => [quantity, commodity])).toEqual([
      ['electricity', 'electricity'],
      ['water', 'water'],
    ]);
    expect(stretches(taken)).toEqual([
      ['x/p', 'A', 'building', 1, jan, days[0]],
      ['x/p', 'B', 'building', 1, days[0], days[1]],
      ['x/p', 'A', 'building', 0.4, days[1], days[2]],
      ['x/p', 'B', 'building', 0.5, days[1], days[2]],
      ['x/p', 'A', 'building', 0.4, days[2], apr],
      ['x/p', 'B', 'building', 0.5, days[2], apr],
    ]);
  });

  it('leave out nested points, and move sub-meters of another use, in pairs', async () => {
    const a = await institution('A');
    const house = await building('house', a);
    await test.registry.points.registerAll(
      [
        electricPoint('x/main', { building: house, validFrom: long }),
        electricPoint('x/nested', { building: house, parent: 'x/main', validFrom: long }),
        electricPoint('x/servers', {
          role: 'sub-meter',
          parent: 'x/main',
          use: 'data-centre',
          validFrom: long,
        }),
        electricPoint('x/storage', { building: house, quantities: ['storage_charge'], validFrom: long }),
      ],
      by,
    );
    await record('x/servers', 'use', feb, null);
    expect(stretches(await census())).toEqual([
      ['x/main', 'A', 'building', 1, jan, apr],
      ['x/servers', 'A', 'building', -1, jan, feb],
      ['x/servers', 'A', 'data-centre', 1, jan, feb],
    ]);
    await record(house, 'floorArea', mar, { builtM2: 1000, letM2: 250, energy: 'by-area' });
    await record('x/servers', 'use', mar, 'data-centre');
    expect(stretches(await census(mar, apr))).toEqual([
      ['x/main', 'A', 'building', 0.75, mar, apr],
      ['x/main', 'A', 'deducted', 0.25, mar, apr],
      ['x/servers', 'A', 'building', -0.75, mar, apr],
      ['x/servers', 'A', 'data-centre', 0.75, mar, apr],
      ['x/servers', 'A', 'deducted', -0.25, mar, apr],
      ['x/servers', 'A', 'data-centre', 0.25, mar, apr],
    ]);
  });

  it('expand virtual points that count, as their formula is at the time', async () => {
    const [a, b] = [await institution('A'), await institution('B')];
    const [house, shop] = [await building('house', a), await building('shop', b)];
    const begin = midnight('2024-02-10');
    await test.registry.points.registerAll(
      [
        electricPoint('x/main', { building: house, validFrom: long }),
        electricPoint('x/shop', { building: shop, parent: 'x/main', validFrom: long }),
        electricPoint('x/rest', {
          building: house,
          role: 'virtual',
          formula: {
            terms: [
              { point: 'x/main', factor: 1 },
              { point: 'x/shop', factor: -1 },
            ],
            counts: true,
          },
          validFrom: begin,
        }),
      ],
      by,
    );
    expect(stretches(await census())).toEqual([
      ['x/main', 'A', 'building', 1, jan, apr],
      ['x/shop', 'A', 'building', -1, begin, apr],
      ['x/shop', 'B', 'building', 1, begin, apr],
    ]);
  });
});

describe('statements of a census', () => {
  it('are bills of whoever has the account on the day, spread over days, and reports', async () => {
    const [a, b] = [await institution('A'), await institution('B')];
    const [account] = await test.registry.accounts.createAll(
      [{ number: '001', institution: a, commodity: 'electricity', validFrom: long, open: true }],
      by,
    );
    const id = account?.id ?? '';
    const moved = midnight('2024-01-21');
    await record(id, 'institution', moved, b);
    await record(id, 'open', mar, false);
    await test.registry.bills.record(
      [
        {
          account: id,
          document: '1',
          from: midnight('2023-12-22'),
          to: midnight('2024-01-31'),
          quantity: 400,
          amountCny: 200,
        },
        { account: id, document: '2', from: feb, to: mar, quantity: null, amountCny: 1 / 3 },
        {
          account: id,
          document: '3',
          from: midnight('2024-04-01'),
          to: midnight('2024-05-01'),
          quantity: 1,
          amountCny: 1,
        },
      ],
      by,
    );
    await test.registry.reports.record(
      [
        {
          institution: a,
          commodity: 'gasoline',
          use: 'vehicle',
          from: jan,
          to: apr,
          quantity: 900,
          amountCny: null,
        },
      ],
      by,
    );
    const taken = await census();
    const name = (number: number) => taken.institutions[number]?.name;
    expect(
      taken.statements.map(({ basis, institution, use, from, to, quantity, amountCny, account }) => [
        ...[basis, name(institution), use, from, to, quantity, amountCny, account],
      ]),
    ).toEqual([
      ['billed', 'A', 'building', jan, moved, 200, 100, id],
      ['billed', 'B', 'building', moved, midnight('2024-01-31'), 100, 50, id],
      ['billed', 'B', 'building', feb, mar, Number.NaN, 1 / 3, id],
      ['reported', 'A', 'vehicle', jan, apr, 900, Number.NaN, ''],
    ]);
    expect(taken.accounts.map(({ institution, from, to }) => [name(institution), from, to])).toEqual([
      ['A', jan, moved],
      ['B', moved, mar],
    ]);
  });

  it('keep every digit of an amount, and split what goes with deducted area', async () => {
    const a = await institution('A');
    const { id } = await test.registry.accounts.create(
      { number: '1', institution: a, commodity: 'heat', validFrom: long, open: true },
      by,
    );
    const quantities = [0.1 + 0.2, 1e-7, 123456789012.345, 17976931348.623158, -12.5];
    await test.registry.bills.record(
      quantities.map((quantity, index) => ({
        ...{ account: id, document: String(index), from: jan, to: feb, quantity, amountCny: quantity / 7 },
        supplement: true,
      })),
      by,
    );
    const said = (await census()).statements.map(({ quantity, amountCny }) => [quantity, amountCny]);
    expect(said.sort()).toEqual(quantities.map((quantity) => [quantity, quantity / 7]).sort());
    await record(a, 'floorArea', midnight('2024-01-17'), { builtM2: 100, unpaidM2: 20, energy: 'by-area' });
    const taken = await census();
    const sum = (use: Use) =>
      taken.statements
        .filter((entry) => entry.use === use)
        .reduce((total, { quantity }) => total + quantity, 0);
    const all = quantities.reduce((total, quantity) => total + quantity, 0);
    expect(sum('deducted') / all).toBeCloseTo((15 / 31) * 0.2, 12);
    expect((sum('building') + sum('deducted')) / all).toBeCloseTo(1, 12);
    expect(taken.accounts.map(({ use, from, to }) => [use, from, to])).toEqual([
      ['building', jan, apr],
      ['deducted', midnight('2024-01-17'), apr],
    ]);
  });
});

describe('the revision', () => {
  it('rises with every change, by whatever process, and with nothing else', async () => {
    const before = await test.registry.revision();
    const a = await institution('A');
    const after = await test.registry.revision();
    expect(after).toBeGreaterThan(before);
    await census();
    expect(await test.registry.revision()).toBe(after);
    const other = await test.another();
    await other.facts.record([{ entity: a, attribute: 'registered', validFrom: jan, value: true }], by);
    expect(await test.registry.revision()).toBeGreaterThan(after);
  });
});
