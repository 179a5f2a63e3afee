// GET, POST /bills and /bills/withdrawals: bills (票据) of supply accounts.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { BillRecord } from '../../core/registry/ledgers.ts';
import type { Target } from '../auth/access.ts';
import { json } from '../http/answers.ts';
import { entityIdParameter, timeParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
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

const billSchema = z
  .object({
    ...rowFields,
    account: z.string(),
    document: z.string(),
    quantity: z.number().nullable(),
    amountCny: z.number().nullable(),
    supplement: z.boolean(),
  })
  .meta({
    id: 'Bill',
    examples: [
      {
        id: '01JABCDEF0123456789ABCDEFG',
        from: '2025-01-01T00:00:00+08:00',
        to: '2025-02-01T00:00:00+08:00',
        recordedAt: '2025-02-03T09:12:00+08:00',
        author: 'Zhang',
        reason: 'bills of January',
        supersededAt: null,
        withdrawn: null,
        account: '01JBCDEFG0123456789ABCDEFH',
        document: 'NO-2025-0117',
        quantity: 12_400,
        amountCny: 8_432.5,
        supplement: false,
      },
    ],
  });

/** An account or an institution; the guard looks for the one that is asked about. */
function ownerTarget(request: FastifyRequest): Target {
  const query = z.object({ account: z.string().optional(), institution: z.string().optional() });
  const { account, institution } = query.parse(request.query);
  if ((account === undefined) === (institution === undefined)) {
    throw new JieyueError('api.bad-request', sayOfRequests('bills.of'));
  }
  if (account !== undefined) return { kind: 'account', id: account };
  return { kind: 'institution', id: institution ?? '' };
}

export function addBillRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, times, directory } = context;

  app.get(
    `${prefix}/bills`,
    {
      config: { access: { permission: 'accounts:read', scope: ownerTarget } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Bills',
        description:
          'Bills of one account, or of all accounts of an institution and those below it, that touch a period; each as long as its ' +
          'account was one of an institution that the grants cover. By account and date, a page at a time.',
        querystring: z.strictObject({
          account: entityIdParameter('The account.').optional(),
          institution: entityIdParameter('Or the institution, with all below it.').optional(),
          ...rowsQuestion(calendar),
        }),
        response: {
          200: json('A page.', z.object({ bills: z.array(billSchema), next: z.string().nullable() })),
        },
      },
    },
    async (request) => {
      const { account, institution, from, to, superseded, limit, cursor } = request.query;
      requirePeriod({ from, to });
      const { reach } = request;
      const covered =
        institution === undefined ? reach.institutions : (await directory.page()).subtree(institution);
      const all = account !== undefined && reach.everything;
      const holdings = all ? [] : await registry.accounts.holdings(covered, from, to);
      const theirs = new Map<string, { from: number; to: number }[]>();
      for (const holding of holdings) {
        if (!covered.has(holding.institution)) continue;
        const list = theirs.get(holding.account);
        if (list) list.push(holding);
        else theirs.set(holding.account, [holding]);
      }
      const isTheirs = (bill: BillRecord) =>
        all || (theirs.get(bill.account) ?? []).some((held) => held.from < bill.to && bill.from < held.to);
      const { rows, next } = await pageOfRows<BillRecord>(
        account === undefined ? theirs.keys() : [account],
        (bill) => bill.account,
        { limit, cursor },
        async (accounts) => {
          const options = { accounts, from, to, superseded: superseded === 'true' };
          return (await registry.bills.list(options)).filter(isTheirs);
        },
      );
      const bills = rows.map((bill) => ({
        ...describeRow(bill, times),
        supplement: bill.supplement === true,
      }));
      return { bills, next };
    },
  );

  const input = z.strictObject({
    account: z.string().min(1).max(64).describe('Id of the account.'),
    document: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe('Number on the document; it stands once in an account.'),
    from: timeParameter(calendar, 'The first day.'),
    to: timeParameter(calendar, 'The day after the last one.'),
    quantity: z.number().nullable().describe('In the unit of the commodity; null: by area or a flat sum.'),
    amountCny: z.number().nullable(),
    supplement: z.boolean().optional().describe('Stands beside another bill of the same days.'),
  });

  app.post(
    `${prefix}/bills`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: 'rows' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Record bills',
        description:
          'All or none. The same document of the same account again takes the place of the one before; two bills of an account may ' +
          'not overlap unless one is a supplement. Who paid for the account on those days must be covered by the grants.',
        body: z.strictObject({ reason: reasonField, bills: z.array(input).min(1).max(mostRows) }),
        response: recordedAnswer,
      },
    },
    async (request) => {
      const { reason, bills } = request.body;
      const batch = { creating: [], facts: [], definitions: [], bills, reports: [] };
      const outcome = await registry.batches.record(batch, authorOf(request, reason), {
        permit: permitOf(request),
      });
      return countsOf(outcome.bills, bills.length);
    },
  );

  app.post(
    `${prefix}/bills/withdrawals`,
    {
      bodyLimit: listBodyBytes,
      handlerTimeout: writeTimeoutMs,
      config: { access: { permission: 'accounts:write', scope: 'rows' } },
      schema: {
        tags: [tags.ledgers],
        summary: 'Take bills back',
        description: 'All or none. They stay readable with `superseded`, with who took them back and why.',
        body: withdrawalBody,
        response: withdrawalAnswer,
      },
    },
    async (request) => {
      const { reason, ids } = request.body;
      await registry.bills.withdraw(ids, authorOf(request, reason), permitOf(request));
      return { withdrawn: new Set(ids).size };
    },
  );
}
