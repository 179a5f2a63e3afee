// Bills and reports as they count: of whom the account is on each day, cut to the months asked about, evenly over their days.
// An account of a shared building is theirs who share it.
import { type RawBuilder, sql } from 'kysely';
import type { AccountStretch, ReportStretch, Statement } from '../domain/accounting/census.ts';
import { type Commodity, isCommodity } from '../domain/accounting/commodities.ts';
import { followsArea, type Use } from '../domain/accounting/uses.ts';
import { hourMs } from '../domain/time.ts';
import type { PlaceFacts } from './census-facts.ts';
import { lineEnd, PackedRows, tab } from './census-packed.ts';
import { type Places, partsOf, type Share } from './census-places.ts';
import { daysBetween, Edges, type Span, saidAt, spanAt, textsOf, unquoted } from './census-spans.ts';
import type { Db } from './schema.ts';
import { exactText } from './sqlite-dialect.ts';
import { type Stretch, without } from './stretches.ts';

/** What an account is in a stretch in which it belongs to somebody. */
export interface Holding {
  /** One, or those that share the account's building; never none. */
  readonly owners: readonly Share[];
  readonly commodity: Commodity;
  readonly use: Use;
  readonly open: boolean;
  readonly byArea: boolean;
  /** The building that it supplies, where it says one. */
  readonly house: string | undefined;
}

type Deductions = Pick<Places, 'deducted' | 'ofBuilding'>;

/** The part of what is billed that goes with deducted area: of the building that an account supplies, else of the whole institution. */
function deductedOf(
  { deducted, ofBuilding }: Deductions,
  house: string | undefined,
  institution: number,
): readonly Span<number>[] {
  const placements = house === undefined ? undefined : ofBuilding.get(house);
  const whole = deducted[institution] ?? [];
  const own = (placements ?? []).flatMap(({ from, to, value }) => {
    const owner = value.find((each) => each.institution === institution);
    return owner === undefined ? [] : [{ from, to, value: owner.deducted }];
  });
  if (own.length === 0) return whole;
  const others = whole.flatMap(({ value, ...days }) =>
    without([days], own).map((rest) => ({ ...rest, value })),
  );
  return [...own.filter(({ value }) => value > 0), ...others].sort((a, b) => a.from - b.from);
}

/** Account → its holdings, ascending, not overlapping. */
export type Holdings = ReadonlyMap<string, readonly Span<Holding>[]>;

/**
 * An account is open unless a fact says that it is not.
 * @param sharesOf of shared buildings
 */
export function holdingsOf(
  accounts: ReadonlyMap<string, PlaceFacts>,
  sharesOf: Places['sharesOf'],
  numbers: ReadonlyMap<string, number>,
  range: Stretch,
): Holdings {
  const holdings = new Map<string, Span<Holding>[]>();
  for (const [account, facts] of accounts) {
    const { institution: owner, building, commodity: of, use, open, billing } = facts;
    const edges = new Edges(range);
    for (const said of [owner, building, of, use, open, billing]) edges.addSaid(said);
    for (const house of textsOf(building)) edges.add(sharesOf.get(house) ?? []);
    const found: Span<Holding>[] = [];
    for (const { from, to } of edges.slices()) {
      const house = saidAt(building, from);
      const shares = house === undefined ? undefined : spanAt(sharesOf.get(house) ?? [], from);
      const institution = numbers.get(saidAt(owner, from) ?? '');
      const owners = shares ?? (institution === undefined ? [] : [{ institution, share: 1 }]);
      const commodity = unquoted(saidAt(of, from)) ?? '';
      if (owners.length === 0 || !isCommodity(commodity)) continue;
      const value: Holding = {
        owners,
        commodity,
        use: (unquoted(saidAt(use, from)) ?? 'building') as Use,
        open: saidAt(open, from) !== 'false',
        byArea: saidAt(billing, from) === '"area"',
        house,
      };
      found.push({ from, to, value });
    }
    if (found.length > 0) holdings.set(account, found);
  }
  return holdings;
}

/** By account, then time. Where a part of what is billed goes with deducted area, that use expects the account's bills too. */
export function accountStretches(holdings: Holdings, places: Deductions): AccountStretch[] {
  const stretches: AccountStretch[] = [];
  for (const account of [...holdings.keys()].sort()) {
    const first = stretches.length;
    for (const { from, to, value } of holdings.get(account) ?? []) {
      if (!value.open) continue;
      const { owners, commodity, use, byArea, house } = value;
      for (const { institution } of owners) {
        for (const piece of piecesOf(deductedOf(places, house, institution), use, { from, to })) {
          for (const part of piece.parts) {
            const days = { from: piece.from, to: piece.to };
            const of = { account, institution, commodity, use: part.use };
            const next: AccountStretch = byArea ? { ...of, ...days, byArea } : { ...of, ...days };
            let before = stretches.length - 1;
            while (before >= first && !goesOn(stretches[before], next)) before--;
            const going = before >= first ? stretches[before] : undefined;
            if (going === undefined) stretches.push(next);
            else stretches[before] = { ...going, to: next.to };
          }
        }
      }
    }
  }
  return stretches;
}

/** From the first report of each on, wherever in the ledger it stands; the deducted part where there is one. */
export async function readReporting(
  db: Db,
  range: Stretch,
  numbers: ReadonlyMap<string, number>,
  deducted: Places['deducted'],
): Promise<ReportStretch[]> {
  const rows = await db
    .selectFrom('reports')
    .select(['institution', 'commodity', 'use', ({ fn }) => fn.min('from_ts').as('from')])
    .where('superseded_at', 'is', null)
    .where('from_ts', '<', range.to)
    .groupBy(['institution', 'commodity', 'use'])
    .execute();
  return rows.flatMap(({ commodity, use: of, ...row }) => {
    const institution = numbers.get(row.institution);
    if (institution === undefined || !isCommodity(commodity)) return [];
    const days = { from: Math.max(row.from, range.from), to: range.to };
    return piecesOf(deducted[institution] ?? [], of as Use, days).flatMap(({ from, to, parts }) =>
      parts.map(({ use }) => ({ institution, commodity, use, from, to })),
    );
  });
}

/** Bills, then reports, in no order; a bill counts only on days on which its account is somebody's. */
export async function readStatements(
  db: Db,
  range: Stretch,
  holdings: Holdings,
  numbers: ReadonlyMap<string, number>,
  places: Deductions,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  await readBills(db, range, (account, said) => {
    for (const span of holdings.get(account) ?? []) {
      const { owners, commodity, use, house } = span.value;
      const days = { from: Math.max(said.from, span.from), to: Math.min(said.to, span.to) };
      for (const { institution, share } of owners) {
        const of = { basis: 'billed', institution, commodity, account } as const;
        addStatements(statements, of, said, use, days, deductedOf(places, house, institution), share);
      }
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
    addStatements(statements, of, said, row.use as Use, days, places.deducted[institution] ?? []);
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
  owned = 1,
): void {
  if (days.from >= days.to) return;
  const { basis, institution, commodity, account } = of;
  const { id } = said;
  const isWhole = days.from === said.from && days.to === said.to;
  if (isWhole && owned === 1 && (deducted.length === 0 || !followsArea(use))) {
    const { from, to, quantity, amountCny } = said;
    statements.push({ basis, institution, commodity, use, from, to, quantity, amountCny, id, account });
    return;
  }
  const all = daysBetween(said.from, said.to);
  for (const { from, to, parts } of piecesOf(deducted, use, days)) {
    for (const { use, part } of parts) {
      const share = (owned * part * daysBetween(from, to)) / all;
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
  if (deducted.length === 0 || !followsArea(use)) return [{ from, to, parts: [{ use, part: 1 }] }];
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
    before.byArea === next.byArea &&
    before.to === next.from
  );
}
