// GET and POST /facts: what is said of an entity, since when; corrections are new entries, nothing is overwritten.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Calendar } from '../../core/domain/time.ts';
import type { Fact } from '../../core/registry/registry.ts';
import type { Target } from '../auth/access.ts';
import { json } from '../http/answers.ts';
import { timeParameter } from '../http/parameters.ts';
import type { TimeText } from '../http/time-text.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import {
  authorOf,
  listBodyBytes,
  mostRows,
  permitOf,
  reasonField,
  valueField,
  writeTimeoutMs,
} from './writing.ts';

export const entityForm = z
  .string()
  .regex(/^[A-Za-z0-9._/-]{1,129}$/, 'an entity is an id, or agent/point of a point');
export const attributeForm = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'an attribute is a name such as floorArea');

export const factSchema = z
  .object({
    id: z.string(),
    entity: z.string(),
    attribute: z.string(),
    validFrom: z.string(),
    validTo: z.string().nullable().describe('Null: until further notice.'),
    value: z.unknown(),
    recordedAt: z.string(),
    author: z.string(),
    reason: z.string(),
    supersededAt: z.string().nullable().describe('Since when another entry stands in its place.'),
    remainsOf: z.string().nullable().describe('The entry of which this is what a later one left over.'),
  })
  .meta({
    id: 'Fact',
    examples: [
      {
        id: '01JABCDEF0123456789ABCDEFG',
        entity: '01JBCDEFG0123456789ABCDEFH',
        attribute: 'energyUsers',
        validFrom: '2025-01-01T00:00:00+08:00',
        validTo: null,
        value: { staff: 120, nonEstablishment: 0, students: 1_800, patients: 0, visitors: 0 },
        recordedAt: '2025-02-03T09:12:00+08:00',
        author: 'Zhang',
        reason: 'register of 2025',
        supersededAt: null,
        remainsOf: null,
      },
    ],
  });

function entityTarget(request: FastifyRequest): Target {
  const { entity } = z.object({ entity: z.string() }).parse(request.query);
  return { kind: 'entity', id: entity };
}

export function describeFact(fact: Fact, times: TimeText) {
  return {
    ...fact,
    validFrom: times.of(fact.validFrom),
    validTo: times.orNull(fact.validTo),
    recordedAt: times.of(fact.recordedAt),
    supersededAt: times.orNull(fact.supersededAt),
  };
}

/** What a question about facts may narrow down. */
export const factQuestion = {
  attribute: attributeForm.optional().meta({ description: 'Only this attribute.' }),
  history: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Whether entries that were replaced are shown.' }),
};

export function factInput(calendar: Calendar) {
  return z.strictObject({
    entity: entityForm.describe('Its id; of a point `agent/point`.'),
    attribute: attributeForm.describe(
      'Such as `energyUsers`; docs/ledgers.md and docs/accounting.md tell them.',
    ),
    validFrom: timeParameter(calendar, 'The local midnight from which it holds.'),
    validTo: timeParameter(calendar, 'The midnight at which it ends; left out: where the next entry begins.')
      .nullable()
      .optional(),
    value: valueField,
  });
}

export const changedSchema = z.object({
  changed: z.array(z.int()).describe('Places in the list that changed something.'),
});

export function addFactRoutes(app: ApiApp, { registry, calendar, times }: RouteContext): void {
  app.get(
    `${prefix}/facts`,
    {
      config: { access: { permission: 'accounts:read', scope: entityTarget } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Facts of an entity',
        description:
          'What is said of an institution, building, zone, account or point (of a vehicle: /vehicles/{id}/facts), by attribute and date; with `history` the entries ' +
          'that others replaced too, with who recorded them and why.',
        querystring: z.strictObject({
          entity: entityForm.meta({ description: 'Its id; of a point `agent/point`.' }),
          ...factQuestion,
        }),
        response: {
          200: json('By attribute, date and time of record.', z.object({ facts: z.array(factSchema) })),
        },
      },
    },
    async ({ query: { entity, attribute, history } }) => {
      const only = attribute === undefined ? {} : { attribute };
      const facts = await registry.facts.history(entity, { ...only, superseded: history === 'true' });
      return { facts: facts.map((fact) => describeFact(fact, times)) };
    },
  );

  app.post(
    `${prefix}/facts`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: 'rows' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Record facts',
        description:
          'All or none. An entry takes the place of what was said of the same attribute from `validFrom` until the next entry (or ' +
          '`validTo`; `null`: for good); what it replaces stays in the history. The same again changes nothing. The entity, and ' +
          'everything that the value names or named, must be covered by the grants at all times that the entry changes.',
        body: z.strictObject({
          reason: reasonField,
          facts: z.array(factInput(calendar)).min(1).max(mostRows),
        }),
        response: {
          200: json('Recorded.', changedSchema),
        },
      },
    },
    async (request) => {
      const { reason, facts } = request.body;
      const batch = { creating: [], facts, definitions: [], bills: [], reports: [] };
      const outcome = await registry.batches.record(batch, authorOf(request, reason), {
        permit: permitOf(request),
      });
      return { changed: [...outcome.facts] };
    },
  );
}
