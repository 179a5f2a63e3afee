// Marks of positions: which stretch of which terminal's track must be followed, because positions came in or because something
// changed by which they are judged. They are kept beside those of readings, under a quantity of their own.
import type { PointKey } from '../domain/topics.ts';
import type { RegistryContext } from './context.ts';
import type { RecordPlace } from './fleet-contracts.ts';
import { isHeld } from './leases.ts';
import { addMarks, beginning, deleteMarks, oldestOf, seriesOf, unfold, waiting } from './marks.ts';
import { positionQuantity } from './position-quantity.ts';
import type { PositionMarks } from './registry.ts';
import { chunks, type Db } from './schema.ts';

export function createPositionMarks({ db, clock }: RegistryContext): PositionMarks {
  return {
    async pending(terminals) {
      await unfold(db);
      const longest = db
        .selectFrom('dirty_marks')
        .where('quantity', '=', positionQuantity)
        .select((of) => ['point', of.fn.min('version').as('first')])
        .groupBy('point')
        .orderBy('first')
        .limit(terminals)
        .as('waiting');
      const rows = await db
        .selectFrom('dirty_marks as mark')
        .innerJoin(longest, 'waiting.point', 'mark.point')
        .where('mark.quantity', '=', positionQuantity)
        .select(['mark.point', 'mark.from_ts', 'mark.to_ts', 'mark.version', 'mark.facts'])
        .orderBy('waiting.first')
        .orderBy('mark.version')
        .execute();
      return rows.map(({ point, from_ts: from, to_ts: to, version, facts }) => ({
        terminal: point as PointKey,
        from,
        to,
        version,
        facts: facts === 1,
      }));
    },

    async clear(marks, lease) {
      const newest = new Map<string, number>();
      for (const { terminal, version } of marks)
        newest.set(terminal, Math.max(version, newest.get(terminal) ?? 0));
      const done = [...newest].map(([point, version]) => ({ point, quantity: positionQuantity, version }));
      return db.transaction().execute(async (trx) => {
        if (lease !== undefined && !(await isHeld(trx, lease, clock.now()))) return false;
        await deleteMarks(trx, done);
        return true;
      });
    },

    async backlog() {
      const marks = (await waiting(db)).filter(({ quantity }) => quantity === positionQuantity);
      return { terminals: seriesOf(marks), oldestAt: oldestOf(marks) };
    },
  };
}

/** Marks the tracks of cars, each by the terminals that it had then; a record without a car concerns all. */
export async function markCars(
  trx: Db,
  context: RegistryContext,
  places: readonly Pick<RecordPlace, 'vehicle' | 'from' | 'to'>[],
): Promise<void> {
  if (places.length === 0) return;
  // Nothing can be marked that is not there yet.
  const until = Math.min(Math.max(...places.map(({ to }) => to)), context.clock.now());
  const everybody = places.some(({ vehicle }) => vehicle === null);
  const cars = everybody ? undefined : [...new Set(places.flatMap(({ vehicle }) => vehicle ?? []))];
  const terminals = await terminalsOf(trx, cars);
  const marks = places.flatMap(({ vehicle, from, to }) =>
    (vehicle === null ? [...terminals.values()].flat() : (terminals.get(vehicle) ?? [])).map((terminal) => ({
      point: terminal,
      quantity: positionQuantity,
      from: Math.max(from, beginning),
      to: Math.min(to, until),
    })),
  );
  const known = new Map(
    marks.filter(({ from, to }) => from <= to).map((mark) => [JSON.stringify(mark), mark]),
  );
  await addMarks(trx, [...known.values()], context.clock.now());
}

/** Terminals that were ever in a car, by car; also those of which that was said by mistake, since something may have been found of them. */
async function terminalsOf(trx: Db, cars: readonly string[] | undefined): Promise<Map<string, PointKey[]>> {
  const found = new Map<string, PointKey[]>();
  for (const part of cars === undefined ? [undefined] : chunks(cars)) {
    let query = trx
      .selectFrom('facts')
      .select(['entity', 'value'])
      .distinct()
      .where('attribute', '=', 'terminal')
      .where('value', '!=', 'null');
    if (part !== undefined) query = query.where('entity', 'in', part);
    for (const { entity, value } of await query.execute()) {
      const terminal = JSON.parse(value) as PointKey;
      const list = found.get(entity) ?? [];
      if (!list.includes(terminal)) list.push(terminal);
      found.set(entity, list);
    }
  }
  return found;
}
