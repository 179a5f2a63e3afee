// When an institution keeps dispatch orders: for some time before and after each of them. Only then is a trip without one a finding,
// so an institution's first order, and its last one that is withdrawn, concern all of its cars.
import { sql } from 'kysely';
import { dayMs } from '../domain/time.ts';
import type { RegistryContext } from './context.ts';
import { markCars } from './position-marks.ts';
import type { Db } from './schema.ts';

/** Of orders this long before or after a trip. 90 days: holidays of schools are shorter. */
export const orderHabitMs = 90 * dayMs;
/** Orders of so long are looked at together; less than the habit, so nothing is lost by it. */
const bucketMs = 30 * dayMs;

export interface KeptSpan {
  readonly from: number;
  readonly to: number;
}

/** Ascending, apart from each other. */
export async function ordersKept(db: Db, institution: string): Promise<KeptSpan[]> {
  const rows = await db
    .selectFrom('fleet_records')
    .select((eb) => [eb.fn.min('from_ts').as('first'), eb.fn.max('to_ts').as('last')])
    .where('kind', '=', 'order')
    .where('institution', '=', institution)
    .where('superseded_at', 'is', null)
    .groupBy(sql`from_ts / ${sql.lit(bucketMs)}`)
    .orderBy('first')
    .execute();
  const spans: KeptSpan[] = [];
  for (const { first, last } of rows) {
    const span = { from: Number(first) - orderHabitMs, to: Number(last) + orderHabitMs };
    const before = spans.at(-1);
    if (before !== undefined && span.from <= before.to)
      spans[spans.length - 1] = { from: before.from, to: Math.max(before.to, span.to) };
    else spans.push(span);
  }
  return spans;
}

/** Makes a change of orders, and marks the cars of institutions that by it keep orders where they kept none, or the other way round. */
export async function followHabit<Outcome>(
  trx: Db,
  context: RegistryContext,
  institutions: Iterable<string | null>,
  change: () => Promise<Outcome>,
): Promise<Outcome> {
  const concerned = [...new Set(institutions)].filter((id) => id !== null);
  const before = new Map<string, readonly KeptSpan[]>();
  for (const id of concerned) before.set(id, await ordersKept(trx, id));
  const outcome = await change();
  for (const id of concerned) {
    const changed = differences(before.get(id) ?? [], await ordersKept(trx, id));
    if (changed.length === 0) continue;
    const cars = await carsOf(trx, id);
    await markCars(
      trx,
      context,
      changed.flatMap((span) => cars.map((vehicle) => ({ vehicle, ...span }))),
    );
  }
  return outcome;
}

/** Where one list holds and the other does not. */
function differences(one: readonly KeptSpan[], other: readonly KeptSpan[]): KeptSpan[] {
  const borders = [...new Set([...one, ...other].flatMap(({ from, to }) => [from, to]))].sort(
    (a, b) => a - b,
  );
  const holds = (spans: readonly KeptSpan[], ts: number) =>
    spans.some(({ from, to }) => from <= ts && ts < to);
  return borders.flatMap((from, at) => {
    const to = borders[at + 1];
    return to !== undefined && holds(one, from) !== holds(other, from) ? [{ from, to }] : [];
  });
}

/** Cars that ever were of it. */
async function carsOf(trx: Db, institution: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('facts')
    .innerJoin('entities', 'entities.id', 'facts.entity')
    .select('facts.entity')
    .distinct()
    .where('entities.kind', '=', 'vehicle')
    .where('facts.attribute', '=', 'institution')
    .where('facts.ref', '=', institution)
    .where('facts.superseded_at', 'is', null)
    .execute();
  return rows.map(({ entity }) => entity);
}
