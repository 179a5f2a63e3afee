// Every route of the app × every role × where its grant holds: 200, 403 or 404, by a small table (core/testing/route-samples.ts)
// that does not look at what routes declare. A route without a line in it fails here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grant, Role } from '../../core/registry/registry.ts';
import type { Call, RouteSample, SampleWorld } from '../../core/testing/route-sample.ts';
import { openRoutes, routeSamples, sampleWorld } from '../../core/testing/route-samples.ts';
import { everyRole, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let world: SampleWorld;
let wing: string;
beforeAll(async () => {
  api = await testApi();
  await api.app.ready();
  world = await sampleWorld(api);
  const validFrom = midnight('2024-01-01');
  wing = (await api.registry.institutions.create({ name: 'Wing', parent: api.ids.school, validFrom }, by)).id;
});
afterAll(() => api.end());

/** Where a grant holds, seen from the school that the samples are about → whether it covers the school. */
const places = {
  own: true,
  above: true,
  everything: true,
  below: false,
  sibling: false,
} as const;
type Place = keyof typeof places;

function grantAt(role: Role, place: Place): Grant {
  const { ids } = api;
  const at = { own: ids.school, above: ids.city, everything: null, below: wing, sibling: ids.hospital };
  return { role, institution: at[place] };
}

/** What each role may, written out once more. */
const may: Readonly<Record<string, readonly Role[]>> = {
  'institutions:read': everyRole,
  'energy:read': everyRole.filter((role) => role !== 'vehicle-supervisor'),
  'operations:read': ['admin', 'facility-engineer', 'auditor'],
  'metrics:read': ['admin', 'facility-engineer'],
  'accounts:read': ['admin', 'energy-manager', 'facility-engineer', 'auditor'],
  'accounts:write': ['admin', 'energy-manager'],
  'definitions:write': ['admin'],
  'vehicles:read': ['admin', 'vehicle-supervisor', 'auditor'],
  'vehicles:write': ['admin', 'vehicle-supervisor'],
  'positions:read': ['vehicle-supervisor'],
  'audit:read': ['admin', 'auditor'],
};

function expected({ needs, about, status = 200 }: RouteSample, role: Role, place: Place): number {
  if (!may[needs]?.includes(role)) return 403;
  if (about === 'school') return places[place] ? status : 404;
  if (about === 'everything') return place === 'everything' ? status : 403;
  return status;
}

function guardedRoutes() {
  return api.app
    .routeTable()
    .filter(({ url }) => !openRoutes.some((open) => url === open || url.startsWith('/docs/')))
    .map(({ method, url }) => ({ method, url, name: `${method === 'HEAD' ? 'GET' : method} ${url}` }));
}

/** A route without a sample is told of by its own test. */
function calledRoutes() {
  return guardedRoutes().flatMap(({ method, url, name }) => {
    const sample = routeSamples[name];
    return sample ? [{ method, url, sample }] : [];
  });
}

async function ask(method: string, { url, payload, type }: Call, authorization: string | undefined) {
  return api.app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(payload === undefined ? {} : { 'content-type': type ?? 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload: payload as string }),
  });
}

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

  it('has a line in the table of samples, and the table has no others', () => {
    const routes = new Set(guardedRoutes().map(({ name }) => name));
    expect([...routes].sort()).toEqual(Object.keys(routeSamples).sort());
    const needs = Object.values(routeSamples).map((sample) => sample.needs);
    expect(needs.filter((permission) => may[permission] === undefined)).toEqual([]);
  });

  it('answers 401 without a key, with an unknown one and with nonsense', async () => {
    for (const { method, url, sample } of calledRoutes()) {
      const call = await sample.call(world);
      expect([method, url, (await ask(method, call, undefined)).statusCode]).toEqual([method, url, 401]);
      const unknown = await ask(method, call, `Bearer jy_${'A'.repeat(43)}`);
      expect([method, url, unknown.statusCode]).toEqual([method, url, 401]);
      const basic = await ask(method, call, 'Basic YTpi');
      expect([method, url, basic.statusCode]).toEqual([method, url, 401]);
      expect(basic.headers['www-authenticate']).toBe('Bearer realm="jieyue"');
    }
  });

  it('answers 403 to a principal without grants, and changes nothing for it', async () => {
    const key = await api.keyOf();
    for (const { method, url, sample } of calledRoutes()) {
      const call = await sample.call(world);
      const before = await api.registry.revision();
      const answer = await ask(method, call, `Bearer ${key}`);
      expect([method, url, answer.statusCode]).toEqual([method, url, 403]);
      expect([url, await api.registry.revision()]).toEqual([url, before]);
    }
  });

  for (const role of everyRole) {
    it(`lets ${role} in by its permission, for what its grants cover, and changes nothing elsewhere`, async () => {
      for (const place of Object.keys(places) as Place[]) {
        const key = await api.keyOf(grantAt(role, place));
        for (const { method, url, sample } of calledRoutes()) {
          const call = await sample.call(world);
          const before = await api.registry.revision();
          const answer = await ask(method, call, `Bearer ${key}`);
          const wanted = expected(sample, role, place);
          const said = answer.statusCode === wanted ? '' : answer.body.slice(0, 500);
          expect([role, place, method, url, answer.statusCode, said]).toEqual([
            role,
            place,
            method,
            url,
            wanted,
            '',
          ]);
          if (wanted >= 400) expect([url, await api.registry.revision()]).toEqual([url, before]);
        }
      }
    });
  }
});
