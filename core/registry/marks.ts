// Dirty marks of the registry: what rollups must be computed anew because a fact or a correction changed.
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { RegistryContext } from './context.ts';
import type { RegistryMarks } from './registry.ts';
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
export async function addMarks(trx: Db, marks: readonly MarkRow[], at: number): Promise<void> {
  for (const part of chunks(marks, 100)) {
    await trx
      .insertInto('dirty_marks')
      .values(
        part.map(({ point, quantity, from, to }) => ({ point, quantity, from_ts: from, to_ts: to, at })),
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
        .select(['mark.point', 'mark.quantity', 'mark.from_ts', 'mark.to_ts', 'mark.version'])
        .orderBy('waiting.first')
        .orderBy('mark.version')
        .execute();
      return rows.map((row) => ({
        point: row.point as PointKey,
        quantity: row.quantity === '' ? null : (row.quantity as Quantity),
        from: row.from_ts,
        to: row.to_ts,
        version: row.version,
      }));
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
