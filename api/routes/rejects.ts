// GET /rejects: rows that ingest refused, and why.
import { z } from 'zod';
import { agentIdPattern } from '../../core/domain/topics.ts';
import type { RejectRecord } from '../../core/registry/registry.ts';
import { notFoundAgent } from '../auth/guard.ts';
import { json } from '../http/answers.ts';
import { cursorParameter, encodeCursor, limitParameter } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

/** Rows looked through for one page at most, where only some agents are visible; such a page may be short. */
const scannedPerPage = 20_000;
const scanSize = 1_000;

const rejectSchema = z
  .object({
    seq: z.int().describe('Rises by arrival.'),
    at: z.string().describe('When it was refused.'),
    agent: z.string(),
    batch: z.string().describe('Id of the batch it came in.'),
    list: z.enum(['readings', 'positions', 'batch']),
    index: z.int().describe('Its place in that list; -1 where the whole batch was refused.'),
    code: z.string().describe('From docs/errors.md.'),
    message: z.string(),
    row: z.string().describe('What was refused, as text, cut to 1 000 characters.'),
  })
  .meta({
    id: 'Reject',
    examples: [
      {
        seq: 17,
        at: '2025-03-01T09:00:00+08:00',
        agent: 'gateway-1',
        batch: '01JCDEFGH0123456789ABCDEFJ',
        list: 'readings',
        index: 3,
        code: 'row.future',
        message: 'the time is 2 h ahead of ingest',
        row: '["main","power",1740798000000,12.5]',
      },
    ],
  });

export function addRejectRoutes(app: ApiApp, { registry, visibleAgents, times }: RouteContext): void {
  app.get(
    `${prefix}/rejects`,
    {
      config: { access: { permission: 'operations:read', scope: 'filtered' } },
      schema: {
        tags: [tags.operations],
        summary: 'Refused rows',
        description:
          'Rows and batches that ingest refused, the newest first; the newest 100 000 are kept. A page may ' +
          'hold fewer rows than `limit`; there are more as long as `next` is not null.',
        querystring: z.strictObject({
          agent: z
            .string()
            .regex(agentIdPattern, 'an agent is 1 to 64 characters of A-Z a-z 0-9 . _ -')
            .optional()
            .meta({ description: 'Only of this agent.' }),
          limit: limitParameter({ max: 1_000, default: 100 }),
          cursor: cursorParameter(z.tuple([z.int().min(0)])),
        }),
        response: {
          200: json('A page.', z.object({ rejects: z.array(rejectSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { agent, limit, cursor } = request.query;
      const isVisible = await visibleAgents.within(request.reach);
      if (agent !== undefined && !isVisible(agent)) throw notFoundAgent(agent);
      const page = await readPage({ agent, limit, after: cursor?.[0], isVisible });
      return {
        rejects: page.rows.map(describe),
        next: page.next === undefined ? null : encodeCursor([page.next]),
      };
    },
  );

  async function readPage(wanted: {
    agent: string | undefined;
    limit: number;
    after: number | undefined;
    isVisible: (agent: string) => boolean;
  }): Promise<{ rows: RejectRecord[]; next: number | undefined }> {
    const { agent, limit, isVisible } = wanted;
    const rows: RejectRecord[] = [];
    let { after } = wanted;
    for (let scanned = 0; scanned < scannedPerPage; ) {
      const found = await registry.rejects.list({
        limit: scanSize,
        ...(agent === undefined ? {} : { agent }),
        ...(after === undefined ? {} : { after }),
      });
      for (const row of found) {
        if (isVisible(row.agent)) {
          if (rows.length === limit) return { rows, next: after };
          rows.push(row);
        }
        after = row.seq;
      }
      if (found.length < scanSize) return { rows, next: undefined };
      scanned += found.length;
    }
    return { rows, next: after };
  }

  function describe({ seq, at, agent, rejection, row }: RejectRecord): z.infer<typeof rejectSchema> {
    const { id, list, index, code, message } = rejection;
    return { seq, at: times.of(at), agent, batch: id, list, index, code, message, row };
  }
}
