// GET /reconciliation: bills against meters (票表核对), by account and period of the bill.
import { z } from 'zod';
import type { ReconcileRow } from '../../core/domain/accounting/reconcile-model.ts';
import { reconcileFindings } from '../../core/domain/accounting/reconcile-texts.ts';
import { mostAccounts, reconciliation } from '../accounting/reconciliation.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { cursorParameter, encodeCursor, entityIdParameter, limitParameter } from '../http/parameters.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { describeFreshness, freshnessSchema, periodFields, periodOf } from './figure-forms.ts';
import { institutionTarget } from './figures.ts';

const amount = z.number().nullable();

const rowSchema = z.object({
  account: z.string(),
  number: z.string().nullable().describe('As the supplier writes it (户号).'),
  from: z.string(),
  to: z.string(),
  document: z.string(),
  bills: z.array(z.string()).describe('Ids of the bill and of its supplements.'),
  billed: amount,
  metered: amount.describe('What the points that name the account used in the bill’s days, as far as known.'),
  coverage: z.number(),
  difference: amount.describe('billed − metered.'),
  relative: amount.describe('Of the metered quantity; 0.05: the bill is 5 % above it.'),
  amountCny: amount,
  verdict: z.enum(['within-tolerance', 'differs', 'cannot-say']),
  reason: z.enum(['no-meter', 'coverage', 'no-quantity']).nullable(),
});

const findingSchema = z.object({
  account: z.string(),
  number: z.string().nullable(),
  finding: wordSchema(reconcileFindings),
  wayOut: z.string(),
  document: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  quantity: amount.describe('What is at stake: the difference, or what should have been billed.'),
  amountCny: amount,
});

type Row = z.infer<typeof rowSchema>;

export function addReconciliationRoutes(app: ApiApp, context: RouteContext): void {
  const { calendar, clock, registry, times, language } = context;

  app.get(
    `${prefix}/reconciliation`,
    {
      config: { access: { permission: 'accounts:read', scope: institutionTarget } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Bills against meters',
        description:
          'Of the accounts of an institution and all below it: each bill beside what the points that name its account used in the same ' +
          'days, and what was found: differences, missing bills, overlaps, unusual lengths; the most money of the page first. ' +
          'With `Accept: text/csv` the table of bills; the cursor then stands in the header `x-next-cursor`.',
        querystring: z.strictObject({
          institution: entityIdParameter('The institution; accounts of all below it are compared.'),
          account: entityIdParameter('Only this account (户号), by id.').optional(),
          limit: limitParameter({ max: mostAccounts, default: mostAccounts }).describe(
            `Accounts on a page, with all their bills: 1 to ${mostAccounts}, ${mostAccounts} if left out; fewer where they have many meters.`,
          ),
          cursor: cursorParameter(z.tuple([z.string()])),
          ...periodFields(calendar),
        }),
        response: {
          200: jsonOrCsv(
            'Bills, and what was found.',
            z.object({
              ...freshnessSchema,
              rows: z.array(rowSchema),
              findings: z.array(findingSchema),
              next: z.string().nullable().describe('The cursor of the next page; null: this is the last.'),
            }),
            z.string().describe('The bills; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { institution, account: only, limit, cursor } = request.query;
      const spoken = languageOf(request, language);
      const period = periodOf(request.query, clock.now(), calendar);
      const answer = await reconciliation(context, {
        institution,
        period,
        account: only,
        after: cursor?.[0],
        limit,
      });
      const next = answer.next === null ? null : encodeCursor([answer.next]);
      const accounts = await registry.accounts.list(period.to - 1);
      const numbers = new Map(accounts.map(({ id, number }) => [id, number]));
      const describe = (row: ReconcileRow): Row => ({
        ...row,
        number: numbers.get(row.account) ?? null,
        bills: [...row.bills],
        from: times.of(row.from),
        to: times.of(row.to),
        billed: tidyOrNull(row.billed),
        metered: tidyOrNull(row.metered),
        difference: tidyOrNull(row.difference),
        relative: tidyOrNull(row.relative),
        coverage: tidy(row.coverage),
        amountCny: tidyOrNull(row.amountCny),
      });
      const rows = answer.rows.map(describe);
      if (wantsCsv(request)) {
        if (next !== null) reply.header('x-next-cursor', next);
        return sendCsv(reply, `reconciliation-${institution}`, csv(columns, rows, spoken));
      }
      return {
        ...describeFreshness(answer, times),
        rows,
        findings: answer.findings.map(({ kind, account, document, from, to, quantity, amountCny }) => {
          const { wayOut } = reconcileFindings[kind];
          return {
            account,
            number: numbers.get(account) ?? null,
            finding: wordOf(reconcileFindings, kind, spoken),
            wayOut: spoken === 'en' ? wayOut.en : wayOut.zh,
            document,
            from: times.of(from),
            to: times.of(to),
            quantity: tidyOrNull(quantity),
            amountCny: tidyOrNull(amountCny),
          };
        }),
        next,
      };
    },
  );
}

const columns: readonly Column<Row>[] = [
  { heading: 'csv.account', cell: ({ number, account }) => number ?? account },
  { heading: 'csv.document', cell: ({ document }) => document },
  { heading: 'csv.from', cell: ({ from }) => from },
  { heading: 'csv.to', cell: ({ to }) => to },
  { heading: 'csv.billed', cell: ({ billed }) => billed },
  { heading: 'csv.metered', cell: ({ metered }) => metered },
  { heading: 'csv.difference', cell: ({ difference }) => difference },
  { heading: 'csv.relative', cell: ({ relative }) => relative },
  { heading: 'csv.coverage', cell: ({ coverage }) => coverage },
  { heading: 'csv.verdict', cell: ({ verdict }) => verdict },
];
