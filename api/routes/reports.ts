// GET, POST /reports and /reports/withdrawals: quantities that institutions reported (上报), or that were entered by hand.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commodityNames } from '../../core/domain/accounting/commodities.ts';
import { useNames } from '../../core/domain/accounting/uses.ts';
import type { ReportRecord } from '../../core/registry/ledgers.ts';
import { covers } from '../auth/access.ts';
import { json } from '../http/answers.ts';
import { entityIdParameter, timeParameter } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { institutionTarget } from './figures.ts';
import {
  countsOf,
  describeRow,
  pageOfRows,
  recordedAnswer,
  requirePeriod,
  rowFields,
  rowsQuestion,
  withdrawalAnswer,
  withdrawalBody,
} from './ledger-rows.ts';
import { authorOf, listBodyBytes, mostRows, permitOf, reasonField, writeTimeoutMs } from './writing.ts';

const reportSchema = z
  .object({
    ...rowFields,
    institution: z.string(),
    commodity: z.enum(commodityNames),
    use: z.enum(useNames),
    quantity: z.number(),
    amountCny: z.number().nullable(),
  })
  .meta({
    id: 'Report',
    examples: [
      {
        id: '01JABCDEF0123456789ABCDEFG',
        from: '2025-01-01T00:00:00+08:00',
        to: '2025-02-01T00:00:00+08:00',
        recordedAt: '2025-02-03T09:12:00+08:00',
        author: 'Zhang',
        reason: 'monthly report',
        supersededAt: null,
        withdrawn: null,
        institution: '01JBCDEFG0123456789ABCDEFH',
        commodity: 'gasoline',
        use: 'vehicle',
        quantity: 310,
        amountCny: 2_480,
      },
    ],
  });

export function addReportRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, times, directory } = context;

  app.get(
    `${prefix}/reports`,
    {
      config: {
        access: {
          permission: 'accounts:read',
          scope: (request: FastifyRequest) => institutionTarget(request),
        },
      },
      schema: {
        tags: [tags.ledgers],
        summary: 'Reported quantities',
        description:
          'What an institution and those below it reported for times that touch a period, by institution and date, a page at a time.',
        querystring: z.strictObject({
          institution: entityIdParameter('The institution, with all below it.'),
          ...rowsQuestion(calendar),
        }),
        response: {
          200: json('A page.', z.object({ reports: z.array(reportSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { institution, from, to, superseded, limit, cursor } = request.query;
      requirePeriod({ from, to });
      const below = (await directory.page()).subtree(institution);
      const { rows, next } = await pageOfRows<ReportRecord>(
        [...below, institution].filter((id) => id === institution || covers(request.reach, id)),
        (report) => report.institution,
        { limit, cursor },
        (institutions) =>
          registry.reports.list({ institutions, from, to, superseded: superseded === 'true' }),
      );
      return { reports: rows.map((report) => describeRow(report, times)), next };
    },
  );

  const input = z.strictObject({
    institution: z.string().min(1).max(64).describe('Id of the institution.'),
    commodity: z.enum(commodityNames),
    use: z.enum(useNames),
    from: timeParameter(calendar, 'The first day.'),
    to: timeParameter(calendar, 'The day after the last one.'),
    quantity: z.number().nonnegative().describe('In the unit of the commodity.'),
    amountCny: z.number().nullable().default(null),
  });

  app.post(
    `${prefix}/reports`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: 'rows' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Record reported quantities',
        description:
          'All or none. The same institution, commodity, use and period again takes the place of the one before; another overlap is ' +
          'refused. The institution must be covered by the grants on those days.',
        body: z.strictObject({ reason: reasonField, reports: z.array(input).min(1).max(mostRows) }),
        response: recordedAnswer,
      },
    },
    async (request) => {
      const { reason, reports } = request.body;
      const batch = { creating: [], facts: [], definitions: [], bills: [], reports };
      const outcome = await registry.batches.record(batch, authorOf(request, reason), {
        permit: permitOf(request),
      });
      return countsOf(outcome.reports, reports.length);
    },
  );

  app.post(
    `${prefix}/reports/withdrawals`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: 'rows' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Take reports back',
        description: 'All or none. They stay readable with `superseded`, with who took them back and why.',
        body: withdrawalBody,
        response: withdrawalAnswer,
      },
    },
    async (request) => {
      const { reason, ids } = request.body;
      await registry.reports.withdraw(ids, authorOf(request, reason), permitOf(request));
      return { withdrawn: new Set(ids).size };
    },
  );
}
