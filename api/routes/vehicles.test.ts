// Vehicles: who sees which, as of when; who may say what of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCar, sayOfCar } from '../../core/testing/fleet-world.ts';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
/** A supervisor's of the school alone. */
let key: string;
let own: string;
let foreign: string;
const nowhere = '01J0000000000000000000000X';
const reason = 'test';
const validFrom = '2024-01-01';

beforeEach(async () => {
  api = await testApi();
  const { ids } = api;
  key = await api.keyOf({ role: 'vehicle-supervisor', institution: ids.school });
  const facts = { category: 'other', powertrain: 'petrol' };
  own = await addCar(api, { plate: '浙C00001', institution: ids.school, terminal: 'cars/1', ...facts });
  foreign = await addCar(api, { plate: '浙C00002', institution: ids.hospital, terminal: 'cars/2', ...facts });
});
afterEach(() => api.end());

const plates = (answer: { body: { vehicles: { plate: string }[] } }) =>
  answer.body.vehicles.map(({ plate }) => plate).sort();
const without = (text: string, id: string) =>
  text.replaceAll(id, 'ID').replaceAll(/"(requestId|instance)":"[^"]*"/g, '');

describe('the list of vehicles', () => {
  it('holds what the grants cover, by whose a car was at the time', async () => {
    await sayOfCar(api, own, 'institution', api.ids.hospital, '2024-03-01');
    expect(plates(await api.get('/api/v1/vehicles', { key }))).toEqual([]);
    expect(plates(await api.get('/api/v1/vehicles?at=2024-02-01', { key }))).toEqual(['浙C00001']);
    const city = await api.keyOf({ role: 'auditor', institution: api.ids.city });
    expect(plates(await api.get('/api/v1/vehicles', { key: city }))).toEqual(['浙C00001', '浙C00002']);
    const narrowed = await api.get(`/api/v1/vehicles?institution=${api.ids.school}`, { key: city });
    expect(plates(narrowed)).toEqual([]);
  });

  it('is narrowed by category, class, powertrain and service, and paged', async () => {
    const { ids } = api;
    const admin = await api.keyOf({ role: 'admin', institution: null });
    await addCar(api, {
      plate: '浙C00003',
      institution: ids.school,
      terminal: null,
      category: 'emergency',
      vehicleClass: 'suv',
      powertrain: 'battery-electric',
      disposedOn: '2024-02-01',
    });
    const list = async (query: string) => plates(await api.get(`/api/v1/vehicles?${query}`, { key: admin }));
    expect(await list('category=emergency')).toEqual(['浙C00003']);
    expect(await list('vehicleClass=suv')).toEqual(['浙C00003']);
    expect(await list('powertrain=petrol')).toEqual(['浙C00001', '浙C00002']);
    expect(await list('inService=true')).toEqual(['浙C00001', '浙C00002']);
    expect(await list('inService=false')).toEqual(['浙C00003']);
    expect(await list('inService=true&at=2024-01-31')).toHaveLength(3);
    const first = await api.get('/api/v1/vehicles?limit=2', { key: admin });
    const second = await api.get(`/api/v1/vehicles?limit=2&cursor=${first.body.next}`, { key: admin });
    expect(first.body.vehicles).toHaveLength(2);
    expect([second.body.vehicles.length, second.body.next]).toEqual([1, null]);
  });

  it('comes as a table in words', async () => {
    const headers = { accept: 'text/csv', 'accept-language': 'zh' };
    const { text } = await api.get('/api/v1/vehicles', { key, headers });
    const [head, row, ...rest] = text.trim().split('\r\n');
    expect(head).toContain('车牌号');
    expect(row).toContain(`浙C00001,,School,${api.ids.school},cars/1,其他用车,其他,汽油`);
    expect(rest).toEqual([]);
  });

  it('says in it yes and no, how a car went, and the plate of the one before where that may be seen', async () => {
    const { ids } = api;
    const more = { terminal: null, leased: true, disposedOn: '2024-02-01', disposal: 'scrapped' };
    await addCar(api, { plate: '浙C00003', institution: ids.school, ...more, replaces: own });
    await addCar(api, { plate: '浙C00004', institution: ids.school, terminal: null, replaces: foreign });
    const rowsFor = async (reader: string, language: string) => {
      const headers = { accept: 'text/csv', 'accept-language': language };
      const { text } = await api.get('/api/v1/vehicles', { key: reader, headers });
      const lines = text.trim().split('\r\n');
      return (plate: string) =>
        lines
          .find((line) => line.includes(`,${plate},,`))
          ?.split(',')
          .slice(-5);
    };
    const zh = await rowsFor(key, 'zh');
    expect(zh('浙C00003')).toEqual(['浙C00001', '是', '2024-02-01', '报废', '否']);
    expect(zh('浙C00004')).toEqual(['', '否', '', '', '否']);
    const admin = await api.keyOf({ role: 'admin', institution: null });
    const en = await rowsFor(admin, 'en');
    expect(en('浙C00003')).toEqual(['浙C00001', 'yes', '2024-02-01', 'Scrapped', 'no']);
    expect(en('浙C00004')).toEqual(['浙C00002', 'no', '', '', 'no']);
  });
});

describe('a foreign car', () => {
  it('is answered like one that does not exist', async () => {
    for (const url of ['/api/v1/vehicles/', '/api/v1/vehicles?institution=']) {
      const unknown = await api.get(url + nowhere, { key });
      const other = url.endsWith('=') ? api.ids.hospital : foreign;
      const answer = await api.get(url + other, { key });
      expect([url, answer.status]).toEqual([url, 404]);
      expect(without(answer.text, other)).toBe(without(unknown.text, nowhere));
    }
    const unknown = await api.get(`/api/v1/vehicles/${nowhere}/facts`, { key });
    const answer = await api.get(`/api/v1/vehicles/${foreign}/facts`, { key });
    expect(without(answer.text, foreign)).toBe(without(unknown.text, nowhere));
    expect((await api.get(`/api/v1/vehicles/${own}/facts`, { key })).body.facts.length).toBeGreaterThan(3);
  });

  it('is not written about, by any field', async () => {
    const said = async (fact: object) => {
      const body = { reason, facts: [{ validFrom, ...fact }] };
      return post(api, '/api/v1/vehicles/facts', body, { key });
    };
    const before = await api.registry.fleet.revision();
    const refused = [
      { entity: foreign, attribute: 'tankL', value: 50 },
      { entity: own, attribute: 'institution', value: api.ids.hospital },
      { entity: own, attribute: 'replaces', value: foreign },
    ];
    for (const fact of refused) {
      const answer = await said(fact);
      expect([fact.attribute, answer.status, answer.body.code]).toEqual([
        fact.attribute,
        404,
        'registry.not-found',
      ]);
    }
    const made = await post(
      api,
      '/api/v1/vehicles',
      {
        reason,
        validFrom,
        facts: { plate: '浙C00009', institution: api.ids.hospital, category: 'other', powertrain: 'petrol' },
      },
      { key },
    );
    expect(made.status).toBe(404);
    expect(await api.registry.fleet.revision()).toBe(before);
    expect((await said({ entity: own, attribute: 'tankL', value: 50 })).body).toEqual({ changed: [0] });
  });
});

describe('who may write accounts', () => {
  it('may not write vehicles, nor see their facts, even over everything', async () => {
    const manager = await api.keyOf({ role: 'energy-manager', institution: null });
    const fact = { entity: own, attribute: 'tankL', validFrom, value: 50 };
    const asFact = await post(api, '/api/v1/facts', { reason, facts: [fact] }, { key: manager });
    expect([asFact.status, asFact.body.code]).toEqual([404, 'registry.not-found']);
    expect((await api.get(`/api/v1/facts?entity=${own}`, { key: manager })).status).toBe(404);
    const facts = { plate: '浙C00009', institution: api.ids.school, category: 'other', powertrain: 'petrol' };
    const made = await post(api, '/api/v1/vehicles', { reason, validFrom, facts }, { key: manager });
    expect(made.status).toBe(403);
    expect((await api.get('/api/v1/vehicles', { key: manager })).status).toBe(403);
  });

  it('and vehicles may both, each by its own route', async () => {
    const admin = await api.keyOf({ role: 'admin', institution: null });
    const car = { entity: own, attribute: 'tankL', validFrom, value: 50 };
    const users = { entity: api.ids.school, attribute: 'energyUsers', validFrom, value: { staff: 5 } };
    const write = async (path: string, facts: object[]) =>
      (await post(api, `/api/v1/${path}`, { reason, facts }, { key: admin })).status;
    expect(await write('facts', [users])).toBe(200);
    expect(await write('vehicles/facts', [car])).toBe(200);
    expect(await write('facts', [users, { ...car, value: 51 }])).toBe(404);
    expect(await write('vehicles/facts', [car, { ...users, value: { staff: 6 } }])).toBe(404);
  });
});

describe('who may write vehicles', () => {
  it('may write nothing else, even over everything', async () => {
    const supervisor = await api.keyOf({ role: 'vehicle-supervisor', institution: null });
    const users = { entity: api.ids.school, attribute: 'energyUsers', validFrom, value: { staff: 5 } };
    const body = { reason, facts: [users] };
    expect((await post(api, '/api/v1/vehicles/facts', body, { key: supervisor })).status).toBe(404);
    expect((await post(api, '/api/v1/facts', body, { key: supervisor })).status).toBe(403);
  });
});
