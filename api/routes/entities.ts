// POST /institutions, /buildings, /zones, /accounts, /points, /vehicles: what is new; GET /accounts and /zones: those that there are.
import { z } from 'zod';
import { commodityNames } from '../../core/domain/accounting/commodities.ts';
import { useNames } from '../../core/domain/accounting/uses.ts';
import { isJieyueError, JieyueError } from '../../core/domain/errors.ts';
import { saying } from '../../core/domain/issues.ts';
import { billings } from '../../core/registry/attributes/account.ts';
import type { EntityKind } from '../../core/registry/attributes/attribute.ts';
import { attributes } from '../../core/registry/attributes.ts';
import type { BatchFault } from '../../core/registry/batch-contracts.ts';
import { covers } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { json } from '../http/answers.ts';
import {
  cursorParameter,
  encodeCursor,
  entityIdParameter,
  limitParameter,
  pointIdParameter,
  timeParameter,
} from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { attributeForm } from './facts.ts';
import { authorOf, permitOf, reasonField, valueField, writeTimeoutMs } from './writing.ts';

interface Creation {
  readonly path: string;
  readonly kind: EntityKind;
  readonly words: string;
  /** Left out: `accounts:write`. */
  readonly permission?: 'vehicles:write';
  /** Attributes that must be said. */
  readonly needs: readonly string[];
  /** Said where they are left out. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

const creations: readonly Creation[] = [
  {
    path: 'institutions',
    kind: 'institution',
    words: 'an institution',
    needs: ['name', 'parent'],
    defaults: {},
  },
  { path: 'buildings', kind: 'building', words: 'a building', needs: ['name', 'institution'], defaults: {} },
  { path: 'zones', kind: 'zone', words: 'a zone of a building', needs: ['name', 'building'], defaults: {} },
  {
    path: 'accounts',
    kind: 'account',
    words: 'a supply account (户号)',
    needs: ['number', 'institution', 'commodity'],
    defaults: { billing: 'quantity', open: true },
  },
  {
    path: 'points',
    kind: 'point',
    words: 'a point',
    needs: ['name', 'quantities', 'building'],
    defaults: { role: 'billing' },
  },
  {
    path: 'vehicles',
    kind: 'vehicle',
    words: 'an official vehicle',
    permission: 'vehicles:write',
    needs: ['plate', 'institution', 'category', 'powertrain'],
    defaults: {},
  },
];

const idSchema = z
  .object({ id: z.string().describe('Of what was made; it never changes.') })
  .meta({ id: 'Created', examples: [{ id: '01JABCDEF0123456789ABCDEFG' }] });

const accountSchema = z
  .object({
    id: z.string(),
    number: z.string(),
    name: z.string().nullable(),
    institution: z.string().nullable(),
    building: z.string().nullable(),
    commodity: z.enum(commodityNames),
    use: z.enum(useNames),
    supplier: z.string().nullable(),
    billing: z.enum(billings),
    tariff: z.string().nullable(),
    open: z.boolean().describe('Whether bills are expected.'),
  })
  .meta({
    id: 'Account',
    examples: [
      {
        id: '01JABCDEF0123456789ABCDEFG',
        number: '0312004567',
        name: '第一中学',
        institution: '01JBCDEFG0123456789ABCDEFH',
        building: null,
        commodity: 'electricity',
        use: 'building',
        supplier: '市供电公司',
        billing: 'quantity',
        tariff: null,
        open: true,
      },
    ],
  });

const zoneSchema = z.object({ id: z.string(), name: z.string(), building: z.string().nullable() }).meta({
  id: 'Zone',
  examples: [{ id: '01JABCDEF0123456789ABCDEFG', name: '食堂', building: '01JBCDEFG0123456789ABCDEFH' }],
});

export function addEntityRoutes(app: ApiApp, context: RouteContext): void {
  for (const creation of creations) addCreation(app, context, creation);
  addLists(app, context);
}

function addCreation(app: ApiApp, { registry, calendar }: RouteContext, creation: Creation): void {
  const { path, kind, words, needs, defaults, permission = 'accounts:write' } = creation;
  const later = kind === 'vehicle' ? '/vehicles/facts' : '/facts';
  const known = Object.keys(attributes[kind]).join(', ');
  const facts = z
    .record(attributeForm, valueField)
    .superRefine((said, refinement) => {
      for (const name of needs) {
        if (Object.hasOwn(said, name)) continue;
        refinement.addIssue({ code: 'custom', path: [name], ...saying(sayOfRequests('facts.new')) });
      }
    })
    .meta({
      description: `What is said of it first, by attribute; needed are ${needs.join(', ')}. There are ${known}.`,
    });

  app.post(
    `${prefix}/${path}`,
    {
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission, scope: 'rows' } },
      schema: {
        tags: [kind === 'vehicle' ? tags.vehicles : tags.ledgers],
        summary: `Make ${words}`,
        description:
          `Makes ${words} with its first facts, all from one date; later ones are recorded by ${later}. It must belong to an ` +
          'institution that the grants cover; one of nobody needs a grant over everything.',
        body: z.strictObject({
          ...(kind === 'point' ? { id: pointIdParameter } : {}),
          reason: reasonField,
          validFrom: timeParameter(calendar, 'The local midnight from which the facts hold.'),
          facts,
        }),
        response: { 201: json('Made.', idSchema) },
      },
    },
    async (request, reply) => {
      const { reason, validFrom, facts: said } = request.body;
      const id = 'id' in request.body ? String(request.body.id) : registry.facts.newId();
      const permit = permitOf(request, permission);
      if (kind === 'point' && (await registry.facts.kindWithin(id, permit.institutions)) !== undefined) {
        const message = `there is a point "${id}" already; record what is new of it by /api/v1/facts`;
        throw new JieyueError('registry.conflict', message);
      }
      const values = Object.entries({ ...defaults, ...said });
      const batch = {
        creating: [{ id, kind }],
        facts: values.map(([attribute, value]) => ({ entity: id, attribute, validFrom, value })),
        definitions: [],
        bills: [],
        reports: [],
      };
      try {
        await registry.batches.record(batch, authorOf(request, reason), { permit });
      } catch (error) {
        throw byAttribute(error, values);
      }
      return reply.status(201).send({ id });
    },
  );
}

/** Faults of the batch by the attributes that the caller named. */
function byAttribute(error: unknown, values: readonly (readonly [string, unknown])[]): unknown {
  if (!isJieyueError(error)) return error;
  const faults = (error.details?.['faults'] ?? []) as readonly BatchFault[];
  const named = faults.map((fault) => ({ ...fault, index: values[fault.index]?.[0] ?? fault.index }));
  return new JieyueError(error.code, error.said, { cause: error, details: { faults: named } });
}

function addLists(app: ApiApp, { registry, directory, clock }: RouteContext): void {
  const place = z.tuple([z.string()]);

  app.get(
    `${prefix}/accounts`,
    {
      config: { access: { permission: 'accounts:read', scope: 'filtered' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Supply accounts (户号)',
        description:
          "The supply accounts of the institutions that the key's grants cover, as they are today, by id, a page at a time.",
        querystring: z.strictObject({
          institution: entityIdParameter('Only accounts of this institution and those below it.').optional(),
          limit: limitParameter({ max: 1_000, default: 100 }),
          cursor: cursorParameter(place),
        }),
        response: {
          200: json('A page.', z.object({ accounts: z.array(accountSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { institution, limit, cursor } = request.query;
      const found = await directory.page();
      if (institution !== undefined) {
        const there = await directory.institution(institution);
        if (there === undefined || !covers(request.reach, institution)) {
          throw notFound({ kind: 'institution', id: institution });
        }
      }
      const below = institution === undefined ? undefined : found.subtree(institution);
      const all = await registry.accounts.list(clock.now());
      const visible = all.filter(
        (account) =>
          covers(request.reach, account.institution) &&
          (below === undefined || below.has(account.institution ?? '')),
      );
      const { page, next } = pageOf(visible, limit, cursor?.[0]);
      return { accounts: page, next };
    },
  );

  app.get(
    `${prefix}/zones`,
    {
      config: { access: { permission: 'energy:read', scope: 'filtered' } },
      schema: {
        tags: [tags.organisation],
        summary: 'Zones of buildings (分区)',
        description:
          "The zones of the buildings that the key's grants cover, as they are today, by id, a page at a time.",
        querystring: z.strictObject({
          building: entityIdParameter('Only zones of this building.').optional(),
          limit: limitParameter({ max: 1_000, default: 100 }),
          cursor: cursorParameter(place),
        }),
        response: {
          200: json('A page.', z.object({ zones: z.array(zoneSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { building, limit, cursor } = request.query;
      if (building !== undefined) {
        const there = await directory.building(building);
        if (there === undefined || !covers(request.reach, there.institution)) {
          throw notFound({ kind: 'building', id: building });
        }
      }
      const { buildings } = await directory.page();
      const all = await registry.zones.list(clock.now());
      const visible = all.filter((zone) => {
        const of = zone.building === null ? null : (buildings.get(zone.building)?.institution ?? null);
        return covers(request.reach, of) && (building === undefined || zone.building === building);
      });
      const { page, next } = pageOf(visible, limit, cursor?.[0]);
      return { zones: page, next };
    },
  );
}

/** @param all by id */
function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  limit: number,
  after: string | undefined,
) {
  const rest = after === undefined ? all : all.filter(({ id }) => id > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rest.length > limit && last ? encodeCursor([last.id]) : null };
}
