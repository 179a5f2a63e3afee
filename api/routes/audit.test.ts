import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import type { Role } from '../../core/registry/registry.ts';
import { addCar, drive, putPositions, sayOfCar } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let [schools, hospitals, moved]: string[] = [];
const day = midnight('2024-03-05');
const range = 'from=2024-03-05&to=2024-03-06';

beforeAll(async () => {
  api = await testApi();
  const { ids } = api;
  schools = await addCar(api, { plate: '浙C00001', institution: ids.school, terminal: 'cars/1' });
  hospitals = await addCar(api, { plate: '浙C00002', institution: ids.hospital, terminal: 'cars/2' });
  moved = await addCar(api, { plate: '浙C00003', institution: ids.school, terminal: 'cars/3' });
  await sayOfCar(api, moved, 'institution', ids.hospital, '2024-03-06');
  for (const terminal of ['cars/1', 'cars/2', 'cars/3'] as const)
    await putPositions(api, drive(terminal, day + 9 * hourMs, 3));
  const look = async (path: string, of: string | null) => {
    const key = await api.keyOf({ role: 'vehicle-supervisor', institution: of });
    const answer = await api.get(`/api/v1/${path}`, { key });
    expect([path, answer.status]).toEqual([path, 200]);
  };
  await look(`vehicles/${schools}/track?${range}&purpose=one`, ids.school);
  await look(`vehicles/${hospitals}/track?${range}&purpose=two`, ids.hospital);
  await look(`vehicles/${moved}/track?${range}&purpose=three`, ids.school);
  await look('vehicles/live?purpose=four', ids.city);
  // The hospital's now, and looked at in its time.
  await putPositions(api, drive('cars/3', midnight('2024-03-07'), 3));
  await look(`vehicles/${moved}/track?from=2024-03-07&to=2024-03-08&purpose=five`, ids.hospital);
});
afterAll(() => api.end());

async function ask(query = '', of: string | null = null, role: Role = 'auditor') {
  const answer = await api.get(`/api/v1/audit?${query}`, { key: await api.keyOf({ role, institution: of }) });
  expect([query, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([query, 200, '']);
  return answer.body;
}
const purposes = (body: { entries: { purpose: string }[] }) => body.entries.map(({ purpose }) => purpose);

describe('the audit log', () => {
  it('says who looked at whose positions, when and what for, the newest first', async () => {
    const body = await ask();
    expect(purposes(body)).toEqual(['five', 'four', 'three', 'two', 'one']);
    expect(body.entries[4]).toMatchObject({
      seq: 1,
      action: 'track',
      name: `vehicle-supervisor of ${api.ids.school}`,
      vehicles: [schools],
      institutions: [api.ids.school],
      others: 0,
      from: '2024-03-05T00:00:00+08:00',
      to: '2024-03-06T00:00:00+08:00',
      purpose: 'one',
    });
  });

  it('names cars and institutions beside their ids, those of the grants alone', async () => {
    const { ids } = api;
    const { names } = await ask();
    expect(names).toEqual({
      ...{
        [schools as string]: '浙C00001',
        [hospitals as string]: '浙C00002',
        [moved as string]: '浙C00003',
      },
      ...{ [ids.school]: expect.any(String), [ids.hospital]: expect.any(String) },
    });
    expect(names[ids.school]).not.toBe(ids.school);
    expect(Object.keys((await ask('', ids.school)).names).sort()).toEqual(
      [schools, moved, ids.school].map(String).sort(),
    );
  });

  it('is of one institution and those below it, where that is asked for', async () => {
    const { ids } = api;
    expect(purposes(await ask(`institution=${ids.hospital}`))).toEqual(['five', 'four', 'two']);
    const [live] = (await ask(`institution=${ids.school}`)).entries;
    expect(live).toMatchObject({ institutions: [ids.school], others: 1 });
    const foreign = await api.get(`/api/v1/audit?institution=${ids.hospital}`, {
      key: await api.keyOf({ role: 'auditor', institution: ids.school }),
    });
    expect(foreign.status).toBe(404);
  });

  it('is a table in both languages, page by page', async () => {
    const key = await api.keyOf({ role: 'auditor', institution: null });
    const rows: string[] = [];
    let cursor = '';
    do {
      const url = `/api/v1/audit?limit=2&format=csv${cursor}`;
      const answer = await api.get(url, { key, headers: { 'accept-language': 'zh-CN' } });
      expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
      const [heading = '', ...lines] = answer.text.trim().split('\r\n');
      expect(heading).toContain('序号,查看时间,查看人');
      rows.push(...lines);
      const next = answer.headers['x-next-cursor'];
      cursor = next === undefined ? '' : `&cursor=${next}`;
    } while (cursor !== '');
    expect(rows).toHaveLength(5);
    expect(rows[4]).toMatch(/^1,.*,查看轨迹,one,1,浙C00001,0,/);
    const english = await api.get(`/api/v1/audit?institution=${api.ids.school}`, {
      key,
      headers: { accept: 'text/csv', 'accept-language': 'en' },
    });
    expect(english.text).toContain('Looked at');
    expect(english.text).toMatch(/,Live position,four,2,"浙C0000\d, 浙C0000\d",1,/);
  });

  it('shows an auditor what concerns the grants alone, and counts the cars of others', async () => {
    const body = await ask('', api.ids.school);
    expect(purposes(body)).toEqual(['four', 'three', 'one']);
    const [live] = body.entries;
    expect(live).toMatchObject({ institutions: [api.ids.school], others: 1 });
    expect([...live.vehicles].sort()).toEqual([schools, moved].sort());
    expect(purposes(await ask('', api.ids.hospital))).toEqual(['five', 'four', 'two']);
  });

  it('can be asked for a car in its own time, a principal and a time, in pages', async () => {
    expect(purposes(await ask(`vehicle=${moved}`, api.ids.school))).toEqual(['four', 'three']);
    expect(purposes(await ask(`vehicle=${moved}`, api.ids.hospital))).toEqual(['five', 'four']);
    const { entries } = await ask();
    expect(purposes(await ask(`principal=${entries[4].principal}`))).toEqual(['three', 'one']);
    expect(purposes(await ask('from=2025-01-01'))).toEqual([]);
    const pages: string[] = [];
    let cursor = '';
    do {
      const page = await ask(`limit=2${cursor}`);
      pages.push(...purposes(page));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(pages).toEqual(['five', 'four', 'three', 'two', 'one']);
    const foreign = await api.get(`/api/v1/audit?vehicle=${hospitals}`, {
      key: await api.keyOf({ role: 'auditor', institution: api.ids.school }),
    });
    expect(foreign.status).toBe(404);
  });

  it('is not for those who look', async () => {
    const key = await api.keyOf({ role: 'vehicle-supervisor', institution: null });
    expect((await api.get('/api/v1/audit', { key })).status).toBe(403);
  });

  it('is verified by who sees everything, also against a head that was written down', async () => {
    const url = '/api/v1/audit/verification';
    const key = await api.keyOf({ role: 'auditor', institution: null });
    const { body } = await api.get(url, { key });
    expect(body).toMatchObject({ whole: true, entries: 5, broken: null, head: { seq: 5 } });
    const same = await api.get(`${url}?head=5:${body.head.hash}`, { key });
    expect(same.body.whole).toBe(true);
    const other = await api.get(`${url}?head=3:${body.head.hash}`, { key });
    expect(other.body).toMatchObject({ whole: false, broken: { seq: 3 } });
    const later = await api.get(`${url}?head=9:${body.head.hash}`, { key });
    expect(later.body).toMatchObject({ whole: false, broken: { seq: 6 } });
    expect((await api.get(`${url}?head=5`, { key })).status).toBe(400);
    const some = await api.keyOf({ role: 'auditor', institution: api.ids.city });
    expect((await api.get(url, { key: some })).status).toBe(403);
  });
});
