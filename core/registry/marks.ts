// Dirty marks of the registry: what rollups must be computed anew because a fact or a correction changed.
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import {
  confirmedMarks,
  decode,
  encode,
  type MarkRow,
  mostFolded,
  type TimedMarkRow,
  takeConfirmed,
} from './announced-marks.ts';
import type { RegistryContext } from './context.ts';
import { positionQuantity } from './position-quantity.ts';
import type { RegistryMark, RegistryMarks } from './registry.ts';
import { chunks, type Db } from './schema.ts';

/** The end of a mark that has none: the last millisecond of the year 9999, UTC. */
export const farFuture = 253_402_300_799_999;

/** The beginning of a mark that has none: before the oldest reading that is taken. */
export const beginning = 0;

/** In the transaction of the change that makes them. Marks are only added, so that a version says what was read. */
export async function addMarks(
  trx: Db,
  marks: readonly MarkRow[],
  at: number,
  about: 'facts' | 'readings' = 'facts',
): Promise<void> {
  await insertMarks(
    trx,
    marks.map((mark) => ({ ...mark, at })),
    about,
  );
}

async function insertMarks(
  trx: Db,
  marks: readonly TimedMarkRow[],
  about: 'facts' | 'readings',
): Promise<void> {
  const facts = about === 'facts' ? 1 : 0;
  for (const part of chunks(marks, 100)) {
    await trx
      .insertInto('dirty_marks')
      .values(
        part.map(({ point, quantity, from, to, at }) => ({
          point,
          quantity,
          from_ts: from,
          to_ts: to,
          at,
          facts,
        })),
      )
      .execute();
  }
}

export function createMarks({ db, clock }: RegistryContext): RegistryMarks {
  return {
    async add(marks) {
      if (marks.length === 0) return;
      const rows = marks.map((mark) => ({ ...mark, quantity: mark.quantity ?? '' }));
      await db.transaction().execute((trx) => addMarks(trx, rows, clock.now()));
    },

    async announce(marks, again) {
      const at = clock.now();
      if (again !== undefined) {
        const { numUpdatedRows } = await db
          .updateTable('announced_marks')
          .set({ at })
          .where('id', '=', again)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) return again;
      }
      const { id } = await db
        .insertInto('announced_marks')
        .values({ marks: encode(marks), at })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },

    async confirm(id, marks) {
      await db.transaction().execute(async (trx) => {
        const announced = await trx
          .selectFrom('announced_marks')
          .select('id')
          .where('id', '=', id)
          .executeTakeFirst();
        // Taken for left, confirmed and followed meanwhile: the rows are in only now.
        if (announced === undefined) await addMarks(trx, marks, clock.now(), 'readings');
        else await confirmThese(trx, [id], clock.now());
      });
    },

    async confirmLeft(before) {
      return db.transaction().execute(async (trx) => {
        const left = await trx
          .selectFrom('announced_marks')
          .select('id')
          .where('at', '<', before)
          .where('id', 'not in', (eb) => eb.selectFrom('confirmed_marks').select('id'))
          .execute();
        await confirmThese(
          trx,
          left.map(({ id }) => id),
          clock.now(),
        );
        return left.length;
      });
    },

    async pendingOf(series) {
      await unfold(db);
      const wanted = new Set(series.flatMap(({ point, quantity }) => [`${point} ${quantity}`, `${point} `]));
      const found: RegistryMark[] = [];
      // First what is announced: what moves on while this asks is seen twice, and never missed.
      for (const { marks } of await db.selectFrom('announced_marks').select('marks').execute()) {
        for (const { point, quantity, from, to } of decode(marks)) {
          if (wanted.has(`${point} ${quantity}`))
            found.push(markOf({ point, quantity, from_ts: from, to_ts: to, version: 0, facts: 0 }));
        }
      }
      const points = [...new Set(series.map(({ point }) => point))];
      for (const part of chunks(points, 500)) {
        const rows = await db
          .selectFrom('dirty_marks')
          .selectAll()
          .where('point', 'in', part)
          .orderBy('version')
          .execute();
        for (const row of rows) if (wanted.has(`${row.point} ${row.quantity}`)) found.push(markOf(row));
      }
      return found;
    },

    async pending(series) {
      await unfold(db);
      const rows = await db
        .selectFrom('dirty_marks as mark')
        .innerJoin(
          (eb) =>
            eb
              .selectFrom('dirty_marks')
              .where('quantity', '!=', positionQuantity)
              .select((of) => ['point', 'quantity', of.fn.min('version').as('first')])
              .groupBy(['point', 'quantity'])
              .orderBy('first')
              .limit(series)
              .as('waiting'),
          (join) =>
            join.onRef('waiting.point', '=', 'mark.point').onRef('waiting.quantity', '=', 'mark.quantity'),
        )
        .select(['mark.point', 'mark.quantity', 'mark.from_ts', 'mark.to_ts', 'mark.version', 'mark.facts'])
        .orderBy('waiting.first')
        .orderBy('mark.version')
        .execute();
      return rows.map(markOf);
    },

    async clear(marks) {
      const newest = new Map<string, { point: string; quantity: string; version: number }>();
      for (const { point, quantity, version } of marks) {
        const key = `${point} ${quantity ?? ''}`;
        if (version > (newest.get(key)?.version ?? 0))
          newest.set(key, { point, quantity: quantity ?? '', version });
      }
      if (newest.size === 0) return;
      await db.transaction().execute((trx) => deleteMarks(trx, [...newest.values()]));
    },

    async backlog() {
      const marks = (await waiting(db)).filter(({ quantity }) => quantity !== positionQuantity);
      return { series: seriesOf(marks), oldestAt: oldestOf(marks) };
    },
  };
}

/** Up to their versions; all at once in a transaction of the caller's. */
export async function deleteMarks(
  trx: Db,
  marks: readonly { readonly point: string; readonly quantity: string; readonly version: number }[],
): Promise<void> {
  for (const { point, quantity, version } of marks)
    await trx
      .deleteFrom('dirty_marks')
      .where('point', '=', point)
      .where('quantity', '=', quantity)
      .where('version', '<=', version)
      .execute();
}

interface Waiting {
  readonly point: string;
  readonly quantity: string;
  readonly at: number;
}

/** All that is pending, and since when. */
export async function waiting(db: Db): Promise<readonly Waiting[]> {
  const rows = await db
    .selectFrom('dirty_marks')
    .select((eb) => ['point', 'quantity', eb.fn.min('at').as('at')])
    .groupBy(['point', 'quantity'])
    .execute();
  return [...rows, ...(await confirmedMarks(db))];
}

export function seriesOf(marks: readonly Waiting[]): number {
  return new Set(marks.map(({ point, quantity }) => `${point} ${quantity}`)).size;
}

export function oldestOf(marks: readonly Waiting[]): number | null {
  const oldest = marks.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  return marks.length === 0 ? null : oldest;
}

/** Confirmed, and rows where too many are not. */
async function confirmThese(trx: Db, ids: readonly number[], at: number): Promise<void> {
  for (const part of chunks(ids, 100)) {
    await trx
      .insertInto('confirmed_marks')
      .values(part.map((id) => ({ id, at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const { folded } = await trx
    .selectFrom('confirmed_marks')
    .select((eb) => eb.fn.countAll<number>().as('folded'))
    .executeTakeFirstOrThrow();
  if (folded > mostFolded) await insertMarks(trx, await takeConfirmed(trx), 'readings');
}

/** Makes rows of what was confirmed since. */
export async function unfold(db: Db): Promise<void> {
  if ((await db.selectFrom('confirmed_marks').select('id').limit(1).execute()).length === 0) return;
  await db.transaction().execute(async (trx) => insertMarks(trx, await takeConfirmed(trx), 'readings'));
}

function markOf(row: {
  point: string;
  quantity: string;
  from_ts: number;
  to_ts: number;
  version: number;
  facts: number;
}): RegistryMark {
  return {
    point: row.point as PointKey,
    quantity: row.quantity === '' ? null : (row.quantity as Quantity),
    from: row.from_ts,
    to: row.to_ts,
    version: row.version,
    facts: row.facts === 1,
  };
}
