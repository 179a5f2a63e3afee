// Positions of many vehicles at once, in columns. Rows stand in the file as they came in, those of all vehicles among each other: a day of
// all of them is read in the time of a day of one.
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  emptyTrack,
  picked,
  satellitesUnknown,
  slicedTrack,
  type Track,
  trackOf,
} from '../../domain/fleet/track/columns.ts';
import type { TrackSlice, TrackWanted } from '../port.ts';
import type { Database } from './database.ts';
import { extrasOf, unknownFacts } from './position-columns.ts';
import { eachChunk, eachRow, firstNumber, sqlInteger } from './rows.ts';
import { decimal, whole } from './vectors.ts';

const hourMs = 3_600_000;
const firstWindowMs = 24 * hourMs;
const longestWindowMs = 32 * firstWindowMs;
/** Bits of `facts` that `Track.flags` has. */
const trackFlags = 7;
/** Slots have 16 bits beside what is told. */
const mostWanted = 32_767;

export class TrackSlices {
  readonly #database: Database;
  /** What held about as many rows as were asked for of late. */
  #windowMs = firstWindowMs;
  #inJson = true;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As `TelemetryStore.tracks`. */
  async read(wanted: readonly TrackWanted[], to: number, rows: number): Promise<TrackSlice> {
    const from = wanted.reduce((least, each) => Math.min(least, each.from), to);
    let slice: TrackSlice = { until: to, tracks: wanted.map(() => emptyTrack(0)) };
    if (wanted.length > mostWanted) throw new RangeError(`tracks of ${wanted.length} vehicles at once`);
    if (!(from < to)) return slice;
    await this.#database.read(async (connection) => {
      const question = new Question(connection, wanted);
      const until = await this.#untilOf(question, from, to, Math.max(1, rows));
      slice = {
        until,
        tracks:
          until > from
            ? await question.tracks(from, until, await this.#mayBeInJson(connection))
            : slice.tracks,
      };
    });
    return slice;
  }

  /** Rows of the older schema become fewer, never more. */
  async #mayBeInJson(connection: DuckDBConnection): Promise<boolean> {
    if (!this.#inJson) return false;
    const found = await firstNumber(connection, 'SELECT 1 FROM positions WHERE facts IS NULL LIMIT 1');
    this.#inJson = found === 1;
    return this.#inJson;
  }

  /** Where a slice of about so many rows ends, which is looked for from the last one's length on. */
  async #untilOf(question: Question, from: number, to: number, rows: number): Promise<number> {
    let begin = from;
    for (let tooLong = Number.POSITIVE_INFINITY; ; ) {
      const end = Math.min(to, begin + Math.min(this.#windowMs, tooLong));
      const count = await question.figure('count(*)', begin, end);
      if (count > rows && end - begin > 1) {
        tooLong = Math.max(
          1,
          Math.min(Math.floor(((end - begin) * rows) / count), Math.floor((end - begin) / 2)),
        );
        this.#windowMs = tooLong;
        continue;
      }
      if (end >= to || Number.isFinite(tooLong)) return end;
      if (count === 0) {
        // Where nobody said anything, reading goes on at what is said next; NaN: nothing any more.
        const next = await question.figure('min(p.ts)', end, to);
        if (Number.isNaN(next)) return to;
        begin = next;
        continue;
      }
      if (count > rows / 4 || this.#windowMs >= longestWindowMs) return end;
      this.#windowMs = Math.min(longestWindowMs, this.#windowMs * 2);
    }
  }
}

class Question {
  readonly #connection: DuckDBConnection;
  readonly #vehicles: string[];
  readonly #from: string;

  constructor(connection: DuckDBConnection, wanted: readonly TrackWanted[]) {
    this.#connection = connection;
    this.#vehicles = wanted.map(({ vehicle }) => vehicle);
    const rows = wanted.map(({ from }, slot) => `(${slot}, $${slot + 1}, ${sqlInteger(from)})`);
    this.#from = `FROM positions AS p JOIN (VALUES ${rows.join(', ')}) AS w(slot, vehicle, since)
      ON p.vehicle = w.vehicle AND p.ts >= w.since`;
  }

  /** NaN for NULL. */
  async figure(what: string, from: number, to: number): Promise<number> {
    let found = Number.NaN;
    await eachRow(
      this.#connection,
      `SELECT (${what})::DOUBLE ${this.#from} WHERE ${within(from, to)}`,
      (row) => {
        found = row.number(0);
      },
      this.#vehicles,
    );
    return found;
  }

  /** @param inJson whether there may be rows of the older schema, which say in JSON what others have in columns */
  async tracks(from: number, to: number, inJson: boolean): Promise<Track[]> {
    const parts: Part[] = [];
    const told = `coalesce(p.satellites, ${satellitesUnknown}) * 256 + coalesce(p.facts, ${unknownFacts})`;
    await eachChunk(
      this.#connection,
      `SELECT (w.slot * 65536 + ${told})::INTEGER, p.ts::DOUBLE, p.lat, p.lon, p.speed, p.course,
          coalesce(p.odometer, 'nan'::DOUBLE), p.arrival::DOUBLE${inJson ? ', p.extras' : ''}
        ${this.#from} WHERE ${within(from, to)}`,
      ([told, ts, lat, lon, speedKmh, courseDeg, odometerKm, arrival, extras], length) => {
        const part: Part = {
          length,
          told: whole(told, length),
          ts: decimal(ts, length),
          lat: decimal(lat, length),
          lon: decimal(lon, length),
          speedKmh: decimal(speedKmh, length),
          courseDeg: decimal(courseDeg, length),
          odometerKm: decimal(odometerKm, length),
          arrival: decimal(arrival, length),
        };
        if (inJson) completeFromJson(part, (row) => String(extras?.getItem(row) ?? '{}'));
        parts.push(part);
      },
      this.#vehicles,
    );
    return tracksOf(parts, this.#vehicles.length);
  }
}

function within(from: number, to: number): string {
  return `p.ts >= ${sqlInteger(from)} AND p.ts < ${sqlInteger(to)}`;
}

/** Rows of a chunk; each column has `length` cells or more. */
interface Part extends Record<TrackNumbers, Float64Array> {
  readonly length: number;
  /** Slot, satellites and facts: 16, 8 and 8 bits. */
  readonly told: Int32Array;
  readonly arrival: Float64Array;
}

const trackNumbers = ['ts', 'lat', 'lon', 'speedKmh', 'courseDeg', 'odometerKm'] as const;
type TrackNumbers = (typeof trackNumbers)[number];

function completeFromJson({ length, told, odometerKm }: Part, textOf: (row: number) => string): void {
  for (let row = 0; row < length; row++) {
    const code = told[row] as number;
    if ((code & 0xff) !== unknownFacts) continue;
    const extras = extrasOf(Number.NaN, Number.NaN, unknownFacts, textOf(row));
    const track = trackOf([{ ts: 0, lat: 0, lon: 0, speedKmh: 0, courseDeg: 0, extras }]);
    odometerKm[row] = track.odometerKm[0] as number;
    told[row] = (code & ~0xffff) | ((track.satellites[0] as number) << 8) | (track.flags[0] as number);
  }
}

/** Each slot's rows by time; of one time the newest arrival. Takes the parts out of the list. */
function tracksOf(parts: Part[], slots: number): Track[] {
  // Several threads read them: in the order of the file those of a slot mostly stand by time already.
  parts.sort((a, b) => (a.arrival[0] as number) - (b.arrival[0] as number));
  const starts = new Uint32Array(slots + 1);
  for (const { told, length } of parts)
    for (let row = 0; row < length; row++) (starts[((told[row] as number) >>> 16) + 1] as number)++;
  for (let slot = 0; slot < slots; slot++) (starts[slot + 1] as number) += starts[slot] as number;
  // One track of all, slot after slot: few large columns instead of many small ones.
  const all = emptyTrack(starts[slots] as number);
  const arrivals = new Float64Array(all.length);
  const next = starts.slice();
  for (const part of parts.splice(0)) {
    const { told, length } = part;
    const at = new Uint32Array(length);
    for (let row = 0; row < length; row++) {
      const code = told[row] as number;
      const index = next[code >>> 16] as number;
      next[code >>> 16] = index + 1;
      at[row] = index;
      all.satellites[index] = (code >>> 8) & 0xff;
      all.flags[index] = code & trackFlags;
    }
    for (const name of trackNumbers) place(part[name], at, all[name]);
    place(part.arrival, at, arrivals);
  }
  return Array.from({ length: slots }, (_, slot) => {
    const [start, end] = [starts[slot] as number, starts[slot + 1] as number];
    return newestByTime(slicedTrack(all, start, end), arrivals.subarray(start, end));
  });
}

function place(from: Float64Array, at: Uint32Array, to: Float64Array): void {
  for (let row = 0; row < at.length; row++) to[at[row] as number] = from[row] as number;
}

function newestByTime(track: Track, arrival: Float64Array): Track {
  const { ts, length } = track;
  let isAscending = true;
  for (let row = 1; row < length && isAscending; row++)
    isAscending = (ts[row - 1] as number) < (ts[row] as number);
  if (isAscending) return track;
  const order = Uint32Array.from({ length }, (_, row) => row);
  order.sort(
    (a, b) => (ts[a] as number) - (ts[b] as number) || (arrival[a] as number) - (arrival[b] as number),
  );
  let kept = 0;
  for (let at = 0; at < length; at++) {
    const row = order[at] as number;
    if (at + 1 < length && ts[order[at + 1] as number] === ts[row]) continue;
    order[kept++] = row;
  }
  return picked(track, order.subarray(0, kept));
}
