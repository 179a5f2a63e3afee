// What each route declares about who may call it. A route that declares nothing is denied (guard.ts).
import type { FastifyRequest } from 'fastify';
import type { Account } from '../../core/registry/account-contracts.ts';
import type { EntityKind } from '../../core/registry/attributes/attribute.ts';
import type { SnapshotRecord } from '../../core/registry/ledgers.ts';
import type { Building, Institution, Point, Principal } from '../../core/registry/registry.ts';
import type { Permission } from './permissions.ts';

/** One entity that a request is about; the guard looks it up and checks that the caller's grants cover it. */
export interface Target {
  readonly kind: 'point' | 'building' | 'institution' | 'account' | 'review' | 'entity';
  readonly id: string;
}

/**
 * How a route finds its institution:
 * - a function: the one entity the request is about; a foreign one is answered like one that does not exist;
 * - `filtered`: a list, of which the handler answers what `request.reach` covers;
 * - `system`: nothing of an institution; a grant with the permission is enough, wherever it holds;
 * - `rows`: a write, each row of which the registry checks against the caller's grants (routes/writing.ts);
 * - `everything`: what all institutions rest on; it takes a grant over everything.
 */
export type Scope = 'filtered' | 'system' | 'rows' | 'everything' | ((request: FastifyRequest) => Target);

export type Access =
  | { readonly open: true }
  | {
      readonly permission: Permission;
      /** Instead, for requests that ask for more; looked at before parameters are checked: the more where that is not clear. */
      readonly more?: {
        readonly permission: Permission;
        readonly when: (request: FastifyRequest) => boolean;
        /** When, in words for the document of the API. */
        readonly words: string;
      };
      readonly scope: Scope;
    };

/** The institutions that a caller's grants cover for one permission, subtrees included. */
export interface Reach {
  readonly everything: boolean;
  readonly institutions: ReadonlySet<string>;
}

export const nowhere: Reach = { everything: false, institutions: new Set() };

/** What belongs to no institution is covered by a grant over everything only. */
export function covers(reach: Reach, institution: string | null): boolean {
  return reach.everything || (institution !== null && reach.institutions.has(institution));
}

/** The entity of the request, found and allowed. */
export type Found =
  | FoundPlace
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'review'; readonly review: SnapshotRecord }
  | { readonly kind: 'entity'; readonly entity: { readonly id: string; readonly kind: EntityKind } };

/** Of those, what consumption can be asked of. */
export type FoundPlace =
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'building'; readonly building: Building }
  | { readonly kind: 'institution'; readonly institution: Institution };

declare module 'fastify' {
  interface FastifyInstance {
    /** Whose key it is by now, for answers that last. @throws JieyueError `api.unauthenticated` */
    callerAgain(request: FastifyRequest): Promise<Principal>;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    caller: Principal | null;
    reach: Reach;
    /** Set for routes whose scope is one entity. */
    found: Found | null;
  }
}
