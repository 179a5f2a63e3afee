import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../core/registry/registry.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { everyRole, points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';
import { permissions, rolePermissions } from './permissions.ts';
import { principalTtlMs } from './principal-cache.ts';

const range = 'from=2024-01-01&to=2024-02-01';
const encoded = encodeURIComponent;

/** How each route is called for an entity of the school (own) and one of the hospital (foreign). */
type Sample = (about: { point: string; building: string; institution: string }) => string;
const samples: Readonly<Record<string, Sample>> = {
  '/api/v1/points': () => '/api/v1/points',
  '/api/v1/points/:id': ({ point }) => `/api/v1/points/${encoded(point)}`,
  '/api/v1/points/:agent/:point': ({ point }) => `/api/v1/points/${point}`,
  '/api/v1/points/:id/readings': ({ point }) =>
    `/api/v1/points/${encoded(point)}/readings?quantity=electricity&${range}`,
  '/api/v1/points/:agent/:point/readings': ({ point }) =>
    `/api/v1/points/${point}/readings?quantity=electricity&${range}`,
  '/api/v1/points/:id/latest': ({ point }) => `/api/v1/points/${encoded(point)}/latest`,
  '/api/v1/points/:agent/:point/latest': ({ point }) => `/api/v1/points/${point}/latest`,
  '/api/v1/points/:id/exclusions': ({ point }) => `/api/v1/points/${encoded(point)}/exclusions?${range}`,
  '/api/v1/points/:agent/:point/exclusions': ({ point }) => `/api/v1/points/${point}/exclusions?${range}`,
  '/api/v1/consumption': ({ institution }) => `/api/v1/consumption?institution=${institution}&${range}`,
  '/api/v1/figures': ({ institution }) => `/api/v1/figures?institution=${institution}&year=2024`,
  '/api/v1/figures/months': ({ institution }) =>
    `/api/v1/figures/months?institution=${institution}&year=2024`,
  '/api/v1/figures/tree': ({ institution }) => `/api/v1/figures/tree?institution=${institution}&year=2024`,
  '/api/v1/figures/explanation': ({ institution }) =>
    `/api/v1/figures/explanation?institution=${institution}&indicator=energy&year=2024`,
  '/api/v1/figures/sources': ({ institution }) =>
    `/api/v1/figures/sources?institution=${institution}&basis=metered&year=2024`,
  '/api/v1/institutions': () => '/api/v1/institutions',
  '/api/v1/buildings': () => '/api/v1/buildings',
  '/api/v1/agents': () => '/api/v1/agents',
  '/api/v1/rejects': () => '/api/v1/rejects',
  '/api/v1/alarms': () => '/api/v1/alarms',
  '/metrics': () => '/metrics',
};
const openRoutes = ['/health', '/openapi.json', '/docs'];

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

function guardedRoutes() {
  return api.app.routeTable().filter(({ access }) => access === undefined || !('open' in access));
}

describe('the table of roles', () => {
  it('gives each role exactly these permissions', () => {
    const energy = ['institutions:read', 'energy:read'];
    expect(rolePermissions).toEqual({
      admin: Object.keys(permissions),
      'energy-manager': energy,
      'facility-engineer': [...energy, 'operations:read', 'metrics:read'],
      'vehicle-supervisor': ['institutions:read'],
      auditor: [...energy, 'operations:read'],
      viewer: energy,
    });
  });
});

describe('every route', () => {
  it('declares its access, and is open only where that is meant', () => {
    const undeclared = api.app.routeTable().filter(({ access }) => access === undefined);
    expect(undeclared).toEqual([]);
    const open = api.app.routeTable().filter(({ access }) => access !== undefined && 'open' in access);
    const unexpected = open.filter(
      ({ url }) => !openRoutes.some((start) => url === start || url.startsWith('/docs/')),
    );
    expect(unexpected).toEqual([]);
  });

  it('has a sample call here: whoever adds a route says how it is called', () => {
    const missing = guardedRoutes().filter(({ url }) => samples[url] === undefined);
    expect(missing).toEqual([]);
    expect(guardedRoutes().length).toBeGreaterThanOrEqual(2 * Object.keys(samples).length);
  });

  it('answers 401 without a key, with an unknown one and with nonsense', async () => {
    const { own } = entities();
    for (const { url } of guardedRoutes()) {
      const call = samples[url]?.(own) ?? '';
      expect([url, (await api.get(call, { key: undefined })).status]).toEqual([url, 401]);
      expect([url, (await api.get(call, { key: `jy_${'A'.repeat(43)}` })).status]).toEqual([url, 401]);
      const basic = await api.get(call, { key: undefined, headers: { authorization: 'Basic YTpi' } });
      expect([url, basic.status]).toEqual([url, 401]);
      expect(basic.headers['www-authenticate']).toBe('Bearer realm="jieyue"');
    }
  });

  it('answers 401 before it looks at parameters', async () => {
    const answer = await api.get('/api/v1/consumption?nonsense=1', { key: undefined });
    expect(answer.status).toBe(401);
  });

  for (const role of everyRole) {
    it(`lets ${role} in by its permission, for what its grants cover, and nowhere else`, async () => {
      const { own, foreign } = entities();
      const keys = {
        own: await api.keyOf({ role, institution: own.institution }),
        everything: await api.keyOf({ role, institution: null }),
        foreign: await api.keyOf({ role, institution: foreign.institution }),
      };
      for (const { method, url, access } of guardedRoutes()) {
        if (access === undefined || 'open' in access) throw new Error(`${url} is not guarded`);
        const sample = samples[url];
        if (sample === undefined) throw new Error(`${url} has no sample`);
        const allowed = mayCall(role, access.permission);
        const aboutOne = typeof access.scope === 'function';
        for (const [grant, key] of Object.entries(keys)) {
          const expected = !allowed ? 403 : aboutOne && grant === 'foreign' ? 404 : 200;
          const response = await api.app.inject({
            method: method === 'HEAD' ? 'HEAD' : 'GET',
            url: sample(own),
            headers: { authorization: `Bearer ${key}` },
          });
          expect([role, method, url, grant, response.statusCode]).toEqual([
            role,
            method,
            url,
            grant,
            expected,
          ]);
        }
      }
    });
  }

  it('answers 403 to a principal without grants', async () => {
    const key = await api.keyOf();
    for (const { url } of guardedRoutes()) {
      const answer = await api.get(samples[url]?.(entities().own) ?? '', { key });
      expect([url, answer.status, answer.body?.code]).toEqual([url, 403, 'api.forbidden']);
    }
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

function entities() {
  const own = { point: points.main, building: api.ids.mainBuilding, institution: api.ids.school };
  const foreign = { point: points.clinic, building: api.ids.clinicBuilding, institution: api.ids.hospital };
  return { own, foreign };
}

/** Written out once more, so that a slip in the table of roles is seen here. */
function mayCall(role: Role, permission: string): boolean {
  if (role === 'admin') return true;
  if (permission === 'institutions:read') return true;
  if (permission === 'energy:read') return role !== 'vehicle-supervisor';
  if (permission === 'operations:read') return role === 'facility-engineer' || role === 'auditor';
  return permission === 'metrics:read' && role === 'facility-engineer';
}
