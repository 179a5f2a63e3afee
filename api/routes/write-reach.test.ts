// Whom a scoped key may write about: nothing of others, at no time, by no detour. What is refused changes nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { post } from '../../core/testing/post.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
/** An energy manager's of the school alone. */
let key: string;
let account: string;
let foreignAccount: string;
const reason = 'test';
const validFrom = '2024-01-01';
const nowhere = '01J0000000000000000000000X';

beforeEach(async () => {
  api = await testApi();
  key = await api.keyOf({ role: 'energy-manager', institution: api.ids.school });
  const { registry, ids } = api;
  const from = midnight(validFrom);
  const [mine, theirs] = await registry.accounts.createAll(
    [
      { number: 'E1', institution: ids.school, commodity: 'electricity', validFrom: from },
      { number: 'E2', institution: ids.hospital, commodity: 'electricity', validFrom: from },
    ],
    by,
  );
  account = mine?.id ?? '';
  foreignAccount = theirs?.id ?? '';
});
afterEach(() => api.end());

interface SaidFact {
  readonly entity: string;
  readonly attribute: string;
  readonly value: unknown;
  readonly validFrom?: string;
  readonly validTo?: string | null;
}

function facts(list: readonly SaidFact[], by = key) {
  const body = { reason, facts: list.map((fact) => ({ validFrom, ...fact })) };
  return post(api, '/api/v1/facts', body, { key: by });
}

/** Refused, and nothing changed. */
async function refused(call: () => ReturnType<typeof post>, ...statuses: number[]) {
  const before = await api.registry.revision();
  const answer = await call();
  expect(statuses, answer.text).toContain(answer.status);
  expect(await api.registry.revision()).toBe(before);
  return answer;
}

const without = (text: string, id: string) => text.replaceAll(id, 'ID').replace(/"requestId":"[^"]*"/, '');

describe('facts of what the grants do not cover', () => {
  it('are refused in the same words as of what does not exist, by their place in the list', async () => {
    const { ids } = api;
    const users = { attribute: 'energyUsers', value: { staff: 1 } };
    const foreign = await refused(
      () =>
        facts([
          { entity: ids.school, ...users },
          { entity: ids.hospital, ...users },
        ]),
      404,
    );
    const unknown = await refused(
      () =>
        facts([
          { entity: ids.school, ...users },
          { entity: nowhere, ...users },
        ]),
      404,
    );
    expect(without(foreign.text, ids.hospital)).toBe(without(unknown.text, nowhere));
    expect(foreign.body.errors).toMatchObject([{ parameter: 'facts.1', in: 'body' }]);
  });

  it('are refused in the same words whatever is said of them before and after', async () => {
    const { ids, registry } = api;
    const said = (year: number, staff: number) => ({
      entity: ids.hospital,
      attribute: 'energyUsers',
      validFrom: midnight(`${year}-01-01`),
      value: { staff },
    });
    await registry.facts.record([said(2023, 1), said(2026, 2)], by);
    const users = { attribute: 'energyUsers', value: { staff: 1 } };
    const [foreign, unknown] = [
      await refused(() => facts([{ entity: ids.hospital, ...users }]), 404),
      await refused(() => facts([{ entity: nowhere, ...users }]), 404),
    ];
    expect(without(foreign.text, ids.hospital)).toBe(without(unknown.text, nowhere));
  });

  it('that say what an institution must reach are not for itself to say', async () => {
    const { ids } = api;
    const above = await api.keyOf({ role: 'energy-manager', institution: ids.city });
    const both = await api.keyOf(
      { role: 'energy-manager', institution: ids.city },
      { role: 'energy-manager', institution: ids.school },
    );
    for (const [attribute, value] of [
      ['plan', 'national-14'],
      ['planTargets', { targets: { energyPerPerson: 0.5 } }],
      ['keyUser', { listed: true, grade: 'exceeded' }],
      ['registered', false],
      ['quota', null],
    ] as const) {
      const told = await refused(() => facts([{ entity: ids.school, attribute, value }]), 403);
      expect(told.body.detail).toContain('a grant over an institution above it');
      expect((await facts([{ entity: ids.school, attribute, value }], above)).status).toBe(200);
      expect((await facts([{ entity: ids.school, attribute, value: null }], both)).status).not.toBe(403);
    }
    const staff = { entity: ids.school, attribute: 'energyUsers', value: { staff: 5 } };
    expect((await facts([staff])).status).toBe(200);
  });

  it('do not show by a credit code who has it', async () => {
    const { ids, registry } = api;
    const code = '91350100M000100Y43';
    const creditCode = { attribute: 'creditCode', value: code };
    await registry.facts.record(
      [{ entity: ids.hospital, ...creditCode, validFrom: midnight(validFrom) }],
      by,
    );
    const answer = await refused(() => facts([{ entity: ids.school, ...creditCode }]), 400, 409, 422);
    expect(answer.text).toContain(code);
    expect(answer.text).not.toContain('Hospital');
    expect(answer.text).not.toContain(ids.hospital);
    const manager = await api.keyOf({ role: 'energy-manager', institution: null });
    expect((await facts([{ entity: ids.school, ...creditCode }], manager)).text).toContain('Hospital');
  });

  it.each([
    ['the institution above', () => ({ entity: api.ids.city, attribute: 'kind', value: 'x' })],
    ['a building of another', () => ({ entity: api.ids.clinicBuilding, attribute: 'name', value: 'x' })],
    ['a building of nobody', () => ({ entity: api.ids.loneBuilding, attribute: 'name', value: 'x' })],
    [
      'a building of nobody, taken',
      () => ({ entity: api.ids.loneBuilding, attribute: 'institution', value: api.ids.school }),
    ],
    ['a point of another', () => ({ entity: points.clinic, attribute: 'name', value: 'x' })],
    [
      'a point of another, taken',
      () => ({ entity: points.clinic, attribute: 'building', value: api.ids.mainBuilding }),
    ],
    [
      'a point of nobody, taken',
      () => ({ entity: points.spare, attribute: 'building', value: api.ids.mainBuilding }),
    ],
    ['an account of another', () => ({ entity: foreignAccount, attribute: 'open', value: false })],
    [
      'an account of another, taken',
      () => ({ entity: foreignAccount, attribute: 'institution', value: api.ids.school }),
    ],
    [
      'an institution of others, taken',
      () => ({ entity: api.ids.hospital, attribute: 'parent', value: api.ids.school }),
    ],
  ])('%s: refused', async (_name, fact) => {
    await refused(() => facts([fact()]), 404);
  });
});

describe('giving away', () => {
  it.each([
    [
      'a building to another institution',
      () => ({ entity: api.ids.mainBuilding, attribute: 'institution', value: api.ids.hospital }),
    ],
    ['a building to nobody', () => ({ entity: api.ids.mainBuilding, attribute: 'institution', value: null })],
    [
      'a share of a building',
      () => ({
        entity: api.ids.mainBuilding,
        attribute: 'shares',
        value: [
          { institution: api.ids.school, share: 0.5 },
          { institution: api.ids.hospital, share: 0.5 },
        ],
      }),
    ],
    ['an account', () => ({ entity: account, attribute: 'institution', value: api.ids.hospital })],
    [
      'an account to a building of another',
      () => ({ entity: account, attribute: 'building', value: api.ids.clinicBuilding }),
    ],
    ['a point', () => ({ entity: points.main, attribute: 'building', value: api.ids.clinicBuilding })],
    ['a point to nobody', () => ({ entity: points.main, attribute: 'building', value: null })],
    [
      'the institution, below another one',
      () => ({ entity: api.ids.school, attribute: 'parent', value: api.ids.hospital }),
    ],
    ['the institution, to the top', () => ({ entity: api.ids.school, attribute: 'parent', value: null })],
    [
      'the institution, merged into another one',
      () => ({ entity: api.ids.school, attribute: 'mergedInto', value: api.ids.hospital }),
    ],
  ])('%s: refused', async (_name, fact) => {
    await refused(() => facts([fact()]), 403, 404);
  });
});

describe('reaching for what others measure', () => {
  it('by a parent, an account or a formula of another is refused', async () => {
    const of = (attribute: string, value: unknown) => ({ entity: points.main, attribute, value });
    await refused(() => facts([of('parent', points.clinic)]), 404);
    await refused(() => facts([of('account', foreignAccount)]), 404);
    const formula = { terms: [{ point: points.clinic, factor: 1 }], counts: true };
    const body = (said: object) => ({
      id: 'gateway-1/virtual',
      reason,
      validFrom,
      facts: {
        name: 'V',
        quantities: ['electricity'],
        building: api.ids.mainBuilding,
        role: 'virtual',
        ...said,
      },
    });
    await refused(() => post(api, '/api/v1/points', body({ formula }), { key }), 404);
    const own = { terms: [{ point: points.main, factor: 1 }] };
    expect((await post(api, '/api/v1/points', body({ formula: own }), { key })).status).toBe(201);
    await refused(() => facts([{ entity: 'gateway-1/virtual', attribute: 'formula', value: formula }]), 404);
  });

  it("by a new point of another's agent, or of one whose credentials wait, is refused", async () => {
    await api.registry.agents.create('gateway-8', 'a password');
    for (const agent of ['gateway-2', 'gateway-3', 'gateway-8']) {
      const body = {
        id: `${agent}/new`,
        reason,
        validFrom,
        facts: { name: 'N', quantities: ['electricity'], building: api.ids.mainBuilding },
      };
      const answer = await refused(() => post(api, '/api/v1/points', body, { key }), 403);
      expect(answer.body).toMatchObject({ code: 'registry.out-of-reach' });
    }
  });

  it('by making a point that is there already is refused, of another in the words of what is not there', async () => {
    const body = (id: string) => ({
      id,
      reason,
      validFrom,
      facts: { name: 'N', quantities: ['electricity'], building: api.ids.mainBuilding },
    });
    const own = await refused(() => post(api, '/api/v1/points', body(points.main), { key }), 409);
    expect(own.body.code).toBe('registry.conflict');
    await refused(() => post(api, '/api/v1/points', body(points.clinic), { key }), 404);
  });
});

describe('what is made', () => {
  it('must belong to an institution that the grants cover', async () => {
    const make = (path: string, said: object) =>
      post(api, `/api/v1/${path}`, { reason, validFrom, facts: said }, { key });
    const { ids } = api;
    await refused(() => make('institutions', { name: 'X', parent: null }), 403);
    await refused(() => make('institutions', { name: 'X', parent: ids.city }), 404);
    await refused(() => make('institutions', { name: 'X', parent: nowhere }), 404);
    await refused(() => make('buildings', { name: 'X', institution: null }), 403);
    await refused(() => make('buildings', { name: 'X', institution: ids.hospital }), 404);
    await refused(() => make('zones', { name: 'X', building: ids.clinicBuilding }), 404);
    await refused(() => make('zones', { name: 'X', building: ids.loneBuilding }), 404);
    const electricity = { number: '9', commodity: 'electricity' };
    await refused(() => make('accounts', { ...electricity, institution: ids.hospital }), 404);
    await refused(() => make('accounts', { ...electricity, institution: null }), 403);
    expect((await make('institutions', { name: 'Wing', parent: ids.school })).status).toBe(201);
  });

  it('may be filled and read at once, also below what was just made', async () => {
    const make = async (path: string, said: object): Promise<string> => {
      const answer = await post(api, `/api/v1/${path}`, { reason, validFrom, facts: said }, { key });
      expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
      return answer.body.id;
    };
    const wing = await make('institutions', { name: 'Wing', parent: api.ids.school });
    const hut = await make('buildings', { name: 'Hut', institution: wing });
    const zone = await make('zones', { name: 'Cellar', building: hut });
    for (const entity of [wing, hut, zone]) {
      const answer = await api.get(`/api/v1/facts?entity=${entity}`, { key });
      expect([entity, answer.status, answer.body.facts.length]).toEqual([entity, 200, 2]);
    }
    expect((await facts([{ entity: hut, attribute: 'institution', value: api.ids.school }])).status).toBe(
      200,
    );
    expect((await facts([{ entity: wing, attribute: 'parent', value: api.ids.school }])).status).toBe(200);
  });
});

describe('at other times', () => {
  const day = '2024-02-01';

  it('an institution that moves out is out of reach from that day on, and before it for whom it moved to', async () => {
    const { ids, registry } = api;
    const wing = await registry.institutions.create(
      { name: 'Wing', parent: ids.school, validFrom: midnight(validFrom) },
      by,
    );
    const moved = { entity: wing.id, attribute: 'parent', validFrom: midnight(day), value: ids.hospital };
    await registry.facts.record([moved], by);
    const said = { entity: wing.id, attribute: 'energyUsers', value: { staff: 1 } };
    const theirs = await api.keyOf({ role: 'energy-manager', institution: ids.hospital });
    await refused(() => facts([said]), 404);
    expect((await facts([{ ...said, validTo: day }])).status).toBe(200);
    await refused(() => facts([{ ...said, validTo: '2024-02-02' }]), 404);
    await refused(() => facts([{ ...said, validTo: null }]), 404);
    await refused(() => facts([{ ...said, validFrom: '2024-01-31' }], theirs), 404);
    expect((await facts([{ ...said, validFrom: day }], theirs)).status).toBe(200);
    // Ends where the next entry begins, so that nothing of theirs changes.
    expect((await facts([{ ...said, value: { staff: 2 } }])).status).toBe(200);
    const { value } = (await registry.facts.history(wing.id, { attribute: 'energyUsers' })).at(-1) ?? {};
    expect(value).toMatchObject({ staff: 1 });
    // It may not be fetched back, nor its past be rewritten for another.
    await refused(
      () => facts([{ entity: wing.id, attribute: 'parent', value: ids.school, validTo: null }]),
      404,
    );
  });

  it('bills of an account that moved are for whom it was on their days, and take the place of no others', async () => {
    const { ids, registry } = api;
    const moved = {
      entity: foreignAccount,
      attribute: 'institution',
      validFrom: midnight(day),
      value: ids.school,
    };
    const old = { account: foreignAccount, document: 'OLD', quantity: 5, amountCny: 5 };
    await registry.bills.record([{ ...old, from: midnight('2024-01-01'), to: midnight(day) }], by);
    await registry.facts.record([moved], by);
    const bill = (from: string, to: string, document = 'N') =>
      post(
        api,
        '/api/v1/bills',
        { reason, bills: [{ account: foreignAccount, document, from, to, quantity: 1, amountCny: null }] },
        { key },
      );
    await refused(() => bill('2024-01-15', day), 404);
    await refused(() => bill('2024-01-31', '2024-03-01'), 404);
    expect((await bill(day, '2024-03-01')).status).toBe(200);
    await refused(() => bill('2024-03-01', '2024-04-01', 'OLD'), 404);
    const range = { from: midnight('2024-01-01'), to: midnight('2024-03-01') };
    const [theirs, own] = await registry.bills.list({ accounts: [foreignAccount], ...range });
    const withdraw = (id: string | undefined) =>
      post(api, '/api/v1/bills/withdrawals', { reason, ids: [id] }, { key });
    const refusal = await refused(() => withdraw(theirs?.id), 404);
    const unknown = await refused(() => withdraw(nowhere), 404);
    expect(without(refusal.text, theirs?.id ?? '')).toBe(without(unknown.text, nowhere));
    const seen = await api.get(
      `/api/v1/bills?account=${foreignAccount}&from=2024-01-01&to=2024-03-01&superseded=true`,
      { key },
    );
    expect(seen.body.bills.map(({ document }: { document: string }) => document)).toEqual(['N']);
    expect((await withdraw(own?.id)).status).toBe(200);
  });
});

describe('bills and reports of others', () => {
  it('are refused by their place, in the same words as of what does not exist', async () => {
    const bill = (of: string) => ({
      account: of,
      document: 'D',
      from: '2024-01-01',
      to: '2024-02-01',
      quantity: 1,
      amountCny: 1,
    });
    const record = (of: string) =>
      post(api, '/api/v1/bills', { reason, bills: [bill(account), bill(of)] }, { key });
    const foreign = await refused(() => record(foreignAccount), 404);
    const unknown = await refused(() => record(nowhere), 404);
    expect(without(foreign.text, foreignAccount)).toBe(without(unknown.text, nowhere));
    expect(foreign.body.errors).toMatchObject([{ parameter: 'bills.1' }]);

    const report = (institution: string) =>
      post(
        api,
        '/api/v1/reports',
        {
          reason,
          reports: [
            {
              institution,
              commodity: 'gasoline',
              use: 'vehicle',
              from: '2024-01-01',
              to: '2024-02-01',
              quantity: 1,
            },
          ],
        },
        { key },
      );
    await refused(() => report(api.ids.hospital), 404);
    await refused(() => report(api.ids.city), 404);
    expect((await report(api.ids.school)).status).toBe(200);
  });
});

describe('definitions', () => {
  it('take a grant over everything: all rest on them', async () => {
    const plan = await api.registry.definitions.get('plan', 'national-14');
    const record = (by: string) =>
      post(api, '/api/v1/definitions/plan/mine', { reason, value: plan?.value }, { key: by });
    const { city } = api.ids;
    await refused(() => api.keyOf({ role: 'admin', institution: city }).then(record), 403);
    await refused(() => api.keyOf({ role: 'energy-manager', institution: null }).then(record), 403);
    const mixed = await api.keyOf(
      { role: 'admin', institution: city },
      { role: 'energy-manager', institution: null },
    );
    await refused(() => record(mixed), 403);
    expect((await record(await api.keyOf({ role: 'admin', institution: null }))).status).toBe(200);
  });
});

describe('several grants', () => {
  it('add up by permission: reading everything does not help to write', async () => {
    const mixed = await api.keyOf(
      { role: 'auditor', institution: null },
      { role: 'energy-manager', institution: api.ids.school },
    );
    await refused(() => facts([{ entity: api.ids.hospital, attribute: 'kind', value: 'x' }], mixed), 404);
    const both = await api.keyOf(
      { role: 'energy-manager', institution: api.ids.hospital },
      { role: 'energy-manager', institution: api.ids.school },
    );
    const move = { entity: api.ids.mainBuilding, attribute: 'institution', value: api.ids.hospital };
    expect((await facts([move], both)).status).toBe(200);
  });
});
