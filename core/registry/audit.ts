// The audit log of positions: append-only, each entry with the hash of the one before.
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { JieyueError } from '../domain/errors.ts';
import { type Message, wordsOf } from '../domain/message.ts';
import {
  type AuditAction,
  type AuditEntry,
  type AuditHead,
  type AuditInput,
  type AuditLog,
  type AuditVerdict,
  auditActions,
} from './audit-contracts.ts';
import { canonicalJson } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import type { AuditTable, Db } from './schema.ts';
import { sayOfAudit } from './words/audit.ts';

const first = '0'.repeat(64);
/** Entries that are read at once. */
const page = 1_000;

/** Half a sign reads back as another one: the entry would look as if it had been changed. */
const text = z
  .string()
  .refine((said) => !/\p{Surrogate}/u.test(said), 'holds half a sign (a lone surrogate)');
const inputSchema = z.strictObject({
  principal: text.min(1).max(200),
  name: text.min(1).max(500),
  action: z.enum(auditActions),
  vehicles: z.array(text).max(20_000),
  institutions: z.array(text).max(20_000),
  from: z.int(),
  to: z.int(),
  purpose: text.trim().min(1, 'say what the positions are looked at for').max(500),
});

/** The columns of text; together with the numbers all that a row holds. */
const texts = [
  'principal',
  'name',
  'action',
  'vehicles',
  'institutions',
  'purpose',
  'previous',
  'hash',
] as const satisfies (keyof AuditTable)[];

/** As it lies in the file: what stands behind a NUL is counted, though it is not read. */
type KeptRow = AuditTable & { readonly octets: number };

export function createAudit({ db, clock }: RegistryContext): AuditLog {
  return {
    async append(input) {
      const parsed = inputSchema.safeParse(input);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const message = `an entry of the audit log: ${issue?.path.join('.')}: ${issue?.message}`;
        throw new JieyueError('registry.invalid', message);
      }
      const said: AuditInput = {
        ...parsed.data,
        vehicles: [...new Set(parsed.data.vehicles)].sort(),
        institutions: [...new Set(parsed.data.institutions)].sort(),
      };
      return db.transaction().execute(async (trx) => {
        const last = await trx
          .selectFrom('audit')
          .select(['seq', 'at', 'hash'])
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        const entry = sealed({
          seq: (last?.seq ?? 0) + 1,
          // A clock that was set back does not bring entries out of order.
          at: Math.max(clock.now(), last?.at ?? 0),
          ...said,
          previous: last?.hash ?? first,
        });
        await trx.insertInto('audit').values(rowOf(entry)).execute();
        return entry;
      });
    },

    async list({ institutions, vehicle, principal, from, to, before, limit }) {
      const found: AuditEntry[] = [];
      // In order of time too: what is before and after is not gone through.
      const [oldest, newest] = [await newestBefore(db, from), await newestBefore(db, to)];
      let next = Math.min(before ?? Number.MAX_SAFE_INTEGER, newest + 1);
      while (found.length < limit) {
        let query = db.selectFrom('audit').selectAll().where('seq', '<', next).where('seq', '>', oldest);
        if (principal !== undefined) query = query.where('principal', '=', principal);
        // More than this car may be alike; what is read is looked at below.
        if (vehicle !== undefined) query = query.where('vehicles', 'like', `%${JSON.stringify(vehicle)}%`);
        const rows = await query.orderBy('seq', 'desc').limit(page).execute();
        for (const row of rows) {
          const entry = entryOf(row);
          const concerned =
            institutions === undefined || entry.institutions.some((id) => institutions.has(id));
          const seen = vehicle === undefined || entry.vehicles.includes(vehicle);
          if (concerned && seen && found.length < limit) found.push(entry);
        }
        next = rows.at(-1)?.seq ?? 0;
        if (rows.length < page) break;
        // Others are served in between: the database answers without a pause.
        await breathe();
      }
      return found;
    },

    async head() {
      const last = await db
        .selectFrom('audit')
        .select(['seq', 'hash'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return last ?? null;
    },

    async verify(known) {
      let head: AuditHead | null = null;
      // Unbounded at first: what was put in before entry 1 is found too.
      let after: number | undefined;
      for (;;) {
        let query = db.selectFrom('audit').selectAll().select(octets).orderBy('seq').limit(page);
        if (after !== undefined) query = query.where('seq', '>', after);
        const rows: KeptRow[] = await query.execute();
        for (const row of rows) {
          const why = faultOf(row, head);
          if (why !== undefined) return verdict(head, Math.min(row.seq, (head?.seq ?? 0) + 1), why);
          head = { seq: row.seq, hash: row.hash };
          if (known?.seq === row.seq && known.hash !== row.hash) {
            return verdict(head, row.seq, sayOfAudit('remade'));
          }
        }
        after = rows.at(-1)?.seq ?? after;
        if (rows.length < page) break;
        await breathe();
      }
      if (known !== undefined && known.seq > (head?.seq ?? 0)) {
        return verdict(head, (head?.seq ?? 0) + 1, sayOfAudit('cut-off', { seq: known.seq }));
      }
      return { entries: head?.seq ?? 0, head, broken: null };
    },
  };
}

/** 0: none is. */
async function newestBefore(db: Db, ts: number): Promise<number> {
  const last = await db
    .selectFrom('audit')
    .select('seq')
    .where('at', '<', ts)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.seq ?? 0;
}

function verdict(head: AuditHead | null, seq: number, said: Message): AuditVerdict {
  return { entries: head?.seq ?? 0, head, broken: { seq, why: wordsOf(said, 'en'), said } };
}

const octets = sql<number>`octet_length(${sql.join(texts.map(sql.ref), sql` || `)})`.as('octets');

/** What is wrong with the entry that follows `head`. */
function faultOf({ octets, ...row }: KeptRow, head: AuditHead | null): Message | undefined {
  const seq = (head?.seq ?? 0) + 1;
  if (row.seq < seq) return sayOfAudit('before-first');
  if (row.seq !== seq) return sayOfAudit('missing', { seq: row.seq, after: seq - 1 });
  if (row.previous !== (head?.hash ?? first)) return sayOfAudit('chain');
  let entry: AuditEntry;
  try {
    entry = entryOf(row);
  } catch {
    return sayOfAudit('unreadable');
  }
  if (sealed(entry).hash !== row.hash) return sayOfAudit('changed');
  // The hash is of what is read; the same may be written in other ways, and this program writes it in one.
  const written = rowOf(entry);
  const whole = octets === Buffer.byteLength(texts.map((column) => written[column]).join(''));
  if (whole && texts.every((column) => written[column] === row[column])) return undefined;
  return sayOfAudit('rewritten');
}

function sealed({ hash: _, ...entry }: Omit<AuditEntry, 'hash'> & { readonly hash?: string }): AuditEntry {
  return { ...entry, hash: createHash('sha256').update(canonicalJson(entry)).digest('hex') };
}

function rowOf({ from, to, vehicles, institutions, ...entry }: AuditEntry): AuditTable {
  return {
    ...entry,
    from_ts: from,
    to_ts: to,
    vehicles: JSON.stringify(vehicles),
    institutions: JSON.stringify(institutions),
  };
}

function entryOf({
  from_ts: from,
  to_ts: to,
  vehicles,
  institutions,
  action,
  ...row
}: AuditTable): AuditEntry {
  return {
    ...row,
    action: action as AuditAction,
    from,
    to,
    vehicles: JSON.parse(vehicles) as string[],
    institutions: JSON.parse(institutions) as string[],
  };
}
