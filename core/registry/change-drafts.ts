// Entries of the list of changes, read from the tables: what was said, what was said before, by whom and why.
import { sql } from 'kysely';
import type { ChangedEntity, ChangeEntry, ChangeKind, Said } from './change-contracts.ts';
import type { ChangeHead, ChangeTable } from './change-heads.ts';
import type { RegistryContext } from './context.ts';
import { kindsOf } from './entities.ts';
import { farFuture } from './marks.ts';
import { always, type Stretch } from './reach.ts';
import type {
  BillsTable,
  CorrectionsTable,
  Db,
  DefinitionsTable,
  FactsTable,
  FleetRecordsTable,
  ReportsTable,
  SnapshotsTable,
} from './schema.ts';
import { listed } from './sqlite-dialect.ts';

/** What was said, and over which time that decides whose it is. */
export interface SaidDraft extends Omit<Said, 'institutions'> {
  readonly during: Stretch;
}

export interface ChangeDraft extends Omit<ChangeEntry, 'institutions' | 'mentions' | 'after' | 'before'> {
  readonly head: ChangeHead;
  readonly after: SaidDraft | null;
  readonly before: readonly SaidDraft[];
}

type Reader = (
  db: Db,
  heads: readonly ChangeHead[],
  context: Pick<RegistryContext, 'builtIns'>,
) => Promise<readonly ChangeDraft[]>;

/** In the order of the heads. */
export async function changeDrafts(
  db: Db,
  heads: readonly ChangeHead[],
  context: Pick<RegistryContext, 'builtIns'>,
): Promise<readonly ChangeDraft[]> {
  const drafts = new Map<ChangeHead, ChangeDraft>();
  for (const table of new Set(heads.map((head) => head.table))) {
    const own = heads.filter((head) => head.table === table);
    for (const draft of await readers[table](db, own, context)) drafts.set(draft.head, draft);
  }
  return heads.flatMap((head) => drafts.get(head) ?? []);
}

const readers: Readonly<Record<ChangeTable, Reader>> = {
  async facts(db, heads) {
    const kinds = await kindsOf(db, heads.map(entityOf));
    return readKept<FactsTable>(db, heads, {
      table: 'facts',
      within: 'entity',
      line: ({ entity, attribute }) => `${entity} ${attribute}`,
      kind: () => 'fact',
      attribute: ({ attribute }) => attribute,
      takesPlaceOf: (row, gone) =>
        (row.valid_to === null || gone.valid_from < row.valid_to) &&
        (gone.valid_to === null || row.valid_from < gone.valid_to),
      said: ({ entity: id, valid_from: from, valid_to: to, value }) => ({
        entity: { kind: kinds.get(id) ?? 'institution', id },
        from,
        to,
        value: JSON.parse(value),
        during: { from, to: to ?? Number.MAX_SAFE_INTEGER },
      }),
    });
  },

  corrections: (db, heads) =>
    readKept<CorrectionsTable>(db, heads, {
      table: 'corrections',
      within: 'point',
      line: ({ point, quantity, ts }) => `${point} ${quantity} ${ts}`,
      kind: () => 'correction',
      attribute: ({ quantity }) => quantity,
      said: ({ point: id, ts, action, value }) => ({
        entity: { kind: 'point', id },
        from: ts,
        to: null,
        value: { action, value },
        during: { from: ts, to: ts + 1 },
      }),
    }),

  bills: (db, heads) =>
    readKept<BillsTable>(db, heads, {
      table: 'bills',
      within: 'account',
      line: ({ account, document }) => `${account} ${document}`,
      kind: () => 'bill',
      said: ({ account: id, document, quantity, amount_cny: amountCny, supplement, ...row }) => ({
        entity: { kind: 'account', id },
        ...periodOf(row),
        value: { document, quantity, amountCny, supplement: supplement === 1 },
      }),
    }),

  reports: (db, heads) =>
    readKept<ReportsTable>(db, heads, {
      table: 'reports',
      within: 'institution',
      line: (row) => `${row.institution} ${row.commodity} ${row.use} ${row.from_ts} ${row.to_ts}`,
      kind: () => 'report',
      said: ({ institution: id, commodity, use, quantity, amount_cny: amountCny, ...row }) => ({
        entity: { kind: 'institution', id },
        ...periodOf(row),
        value: { commodity, use, quantity, amountCny },
      }),
    }),

  fleet_records: (db, heads) =>
    readKept<FleetRecordsTable>(db, heads, {
      table: 'fleet_records',
      within: 'key',
      line: ({ kind, key }) => `${kind} ${key}`,
      kind: ({ kind }) => kind as ChangeKind,
      said: ({ vehicle, institution, value, ...row }) => {
        const { from, to, during } = periodOf(row);
        const isOpen = to === farFuture || to === from + 1;
        const ofCar: ChangedEntity | undefined =
          vehicle === null ? undefined : { kind: 'vehicle', id: vehicle };
        return {
          entity: ofCar ?? { kind: 'institution', id: institution ?? '' },
          from,
          to: isOpen ? null : to,
          value: JSON.parse(value),
          during,
        };
      },
    }),

  async snapshots(db, heads) {
    // Without the content, which may be large.
    const { rows } = await sql<Omit<SnapshotsTable, 'content'>>`
      select id, name, institution, plan, taken_at, author, reason from snapshots where id in ${listed(heads.map(idOf))}`.execute(
      db,
    );
    return matched(heads, rows, ({ id }) => id).map(
      ([head, { id, institution, name, plan, author, reason }]) => {
        const entity: ChangedEntity = { kind: 'institution', id: institution };
        const after = { entity, from: null, to: null, value: { name, plan }, during: ever };
        const kind = 'snapshot';
        return {
          head,
          at: head.place[0],
          kind,
          action: 'recorded',
          id,
          attribute: null,
          author,
          reason,
          after,
          before: [],
        };
      },
    );
  },

  async definitions(db, heads, { builtIns }) {
    const { rows } = await sql<DefinitionsTable>`
      select * from definitions where kind || '/' || id in ${listed(heads.map(entityOf))}`.execute(db);
    const idWithVersion = ({ kind, id, version }: DefinitionsTable, back = 0) =>
      `${kind}/${id} ${version - back}`;
    const versions = new Map(rows.map((row) => [idWithVersion(row), row]));
    return matched(
      heads,
      rows,
      (row) => idWithVersion(row),
      (head) => `${entityOf(head)} ${idOf(head)}`,
    ).map(([head, row]) => {
      const said = (value: unknown): SaidDraft => {
        const entity: ChangedEntity = { kind: 'definition', id: entityOf(head) };
        return { entity, from: null, to: null, value, during: ever };
      };
      const earlier = versions.get(idWithVersion(row, 1));
      // Its first version stands above what comes with the program.
      const builtIn = builtIns.find(({ kind, id }) => kind === row.kind && id === row.id);
      const before = earlier ? [said(JSON.parse(earlier.value))] : builtIn ? [said(builtIn.value)] : [];
      return {
        head,
        at: row.recorded_at,
        kind: 'definition',
        action: before.length === 0 ? 'recorded' : 'replaced',
        id: String(row.version),
        attribute: null,
        author: row.author,
        reason: row.reason,
        after: said(JSON.parse(row.value)),
        before,
      };
    });
  },
};

interface KeptRow {
  readonly id: string;
  readonly recorded_at: number;
  readonly superseded_at: number | null;
  readonly author: string;
  readonly reason: string;
  readonly withdrawn_by?: string | null;
  readonly withdrawn_reason?: string | null;
}

/** A table of which rows take the place of others, which stay. */
interface Kept<Row extends KeptRow> {
  readonly table: ChangeTable;
  /** A column that a row shares with those whose place it takes. */
  readonly within: keyof Row & string;
  /** One at a time stands of each line. */
  readonly line: (row: Row) => string;
  readonly kind: (row: Row) => ChangeKind;
  readonly attribute?: (row: Row) => string;
  readonly takesPlaceOf?: (row: Row, gone: Row) => boolean;
  readonly said: (row: Row) => SaidDraft;
}

async function readKept<Row extends KeptRow>(
  db: Db,
  heads: readonly ChangeHead[],
  { table, within, line, kind, attribute, takesPlaceOf = () => true, said }: Kept<Row>,
): Promise<readonly ChangeDraft[]> {
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} where id in ${listed(heads.map(idOf))}`.execute(db);
  const times = [...new Set(rows.map((row) => row.recorded_at))];
  const shared = [...new Set(rows.map((row) => String(row[within])))];
  const { rows: others } = await sql<Row>`
    select * from ${sql.table(table)} where superseded_at is not null and superseded_at in ${listed(times)}
    and ${sql.ref(within)} in ${listed(shared)}`.execute(db);
  const lines = new Map<string, Row[]>();
  for (const row of others) {
    if ((row.withdrawn_by ?? null) !== null) continue;
    const list = lines.get(line(row));
    if (list) list.push(row);
    else lines.set(line(row), [row]);
  }
  return matched(heads, rows, ({ id }) => id).map(([head, row]) => {
    const entry = {
      head,
      at: head.place[0],
      kind: kind(row),
      id: row.id,
      attribute: attribute?.(row) ?? null,
    };
    if (head.withdrawn) {
      const { withdrawn_by: author, withdrawn_reason: reason } = row;
      const by = { author: author ?? '', reason: reason ?? '' };
      return { ...entry, ...by, action: 'withdrawn', after: null, before: [said(row)] };
    }
    const gone = (lines.get(line(row)) ?? []).filter(
      (other) => isBefore(other, row) && takesPlaceOf(row, other),
    );
    const before = gone.map(said).sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
    const { author, reason } = row;
    return {
      ...entry,
      author,
      reason,
      action: before.length === 0 ? 'recorded' : 'replaced',
      after: said(row),
      before,
    };
  });
}

/** Of those that came and went within the same millisecond nobody knows the order: only one that stayed took the place of them. */
function isBefore(gone: KeptRow, row: KeptRow): boolean {
  if (gone.superseded_at !== row.recorded_at || gone.id === row.id) return false;
  return gone.recorded_at < row.recorded_at || row.superseded_at !== row.recorded_at;
}

function matched<Row>(
  heads: readonly ChangeHead[],
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  nameOfHead: (head: ChangeHead) => string = idOf,
): (readonly [ChangeHead, Row])[] {
  const named = new Map(rows.map((row) => [nameOf(row), row]));
  return heads.flatMap((head) => {
    const row = named.get(nameOfHead(head));
    return row === undefined ? [] : [[head, row] as const];
  });
}

const ever: Stretch = { from: always, to: Number.MAX_SAFE_INTEGER };
const entityOf = ({ place }: ChangeHead) => place[2];
const idOf = ({ place }: ChangeHead) => place[3];

function periodOf({ from_ts: from, to_ts: to }: { readonly from_ts: number; readonly to_ts: number }) {
  return { from, to, during: { from, to } };
}
