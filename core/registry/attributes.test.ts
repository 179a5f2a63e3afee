import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { entityKinds } from './attributes/attribute.ts';
import { attributes } from './attributes.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry({
    builtIns: [
      {
        kind: 'user-rule',
        id: 'heads',
        value: {
          name: { 'zh-CN': '人数', en: 'Heads' },
          weights: { staff: 1, nonEstablishment: 1, students: 1, patients: 1, visitors: 1 },
          source: '',
        },
      },
    ],
  });
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');

async function bureau(name = '市机关事务管理局'): Promise<string> {
  return (await test.registry.institutions.create({ name, parent: null, validFrom: jan }, by)).id;
}
async function building(): Promise<string> {
  return (await test.registry.buildings.create({ name: '1#', institution: null, validFrom: jan }, by)).id;
}

/** Records a value and reads it back. */
async function kept(entity: string, attribute: string, value: unknown): Promise<unknown> {
  await test.registry.facts.record([{ entity, attribute, validFrom: jan, value }], by);
  return test.registry.facts.valueAt(entity, attribute, jan);
}

async function refusal(entity: string, attribute: string, value: unknown): Promise<string> {
  try {
    await test.registry.facts.record([{ entity, attribute, validFrom: jan, value }], by);
  } catch (error) {
    return error instanceof Error && 'code' in error
      ? `${String(error.code)} ${error.message}`
      : String(error);
  }
  return 'taken';
}

describe('attributes', () => {
  it('have a name in both languages, of every kind of entity', () => {
    for (const kind of entityKinds) {
      expect(attributes[kind]['name']).toBeDefined();
      for (const [name, { zh, en }] of Object.entries(attributes[kind])) {
        expect([name, zh, en]).toEqual([
          name,
          expect.stringMatching(/[\u4e00-\u9fff]/),
          expect.stringMatching(/^[A-Z]/),
        ]);
      }
    }
  });

  it('of an institution are kept as they were said, with what was left out filled in', async () => {
    const entity = await bureau();
    const other = await bureau('合并后');
    expect(await kept(entity, 'creditCode', ' 91350100m000100y43 ')).toBe('91350100M000100Y43');
    expect(await kept(entity, 'energyUsers', { staff: 120, visitors: 2.5 })).toEqual({
      staff: 120,
      nonEstablishment: 0,
      students: 0,
      patients: 0,
      visitors: 2.5,
    });
    expect(await kept(entity, 'floorArea', { builtM2: 10_000, letM2: 400 })).toEqual({
      builtM2: 10_000,
      letM2: 400,
      lentM2: 0,
      closedM2: 0,
      unpaidM2: 0,
      energy: 'by-area',
    });
    expect(
      await kept(entity, 'planTargets', { targets: { energyPerPerson: -0.07 }, document: '荆管〔2021〕3号' }),
    ).toEqual({
      targets: { energyPerPerson: -0.07 },
      caps: {},
      document: '荆管〔2021〕3号',
    });
    const plain = {
      sector: 'education',
      kind: 'school',
      adminLevel: 'district',
      registered: true,
      userRule: 'heads',
      climateZone: '夏热冬冷',
      heating: 'none',
      gridRegion: 'hubei',
      plan: null,
      quota: null,
      keyUser: { listed: true, grade: 'A' },
      mergedInto: other,
    };
    for (const [attribute, value] of Object.entries(plain)) {
      expect([attribute, await kept(entity, attribute, value)]).toEqual([attribute, value]);
    }
  });

  it('of an institution are refused with what is wrong', async () => {
    const entity = await bureau();
    const wrong: [string, unknown, RegExp][] = [
      ['creditCode', '91350100M000100Y44', /registry.invalid .*should be 3/],
      ['energyUsers', {}, /name one of staff, nonEstablishment/],
      ['energyUsers', { staff: -1 }, /staff/],
      ['energyUsers', { pupils: 3 }, /pupils/],
      ['floorArea', { builtM2: 100, letM2: 60, closedM2: 41 }, /101 m² are deducted .* more than the 100 m²/],
      ['adminLevel', 'village', /adminLevel = "village"/],
      ['userRule', 'nobody', /registry.not-found .*no user-rule "nobody"; record its definition first/],
      ['plan', 'heads', /no plan "heads"/],
      ['quota', 'Big Letters', /1 to 64 of a-z 0-9 -/],
      ['planTargets', { targets: {} }, /name a target or a cap/],
      ['planTargets', { targets: { happiness: 1 } }, /happiness/],
      ['mergedInto', 'nobody', /registry.not-found .*no institution "nobody"/],
      ['registered', 'yes', /registered = "yes"/],
    ];
    for (const [attribute, value, fault] of wrong)
      expect(await refusal(entity, attribute, value)).toMatch(fault);
  });

  it('of a sector take any text, as older registries have it', async () => {
    const entity = await bureau();
    expect(await kept(entity, 'sector', '党政机关')).toBe('党政机关');
  });

  it('of a building share it among institutions that are there, up to the whole', async () => {
    const [house, one, other] = [await building(), await bureau('A'), await bureau('B')];
    const share = (institution: string, part: number) => ({ institution, share: part });
    const thirds = [share(one, 1 / 3), share(other, 2 / 3)];
    expect(await kept(house, 'shares', thirds)).toEqual(thirds);
    expect(await kept(house, 'shares', null)).toBeNull();
    expect(await refusal(house, 'shares', [share(one, 0.6), share(other, 0.5)])).toMatch(
      /shares sum to 1.1, more than 1/,
    );
    expect(await refusal(house, 'shares', [share(one, 0.2), share(one, 0.2)])).toMatch(/named twice/);
    expect(await refusal(house, 'shares', [share('nobody', 0.2)])).toMatch(
      /registry.not-found .*no institution "nobody"/,
    );
    expect(await refusal(house, 'shares', [share(house, 0.2)])).toMatch(/no institution/);
    expect(await refusal(house, 'shares', [])).toMatch(/registry.invalid/);
  });

  it('of a point are kept: place, use, account, calibration, contact, part in a PUE', async () => {
    const { points, zones, accounts, facts } = test.registry;
    const house = await building();
    const zone = (await zones.create({ name: '东区', building: house, validFrom: jan }, by)).id;
    const account = await accounts.create(
      { number: '0042', institution: null, commodity: 'electricity', validFrom: jan },
      by,
    );
    const said = {
      zone,
      account: account.id,
      use: 'data-centre',
      pue: 'facility',
      calibrationDue: '2026-05-31',
      contact: { name: '王师傅', phone: '0724-0000' },
      item: 'special',
      subItem: 'D1',
    } as const;
    await points.register(electricPoint('a/p', said), by);
    for (const [attribute, value] of Object.entries(said)) {
      expect([attribute, await facts.valueAt('a/p', attribute, jan)]).toEqual([attribute, value]);
    }
    expect(await refusal('a/p', 'calibrationDue', '2026-02-30')).toMatch(/calibrationDue = "2026-02-30"/);
    expect(await refusal('a/p', 'use', 'fun')).toMatch(/use = "fun"/);
    expect(await refusal('a/p', 'zone', house)).toMatch(/no zone/);
    expect(await refusal('a/p', 'account', zone)).toMatch(/no account/);
    expect(await refusal('a/p', 'subItem', 'E1')).toMatch(/subItem = "E1"/);
  });

  it('name all that is wrong with a list of them, each by its place', async () => {
    const entity = await bureau();
    const good = { entity, attribute: 'registered', validFrom: jan, value: true };
    const inputs = [
      good,
      { ...good, value: 1 },
      { ...good, entity: 'nobody' },
      { ...good, attribute: 'mergedInto', value: 'nowhere' },
      good,
    ];
    await expect(test.registry.facts.record(inputs, by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(/registered = 1: .* \(and 2 more\)$/),
      details: {
        count: 3,
        faults: [
          { index: 1, code: 'registry.invalid' },
          { index: 2, code: 'registry.not-found' },
          { index: 3, code: 'registry.not-found' },
        ],
      },
    });
    expect(await test.registry.facts.valueAt(entity, 'registered', jan)).toBeUndefined();
  });

  it('that make trees contain no circle, each tree by itself', async () => {
    const { facts } = test.registry;
    const [a, b] = [await bureau('A'), await bureau('B')];
    await facts.record([{ entity: a, attribute: 'parent', validFrom: jan, value: b }], by);
    // Another attribute of the same institutions is another tree.
    await facts.record([{ entity: b, attribute: 'mergedInto', validFrom: jan, value: a }], by);
    const back = { entity: a, attribute: 'mergedInto', validFrom: midnight('2024-06-01'), value: b };
    const parent = { entity: a, attribute: 'parent', validFrom: midnight('2024-06-01'), value: null };
    await expect(facts.record([parent, back], by)).rejects.toMatchObject({
      code: 'registry.cycle',
      message: expect.stringContaining('choose another mergedInto'),
    });
  });
});
