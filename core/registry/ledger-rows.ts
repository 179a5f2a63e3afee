// What bills and reports have in common: numbers, replacing and taking back in the pattern of facts.
import { JieyueError } from '../domain/errors.ts';
import type { Message, Titled } from '../domain/message.ts';
import type { Authorship } from './authorship.ts';
import { checkedAuthorship } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { longestPeriodMs, type Period } from './periods.ts';
import type { Permit } from './permit-contracts.ts';
import { ReachView } from './reach.ts';
import { bumpRevision } from './revision.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfLedgers } from './words/ledgers.ts';

export type LedgerTable = 'bills' | 'reports';

const most = 1e12;

/** What is wrong with a number; `undefined`: nothing. */
export function numberFault(name: 'quantity' | 'amountCny', value: number | null): Message | undefined {
  const what = numberNames[name];
  if (value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value))
    return sayOfLedgers('number.none', { what, value: String(value) });
  return Math.abs(value) > most ? sayOfLedgers('number.beyond', { what, value, most }) : undefined;
}
const numberNames = {
  quantity: { zh: '数量', en: 'quantity' },
  amountCny: { zh: '金额', en: 'amountCny' },
} as const;

/** Rows that touch a period; those replaced or withdrawn too where asked. */
export function touching(db: Db, table: LedgerTable, { from, to }: Period, superseded: boolean) {
  const query = db
    .selectFrom(table)
    .where('from_ts', '<', to)
    .where('from_ts', '>', from - longestPeriodMs)
    .where('to_ts', '>', from);
  return superseded ? query : query.where('superseded_at', 'is', null);
}

export async function supersede(
  trx: Db,
  table: LedgerTable,
  ids: readonly string[],
  at: number,
): Promise<void> {
  for (const part of chunks(ids)) {
    await trx.updateTable(table).set({ superseded_at: at }).where('id', 'in', part).execute();
  }
}

/**
 * All or none.
 * @throws JieyueError `registry.not-found` for an id that there is not, `registry.conflict` for one replaced or withdrawn
 */
export async function withdraw(
  context: RegistryContext,
  table: LedgerTable,
  ids: readonly string[],
  by: Authorship,
  permit?: Permit,
): Promise<void> {
  const { author, reason } = checkedAuthorship(by);
  if (ids.length === 0) return;
  await context.db.transaction().execute(async (trx) => {
    const found = await rowsById(trx, table, [...new Set(ids)]);
    const permitted = await permittedOf(trx, found, permit);
    let at = context.clock.now();
    for (const id of ids) {
      const row = found.get(id);
      if (!row || !permitted(row)) {
        const key = permit === undefined ? 'withdraw.none' : 'withdraw.uncovered';
        throw new JieyueError('registry.not-found', sayOfLedgers(key, { what: nameOf(table), id }));
      }
      if (row.superseded_at !== null) {
        throw new JieyueError(
          'registry.conflict',
          sayOfLedgers('withdraw.gone', { what: nameOf(table), id }),
        );
      }
      at = Math.max(at, row.recorded_at);
    }
    const change = { superseded_at: at, withdrawn_by: author, withdrawn_reason: reason };
    for (const part of chunks([...found.keys()])) {
      await trx.updateTable(table).set(change).where('id', 'in', part).execute();
    }
    await bumpRevision(trx);
  });
}

interface WithdrawnRow {
  readonly recorded_at: number;
  readonly superseded_at: number | null;
  /** The account or the institution. */
  readonly of: string;
  readonly from_ts: number;
  readonly to_ts: number;
}

async function rowsById(trx: Db, table: LedgerTable, ids: readonly string[]) {
  const found = new Map<string, WithdrawnRow>();
  for (const part of chunks(ids)) {
    const columns = ['id', 'recorded_at', 'superseded_at', 'from_ts', 'to_ts'] as const;
    const rows =
      table === 'bills'
        ? await trx
            .selectFrom('bills')
            .select([...columns, 'account as of'])
            .where('id', 'in', part)
            .execute()
        : await trx
            .selectFrom('reports')
            .select([...columns, 'institution as of'])
            .where('id', 'in', part)
            .execute();
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

async function permittedOf(trx: Db, rows: ReadonlyMap<string, WithdrawnRow>, permit: Permit | undefined) {
  if (permit === undefined || permit.institutions === 'everything') return () => true;
  const view = new ReachView(trx, permit.institutions);
  await view.load([...rows.values()].map((row) => row.of));
  return (row: WithdrawnRow) => view.covers(row.of, { from: row.from_ts, to: row.to_ts });
}

/** `withdrawn` of a record, where it was. */
export function withdrawnOf(row: { withdrawn_by: string | null; withdrawn_reason: string | null }): {
  withdrawn?: Authorship;
} {
  if (row.withdrawn_by === null) return {};
  return { withdrawn: { author: row.withdrawn_by, reason: row.withdrawn_reason ?? '' } };
}

function nameOf(table: LedgerTable): Titled {
  return table === 'bills' ? { zh: '票据', en: 'bill' } : { zh: '上报数据', en: 'report' };
}
