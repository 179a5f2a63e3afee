// What the guard does beside the walk of all routes (walk.test.ts; samples of new routes go to core/testing/route-samples.ts).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics } from '../../core/runtime/metrics.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';
import { permissions, rolePermissions } from './permissions.ts';
import { principalTtlMs } from './principal-cache.ts';

const range = 'from=2024-01-01&to=2024-02-01';
let api: TestApi;
beforeAll(async () => {
  api = await testApi();
  await api.app.ready();
  const rejection = { id: 'b1', list: 'readings', index: 0, code: 'row.value', message: 'no' } as const;
  const at = api.clock.at;
  for (const agent of ['gateway-1', 'gateway-2', 'gateway-3']) {
    await api.registry.rejects.add([{ agent, rejection, row: '[]' }], at);
    await api.registry.alarms.raise('quarantine', agent, `batch of ${agent}`, at);
  }
});
afterAll(() => api.end());

describe('the table of roles', () => {
  it('gives each role exactly these permissions', () => {
    const energy = ['institutions:read', 'energy:read'];
    expect(rolePermissions).toEqual({
      admin: Object.keys(permissions).filter((permission) => permission !== 'positions:read'),
      'energy-manager': [...energy, 'accounts:read', 'accounts:write'],
      'facility-engineer': [...energy, 'operations:read', 'metrics:read', 'accounts:read'],
      'vehicle-supervisor': ['institutions:read', 'vehicles:read', 'vehicles:write', 'positions:read'],
      auditor: [...energy, 'operations:read', 'accounts:read', 'vehicles:read', 'audit:read'],
      viewer: energy,
    });
  });
});

describe('a request', () => {
  it('without a key is refused before its parameters are looked at', async () => {
    const answer = await api.get('/api/v1/consumption?nonsense=1', { key: undefined });
    expect(answer.status).toBe(401);
  });
});

describe('what declares nothing', () => {
  it('is denied even to an admin', async () => {
    const app = buildApp({ ...api.deps, metrics: new Metrics() });
    app.get('/forgotten', async () => 'secret');
    const key = await api.keyOf({ role: 'admin', institution: null });
    const response = await app.inject({ url: '/forgotten', headers: { authorization: `Bearer ${key}` } });
    expect(response.statusCode).toBe(403);
    expect(response.body).not.toContain('secret');
    expect((await app.inject({ url: '/forgotten' })).statusCode).toBe(401);
    expect(app.routeTable().find(({ url }) => url === '/forgotten')?.access).toBeUndefined();
    await app.close();
  });
});

describe('lists', () => {
  it('hold only what the grants cover', async () => {
    const key = await api.keyOf({ role: 'facility-engineer', institution: api.ids.school });
    const list = async (url: string) => (await api.get(url, { key })).body;
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
    expect(ids((await list('/api/v1/points')).points)).toEqual([
      points.annex,
      points.gym,
      points.lights,
      points.main,
    ]);
    expect((await list('/api/v1/institutions')).institutions).toEqual([
      { id: api.ids.school, name: 'School', parent: null, depth: 0 },
    ]);
    expect(ids((await list('/api/v1/buildings')).buildings)).toEqual(
      [api.ids.mainBuilding, api.ids.gymBuilding].sort(),
    );
    expect(ids((await list('/api/v1/agents')).agents)).toEqual(['gateway-1']);
    const agentsOf = (rows: { agent: string }[]) => rows.map(({ agent }) => agent);
    expect(agentsOf((await list('/api/v1/rejects')).rejects)).toEqual(['gateway-1']);
    const subjects = (await list('/api/v1/alarms')).alarms.map(({ subject }: { subject: string }) => subject);
    expect(subjects).toEqual(['gateway-1']);
  });

  it('answer the same to filters on what is foreign and on what does not exist', async () => {
    const key = await api.keyOf({ role: 'auditor', institution: api.ids.school });
    const without = (text: string, id: string) =>
      text.replaceAll(id, 'ID').replace(/"requestId":"[^"]*"/, '');
    const calls: [string, string, string][] = [
      ['/api/v1/points?building=', api.ids.clinicBuilding, '01J0000000000000000000000X'],
      ['/api/v1/points?institution=', api.ids.hospital, '01J0000000000000000000000X'],
      ['/api/v1/buildings?institution=', api.ids.hospital, '01J0000000000000000000000X'],
      [`/api/v1/consumption?${range}&institution=`, api.ids.hospital, '01J0000000000000000000000X'],
      [`/api/v1/consumption?${range}&building=`, api.ids.clinicBuilding, '01J0000000000000000000000X'],
      [`/api/v1/consumption?${range}&building=`, api.ids.loneBuilding, '01J0000000000000000000000X'],
      [`/api/v1/consumption?${range}&point=`, points.clinic, 'no/such'],
      [`/api/v1/consumption?${range}&point=`, points.spare, 'no/such'],
      ['/api/v1/rejects?agent=', 'gateway-2', 'no-such'],
      ['/api/v1/points/', points.clinic, 'no/such'],
    ];
    for (const [url, foreign, unknown] of calls) {
      const one = await api.get(url + foreign, { key });
      const other = await api.get(url + unknown, { key });
      expect([url, one.status]).toEqual([url, 404]);
      expect(without(one.text, foreign)).toBe(without(other.text, unknown));
    }
  });

  it('show an agent only to who may see all that it measures', async () => {
    const shared = 'gateway-9';
    await api.registry.agents.create(shared, 'a password');
    await api.registry.points.registerAll(
      [api.ids.mainBuilding, api.ids.clinicBuilding].map((building, index) => ({
        key: `${shared}/p${index}` as const,
        name: 'p',
        quantities: ['water'] as const,
        building,
        validFrom: midnight('2024-01-01'),
      })),
      by,
    );
    const agents = async (institution: string) => {
      const key = await api.keyOf({ role: 'facility-engineer', institution });
      const { body } = await api.get('/api/v1/agents', { key });
      return body.agents.map(({ id }: { id: string }) => id);
    };
    api.clock.at += 60_000;
    expect(await agents(api.ids.city)).toEqual(['gateway-1', 'gateway-2', shared]);
    expect(await agents(api.ids.school)).toEqual(['gateway-1']);
  });
});

describe('a grant', () => {
  it('covers institutions below, and several grants add up by permission', async () => {
    const city = await api.keyOf({ role: 'viewer', institution: api.ids.city });
    expect((await api.get(`/api/v1/points/${points.clinic}`, { key: city })).status).toBe(200);
    expect((await api.get(`/api/v1/points/${points.spare}`, { key: city })).status).toBe(404);

    const mixed = await api.keyOf(
      { role: 'viewer', institution: api.ids.school },
      { role: 'vehicle-supervisor', institution: null },
    );
    expect((await api.get(`/api/v1/points/${points.main}`, { key: mixed })).status).toBe(200);
    expect((await api.get(`/api/v1/points/${points.clinic}`, { key: mixed })).status).toBe(404);
    expect((await api.get('/api/v1/institutions', { key: mixed })).body.institutions).toHaveLength(3);
  });

  it('over an institution that is new works at once', async () => {
    const wing = await api.registry.institutions.create(
      { name: 'Wing', parent: api.ids.school, validFrom: midnight('2024-01-01') },
      by,
    );
    const answer = await api.get(`/api/v1/consumption?institution=${wing.id}&${range}`);
    expect([answer.status, answer.body.total.value]).toEqual([200, null]);
  });
});

describe('a key', () => {
  it('that is revoked stops working within seconds', async () => {
    const { principal, key } = await api.registry.principals.create('leaver', [
      { role: 'viewer', institution: null },
    ]);
    expect((await api.get('/api/v1/points', { key })).status).toBe(200);
    await api.registry.principals.revoke(principal.id);
    api.clock.at += principalTtlMs;
    expect((await api.get('/api/v1/points', { key })).status).toBe(401);
  });

  it('in the address is refused politely', async () => {
    for (const name of ['key', 'api_key', 'apikey', 'token', 'access_token', 'Authorization']) {
      const answer = await api.get(`/api/v1/points?${name}=jy_secret`, { key: undefined });
      expect([name, answer.status]).toEqual([name, 400]);
      expect(answer.body.detail).toContain('Authorization: Bearer');
      expect(answer.text).not.toContain('jy_secret');
    }
  });

  it('does not come back in an answer', async () => {
    const key = `jy_${'B'.repeat(43)}`;
    expect((await api.get('/api/v1/points', { key })).text).not.toContain(key);
  });
});
