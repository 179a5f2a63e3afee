// Bills and reports as they count: of whom the account is on each day, cut to the months asked about, evenly over their days.
import { type RawBuilder, sql } from 'kysely';
import type { AccountStretch, Statement } from '../domain/accounting/census.ts';
import { type Commodity, isCommodity } from '../domain/accounting/commodities.ts';
import type { Use } from '../domain/accounting/uses.ts';
import { hourMs } from '../domain/time.ts';
import type { PlaceFacts } from './census-facts.ts';
import { lineEnd, PackedRows, tab } from './census-packed.ts';
import { type Places, partsOf } from './census-places.ts';
import { daysBetween, Edges, type Span, saidAt, spanAt, unquoted } from './census-spans.ts';
import type { Db } from './schema.ts';
import { exactText } from './sqlite-dialect.ts';
import type { Stretch } from './stretches.ts';

/** What an account is in a stretch in which it belongs to somebody. */
export interface Holding {
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly open: boolean;
}

/** Account → its holdings, ascending, not overlapping. */
export type Holdings = ReadonlyMap<string, readonly Span<Holding>[]>;

/** An account is open unless a fact says that it is not. */
export function holdingsOf(
  accounts: ReadonlyMap<string, PlaceFacts>,
  numbers: ReadonlyMap<string, number>,
  range: Stretch,
): Holdings {
  const holdings = new Map<string, Span<Holding>[]>();
  for (const [account, { institution: owner, commodity: of, use, open }] of accounts) {
    const edges = new Edges(range);
    for (const said of [owner, of, use, open]) edges.addSaid(said);
    const found: Span<Holding>[] = [];
    for (const { from, to } of edges.slices()) {
      const institution = numbers.get(saidAt(owner, from) ?? '');
      const commodity = unquoted(saidAt(of, from)) ?? '';
      if (institution === undefined || !isCommodity(commodity)) continue;
      const value: Holding = {
        institution,
        commodity,
        use: (unquoted(saidAt(use, from)) ?? 'building') as Use,
        open: saidAt(open, from) !== 'false',
      };
      found.push({ from, to, value });
    }
    if (found.length > 0) holdings.set(account, found);
  }
  return holdings;
}

/** By account, then time. Where a part of what is billed goes with deducted area, that use expects the account's bills too. */
export function accountStretches(holdings: Holdings, deducted: Places['deducted']): AccountStretch[] {
  const stretches: AccountStretch[] = [];
  for (const account of [...holdings.keys()].sort()) {
    const first = stretches.length;
    for (const { from, to, value } of holdings.get(account) ?? []) {
      if (!value.open) continue;
      const { institution, commodity, use } = value;
      for (const piece of piecesOf(deducted[institution] ?? [], use, { from, to })) {
        for (const part of piece.parts) {
          const next = { account, institution, commodity, use: part.use, from: piece.from, to: piece.to };
          let before = stretches.length - 1;
          while (before >= first && !goesOn(stretches[before], next)) before--;
          const going = before >= first ? stretches[before] : undefined;
          if (going === undefined) stretches.push(next);
          else stretches[before] = { ...going, to: next.to };
        }
      }
    }
  }
  return stretches;
}

/** Bills, then reports, in no order; a bill counts only on days on which its account is somebody's. */
export async function readStatements(
  db: Db,
  range: Stretch,
  holdings: Holdings,
  numbers: ReadonlyMap<string, number>,
  deducted: Places['deducted'],
): Promise<Statement[]> {
  const statements: Statement[] = [];
  await readBills(db, range, (account, said) => {
    for (const span of holdings.get(account) ?? []) {
      const { institution, commodity, use } = span.value;
      const days = { from: Math.max(said.from, span.from), to: Math.min(said.to, span.to) };
      const of = { basis: 'billed', institution, commodity, account } as const;
      addStatements(statements, of, said, use, days, deducted[institution] ?? []);
    }
  });
  const reports = await db
    .selectFrom('reports')
    .select(['id', 'institution', 'commodity', 'use', 'from_ts', 'to_ts', 'quantity', 'amount_cny'])
    .where('superseded_at', 'is', null)
    .where('from_ts', '<', range.to)
    .where('to_ts', '>', range.from)
    .execute();
  for (const { id, from_ts: from, to_ts: to, quantity, amount_cny: amount, ...row } of reports) {
    const institution = numbers.get(row.institution);
    if (institution === undefined || !isCommodity(row.commodity)) continue;
    const of = { basis: 'reported', institution, commodity: row.commodity, account: '' } as const;
    const days = { from: Math.max(from, range.from), to: Math.min(to, range.to) };
    const said = { id, from, to, quantity, amountCny: amount ?? Number.NaN };
    addStatements(statements, of, said, row.use as Use, days, deducted[institution] ?? []);
  }
  return statements;
}

/** A row an account: its number, and five fields for each of its bills. */
async function readBills(
  db: Db,
  range: Stretch,
  each: (account: string, bill: Ledgered) => void,
): Promise<void> {
  // Hours are short to write and to read, and exact: every midnight is on a whole hour.
  const hours = (ms: RawBuilder<unknown>) => sql`cast((${ms}) / ${hourMs} as integer)`;
  const { rows } = await sql<{ readonly packed: string | null }>`
    select string_agg(account || ${tab} || bills, ${lineEnd}) as packed from (
      select account, string_agg(id || ${tab} || ${hours(sql`from_ts - ${range.from}`)} || ${tab}
        || ${hours(sql`to_ts - from_ts`)} || ${tab} || ${exactText('quantity')} || ${tab}
        || ${exactText('amount_cny')} || ${tab}, '') as bills
      from bills where superseded_at is null and from_ts < ${range.to} and to_ts > ${range.from} group by account
    ) as by_account`.execute(db);
  const packed = new PackedRows(rows[0]?.packed);
  while (packed.more) {
    const account = packed.text();
    while (!packed.ends()) {
      const id = packed.text();
      const from = range.from + (packed.whole() ?? 0) * hourMs;
      const to = from + (packed.whole() ?? 0) * hourMs;
      each(account, { id, from, to, quantity: packed.decimal(), amountCny: packed.decimal() });
    }
  }
}

type Ledgered = Pick<Statement, 'id' | 'from' | 'to' | 'quantity' | 'amountCny'>;

/** The days of a bill or report that count for somebody, by use. */
function addStatements(
  statements: Statement[],
  of: Pick<Statement, 'basis' | 'institution' | 'commodity' | 'account'>,
  said: Ledgered,
  use: Use,
  days: Stretch,
  deducted: readonly Span<number>[],
): void {
  if (days.from >= days.to) return;
  const { basis, institution, commodity, account } = of;
  const { id } = said;
  if (days.from === said.from && days.to === said.to && (deducted.length === 0 || use !== 'building')) {
    const { from, to, quantity, amountCny } = said;
    statements.push({ basis, institution, commodity, use, from, to, quantity, amountCny, id, account });
    return;
  }
  const all = daysBetween(said.from, said.to);
  for (const { from, to, parts } of piecesOf(deducted, use, days)) {
    for (const { use, part } of parts) {
      const share = (part * daysBetween(from, to)) / all;
      const [quantity, amountCny] = [said.quantity * share, said.amountCny * share];
      statements.push({ basis, institution, commodity, use, from, to, quantity, amountCny, id, account });
    }
  }
}

interface Piece extends Stretch {
  readonly parts: readonly { readonly use: Use; readonly part: number }[];
}

/** A stretch cut where the deducted part changes. */
function piecesOf(deducted: readonly Span<number>[], use: Use, { from, to }: Stretch): Piece[] {
  if (use !== 'building' || deducted.length === 0) return [{ from, to, parts: [{ use, part: 1 }] }];
  const edges = new Edges({ from, to });
  edges.add(deducted);
  return edges.slices().map((slice) => ({
    from: slice.from,
    to: slice.to,
    parts: partsOf(use, spanAt(deducted, slice.from) ?? 0),
  }));
}

function goesOn(before: AccountStretch | undefined, next: AccountStretch): boolean {
  return (
    before?.institution === next.institution &&
    before.commodity === next.commodity &&
    before.use === next.use &&
    before.to === next.from
  );
}
