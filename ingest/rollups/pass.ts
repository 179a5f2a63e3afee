// One pass: follows the pending marks of some series into hours, days and months, and stores them together.
import { type HourChange, headChange, headEdges, type Stretch } from '../../core/domain/energy/recompute.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { quantities } from '../../core/domain/units.ts';
import type { RollupBucket, RollupChange, Series, TelemetryStore, Window } from '../../core/store/port.ts';
import { Budget } from './budget.ts';
import type { Head, Heads } from './heads.ts';
import { LateSeries, newerChanges, type Outcome, type Work } from './late.ts';
import { hourSpans, largerSpans, type Span, uncovered, wholeBuckets } from './spans.ts';

/** A series with what changed in it: stretches, ascending and disjoint. */
export interface DirtySeries {
  readonly series: Series;
  readonly changes: readonly Stretch[];
}

export interface PassResult {
  /** Series whose rows are stored; the others did not fit or changed again meanwhile: they are for the next pass. */
  readonly followed: readonly Series[];
}

export class Pass {
  readonly #store: TelemetryStore;
  readonly #calendar: Calendar;
  readonly #heads: Heads;
  readonly #budget = new Budget();
  readonly #mayWrite: () => Promise<boolean>;

  /** @param mayWrite asked right before each write: whether the lease is still held */
  constructor(store: TelemetryStore, calendar: Calendar, heads: Heads, mayWrite: () => Promise<boolean>) {
    this.#store = store;
    this.#calendar = calendar;
    this.#heads = heads;
    this.#mayWrite = mayWrite;
  }

  /** @param dirty series whose facts are remembered in `heads` */
  async follow(dirty: readonly DirtySeries[]): Promise<PassResult> {
    const appended: Work[] = [];
    const late: Work[] = [];
    for (const { series, changes } of dirty) {
      const memory = this.#heads.get(series.handle);
      if (memory === undefined) continue;
      const lastTs = memory.head?.scan.lastTs ?? Infinity;
      (changes.every((change) => change.from > lastTs) ? appended : late).push({ series, changes, memory });
    }
    const followed = await this.#followAppended(appended);
    const outcomes = await new LateSeries(this.#store, this.#budget).recompute(late);
    await this.#storeLate(outcomes);
    return { followed: [...followed, ...outcomes.map(({ work }) => work.series)] };
  }

  /** Readings behind the last one of a remembered scan: it goes on where it stood. */
  async #followAppended(works: readonly Work[]): Promise<Series[]> {
    if (works.length === 0) return [];
    const windows = works.map(
      ({ series, changes, memory }): Window => ({
        series: series.handle,
        from: (memory.head?.scan.lastTs ?? 0) + 1,
        to: (changes.at(-1)?.to ?? 0) + 1,
      }),
    );
    const slices = await this.#store.readingWindows(windows);
    const newer = await newerChanges(
      this.#store,
      works.map(({ series }) => series.handle),
    );
    const changes: RollupChange[] = [];
    const followed: Series[] = [];
    for (const [index, { series, memory }] of works.entries()) {
      const slice = slices[index];
      const { head } = memory;
      if (slice === undefined || head === undefined || this.#budget.full) continue;
      if (newer.get(series.handle)?.some((change) => change.from <= head.scan.lastTs)) continue;
      const edges = headEdges(head.scan);
      for (let at = 0; at < slice.ts.length; at++) head.scan.push(slice.ts[at] ?? 0, slice.value[at] ?? 0);
      const change = headChange(head.scan, edges.from, edges.exclusionsFrom);
      await this.#budget.spend(slice.ts.length, change.hours.length);
      changes.push(...this.#appendedChanges(series, head, change));
      followed.push(series);
    }
    await this.#replace(changes, works);
    return followed;
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
    const days = outcomes.map(({ work: { series } }, index) => {
      const { kind } = quantities[series.quantity];
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
      const { kind } = quantities[work.series.quantity];
      const hourRows = hours[index] ?? [];
      const dayRows = days[index] ?? [];
      const storedDay = storedDays[index] ?? [];
      const months = largerSpans(wholeMonths[index] ?? [], dayRows, storedDay, 'month', this.#calendar, kind);
      changes.push(
        ...rollupChanges(work.series, { hour: hourRows, day: dayRows, month: months }, hourChanges),
      );
      const { memory } = work;
      if (scan !== undefined) memory.head = { scan, hours: [], days: [] };
      if (memory.head !== undefined) {
        const known = [...memory.head.hours, ...(storedHours[index] ?? [])];
        const knownDays = [...memory.head.days, ...storedDay];
        this.#keepEnds(memory.head, overlay(known, hourRows), overlay(knownDays, dayRows));
      }
    }
    await this.#replace(
      changes,
      outcomes.map(({ work }) => work),
    );
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
          windows.push({ series: work.series.handle, ...part, index });
      }
    }
    const rows = windows.length === 0 ? [] : await this.#store.rollupWindows(bucket, windows);
    const result: RollupRow[][] = outcomes.map(() => []);
    for (const [at, window] of windows.entries()) result[window.index]?.push(...(rows[at] ?? []));
    return result;
  }

  /** If the store fails, remembered scans are ahead of it: they are forgotten, and the marks stay. */
  async #replace(changes: readonly RollupChange[], works: readonly Work[]): Promise<void> {
    try {
      if (changes.length === 0) return;
      if (!(await this.#mayWrite()))
        throw new JieyueError('store.unavailable', 'another process took the rollup lease over');
      await this.#store.replaceRollups(changes);
    } catch (error) {
      for (const { series } of works) this.#heads.forget(series.handle);
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

/** Where a later change looked at the same stretch again, its word counts. */
function exclusionWindow(changes: readonly HourChange[], index: number): RollupChange['exclusionWindow'] {
  const change = changes[index];
  if (change === undefined) return { from: 0, to: 0, rows: [] };
  const later = changes.slice(index + 1);
  const rows = change.exclusions.filter(
    ({ ts }) => !later.some((other) => ts >= other.exclusionsFrom && ts < other.exclusionsTo),
  );
  return { from: change.exclusionsFrom, to: change.exclusionsTo, rows };
}

/** Rows with those inside the spans replaced; ascending. */
function overlay(rows: readonly RollupRow[], spans: readonly Span[]): RollupRow[] {
  // The remembered and the stored rows hold the same buckets: each counts once.
  const once = [...new Map(rows.map((row) => [row.ts, row])).values()];
  const outside = once.filter((row) => !spans.some((span) => row.ts >= span.from && row.ts < span.to));
  return [...outside, ...spans.flatMap((span) => span.rows)].sort((a, b) => a.ts - b.ts);
}
