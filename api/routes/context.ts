// What every route gets, and the app that it is added to.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Institution, Point } from '../../core/registry/registry.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Accounting } from '../accounting/accounting.ts';
import type { ApiDeps } from '../deps.ts';
import type { FleetSight } from '../fleet/visibility.ts';
import type { TimeText } from '../http/time-text.ts';
import type { Directory } from '../queries/directory.ts';
import type { VisibleAgents } from '../queries/visible-agents.ts';

export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface RouteContext extends ApiDeps {
  readonly directory: Directory;
  readonly visibleAgents: VisibleAgents;
  readonly times: TimeText;
  readonly accounting: Accounting;
  readonly fleet: FleetConfig;
  readonly sight: FleetSight;
}

export const prefix = '/api/v1';

export const tags = {
  points: 'Points',
  consumption: 'Consumption',
  figures: 'Figures',
  plans: 'Plans and quotas',
  ledgers: 'Facts and ledgers',
  vehicles: 'Vehicles',
  audit: 'Audit',
  organisation: 'Organisation',
  operations: 'Operations',
  system: 'System',
} as const;

/** The point that the guard found for this request. */
export function foundPoint(request: FastifyRequest): Point {
  if (request.found?.kind === 'point') return request.found.point;
  throw new Error('the route does not declare a point as its scope');
}

/** The institution that the guard found for this request. */
export function foundInstitution(request: FastifyRequest): Institution {
  if (request.found?.kind === 'institution') return request.found.institution;
  throw new Error('the route does not declare an institution as its scope');
}
