// GET /points and /points/{id}: which measuring places there are.
import { z } from 'zod';
import { agentIdPattern, parsePointKey } from '../../core/domain/topics.ts';
import { carrierNames, quantityEntry } from '../../core/domain/units.ts';
import { pointRoles } from '../../core/registry/attributes/point.ts';
import type { Point } from '../../core/registry/registry.ts';
import { covers } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { json } from '../http/answers.ts';
import { cursorParameter, encodeCursor, entityIdParameter, limitParameter } from '../http/parameters.ts';
import { PointList, type PointPlace } from '../queries/point-list.ts';
import { type ApiApp, foundPoint, prefix, type RouteContext, tags } from './context.ts';
import { pointForms } from './point-forms.ts';

const pointSchema = z
  .object({
    id: z.string().describe('`agent/point`: the key of the point, which never changes.'),
    agent: z.string().describe('The agent that reads it.'),
    name: z.string(),
    role: z
      .enum(pointRoles)
      .describe(
        '`billing` counts for its building; `sub-meter` is a part of another point and never summed; `virtual` is a formula over other points.',
      ),
    building: z.string().nullable().describe('Id of its building.'),
    institution: z.string().nullable().describe('Id of the institution that answers for the building today.'),
    quantities: z
      .array(
        z.object({
          quantity: z.string(),
          kind: z.enum(['register', 'interval', 'gauge', 'state']),
          unit: z.string(),
          carrier: z.enum(carrierNames).nullable().describe('What its consumption is asked for by.'),
        }),
      )
      .describe('What the point measures.'),
  })
  .meta({
    id: 'Point',
    examples: [
      {
        id: 'import/school',
        agent: 'import',
        name: 'School',
        role: 'billing',
        building: null,
        institution: null,
        quantities: [
          { quantity: 'electricity_interval', kind: 'interval', unit: 'kWh', carrier: 'electricity' },
        ],
      },
    ],
  });

const placeSchema: z.ZodType<PointPlace> = z.union([
  z.tuple([z.string()]),
  z.tuple([z.string(), z.string()]),
]);

export function addPointRoutes(app: ApiApp, context: RouteContext): void {
  const { directory } = context;
  const points = new PointList(context);

  async function describe(point: Point) {
    const building = point.building === null ? undefined : await directory.building(point.building);
    return {
      id: point.key,
      agent: parsePointKey(point.key)?.agent ?? '',
      name: point.name,
      role: point.role,
      building: point.building,
      institution: building?.institution ?? null,
      quantities: point.quantities.map((quantity) => {
        const entry = quantityEntry(quantity);
        return {
          quantity,
          kind: entry?.kind ?? 'gauge',
          unit: entry?.unit ?? '',
          carrier: entry?.carrier ?? null,
        };
      }),
    };
  }

  app.get(
    `${prefix}/points`,
    {
      config: { access: { permission: 'energy:read', scope: 'filtered' } },
      schema: {
        tags: [tags.points],
        summary: 'List points',
        description:
          "The points that the key's grants cover, a page at a time. A page may hold fewer rows than `limit`; " +
          'there are more as long as `next` is not null.',
        querystring: z.strictObject({
          agent: z
            .string()
            .regex(agentIdPattern, 'an agent is 1 to 64 characters of A-Z a-z 0-9 . _ -')
            .optional()
            .meta({ description: 'Only points of this agent.' }),
          building: entityIdParameter('Only points of this building.').optional(),
          institution: entityIdParameter('Only points of this institution and those below it.').optional(),
          limit: limitParameter({ max: 1_000, default: 100 }),
          cursor: cursorParameter(placeSchema),
        }),
        response: {
          200: json('A page.', z.object({ points: z.array(pointSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { agent, building, institution, limit, cursor } = request.query;
      const { reach } = request;
      if (building !== undefined) {
        const found = await directory.building(building);
        if (found === undefined || !covers(reach, found.institution)) {
          throw notFound({ kind: 'building', id: building });
        }
      }
      if (institution !== undefined) {
        const found = await directory.institution(institution);
        if (found === undefined || !covers(reach, institution)) {
          throw notFound({ kind: 'institution', id: institution });
        }
      }
      const page = await points.page({ reach, agent, building, institution, limit, after: cursor });
      return {
        points: await Promise.all(page.points.map(describe)),
        next: page.next === undefined ? null : encodeCursor([...page.next]),
      };
    },
  );

  for (const form of pointForms('')) {
    app.get(
      form.url,
      {
        config: { access: { permission: 'energy:read', scope: form.scope } },
        schema: {
          hide: form.hide,
          tags: [tags.points],
          summary: 'One point',
          description: 'What is known of a point. It can also be asked for as `/points/{agent}/{point}`.',
          params: form.params,
          querystring: z.strictObject({}),
          response: { 200: json('The point.', pointSchema) },
        },
      },
      async (request) => describe(foundPoint(request)),
    );
  }
}
