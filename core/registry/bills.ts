// Bills of supply accounts: a document of an account stands once, its days lie beside no other's unless it is a supplement.
import { JieyueError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import type { Authorship } from './authorship.ts';
import { findBillOverlaps } from './bill-overlaps.ts';
import { checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import type { EnteredInput } from './entered-input.ts';
import { kindsOf } from './entities.ts';
import { Faults } from './faults.ts';
import { numberFault, supersede, touching, withdraw, withdrawnOf } from './ledger-rows.ts';
import type { BillInput, BillRecord, Bills } from './ledgers.ts';
import { checkPeriod } from './periods.ts';
import { bumpRevision } from './revision.ts';
import { type BillsTable, chunks, type Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';

export function createBills(context: RegistryContext): Bills {
  const { db } = context;
  return {
    async record(inputs, by) {
      if (inputs.length === 0) return;
      const authorship = checkedAuthorship(by);
      const bills = validBills(context, inputs);
      await db.transaction().execute((trx) => recordBills(trx, context, bills, authorship));
    },

    withdraw: (ids, by, permit) => withdraw(context, 'bills', ids, by, permit),

    async list({ accounts, from, to, superseded = false }) {
      const found: BillRecord[] = [];
      for (const part of accounts === undefined ? [undefined] : chunks([...new Set(accounts)].sort())) {
        let query = touching(db, 'bills', { from, to }, superseded).selectAll();
        if (part !== undefined) query = query.where('account', 'in', part);
        const rows = await query
          .orderBy('account')
          .orderBy('from_ts')
          .orderBy('document')
          .orderBy('recorded_at')
          .orderBy('id')
          .execute();
        for (const row of rows) found.push(recordOf(row as BillsTable));
      }
      return found;
    },
  };
}

/** Records bills in a transaction that holds more. @returns what changed something; see `Bills.record` for errors. */
export async function enterBills(
  trx: Db,
  context: RegistryContext,
  inputs: readonly BillInput[],
  by: Authorship,
): Promise<readonly EnteredInput[]> {
  if (inputs.length === 0) return [];
  return recordBills(trx, context, validBills(context, inputs), checkedAuthorship(by));
}

/** A bill on its way, with its place in the list of inputs. */
interface Bill extends Required<BillInput> {
  readonly index: number;
}

function validBills(context: RegistryContext, inputs: readonly BillInput[]): Bill[] {
  const faults = new Faults();
  const bills = new Map<string, Bill>();
  inputs.forEach((input, index) => {
    faults.attempt(index, () => {
      const bill = validBill(context, input, index);
      const key = keyOf(bill);
      const before = bills.get(key);
      if (before && !same(before, bill)) {
        const places = { one: before.index + 1, other: index + 1 };
        throw invalid(bill, sayOfLedgers('bill.twice', places));
      }
      if (!before) bills.set(key, bill);
    });
  });
  faults.refuse();
  return [...bills.values()];
}

function validBill(context: RegistryContext, input: BillInput, index: number): Bill {
  const { account, from, to, quantity, amountCny, supplement = false } = input;
  const document = input.document.trim();
  if (document === '' || document.length > 200) {
    throw invalid(input, sayOfLedgers('bill.document'));
  }
  checkPeriod(context, nameOf({ account, document }), { from, to });
  const fault =
    numberFault('quantity', quantity) ??
    numberFault('amountCny', amountCny) ??
    (quantity === null && amountCny === null ? sayOfLedgers('bill.nothing') : undefined);
  if (fault !== undefined) throw invalid({ account, document }, fault);
  return { index, account, document, from, to, quantity, amountCny, supplement };
}

async function recordBills(
  trx: Db,
  context: RegistryContext,
  bills: readonly Bill[],
  by: Authorship,
): Promise<readonly EnteredInput[]> {
  await refuseUnknownAccounts(trx, bills);
  const current = await currentOf(trx, bills);
  const changed = bills.filter((bill) => {
    const before = current.get(keyOf(bill));
    return !before || !same(recordOf(before), bill);
  });
  if (changed.length === 0) return [];

  const replaced = changed.flatMap((bill) => current.get(keyOf(bill)) ?? []);
  const recordedAt = replaced.reduce((latest, row) => Math.max(latest, row.recorded_at), context.clock.now());
  await supersede(
    trx,
    'bills',
    replaced.map((row) => row.id),
    recordedAt,
  );
  const rows = changed.map(
    (bill): BillsTable => ({
      id: newId(context),
      account: bill.account,
      document: bill.document,
      from_ts: bill.from,
      to_ts: bill.to,
      quantity: bill.quantity,
      amount_cny: bill.amountCny,
      supplement: bill.supplement ? 1 : 0,
      recorded_at: recordedAt,
      ...by,
      superseded_at: null,
      withdrawn_by: null,
      withdrawn_reason: null,
    }),
  );
  for (const part of chunks(rows, 50)) await trx.insertInto('bills').values(part).execute();

  const faults = new Faults();
  await findBillOverlaps(trx, context, changed, faults);
  faults.refuse();
  await bumpRevision(trx);
  return changed.map((bill) => ({ index: bill.index, replaces: current.has(keyOf(bill)) }));
}

async function refuseUnknownAccounts(trx: Db, bills: readonly Bill[]): Promise<void> {
  const kinds = await kindsOf(
    trx,
    bills.map((bill) => bill.account),
  );
  const faults = new Faults();
  for (const bill of bills) {
    if (kinds.get(bill.account) === 'account') continue;
    const values = { bill: nameOf(bill), account: bill.account };
    faults.add(bill.index, 'registry.not-found', sayOfLedgers('bill.no-account', values));
  }
  faults.refuse();
}

/** Current bills of the same documents by `account document`, found pair by pair through the unique index. */
export async function currentOf(
  trx: Db,
  bills: readonly Pick<BillInput, 'account' | 'document'>[],
): Promise<Map<string, BillsTable>> {
  const found = new Map<string, BillsTable>();
  const places = bills.map(({ account, document }) => ({ account, document: document.trim() }));
  for (const part of chunks(places, 100)) {
    const rows = await trx
      .selectFrom('bills')
      .selectAll()
      .where((eb) =>
        eb.or(
          part.map(({ account, document }) =>
            eb.and([
              eb('superseded_at', 'is', null),
              eb('account', '=', account),
              eb('document', '=', document),
            ]),
          ),
        ),
      )
      .execute();
    for (const row of rows) found.set(keyOf(row), row);
  }
  return found;
}

function same(a: Required<BillInput>, b: Required<BillInput>): boolean {
  return (
    a.from === b.from &&
    a.to === b.to &&
    a.quantity === b.quantity &&
    a.amountCny === b.amountCny &&
    a.supplement === b.supplement
  );
}

function keyOf({ account, document }: Pick<BillInput, 'account' | 'document'>): string {
  return `${account} ${document}`;
}

function nameOf({ account, document }: Pick<BillInput, 'account' | 'document'>): Message {
  return sayOfLedgers('bill.name', { account, document });
}

function recordOf(row: BillsTable): BillRecord {
  return {
    id: row.id,
    account: row.account,
    document: row.document,
    from: row.from_ts,
    to: row.to_ts,
    quantity: row.quantity,
    amountCny: row.amount_cny,
    supplement: row.supplement === 1,
    recordedAt: row.recorded_at,
    author: row.author,
    reason: row.reason,
    supersededAt: row.superseded_at,
    ...withdrawnOf(row),
  };
}

function invalid(bill: Pick<BillInput, 'account' | 'document'>, fault: Message): JieyueError {
  return new JieyueError('registry.invalid', sayOfFacts('what.fault', { what: nameOf(bill), fault }));
}
