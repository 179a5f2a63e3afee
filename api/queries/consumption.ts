// Consumption by bucket: finds the members, reads the rollups that the plan names, adds them up.
import {
  type ConsumptionSum,
  ConsumptionSums,
  type StoredSum,
} from '../../core/domain/energy/consumption.ts';
import {
  groupMembers,
  type MemberGroup,
  type MemberStretch,
  type StoredBucket,
  type StoredRange,
  storedRanges,
} from '../../core/domain/energy/consumption-plan.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { type Bucket, type Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import { type PointKey, parsePointKey, pointKey } from '../../core/domain/topics.ts';
import { type Carrier, isQuantity } from '../../core/domain/units.ts';
import type { Membership, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { SeriesHandle, TelemetryStore, Window } from '../../core/store/port.ts';
import type { FoundPlace } from '../auth/access.ts';
import { type PointHistory, quantitiesEver, stretchesOfPoint } from './point-members.ts';
import { requireOrder } from './range.ts';

/** Buckets that one answer holds at most. */
export const mostBuckets = 20_000;
/** Groups of fewer series than this are read together in one query, the others by a sum in the store. */
const fewSeries = 4;
/** Rollup rows that the joint query may bring into memory; groups beyond it are summed in the store. */
const mostRows = 200_000;
/** Sums that one answer may ask of the store, where nothing else is said, and how many at a time. */
const mostSums = 2_000;
const sumsAtOnce = 4;

export interface ConsumptionRequest {
  readonly of: FoundPlace;
  readonly carrier: Carrier;
  readonly bucket: Bucket;
  /** Epoch ms, edges of buckets. */
  readonly from: number;
  readonly to: number;
}

export interface ConsumptionAnswer {
  /** No time is expected to be covered after this. */
  readonly asOf: number;
  readonly rows: readonly ConsumptionSum[];
  readonly total: ConsumptionSum;
}

/** The same sums of members that are known already, and of stretches that no request names. */
export interface MemberRequest {
  readonly members: readonly MemberStretch[];
  /** Ascending starts of adjoining stretches on whole hours, the last of which ends at `to`. */
  readonly starts: readonly number[];
  readonly to: number;
  /** The stretches begin and end on edges of these: what is stored by larger ones is not read by smaller ones. */
  readonly bucket: Bucket;
  readonly asOf: number;
}

/** What is read of the store. */
export type ConsumptionStore = Pick<
  TelemetryStore,
  'findSeries' | 'seriesOfPoint' | 'rollupWindows' | 'sumRollups'
>;

export class ConsumptionQuery {
  readonly #store: ConsumptionStore;
  readonly #registry: Registry;
  readonly #calendar: Calendar;
  readonly #clock: Clock;
  readonly #mostSums: number;

  /** @param deps.mostSums sums that one answer may ask of the store, where they are dear; default 2 000 */
  constructor(deps: {
    store: ConsumptionStore;
    registry: Registry;
    calendar: Calendar;
    clock: Clock;
    mostSums?: number;
  }) {
    this.#mostSums = deps.mostSums ?? mostSums;
    this.#store = deps.store;
    this.#registry = deps.registry;
    this.#calendar = deps.calendar;
    this.#clock = deps.clock;
  }

  /** @throws JieyueError `api.bucket-edge`, `api.too-much`, `api.bad-request`; what the store throws. */
  async answer(request: ConsumptionRequest): Promise<ConsumptionAnswer> {
    const { from, to, bucket } = request;
    checkRange(request, this.#calendar);
    const asOf = this.#clock.now();
    const starts = this.#calendar.starts(from, to, bucket);
    const sums = await this.sumsOf({ members: await this.#members(request), starts, to, bucket, asOf });
    return { asOf, rows: sums.rows(), total: sums.total() };
  }

  /** @throws JieyueError `api.too-much`; what the store throws. */
  async sumsOf({ members, starts, to, bucket, asOf }: MemberRequest): Promise<ConsumptionSums> {
    const sums = new ConsumptionSums(starts, to, asOf);
    const groups = groupMembers(members, starts[0] ?? to, to);
    const read = await this.#read(groups, bucket);
    for (const [index, group] of groups.entries()) sums.add(group, read[index] ?? []);
    return sums;
  }

  async #members({ of, carrier, from, to }: ConsumptionRequest): Promise<readonly MemberStretch[]> {
    if (of.kind === 'point') return this.#ofPoint(of.point.key, carrier, { from, to });
    const { points } = this.#registry;
    const memberships: readonly Membership[] =
      of.kind === 'building'
        ? await points.ofBuilding(of.building.id, carrier, from, to)
        : await points.ofInstitution(of.institution.id, carrier, from, to);
    return memberships;
  }

  /** Of a sub-meter too, and wherever the point stands: only its quantities matter. */
  async #ofPoint(point: PointKey, carrier: Carrier, range: { from: number; to: number }) {
    const facts = await this.#registry.facts.history(point, { attribute: 'quantities' });
    const received = this.#store.seriesOfPoint(point).map(({ quantity }) => quantity);
    const history: PointHistory = { point, facts, received };
    const stretches = stretchesOfPoint(history, carrier, range);
    if (stretches !== undefined) return stretches;
    const known = quantitiesEver(history).join(', ') || 'none';
    throw new JieyueError(
      'api.bad-request',
      `carrier "${carrier}": point ${point} does not measure it; its quantities are ${known}`,
    );
  }

  /** The stored sums of each group, in their order. */
  async #read(groups: readonly MemberGroup[], bucket: Bucket): Promise<StoredSum[][]> {
    const result: StoredSum[][] = groups.map(() => []);
    const joint: JointRead[] = [];
    const sums: { group: number; handles: SeriesHandle[]; range: StoredRange }[] = [];
    let rows = 0;
    for (const [group, { members, from, to }] of groups.entries()) {
      const handles = members.flatMap(({ point, quantity }) => this.#handle(point, quantity) ?? []);
      if (handles.length === 0) continue;
      for (const range of storedRanges(from, to, bucket, this.#calendar)) {
        const size = handles.length * countBuckets(range);
        if (handles.length < fewSeries && groups.length > 1 && rows + size <= mostRows) {
          rows += size;
          for (const series of handles) joint.push({ group, series, range });
        } else sums.push({ group, handles, range });
      }
    }
    if (sums.length > this.#mostSums) {
      throw new JieyueError(
        'api.too-much',
        `the points of this sum came and went at ${groups.length} different times; ask for a shorter range, a ` +
          'larger bucket or a part of the institution',
      );
    }
    await this.#readJointly(joint, result);
    for (let start = 0; start < sums.length; start += sumsAtOnce) {
      await Promise.all(
        sums.slice(start, start + sumsAtOnce).map(async ({ group, handles, range }) => {
          const read = await this.#store.sumRollups(range.bucket, handles, range.from, range.to);
          result[group]?.push(...read);
        }),
      );
    }
    return result;
  }

  /** Reads rows of many series, one query for each bucket. */
  async #readJointly(reads: readonly JointRead[], result: StoredSum[][]): Promise<void> {
    const byBucket = new Map<StoredBucket, JointRead[]>();
    for (const read of reads) {
      const list = byBucket.get(read.range.bucket);
      if (list === undefined) byBucket.set(read.range.bucket, [read]);
      else list.push(read);
    }
    for (const [bucket, list] of byBucket) {
      const windows = list.map(({ series, range }): Window => ({ series, from: range.from, to: range.to }));
      const answers = await this.#store.rollupWindows(bucket, windows);
      const byGroup = new Map<number, Map<number, StoredSum>>();
      for (const [index, rows] of answers.entries()) {
        const group = list[index]?.group ?? 0;
        const sums = byGroup.get(group) ?? new Map<number, StoredSum>();
        byGroup.set(group, sums);
        for (const row of rows) sums.set(row.ts, plus(sums.get(row.ts), row));
      }
      for (const [group, sums] of byGroup) result[group]?.push(...sums.values());
    }
  }

  /** A series that never reported has no handle: it is expected and never known. */
  #handle(point: string, quantity: string): SeriesHandle | undefined {
    const key = parsePointKey(point);
    if (key === undefined || !isQuantity(quantity)) return undefined;
    return this.#store.findSeries(pointKey(key.agent, key.point), quantity);
  }
}

interface JointRead {
  readonly group: number;
  readonly series: SeriesHandle;
  readonly range: StoredRange;
}

function plus(sum: StoredSum | undefined, row: RollupRow): StoredSum {
  const before = sum ?? { ts: row.ts, value: null, known: 0, measuredMs: 0, estimatedMs: 0 };
  return {
    ts: row.ts,
    value: row.value === null ? before.value : (before.value ?? 0) + row.value,
    known: before.known + (row.value === null ? 0 : 1),
    measuredMs: before.measuredMs + row.measuredMs,
    estimatedMs: before.estimatedMs + row.estimatedMs,
  };
}

const shortestMs = { hour: hourMs, day: 23 * hourMs, month: 28 * dayMs, year: 365 * dayMs } as const;
const usualMs = { hour: hourMs, day: dayMs, month: 30.4 * dayMs, year: 365.25 * dayMs } as const;

function countBuckets({ bucket, from, to }: StoredRange): number {
  return Math.ceil((to - from) / shortestMs[bucket]);
}

function checkRange({ from, to, bucket }: ConsumptionRequest, calendar: Calendar): void {
  const faults = Object.entries({ from, to }).flatMap(([name, ts]) => {
    const before = calendar.floor(ts, bucket);
    if (before === ts) return [];
    const after = calendar.next(ts, bucket);
    return [
      `${name} ${calendar.format(ts)} is not on the edge of ${bucket === 'hour' ? 'an' : 'a'} ${bucket}; the nearest are ` +
        `${calendar.format(before)} and ${calendar.format(after)}`,
    ];
  });
  if (faults.length > 0) {
    throw new JieyueError('api.bucket-edge', `${faults.join('; ')} (time zone ${calendar.zone})`);
  }
  requireOrder(from, to, calendar);
  const count = Math.round((to - from) / usualMs[bucket]);
  if (count > mostBuckets) {
    const larger = { hour: 'day', day: 'month', month: 'year', year: 'year' }[bucket];
    throw new JieyueError(
      'api.too-much',
      `the range holds ${count} ${bucket}s, an answer at most ${mostBuckets}; ask for bucket=${larger} ` +
        'or a shorter range',
    );
  }
}
