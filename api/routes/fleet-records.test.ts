// Orders, fences, seals, card entries and upkeep: recorded, listed by whose the car was, taken back; nothing of others.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCar, sayOfCar } from '../../core/testing/fleet-world.ts';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
let key: string;
let own: string;
let secret: string;
let foreign: string;
const nowhere = '01J0000000000000000000000X';
const reason = 'test';
const range = 'from=2024-01-01&to=2024-04-01';

beforeEach(async () => {
  api = await testApi();
  const { ids } = api;
  key = await api.keyOf({ role: 'vehicle-supervisor', institution: ids.school });
  const car = (plate: string, institution: string, category = 'other') =>
    addCar(api, { plate, institution, terminal: null, category, powertrain: 'petrol' });
  own = await car('浙C00001', ids.school);
  secret = await car('浙C00002', ids.school, 'confidential-communication');
  foreign = await car('浙C00003', ids.hospital);
});
afterEach(() => api.end());

const from = '2024-02-10T08:00:00+08:00';
const to = '2024-02-10T18:00:00+08:00';
const place = { name: '市政府', lat: 28, lon: 120.6 };
/** Path → list, and a record of a car and an institution. */
const kinds: Readonly<
  Record<string, { list: string; of: (vehicle: string, institution: string) => Record<string, unknown> }>
> = {
  'dispatch-orders': {
    list: 'orders',
    of: (vehicle, institution) => ({
      number: 'P-1',
      institution,
      vehicle,
      driver: 'Li',
      purpose: 'visit',
      from,
      to,
      destination: place,
      via: [place],
    }),
  },
  fences: {
    list: 'fences',
    of: (_, institution) => ({
      institution,
      name: 'Yard',
      kind: 'yard',
      shape: { circle: { lat: 28, lon: 120.6, radiusM: 200 } },
      from,
    }),
  },
  seals: {
    list: 'seals',
    of: (vehicle) => ({ holiday: '春节', vehicle, from, to, place: 'Yard', keyKeeper: 'Wang' }),
  },
  'card-entries': {
    list: 'cards',
    of: (vehicle) => ({
      card: '9001',
      vehicle,
      kind: 'fuel',
      ts: from,
      quantity: 40,
      amountCny: 300,
      station: '中石化',
      lat: 28,
      lon: 120.6,
      document: 'D1',
    }),
  },
  upkeep: {
    list: 'upkeep',
    of: (vehicle) => ({ kind: 'repair', vehicle, at: from, amountCny: 800, document: 'D1' }),
  },
};
const paths = Object.keys(kinds);

function send(path: string, vehicle: string, institution = api.ids.school, by = key) {
  const kind = kinds[path];
  const body = { reason, [kind?.list ?? '']: [kind?.of(vehicle, institution)] };
  return post(api, `/api/v1/${path}`, body, { key: by });
}
async function rows(path: string, query = '', by = key) {
  const { body, status, text } = await api.get(`/api/v1/${path}?${range}${query}`, { key: by });
  expect([path, status, text]).toEqual([path, 200, text]);
  return body[kinds[path]?.list ?? ''];
}
const without = (text: string, id: string) =>
  text.replaceAll(id, 'ID').replaceAll(/"(requestId|instance)":"[^"]*"/g, '');

describe('records of the fleet', () => {
  it('are recorded once, replaced by their key, taken back, and stay readable', async () => {
    for (const path of paths) {
      const first = await send(path, own);
      expect([path, first.status, first.body]).toEqual([
        path,
        200,
        { recorded: 1, replaced: 0, unchanged: 0 },
      ]);
      expect((await send(path, own)).body.unchanged).toBe(1);
      const [row] = await rows(path);
      expect(row).toMatchObject({ reason, supersededAt: null, withdrawn: null });
      expect([row.from, row.ts, row.at]).toContain(from);
      const back = await post(api, `/api/v1/${path}/withdrawals`, { reason, ids: [row.id] }, { key });
      expect([path, back.body]).toEqual([path, { withdrawn: 1 }]);
      expect(await rows(path)).toEqual([]);
      const [kept] = await rows(path, '&superseded=true');
      expect(kept).toMatchObject({ id: row.id, withdrawn: { reason } });
    }
  });

  it('come a page at a time, by beginning', async () => {
    const of = kinds['upkeep']?.of(own, '') ?? {};
    const upkeep = Array.from({ length: 5 }, (_, index) => ({ ...of, document: `D${index}` }));
    await post(api, '/api/v1/upkeep', { reason, upkeep }, { key });
    await send('upkeep', foreign, '', await api.keyOf({ role: 'admin', institution: null }));
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page++) {
      const url = `/api/v1/upkeep?${range}&limit=2${cursor}`;
      const { body } = await api.get(url, { key });
      seen.push(...body.upkeep.map(({ document }: { document: string }) => document));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen.sort()).toEqual(['D0', 'D1', 'D2', 'D3', 'D4']);
  });

  it('come as tables with plates and local times', async () => {
    for (const path of paths) {
      await send(path, own);
      const headers = { accept: 'text/csv', 'accept-language': 'en' };
      const answer = await api.get(`/api/v1/${path}?${range}`, { key, headers });
      const [head, row] = answer.text.trim().split('\r\n');
      expect(head).toMatch(/Plate|Institution/);
      expect(row).toContain(path === 'fences' ? 'School' : '浙C00001');
      expect(row).toContain(from);
    }
  });

  it('give no coordinates of places, and of masked cars no places', async () => {
    for (const path of ['dispatch-orders', 'seals', 'card-entries']) {
      await send(path, secret);
      const answer = await api.get(`/api/v1/${path}?${range}`, { key });
      expect(answer.text).not.toMatch(/120\.6|市政府|Yard|中石化/);
      const [row] = answer.body[kinds[path]?.list ?? ''];
      expect(row.masked).toBe(true);
      const table = await api.get(`/api/v1/${path}?${range}`, { key, headers: { accept: 'text/csv' } });
      expect(table.text).not.toMatch(/120\.6|市政府|Yard|中石化/);
    }
    const order = { ...kinds['dispatch-orders']?.of(own, api.ids.school), number: 'P-2' };
    await post(api, '/api/v1/dispatch-orders', { reason, orders: [order] }, { key });
    const [shown] = await rows('dispatch-orders', `&vehicle=${own}`);
    const name = '市政府';
    expect(shown).toMatchObject({ masked: false, destination: { name }, via: [{ name }] });
    expect(JSON.stringify(shown)).not.toContain('120.6');
  });
});

describe('records of foreign cars', () => {
  it('are not written, by any field, in the same words as of what does not exist', async () => {
    const before = await api.registry.fleet.revision();
    for (const path of paths) {
      const [theirs, unknown] =
        path === 'fences'
          ? [await send(path, own, api.ids.hospital), await send(path, own, nowhere)]
          : [await send(path, foreign), await send(path, nowhere)];
      const id = path === 'fences' ? api.ids.hospital : foreign;
      expect([path, theirs.status]).toEqual([path, 404]);
      expect(without(theirs.text, id)).toBe(without(unknown.text, nowhere));
    }
    const order = await send('dispatch-orders', own, api.ids.hospital);
    expect(order.status).toBe(404);
    expect(await api.registry.fleet.revision()).toBe(before);
  });

  it('are not listed, and not asked for by any parameter', async () => {
    const admin = await api.keyOf({ role: 'admin', institution: null });
    for (const path of paths) {
      const { status } = await send(path, foreign, api.ids.hospital, admin);
      expect([path, status]).toEqual([path, 200]);
      expect(await rows(path)).toEqual([]);
      expect(await rows(path, '', admin)).toHaveLength(1);
      for (const [name, id] of [
        ['vehicle', foreign],
        ['institution', api.ids.hospital],
      ] as const) {
        if (path === 'fences' && name === 'vehicle') continue;
        const url = `/api/v1/${path}?${range}&${name}=`;
        const theirs = await api.get(url + id, { key });
        expect([url, theirs.status]).toEqual([url, 404]);
        const unknown = await api.get(url + nowhere, { key });
        expect(without(theirs.text, id)).toBe(without(unknown.text, nowhere));
      }
    }
  });

  it('are not taken back', async () => {
    const admin = await api.keyOf({ role: 'admin', institution: null });
    for (const path of paths) {
      await send(path, foreign, api.ids.hospital, admin);
      const [row] = await rows(path, '', admin);
      const tried = async (id: string) =>
        post(api, `/api/v1/${path}/withdrawals`, { reason, ids: [id] }, { key });
      const theirs = await tried(row.id);
      expect([path, theirs.status]).toEqual([path, 404]);
      expect(without(theirs.text, row.id)).toBe(without((await tried(nowhere)).text, nowhere));
      expect(await rows(path, '', admin)).toHaveLength(1);
    }
  });

  it('are those of the time when the car was foreign', async () => {
    for (const path of ['upkeep', 'card-entries', 'seals']) await send(path, own);
    await sayOfCar(api, own, 'institution', api.ids.hospital, '2024-03-01');
    const hospital = await api.keyOf({ role: 'vehicle-supervisor', institution: api.ids.hospital });
    for (const path of ['upkeep', 'card-entries', 'seals']) {
      expect(await rows(path)).toHaveLength(1);
      expect(await rows(path, '', hospital)).toEqual([]);
      expect(await rows(path, `&vehicle=${own}`, hospital)).toEqual([]);
    }
    const late = { kind: 'repair', vehicle: own, at: '2024-03-05', amountCny: 1, document: 'L' };
    const body = { reason, upkeep: [late] };
    expect((await post(api, '/api/v1/upkeep', body, { key })).status).toBe(404);
    expect((await post(api, '/api/v1/upkeep', body, { key: hospital })).status).toBe(200);
  });

  it('need the permission of vehicles: who may write accounts may not', async () => {
    const manager = await api.keyOf({ role: 'energy-manager', institution: null });
    for (const path of paths) {
      expect((await send(path, own, api.ids.school, manager)).status).toBe(403);
      expect((await api.get(`/api/v1/${path}?${range}`, { key: manager })).status).toBe(403);
    }
  });
});

describe('a record of a wrong form', () => {
  it('is refused with its place in the list', async () => {
    const good = kinds['upkeep']?.of(own, '') ?? {};
    const body = { reason, upkeep: [good, { ...good, document: 'X', dueOn: 'soon' }] };
    const answer = await post(api, '/api/v1/upkeep', body, { key });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('dueOn');
    const order = kinds['dispatch-orders']?.of(own, api.ids.school) ?? {};
    const orders = [{ ...order, to: from, from: to }];
    const late = await post(api, '/api/v1/dispatch-orders', { reason, orders }, { key });
    expect(late.status).toBe(400);
    expect(late.text).toContain('lies not after from');
    expect(await rows('dispatch-orders')).toEqual([]);
  });
});
