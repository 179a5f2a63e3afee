// Lets a request in or not: key → principal → grants → permission → the institution it is about.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Titled } from '../../core/domain/message.ts';
import { parsePointKey } from '../../core/domain/topics.ts';
import type { Principal, Registry } from '../../core/registry/registry.ts';
import { kindNames } from '../../core/registry/words/names.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { sayOfRequests } from '../http/said.ts';
import type { Directory } from '../queries/directory.ts';
import { covers, type Found, nowhere, type Reach, type Target } from './access.ts';
import { allows, type Permission } from './permissions.ts';
import { PrincipalCache } from './principal-cache.ts';

const longestKey = 256;

/** Adds the hooks. They must be there before the first route is. */
export function addGuard(
  app: FastifyInstance,
  deps: { registry: Registry; directory: Directory; clock: Clock },
): void {
  const { registry, directory, clock } = deps;
  const principals = new PrincipalCache((key) => registry.principals.byKey(key), clock);

  app.decorate('callerAgain', (request: FastifyRequest) => authenticate(request, principals));
  app.decorateRequest('caller', null);
  app.decorateRequest('found', null);
  app.decorateRequest('reach', { getter: () => nowhere });

  // Before parameters are looked at: a stranger learns nothing, not even that a parameter is wrong.
  app.addHook('onRequest', async (request) => {
    refuseKeyInAddress(request);
    if (request.is404) return;
    const { access } = request.routeOptions.config;
    if (access !== undefined && 'open' in access) return;
    const caller = await authenticate(request, principals);
    request.caller = caller;
    if (access === undefined) {
      const route = `${request.method} ${request.routeOptions.url}`;
      throw new JieyueError('api.forbidden', sayOfRequests('route.undeclared', { route }));
    }
    const permission = access.more?.when(request) ? access.more.permission : access.permission;
    if (!caller.grants.some(({ role }) => allows(role, permission))) {
      const roles = [...new Set(caller.grants.map(({ role }) => role))].join(', ') || 'none';
      const values = { name: caller.name, roles, permission };
      throw new JieyueError('api.forbidden', sayOfRequests('key.no-permission', values));
    }
    const reach = await reachOf(caller, permission, directory);
    if (access.scope === 'everything' && !reach.everything) {
      throw new JieyueError('api.forbidden', sayOfRequests('key.not-everything', { permission }));
    }
    Object.defineProperty(request, 'reach', { value: reach });
  });

  // After parameters are read: the one entity that the request is about.
  app.addHook('preHandler', async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === undefined || 'open' in access) return;
    if (typeof access.scope !== 'function') return;
    request.found = await find(access.scope(request), request.reach, deps);
  });
}

/** The institutions that the grants of `caller` cover for `permission`. */
export async function reachOf(
  caller: Principal,
  permission: Permission,
  directory: Directory,
): Promise<Reach> {
  const grants = caller.grants.filter(({ role }) => allows(role, permission));
  if (grants.some(({ institution }) => institution === null)) {
    return { everything: true, institutions: new Set() };
  }
  const page = await directory.page();
  const institutions = new Set<string>();
  for (const { institution } of grants) {
    if (institution !== null) for (const id of page.subtree(institution)) institutions.add(id);
  }
  return { everything: false, institutions };
}

/**
 * @throws JieyueError `registry.not-found`, in the same words whether the entity does not exist or is foreign: who
 * may not see it does not learn that it is there.
 */
async function find(
  target: Target,
  reach: Reach,
  deps: { registry: Registry; directory: Directory; clock: Clock },
): Promise<Found> {
  const found = await lookUp(target, reach, deps);
  if (found !== undefined) return found;
  throw notFound(target);
}

const lists: Readonly<Record<Target['kind'], string>> = {
  point: 'points',
  building: 'buildings',
  institution: 'institutions',
  account: 'accounts',
  review: 'plans/reviews',
  entity: 'institutions',
};

const titles: Readonly<Record<Target['kind'], Titled>> = {
  ...kindNames,
  review: { zh: '评估', en: 'review' },
  entity: { zh: '对象', en: 'entity' },
};

export function notFound({ kind, id }: Target): JieyueError {
  const values = { kind: titles[kind], id, list: lists[kind] };
  return new JieyueError('registry.not-found', sayOfRequests('entity.none', values));
}

export function notFoundAgent(id: string): JieyueError {
  return new JieyueError('registry.not-found', sayOfRequests('agent.none', { id }));
}

async function lookUp(
  { kind, id }: Target,
  reach: Reach,
  { registry, directory, clock }: { registry: Registry; directory: Directory; clock: Clock },
): Promise<Found | undefined> {
  if (kind === 'institution') {
    const institution = await directory.institution(id);
    return institution && covers(reach, institution.id) ? { kind, institution } : undefined;
  }
  if (kind === 'building') {
    const building = await directory.building(id);
    return building && covers(reach, building.institution) ? { kind, building } : undefined;
  }
  if (kind === 'account') {
    const account = await registry.accounts.get(id, clock.now());
    return account && covers(reach, account.institution) ? { kind, account } : undefined;
  }
  if (kind === 'review') {
    const review = await registry.snapshots.get(id);
    return review && covers(reach, review.institution) ? { kind, review } : undefined;
  }
  if (kind === 'entity') {
    const found = await registry.facts.kindWithin(id, reach.everything ? 'everything' : reach.institutions);
    // What is said of vehicles is for who may see vehicles: /vehicles/{id}/facts.
    return found && found !== 'vehicle' ? { kind, entity: { id, kind: found } } : undefined;
  }
  const key = parsePointKey(id);
  if (key === undefined) return undefined;
  const now = clock.now();
  const point = await registry.points.get(`${key.agent}/${key.point}`, now);
  if (point === undefined) return undefined;
  const allowed = reach.everything || covers(reach, await registry.points.institutionOf(point.key, now));
  return allowed ? { kind, point } : undefined;
}

async function authenticate(request: FastifyRequest, principals: PrincipalCache): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new JieyueError('api.unauthenticated', sayOfRequests('key.none'));
  }
  const [, key] = /^Bearer +([^\s]+)$/i.exec(authorization.trim()) ?? [];
  if (key === undefined || key.length > longestKey) {
    throw new JieyueError('api.unauthenticated', sayOfRequests('key.form'));
  }
  const principal = await principals.byKey(key);
  if (principal === undefined) {
    throw new JieyueError('api.unauthenticated', sayOfRequests('key.unknown'));
  }
  return principal;
}

const secretNames = /^(api[-_]?)?key$|^(access[-_]?)?token$|^authorization$|^password$/i;

/** Addresses end up in logs, histories and referrers. */
function refuseKeyInAddress(request: FastifyRequest): void {
  const query: unknown = request.query;
  if (typeof query !== 'object' || query === null) return;
  const name = Object.keys(query).find((each) => secretNames.test(each));
  if (name === undefined) return;
  throw new JieyueError('api.bad-request', sayOfRequests('key.in-address', { name }));
}
