// POST and GET /plans/reviews: reviews of a plan, frozen with everything that they rest on, and checked whenever they are read.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { snapshotFaults, snapshotSchema } from '../../core/domain/plan/snapshot.ts';
import type { SnapshotRecord } from '../../core/registry/ledgers.ts';
import { takeReview, verifyReview } from '../accounting/plan-review.ts';
import type { Target } from '../auth/access.ts';
import { json } from '../http/answers.ts';
import { languageOf } from '../http/csv.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { institutionTarget } from './figures.ts';
import { authorOf, reasonField } from './writing.ts';

const reviewSchema = z.object({
  id: z.string(),
  name: z.string(),
  institution: z.string(),
  plan: z.string(),
  takenAt: z.string(),
  author: z.string(),
  reason: z.string(),
});

const verificationSchema = z
  .object({
    ok: z.boolean(),
    faults: z.array(wordSchema(snapshotFaults).extend({ at: z.string().describe('Where in the content.') })),
    recomputed: z.unknown().describe('What its inputs give today; null where they cannot be read.'),
  })
  .describe('Hashes, sums, and whether its inputs still give its results, checked now.');

const reviewBody = z.strictObject({
  institution: entityIdParameter('The institution; all below it are in the review.'),
  year: z.int().min(1900).max(2199).describe('A year that is over.'),
  occasion: snapshotSchema.shape.occasion.describe('中期评估, 终期考核, or another.'),
  name: z.string().trim().min(1).max(200).optional().describe('Default: plan, year and occasion.'),
  reason: reasonField,
});

function bodyTarget(request: FastifyRequest): Target {
  const { institution } = reviewBody.pick({ institution: true }).loose().parse(request.body);
  return { kind: 'institution', id: institution };
}

function reviewTarget(request: FastifyRequest): Target {
  const { id } = z.object({ id: z.string() }).parse(request.params);
  return { kind: 'review', id };
}

export function addPlanReviewRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, times, language } = context;
  const describe = ({
    id,
    name,
    institution,
    plan,
    takenAt,
    author,
    reason,
  }: Omit<SnapshotRecord, 'content'>) => ({
    id,
    name,
    institution,
    plan,
    takenAt: times.of(takenAt),
    author,
    reason,
  });

  app.post(
    `${prefix}/plans/reviews`,
    {
      config: { access: { permission: 'accounts:write', scope: bodyTarget } },
      schema: {
        tags: [tags.plans],
        summary: 'Freeze a review of a plan',
        description:
          'Gathers amounts, users, area, coefficients and targets of every institution below, computes the review from them, and keeps ' +
          'all of it with hashes. It is never changed; another one may be taken.',
        body: reviewBody,
        response: {
          201: json('The review.', reviewSchema.extend({ results: z.unknown(), hash: z.string() })),
        },
      },
    },
    async (request, reply) => {
      const { reason, ...question } = request.body;
      const record = await takeReview(context, question, authorOf(request, reason));
      const { results, hash } = snapshotSchema.parse(record.content);
      return reply.status(201).send({ ...describe(record), results, hash });
    },
  );

  app.get(
    `${prefix}/plans/reviews`,
    {
      config: { access: { permission: 'energy:read', scope: institutionTarget } },
      schema: {
        tags: [tags.plans],
        summary: 'Reviews of an institution',
        description:
          'Frozen reviews of the institution itself, the newest first. /plans/reviews/{id} shows one.',
        querystring: z.strictObject({ institution: entityIdParameter('The institution.') }),
        response: { 200: json('The reviews.', z.object({ reviews: z.array(reviewSchema) })) },
      },
    },
    async ({ query }) => ({ reviews: (await registry.snapshots.list(query.institution)).map(describe) }),
  );

  app.get(
    `${prefix}/plans/reviews/:id`,
    {
      config: { access: { permission: 'energy:read', scope: reviewTarget } },
      schema: {
        tags: [tags.plans],
        summary: 'A review, checked',
        description:
          'What was frozen, with everything that it rests on; its hashes are checked and its results computed again.',
        params: z.object({ id: entityIdParameter('The review.') }),
        response: {
          200: json(
            'The review.',
            reviewSchema.extend({
              verification: verificationSchema,
              content: z.unknown().describe('Occasion, inputs, results and hashes, as they were frozen.'),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { found } = request;
      if (found?.kind !== 'review') throw new Error('the route does not declare a review as its scope');
      const spoken = languageOf(request, language);
      const { ok, faults, recomputed } = verifyReview(found.review);
      return {
        ...describe(found.review),
        verification: {
          ok,
          faults: faults.map(({ fault, at }) => ({ ...wordOf(snapshotFaults, fault, spoken), at })),
          recomputed,
        },
        content: found.review.content,
      };
    },
  );
}
