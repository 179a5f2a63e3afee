// A car's positions in a range, a page at a time: which of them are to be believed, and why there are none where there are none.
import { trackOf } from '../../core/domain/fleet/track/columns.ts';
import { filterDefaults, marksOf, type Reason, reasons } from '../../core/domain/fleet/track/filter.ts';
import { simplified } from '../../core/domain/fleet/track/simplify.ts';
import { tripDefaults } from '../../core/domain/fleet/trips/thresholds.ts';
import { limits } from '../../core/domain/telemetry.ts';
import { hourMs } from '../../core/domain/time.ts';
import type { PositionRow, TelemetryStore } from '../../core/store/port.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { FleetIndex } from './visibility.ts';

export const partKinds = [
  'positions',
  'no-terminal',
  'another-institution',
  'masked',
  'deleted',
  'future',
] as const;

/** What a stretch of the range holds. */
export interface TrackPart {
  readonly from: number;
  readonly to: number;
  readonly what: (typeof partKinds)[number];
}

export interface TrackQuestion {
  readonly vehicle: string;
  readonly reach: Reach;
  readonly from: number;
  readonly to: number;
  /** Where the page begins. */
  readonly start: number;
  /** Positions on a page. */
  readonly limit: number;
  /** Also those that are not to be believed, and nothing left out. */
  readonly all: boolean;
  readonly simplifyM: number | undefined;
  readonly now: number;
  /** Positions before this are deleted. */
  readonly keptFrom: number;
}

export interface Marked {
  readonly row: PositionRow;
  readonly reason: Reason;
  /** Nothing is known of the way to it from the one before: it is the first, or silence, a break or another terminal lies between. */
  readonly apart: boolean;
}

export interface TrackPage {
  readonly positions: readonly Marked[];
  /** How many of those that were looked at have each reason. */
  readonly counts: Readonly<Record<Reason, number>>;
  /** Where the next page begins; `null`: the range is complete. */
  readonly next: number | null;
}

/** Looked at for a page of a simplified track: what is left of a day is a few hundred. */
const rowsSimplified = 100_000;
/** What comes before and after a page, by which the first and last of it are judged. */
const before = { ms: hourMs, rows: 2_000 };
const afterRows = 60;

/** How many positions are read for a page at most. */
export function rowsOfPage({ limit, simplifyM }: Pick<TrackQuestion, 'limit' | 'simplifyM'>): number {
  return simplifyM === undefined ? limit : Math.max(limit, rowsSimplified);
}

/** The range in parts, by time and without gaps. */
export function partsOf(
  index: FleetIndex,
  { vehicle, reach, from, to, now, keptFrom }: Omit<TrackQuestion, 'start' | 'limit' | 'all' | 'simplifyM'>,
): readonly TrackPart[] {
  const parts: TrackPart[] = [];
  const add = (begin: number, end: number, what: TrackPart['what']) => {
    if (begin >= end) return;
    const last = parts.at(-1);
    if (last?.what === what) parts[parts.length - 1] = { ...last, to: end };
    else parts.push({ from: begin, to: end, what });
  };
  const latest = Math.max(from, Math.min(to, now + limits.futureMs));
  const kept = Math.min(Math.max(from, keptFrom), latest);
  add(from, kept, 'deleted');
  let at = kept;
  for (const stretch of index.stretches(vehicle, kept, latest)) {
    add(at, stretch.from, 'no-terminal');
    const own = covers(reach, stretch.institution);
    add(stretch.from, stretch.to, own ? (stretch.masked ? 'masked' : 'positions') : 'another-institution');
    at = stretch.to;
  }
  add(at, latest, 'no-terminal');
  add(latest, to, 'future');
  return parts;
}

/** @throws JieyueError `store.unavailable` */
export async function trackPage(
  store: Pick<TelemetryStore, 'positions'>,
  index: FleetIndex,
  question: TrackQuestion,
  parts: readonly TrackPart[],
): Promise<TrackPage> {
  const { vehicle, start, limit, all, simplifyM } = question;
  const counts = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;
  const positions: Marked[] = [];
  let left = rowsOfPage(question);
  for (const part of parts) {
    if (part.what !== 'positions' || part.to <= start) continue;
    for (const stretch of index.stretches(vehicle, Math.max(start, part.from), part.to)) {
      // A stretch begins where the terminal came into the car or the car to its institution: what was before is not looked at.
      const whole = index.at(stretch.terminal, stretch.from);
      const since = Math.max(whole?.from ?? stretch.from, question.keptFrom, stretch.from - before.ms);
      const [context, rows] = await Promise.all([
        since < stretch.from ? store.positions(stretch.terminal, since, stretch.from, before.rows) : [],
        store.positions(stretch.terminal, stretch.from, stretch.to, left + 1 + afterRows),
      ]);
      const known = context.length < before.rows ? context : [];
      const taken = Math.min(left, rows.length);
      for (const marked of judged(known, rows, taken)) {
        counts[marked.reason]++;
        if (all || marked.reason === 'good') positions.push(marked);
      }
      left -= taken;
      const following = rows[taken];
      if (following !== undefined)
        return cut(thinned(positions, all, simplifyM), counts, limit, following.ts);
    }
  }
  return cut(thinned(positions, all, simplifyM), counts, limit, null);
}

function cut(
  positions: readonly Marked[],
  counts: TrackPage['counts'],
  limit: number,
  next: number | null,
): TrackPage {
  const following = positions[limit];
  if (following === undefined) return { positions, counts, next };
  return { positions: positions.slice(0, limit), counts, next: following.row.ts };
}

/** @returns the first `taken` of `rows`, judged by what stands before and after them */
function judged(context: readonly PositionRow[], rows: readonly PositionRow[], taken: number): Marked[] {
  const together = [...context, ...rows];
  // One of a time, ascending: rows and the sorted track are in the same order.
  const track = trackOf(together);
  const marks = marksOf(track, { ...filterDefaults, latest: Number.POSITIVE_INFINITY });
  const broken = new Uint8Array(together.length);
  marks.good.forEach((at, place) => {
    broken[at] = marks.breaks[place] ?? 0;
  });
  const found: Marked[] = [];
  let last: number | undefined;
  for (let at = 0; at < context.length + taken; at++) {
    const row = together[at];
    if (row === undefined) break;
    const reason = reasons[marks.reasons[at] ?? 0] ?? 'good';
    const apart = last === undefined || broken[at] === 1 || row.ts - last > tripDefaults.splitMs;
    if (reason === 'good') last = row.ts;
    if (at >= context.length) found.push({ row, reason, apart: reason === 'good' && apart });
  }
  return found;
}

/** Fewer positions, line by line, no farther than so many metres from all that are believed. */
function thinned(
  positions: readonly Marked[],
  all: boolean,
  simplifyM: number | undefined,
): readonly Marked[] {
  if (simplifyM === undefined || all) return positions;
  const lat = Float64Array.from(positions, ({ row }) => row.lat);
  const lon = Float64Array.from(positions, ({ row }) => row.lon);
  return linesOf(positions).flatMap(({ from, to }) => {
    const indices = Uint32Array.from({ length: to - from }, (_, offset) => from + offset);
    return [...simplified(lat, lon, indices, simplifyM)].flatMap((index) => positions[index] ?? []);
  });
}

/** Places of [from, to) of positions that hang together. */
export function linesOf(positions: readonly Marked[]): readonly { from: number; to: number }[] {
  const starts = positions.flatMap(({ apart }, index) => (apart || index === 0 ? [index] : []));
  return starts.map((from, place) => ({ from, to: starts[place + 1] ?? positions.length }));
}
