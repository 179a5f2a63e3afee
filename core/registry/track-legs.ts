// What accounts ask of trips, stops and gaps, a week of a terminal to a row: a thousand cars' year has four million of them, and one at a time,
// as JSON, they take five times as long. Written beside the segments, in the same transaction.
import type { Insertable } from 'kysely';
import type { Leg, Place } from '../domain/fleet/trips/model.ts';
import { dayMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import { chunks, type Db, type TrackLegsTable } from './schema.ts';

const weekMs = 7 * dayMs;
const kinds = ['trip', 'gap', 'stop'] as const;
/** Start, end, kind, where from, where to (of a stop: where), kilometres straight, by odometer, and of these filled; as float64. */
const fields = 10;

/** Legs that begin at `from` or later give way to these. */
export async function replaceLegs(
  trx: Db,
  terminal: PointKey,
  from: number,
  legs: readonly Leg[],
): Promise<void> {
  const week = weekOf(from);
  const cut = await trx
    .selectFrom('track_legs')
    .select('legs')
    .where('terminal', '=', terminal)
    .where('week', '=', week)
    .executeTakeFirst();
  await trx.deleteFrom('track_legs').where('terminal', '=', terminal).where('week', '>=', week).execute();
  const kept = cut === undefined ? [] : unpacked(cut.legs).filter(({ start }) => start < from);
  for (const part of chunks(packedByWeek(terminal, [...kept, ...legs]), 100))
    await trx.insertInto('track_legs').values(part).execute();
}

/** Those that touch [from, to), by terminal; of each by week, then as they were given. */
export async function readLegs(
  db: Db,
  terminals: Iterable<PointKey>,
  from: number,
  to: number,
): Promise<ReadonlyMap<PointKey, readonly Leg[]>> {
  const found = new Map<PointKey, Leg[]>();
  for (const part of chunks([...new Set(terminals)])) {
    const rows = await db
      .selectFrom('track_legs')
      .select(['terminal', 'legs'])
      .where('terminal', 'in', part)
      .where('week', '<', to)
      .where('end_ts', '>=', from)
      .orderBy('terminal')
      .orderBy('week')
      .execute();
    for (const { terminal, legs } of rows) {
      const own = found.get(terminal as PointKey) ?? [];
      found.set(terminal as PointKey, own);
      for (const leg of unpacked(legs)) if (leg.start < to && leg.end >= from) own.push(leg);
    }
  }
  return found;
}

/** Takes the places out of what ended in [since, before). */
export async function forgetPlacesOfLegs(
  db: Db,
  terminal: string,
  since: number,
  before: number,
): Promise<void> {
  const rows = await db
    .selectFrom('track_legs')
    .selectAll()
    .where('terminal', '=', terminal)
    .where('week', '<', before)
    .where('end_ts', '>=', since)
    .execute();
  for (const { week, legs: packed } of rows) {
    const numbers = float64s(packed);
    for (let at = 0; at < numbers.length; at += fields)
      if ((numbers[at + 1] ?? 0) < before) numbers.fill(Number.NaN, at + 3, at + 7);
    await db
      .updateTable('track_legs')
      .set({ legs: bytesOf(numbers) })
      .where('terminal', '=', terminal)
      .where('week', '=', week)
      .execute();
  }
}

/** A row for each week in which one begins. */
export function packedByWeek(terminal: string, legs: readonly Leg[]): Insertable<TrackLegsTable>[] {
  const weeks = new Map<number, Leg[]>();
  for (const leg of legs) {
    const week = weekOf(leg.start);
    const own = weeks.get(week);
    if (own === undefined) weeks.set(week, [leg]);
    else own.push(leg);
  }
  return [...weeks].map(([week, own]) => ({
    terminal,
    week,
    end_ts: own.reduce((latest, { end }) => Math.max(latest, end), week),
    legs: packed(own),
  }));
}

function weekOf(ts: number): number {
  return Math.floor(ts / weekMs) * weekMs;
}

function packed(legs: readonly Leg[]): Uint8Array {
  const numbers = new Float64Array(legs.length * fields);
  let at = 0;
  for (const leg of legs) {
    const [from, to] = leg.kind === 'stop' ? [leg.at, nowhere] : [leg.from, leg.to];
    numbers.set([leg.start, leg.end, kinds.indexOf(leg.kind), from.lat, from.lon, to.lat, to.lon], at);
    if (leg.kind !== 'stop') numbers.set([leg.distanceKm, leg.odometer.km, leg.odometer.filledKm], at + 7);
    at += fields;
  }
  return bytesOf(numbers);
}

const nowhere: Place = { lat: Number.NaN, lon: Number.NaN };

function unpacked(bytes: ArrayBuffer | Uint8Array): Leg[] {
  const numbers = float64s(bytes);
  const legs: Leg[] = [];
  const number = (at: number) => numbers[at] ?? Number.NaN;
  for (let at = 0; at < numbers.length; at += fields) {
    const [start, end, kind] = [number(at), number(at + 1), kinds[number(at + 2)] ?? 'gap'];
    const from = { lat: number(at + 3), lon: number(at + 4) };
    if (kind === 'stop') {
      legs.push({ kind, start, end, at: from });
      continue;
    }
    const to = { lat: number(at + 5), lon: number(at + 6) };
    const odometer = { km: number(at + 8), filledKm: number(at + 9) };
    legs.push({ kind, start, end, from, to, distanceKm: number(at + 7), odometer });
  }
  return legs;
}

/** Bytes amid others are copied: they need not begin where a float64 may. */
function float64s(bytes: ArrayBuffer | Uint8Array): Float64Array {
  return new Float64Array(bytes instanceof Uint8Array ? new Uint8Array(bytes).buffer : bytes);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
