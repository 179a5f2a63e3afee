// One pass: follows the pending marks of some series into hours, days and months, and stores them together.
import { type HourChange, headChange, headEdges, type Stretch } from '../../core/domain/energy/recompute.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { quantities } from '../../core/domain/units.ts';
import type {
  ReadingSlice,
  RollupBucket,
  RollupChange,
  Series,
  TelemetryStore,
  Window,
} from '../../core/store/port.ts';
import { Budget } from './budget.ts';
import { estimateReadings, isAppended } from './estimate.ts';
import type { GoneReadings } from './gone.ts';
import type { Head, Heads } from './heads.ts';
import { LateSeries, type Outcome } from './late.ts';
import type { RollupLimits } from './limits.ts';
import { LeaseLost } from './narrowing.ts';
import type { NewerChanges } from './newer-changes.ts';
import type { ReadingShare } from './reading-share.ts';
import {
  exclusionWindow,
  hourSpans,
  largerSpans,
  overlay,
  type Span,
  uncovered,
  wholeBuckets,
} from './spans.ts';
import type { Work } from './work.ts';

export interface PassOptions {
  readonly store: TelemetryStore;
  readonly calendar: Calendar;
  readonly heads: Heads;
  /** Of readings at the end of series and of those around late ones: their estimates err differently. */
  readonly shares: Readonly<Record<'appended' | 'late', ReadingShare>>;
  readonly newer: NewerChanges;
  readonly gone: GoneReadings;
  readonly limits: RollupLimits;
  /** Epoch ms: no reading is much newer. */
  readonly now: number;
  /** Asked right before each write: whether the lease is still held. */
  readonly mayWrite: () => Promise<boolean>;
  /** Told after rollups are stored and before the pass is done. */
  readonly stored: (changes: readonly RollupChange[]) => Promise<void>;
}

export interface PassResult {
  /** Works whose rows are stored; the others did not fit, or wait. */
  readonly followed: readonly Work[];
}

export class Pass {
  readonly #options: PassOptions;
  readonly #store: TelemetryStore;
  readonly #calendar: Calendar;

  constructor(options: PassOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#calendar = options.calendar;
  }

  /** @throws whatever the store throws; what is remembered of the works that were under way is forgotten then. */
  async follow(works: readonly Work[]): Promise<PassResult> {
    const appended: Work[] = [];
    const late: Work[] = [];
    for (const work of works) {
      const lastTs = work.memory.head?.scan.lastTs ?? Infinity;
      (isAppended(work.dirty.changes, lastTs) ? appended : late).push(work);
    }
    const changedBefore: Work[] = [];
    const followed = await this.#orForget(appended, () => this.#followAppended(appended, changedBefore));
    late.push(...changedBefore);
    followed.push(...(await this.#orForget(late, () => this.#followLate(late))));
    for (const { dirty, memory } of followed) this.#options.heads.keep(dirty.series.handle, memory);
    return { followed };
  }

  /** Readings behind the last one of a remembered scan: it goes on where it stood. */
  async #followAppended(works: readonly Work[], changedBefore: Work[]): Promise<Work[]> {
    const budget = new Budget(this.#options.limits);
    const changes: RollupChange[] = [];
    const followed: Work[] = [];
    for (let at = 0; at < works.length && !budget.full; ) {
      const group = this.#options.shares.appended.take(works, at, (work) => ({
        readings: this.#estimate(work),
        windows: 0,
      }));
      at += group.length;
      const slices = await this.#readAppended(group, budget);
      const handles = group.map(({ dirty }) => dirty.series.handle);
      const newer = await this.#options.newer(handles);
      for (const [index, work] of group.entries()) {
        const { series } = work.dirty;
        const slice = slices[index];
        const { head } = work.memory;
        if (slice === undefined || head === undefined || budget.hoursFull) continue;
        if (newer.get(series.handle)?.some((change) => change.from <= head.scan.lastTs)) {
          // It changed before its end as well, while it was read.
          changedBefore.push(work);
          continue;
        }
        const edges = headEdges(head.scan);
        for (let row = 0; row < slice.ts.length; row++)
          head.scan.push(slice.ts[row] ?? 0, slice.value[row] ?? 0);
        const change = headChange(head.scan, edges.from, edges.exclusionsFrom);
        await budget.spend(slice.ts.length, change.hours.length);
        changes.push(...this.#appendedChanges(series, head, change));
        followed.push(work);
      }
    }
    await this.#replace(changes);
    return followed;
  }

  async #readAppended(works: readonly Work[], budget: Budget): Promise<readonly ReadingSlice[]> {
    const slices = await this.#store.readingWindows(
      works.map(({ dirty, memory }): Window => {
        const from = (memory.head?.scan.lastTs ?? 0) + 1;
        return { series: dirty.series.handle, from, to: (dirty.changes.at(-1)?.to ?? 0) + 1 };
      }),
    );
    const found = slices.reduce((sum, slice) => sum + slice.ts.length, 0);
    budget.read(found);
    this.#options.shares.appended.learn(
      works.reduce((sum, work) => sum + this.#estimate(work), 0),
      found,
    );
    return slices;
  }

  #estimate({ dirty, memory, oldest }: Work): number {
    return estimateReadings(dirty.changes, memory, oldest, this.#options.now);
  }

  async #followLate(works: readonly Work[]): Promise<Work[]> {
    const { store, shares, newer, gone, now, limits } = this.#options;
    const late = new LateSeries({ store, budget: new Budget(limits), share: shares.late, newer, gone, now });
    const outcomes = await late.recompute(works);
    await this.#storeLate(outcomes);
    return outcomes.map(({ work }) => work);
  }

  #appendedChanges(series: Series, head: Head, change: HourChange): RollupChange[] {
    const { kind } = quantities[series.quantity];
    const spans = hourSpans([change]);
    const wholeDays = wholeBuckets(spans, 'day', this.#calendar);
    const days = largerSpans(wholeDays, spans, head.hours, 'day', this.#calendar, kind);
    const wholeMonths = wholeBuckets(wholeDays, 'month', this.#calendar);
    const months = largerSpans(wholeMonths, days, head.days, 'month', this.#calendar, kind);
    this.#keepEnds(
      head,
      [...head.hours, ...change.hours],
      [...head.days, ...days.flatMap((span) => span.rows)],
    );
    return rollupChanges(series, { hour: spans, day: days, month: months }, [change]);
  }

  /** Keeps of these rows what the next change at the end will need of its day and month. */
  #keepEnds(head: Head, hours: readonly RollupRow[], days: readonly RollupRow[]): void {
    const { from } = headEdges(head.scan);
    const day = this.#calendar.floor(from, 'day');
    const month = this.#calendar.floor(day, 'month');
    head.hours = hours.filter((row) => row.ts >= day && row.ts < from);
    head.days = days.filter((row) => row.ts >= month && row.ts < day);
  }

  async #storeLate(outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    const hours = outcomes.map(({ hourChanges }) => hourSpans(hourChanges));
    const wholeDays = hours.map((spans) => wholeBuckets(spans, 'day', this.#calendar));
    const storedHours = await this.#readBack('hour', outcomes, wholeDays, hours);
    const days = outcomes.map(({ work }, index) => {
      const { kind } = quantities[work.dirty.series.quantity];
      return largerSpans(
        wholeDays[index] ?? [],
        hours[index] ?? [],
        storedHours[index] ?? [],
        'day',
        this.#calendar,
        kind,
      );
    });
    const wholeMonths = wholeDays.map((wholes) => wholeBuckets(wholes, 'month', this.#calendar));
    const storedDays = await this.#readBack('day', outcomes, wholeMonths, days);
    const changes: RollupChange[] = [];
    for (const [index, { work, hourChanges, scan }] of outcomes.entries()) {
      const { series } = work.dirty;
      const { kind } = quantities[series.quantity];
      const hourRows = hours[index] ?? [];
      const dayRows = days[index] ?? [];
      const storedDay = storedDays[index] ?? [];
      const months = largerSpans(wholeMonths[index] ?? [], dayRows, storedDay, 'month', this.#calendar, kind);
      changes.push(...rollupChanges(series, { hour: hourRows, day: dayRows, month: months }, hourChanges));
      const { memory } = work;
      if (scan !== undefined) memory.head = { scan, hours: [], days: [] };
      if (memory.head !== undefined) {
        const known = [...memory.head.hours, ...(storedHours[index] ?? [])];
        const knownDays = [...memory.head.days, ...storedDay];
        this.#keepEnds(memory.head, overlay(known, hourRows), overlay(knownDays, dayRows));
      }
    }
    await this.#replace(changes);
  }

  /** Stored rows of the parts of whole buckets that no span covers, by one query. */
  async #readBack(
    bucket: RollupBucket,
    outcomes: readonly Outcome[],
    wholes: readonly (readonly Stretch[])[],
    spans: readonly (readonly Span[])[],
  ): Promise<RollupRow[][]> {
    const windows: (Window & { index: number })[] = [];
    for (const [index, { work }] of outcomes.entries()) {
      for (const whole of wholes[index] ?? []) {
        for (const part of uncovered(whole, spans[index] ?? []))
          windows.push({ series: work.dirty.series.handle, ...part, index });
      }
    }
    const rows = windows.length === 0 ? [] : await this.#store.rollupWindows(bucket, windows);
    const result: RollupRow[][] = outcomes.map(() => []);
    for (const [at, window] of windows.entries()) result[window.index]?.push(...(rows[at] ?? []));
    return result;
  }

  async #replace(changes: readonly RollupChange[]): Promise<void> {
    if (changes.length === 0) return;
    if (!(await this.#options.mayWrite())) throw new LeaseLost();
    await this.#store.replaceRollups(changes);
    await this.#options.stored(changes);
  }

  /** If anything fails on the way, remembered scans may be ahead of the store: they are forgotten; the marks stay. */
  async #orForget<T>(works: readonly Work[], follow: () => Promise<T>): Promise<T> {
    try {
      return await follow();
    } catch (error) {
      for (const { dirty, memory } of works) {
        memory.head = undefined;
        this.#options.heads.forget(dirty.series.handle);
      }
      throw error;
    }
  }
}

/** One change for each span; windows without rows of their own replace nothing. */
function rollupChanges(
  series: Series,
  spans: Record<RollupBucket, readonly Span[]>,
  exclusions: readonly HourChange[],
): RollupChange[] {
  const nothing: Span = { from: 0, to: 0, rows: [] };
  const length = Math.max(spans.hour.length, spans.day.length, spans.month.length, exclusions.length);
  return Array.from({ length }, (_, index) => ({
    series: series.handle,
    windows: {
      hour: spans.hour[index] ?? nothing,
      day: spans.day[index] ?? nothing,
      month: spans.month[index] ?? nothing,
    },
    exclusionWindow: exclusionWindow(exclusions, index),
  }));
}
