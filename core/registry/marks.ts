// Dirty marks of the registry: what rollups must be computed anew because a fact or a correction changed.
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { RegistryContext } from './context.ts';
import type { RegistryMark, RegistryMarks } from './registry.ts';
import { chunks, type Db } from './schema.ts';

/** The end of a mark that has none: the last millisecond of the year 9999, UTC. */
export const farFuture = 253_402_300_799_999;

/** The beginning of a mark that has none: before the oldest reading that is taken. */
export const beginning = 0;

export interface MarkRow {
  readonly point: string;
  /** Empty: all quantities. */
  readonly quantity: string;
  readonly from: number;
  readonly to: number;
}

/** In the transaction of the change that makes them. Marks are only added, so that a version says what was read. */
export async function addMarks(
  trx: Db,
  marks: readonly MarkRow[],
  at: number,
  about: 'facts' | 'readings' = 'facts',
): Promise<void> {
  const facts = about === 'facts' ? 1 : 0;
  for (const part of chunks(marks, 100)) {
    await trx
      .insertInto('dirty_marks')
      .values(
        part.map(({ point, quantity, from, to }) => ({
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
        await addMarks(trx, marks, clock.now(), 'readings');
        await trx.deleteFrom('announced_marks').where('id', '=', id).execute();
      });
    },

    async confirmLeft(before) {
      return db.transaction().execute(async (trx) => {
        const left = await trx
          .deleteFrom('announced_marks')
          .where('at', '<', before)
          .returning(['id', 'marks'])
          .execute();
        for (const { marks } of left) await addMarks(trx, decode(marks), clock.now(), 'readings');
        return left.length;
      });
    },

    async pendingOf(series) {
      const wanted = new Set(series.flatMap(({ point, quantity }) => [`${point} ${quantity}`, `${point} `]));
      const found: RegistryMark[] = [];
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
      for (const { marks } of await db.selectFrom('announced_marks').select('marks').execute()) {
        for (const mark of decode(marks)) {
          if (!wanted.has(`${mark.point} ${mark.quantity}`)) continue;
          const { point, quantity, from, to } = mark;
          found.push(markOf({ point, quantity, from_ts: from, to_ts: to, version: 0, facts: 0 }));
        }
      }
      return found;
    },

    async pending(series) {
      const rows = await db
        .selectFrom('dirty_marks as mark')
        .innerJoin(
          (eb) =>
            eb
              .selectFrom('dirty_marks')
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
      await db.transaction().execute(async (trx) => {
        for (const { point, quantity, version } of newest.values()) {
          await trx
            .deleteFrom('dirty_marks')
            .where('point', '=', point)
            .where('quantity', '=', quantity)
            .where('version', '<=', version)
            .execute();
        }
      });
    },

    async backlog() {
      const series = db.selectFrom('dirty_marks').select(['point', 'quantity']).distinct().as('series');
      const [count, oldest] = [
        await db
          .selectFrom(series)
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirst(),
        await db
          .selectFrom('dirty_marks')
          .select((eb) => eb.fn.min('at').as('at'))
          .executeTakeFirst(),
      ];
      return { series: Number(count?.n ?? 0), oldestAt: oldest?.at ?? null };
    },
  };
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

function encode(marks: readonly MarkRow[]): string {
  return JSON.stringify(marks.map(({ point, quantity, from, to }) => [point, quantity, from, to]));
}

/** Text of `encode`. */
function decode(text: string): MarkRow[] {
  const rows = JSON.parse(text) as [string, string, number, number][];
  return rows.map(([point, quantity, from, to]) => ({ point, quantity, from, to }));
}
