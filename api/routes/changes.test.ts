import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../core/registry/registry.ts';
import { addCar } from '../../core/testing/fleet-world.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let hall: string;
let car: string;
let since: number;
const day = midnight('2024-03-05');
const li = { author: 'li', reason: 'the hall was handed over' };

beforeAll(async () => {
  api = await testApi();
  const { registry, ids, clock } = api;
  const later = () => {
    clock.at += 60_000;
  };
  later();
  since = clock.at;
  const validFrom = midnight('2024-01-01');
  hall = (await registry.buildings.create({ name: 'Hall', institution: ids.school, validFrom }, by)).id;
  later();
  await registry.facts.record(
    [{ entity: hall, attribute: 'institution', validFrom: day, value: ids.hospital }],
    li,
  );
  later();
  await registry.facts.record([{ entity: hall, attribute: 'name', validFrom: day, value: 'New ward' }], by);
  later();
  const shares = [
    { institution: ids.school, share: 0.5 },
    { institution: ids.hospital, share: 0.25 },
  ];
  await registry.facts.record(
    [{ entity: ids.mainBuilding, attribute: 'shares', validFrom: day, value: shares }],
    by,
  );
  later();
  car = await addCar(api, {
    plate: '浙C00001',
    institution: ids.school,
    terminal: null,
    category: 'emergency',
  });
  later();
  const order = { number: 'P1', institution: ids.school, vehicle: car, driver: 'Chen', purpose: 'post' };
  const destination = { name: 'Harbour', lat: 28, lon: 120.6 };
  await registry.fleet.orders.record([{ ...order, destination, from: day, to: day + 3_600_000 }], by);
  later();
  const circle = { lat: 28, lon: 120.6, radiusM: 300 };
  const fence = { institution: ids.school, name: 'Yard', kind: 'yard', shape: { circle }, from: day };
  await registry.fleet.fences.record([fence], by);
  later();
  const account = { number: '001', institution: ids.hospital, commodity: 'water', validFrom } as const;
  const bill = {
    account: (await registry.accounts.create(account, by)).id,
    document: 'N1',
    from: midnight('2024-01-01'),
    to: midnight('2024-02-01'),
    quantity: 3,
    amountCny: 9.5,
  };
  later();
  await registry.bills.record([bill], by);
  later();
  const [rule] = await registry.definitions.list('user-rule');
  if (!rule) throw new Error('no rule comes with the program');
  await registry.definitions.record('user-rule', rule.id, { ...rule.value, source: 'our own' }, by);
});
afterAll(() => api.end());

async function ask(query: string, ...grants: readonly Grant[]) {
  const key = await api.keyOf(...grants);
  const answer = await api.get(`/api/v1/changes?from=${since}&${query}`, {
    key,
    headers: { 'accept-language': 'en' },
  });
  expect([query, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([query, 200, '']);
  return answer;
}
const auditor = (institution: string | null): Grant => ({ role: 'auditor', institution });
const lines = (body: { changes: { kind: { code: string }; attribute: { code: string } | null }[] }) =>
  body.changes.map(({ kind, attribute }) => attribute?.code ?? kind.code);

describe('the list of changes', () => {
  it('says who recorded what, when and why, and what stood there before', async () => {
    const { body } = await ask(`entity=${hall}`, auditor(null));
    expect(lines(body).slice(0, 2)).toEqual(['name', 'institution']);
    expect(body.changes[1]).toMatchObject({
      ...li,
      recordedAt: '2024-03-11T00:02:00+08:00',
      kind: { code: 'fact', text: 'Fact' },
      action: { code: 'replaced', text: 'Replaced' },
      entity: { kind: { code: 'building', text: 'Building' }, id: hall, name: 'Hall' },
      attribute: { code: 'institution', text: 'Institution that answers for it' },
      from: '2024-03-05T00:00:00+08:00',
      to: null,
      value: api.ids.hospital,
      before: [{ from: '2024-01-01T00:00:00+08:00', to: null, value: api.ids.school }],
      names: { [api.ids.hospital]: 'Hospital', [api.ids.school]: 'School' },
      others: 0,
      withheld: [],
    });
  });

  it('shows a handover to both sides, and neither what is the other’s', async () => {
    const { school, hospital } = api.ids;
    const schools = (await ask('', auditor(school))).body;
    const hospitals = (await ask('', auditor(hospital))).body;
    expect(lines(schools).sort()).toEqual(
      [
        'fence',
        'order',
        'shares',
        'institution',
        'institution',
        'institution',
        'name',
        'plate',
        'category',
      ].sort(),
    );
    expect(lines(hospitals).slice(0, 1)).toEqual(['bill']);
    expect(lines(hospitals).slice(-2)).toEqual(['name', 'institution']);
    const move = schools.changes.find(({ author }: { author: string }) => author === 'li');
    expect(move).toMatchObject({
      entity: { id: hall, name: 'Hall' },
      value: null,
      before: [{ value: school }],
      names: { [school]: 'School' },
      institutions: [{ id: school, name: 'School' }],
      others: 1,
      withheld: [{ code: 'foreign', needs: null }],
    });
    const shares = schools.changes.find(
      (each: { attribute: { code: string } | null }) => each.attribute?.code === 'shares',
    );
    expect(shares).toMatchObject({
      value: [
        { institution: school, share: 0.5 },
        { institution: null, share: 0.25 },
      ],
      withheld: [{ code: 'foreign' }],
    });
    const said = JSON.stringify(schools);
    for (const foreign of [hospital, 'Hospital', 'New ward', 'user-rule'])
      expect(said).not.toContain(foreign);
    for (const foreign of [school, 'School', 'Harbour', '浙C00001'])
      expect(JSON.stringify(hospitals)).not.toContain(foreign);
  });

  it('keeps definitions and what is nobody’s for auditors of everything', async () => {
    const all = lines((await ask('', auditor(null))).body);
    expect(all[0]).toBe('definition');
    expect(lines((await ask('', auditor(api.ids.city))).body)).toEqual(
      all.filter((kind) => kind !== 'definition'),
    );
    expect(lines((await ask(`institution=${api.ids.city}`, auditor(null))).body)).not.toContain('definition');
    const spare = `entity=${encodeURIComponent(points.spare)}&from=2020-01-01`;
    const key = await api.keyOf(auditor(api.ids.city));
    expect((await api.get(`/api/v1/changes?${spare}`, { key })).body.changes).toEqual([]);
    expect((await api.get(`/api/v1/changes?${spare}`)).body.changes.length).toBeGreaterThan(0);
  });

  it('leaves out places unless the key may see positions, and says so; coordinates it never shows', async () => {
    const { school, hospital } = api.ids;
    const supervisor = (institution: string): Grant => ({ role: 'vehicle-supervisor', institution });
    const of = async (...grants: readonly Grant[]) => (await ask('kind=order,fence', ...grants)).body.changes;
    for (const grants of [[auditor(null)], [auditor(null), supervisor(hospital)]]) {
      const [fence, order] = await of(...grants);
      expect(fence).toMatchObject({
        value: { name: 'Yard', shape: null },
        withheld: [{ code: 'places', needs: 'positions:read' }],
      });
      expect(order).toMatchObject({
        value: { number: 'P1', destination: null, from: '2024-03-05T00:00:00+08:00' },
        names: { [school]: 'School' },
        withheld: [{ code: 'places' }],
      });
    }
    const [fence, order] = await of(auditor(school), supervisor(school));
    expect(fence).toMatchObject({ value: { shape: { circle: { radiusM: 300 } } }, withheld: [] });
    expect(order).toMatchObject({
      value: { destination: { name: 'Harbour' } },
      withheld: [{ code: 'coordinates' }],
    });
    expect(JSON.stringify(order)).not.toContain('120.6');
  });

  it('can be asked for a kind, an author and an institution, and refuses what there is not', async () => {
    expect(lines((await ask('kind=bill', auditor(null))).body)).toEqual(['bill']);
    expect(lines((await ask('author=li', auditor(api.ids.city))).body)).toEqual(['institution']);
    const school = (await ask(`institution=${api.ids.school}`, auditor(null))).body;
    expect(lines(school)).toEqual(lines((await ask('', auditor(api.ids.school))).body));
    const key = await api.keyOf(auditor(api.ids.school));
    const foreign = await api.get(`/api/v1/changes?institution=${api.ids.hospital}`, { key });
    expect(foreign.status).toBe(404);
    const mistyped = await api.get('/api/v1/changes?kind=invoice', { key });
    expect([mistyped.status, mistyped.text]).toEqual([400, expect.stringContaining('fact, correction')]);
    expect((await api.get(`/api/v1/changes?entity=${car}`, { key })).body.changes.length).toBeGreaterThan(0);
  });

  it('comes in pages that hold each entry once, and as a table with names', async () => {
    const whole = (await ask('', auditor(null))).body.changes;
    const pages: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`limit=3${cursor}`, auditor(null));
      expect(body.changes.length).toBeLessThanOrEqual(3);
      pages.push(...body.changes);
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(pages).toEqual(whole);

    const { text, headers } = await ask(`format=csv&limit=1&author=li`, auditor(null));
    const [heading, row] = text.slice(1).split('\r\n');
    expect(heading).toBe(
      'Recorded at,Author,Reason,Kind,Action,Kind of entity,Entity,Entity id,Attribute,From,To,Value,Value before,From before,Institutions,Left out',
    );
    expect(row).toBe(
      `2024-03-11T00:02:00+08:00,li,the hall was handed over,Fact,Replaced,Building,Hall,${hall},Institution that answers for it,` +
        `2024-03-05T00:00:00+08:00,,Hospital,School,2024-01-01T00:00:00+08:00,"${[
          [api.ids.school, 'School'],
          [api.ids.hospital, 'Hospital'],
        ]
          .sort()
          .map(([, name]) => name)
          .join(', ')}",`,
    );
    expect(headers['x-next-cursor']).toBeUndefined();
    const key = await api.keyOf(auditor(null));
    const chinese = await api.get('/api/v1/changes?limit=1', { key, headers: { accept: 'text/csv' } });
    expect(chinese.text.slice(1)).toMatch(/^记录时间,记录人,理由,类别,/);
    expect(chinese.text).toContain('规则定义');
    expect(typeof chinese.headers['x-next-cursor']).toBe('string');
  });
});
