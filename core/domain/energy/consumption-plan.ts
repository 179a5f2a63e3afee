// Which stored rollups make up the consumption of a point, a building or an institution: members that come and go,
// and ranges that months, days and hours fill together.
import type { Bucket, Calendar } from '../time.ts';
import { quantityNames } from '../units.ts';

/** A stretch of time [from, to) in which one series counts for the sum. */
export interface MemberStretch {
  readonly point: string;
  readonly quantity: string;
  readonly from: number;
  readonly to: number;
}

/** Series that count for exactly the same stretch, and are therefore read and counted together. */
export interface MemberGroup {
  readonly from: number;
  readonly to: number;
  readonly members: readonly Pick<MemberStretch, 'point' | 'quantity'>[];
}

/** Buckets that rollups are stored in. */
export type StoredBucket = Exclude<Bucket, 'year'>;

/** Rollups of `bucket` in [from, to) belong to the answer. */
export interface StoredRange {
  readonly bucket: StoredBucket;
  readonly from: number;
  readonly to: number;
}

/**
 * Groups members by their stretch within [from, to). Stretches of one series that adjoin become one. Where two
 * quantities of a point give the same consumption (register and interval), the first in the table of quantities
 * counts, so that nothing is counted twice.
 */
export function groupMembers(stretches: readonly MemberStretch[], from: number, to: number): MemberGroup[] {
  const groups = new Map<string, { from: number; to: number; members: MemberStretch[] }>();
  for (const stretch of withoutOverlap(stretches)) {
    const start = Math.max(stretch.from, from);
    const end = Math.min(stretch.to, to);
    if (start >= end) continue;
    const key = `${start} ${end}`;
    const group = groups.get(key) ?? { from: start, to: end, members: [] };
    group.members.push(stretch);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

/**
 * The stored rollups that make up [from, to) for an answer in `bucket`: months where a whole month lies inside, days
 * and hours at the ends. A stretch that begins or ends within an hour is taken from that hour's start.
 */
export function storedRanges(from: number, to: number, bucket: Bucket, calendar: Calendar): StoredRange[] {
  const start = calendar.floor(from, 'hour');
  const end = calendar.floor(to, 'hour');
  const order: readonly StoredBucket[] =
    bucket === 'hour' ? ['hour'] : bucket === 'day' ? ['day', 'hour'] : ['month', 'day', 'hour'];
  return split(start, end, order, calendar);
}

function split(from: number, to: number, order: readonly StoredBucket[], calendar: Calendar): StoredRange[] {
  const [bucket, ...finer] = order;
  if (bucket === undefined || from >= to) return [];
  const first = calendar.ceil(from, bucket);
  const last = calendar.floor(to, bucket);
  if (first >= last) return split(from, to, finer, calendar);
  return [
    ...split(from, first, finer, calendar),
    { bucket, from: first, to: last },
    ...split(last, to, finer, calendar),
  ];
}

/** Stretches of each point, by the rank of their quantity and then by time, cut so that none overlaps another. */
function withoutOverlap(stretches: readonly MemberStretch[]): MemberStretch[] {
  const rank = new Map<string, number>(quantityNames.map((name, index) => [name, index]));
  const ofPoint = new Map<string, MemberStretch[]>();
  for (const stretch of stretches) {
    const list = ofPoint.get(stretch.point);
    if (list === undefined) ofPoint.set(stretch.point, [stretch]);
    else list.push(stretch);
  }
  const result: MemberStretch[] = [];
  for (const list of ofPoint.values()) {
    if (list.length === 1) {
      result.push(...list);
      continue;
    }
    list.sort((a, b) => (rank.get(a.quantity) ?? 0) - (rank.get(b.quantity) ?? 0) || a.from - b.from);
    const taken: MemberStretch[] = [];
    for (const stretch of list) for (const free of subtract(stretch, taken)) join(taken, free);
    result.push(...taken);
  }
  return result;
}

/** The parts of `stretch` that none of `taken` holds already. */
function subtract(stretch: MemberStretch, taken: readonly MemberStretch[]): MemberStretch[] {
  let free = [stretch];
  for (const { from, to } of taken) {
    free = free.flatMap((part) => {
      if (to <= part.from || from >= part.to) return [part];
      const parts: MemberStretch[] = [];
      if (part.from < from) parts.push({ ...part, to: from });
      if (to < part.to) parts.push({ ...part, from: to });
      return parts;
    });
  }
  return free;
}

function join(taken: MemberStretch[], stretch: MemberStretch): void {
  const last = taken.at(-1);
  if (last !== undefined && last.quantity === stretch.quantity && last.to === stretch.from) {
    taken[taken.length - 1] = { ...last, to: stretch.to };
  } else taken.push(stretch);
}
