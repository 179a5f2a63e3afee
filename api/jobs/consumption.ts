// Consumption of every institution and building as series: what runs every few minutes, what every hour, what every night.
// Their windows never overlap, so that none writes what another has read anew: decision 8 states them and their cost.
import { setImmediate as breathe } from 'node:timers/promises';
import { totalItem } from '../../core/domain/board-series.ts';
import { type Bucket, type Calendar, hourMs } from '../../core/domain/time.ts';
import { parsePointKey, pointKey } from '../../core/domain/topics.ts';
import { isQuantity } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import type { BoardStore, SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import { ConsumptionQuery } from '../queries/consumption.ts';
import { consumptionRows, sumAccount } from './account-sums.ts';
import { type Account, keyOf, readAccounts } from './accounts.ts';
import { pagesOfPoints } from './all-points.ts';
import { BoardWriter } from './board-writer.ts';
import { DayHours } from './day-hours.ts';
import { Remembered } from './remembered.ts';
import { RollupCache } from './rollup-cache.ts';
import { type Span, Spans } from './spans.ts';

export interface BoardJobDeps {
  readonly store: TelemetryStore;
  readonly boards: BoardStore;
  readonly registry: Registry;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Today and the two days before it: hours and days every few minutes. */
const recentDays = 2;
/** Hours are corrected by night for so many months before the one that runs. */
const hourMonths = 24;
/** Rollups in memory at once, of this year and as many of last year: 24 bytes each. */
const heldRows = 500_000;

/** An account with what the store has of it. */
interface Known extends Account {
  readonly handles: readonly SeriesHandle[];
  /** Nothing was ever received before this. */
  readonly oldest: number;
}

export class ConsumptionJobs {
  readonly #deps: BoardJobDeps;
  readonly #held: number;
  readonly #spans: Spans;
  readonly #dayHours: DayHours;
  readonly #remembered = { recent: new Remembered(), periods: new Remembered(), whole: new Remembered() };

  /** @param held rollups in memory at once; tests set fewer */
  constructor(deps: BoardJobDeps, held = heldRows) {
    this.#deps = deps;
    this.#held = held;
    this.#spans = new Spans(deps.calendar);
    this.#dayHours = new DayHours(deps.calendar);
  }

  /** Hours and days of today and the two days before. */
  async recent(run: JobRun): Promise<void> {
    const from = this.#recentFrom(run.startedAt);
    const to = run.startedAt + 1;
    await this.#write(run, 'recent', from, function* (spans) {
      yield spans.of('day', from, to, run.startedAt);
      yield spans.of('hour', from, to, run.startedAt);
    });
  }

  /** Months and years, of last year and this. */
  async periods(run: JobRun): Promise<void> {
    const from = this.#periodsFrom(run.startedAt);
    const to = run.startedAt + 1;
    await this.#write(run, 'periods', from, function* (spans) {
      yield spans.of('year', from, to, run.startedAt);
      yield spans.of('month', from, to, run.startedAt);
    });
  }

  /**
   * Everything before: hours of 24 months (at the first run all), days, months and years since the beginning; the newest
   * first.
   */
  async whole(run: JobRun): Promise<void> {
    const { calendar } = this.#deps;
    const first = run.lastSuccess === undefined;
    const recentFrom = this.#recentFrom(run.startedAt);
    const periodsFrom = this.#periodsFrom(run.startedAt);
    let hoursFrom = calendar.floor(run.startedAt, 'month');
    for (let month = 0; month < hourMonths; month++) hoursFrom = calendar.floor(hoursFrom - 1, 'month');
    const oldest = await this.#oldestReading(run.startedAt);
    const end = calendar.floor(oldest, 'month');
    await this.#write(run, 'whole', hoursFrom, function* (spans) {
      for (const bucket of ['year', 'month'] as const) {
        const from = calendar.floor(oldest, bucket);
        if (from < periodsFrom) yield spans.of(bucket, from, periodsFrom, run.startedAt);
      }
      for (const bucket of ['day', 'hour'] as const) {
        const until = bucket === 'hour' && !first ? Math.max(end, hoursFrom) : end;
        for (let to = recentFrom; to > until; ) {
          const from = calendar.floor(to - 1, 'month');
          yield spans.of(bucket, from, to, run.startedAt);
          to = from;
        }
      }
    });
  }

  #recentFrom(now: number): number {
    let from = this.#deps.calendar.floor(now, 'day');
    for (let day = 0; day < recentDays; day++) from = this.#deps.calendar.floor(from - 1, 'day');
    return from;
  }

  #periodsFrom(now: number): number {
    return this.#deps.calendar.floor(this.#deps.calendar.floor(now, 'year') - 1, 'year');
  }

  /** @param keptFrom from here on rows are written even where nothing was received yet: facts may have taken it away */
  async #write(
    run: JobRun,
    job: 'recent' | 'periods' | 'whole',
    keptFrom: number,
    plan: (spans: Spans) => Iterable<Span>,
  ): Promise<void> {
    const { store, boards, registry, calendar, clock, log } = this.#deps;
    const remembered = this.#remembered[job];
    remembered.begin(run.undisturbed && run.lastSuccess !== undefined);
    const writer = new BoardWriter(boards, run, log);
    const cache = new RollupCache(store, calendar);
    const query = new ConsumptionQuery({ store: cache, registry, calendar, clock, mostSums: Infinity });
    const accounts = await this.#accounts(run, job === 'whole' ? 0 : keptFrom);
    let computed = 0;
    for (const whole of plan(this.#spans)) {
      const touched = this.#touched(accounts, whole, keptFrom, run.lastSuccess === undefined);
      for (const span of this.#parts(whole, touched, run.startedAt)) {
        await run.mayGoOn();
        await this.#load(cache, span, touched);
        for (const account of touched) {
          const numbers = await sumAccount(query, account, span, run.startedAt);
          computed += span.starts.length;
          // What is held needs no waiting for: others want to be served in between.
          await breathe();
          const place = (span.starts[0] ?? 0) * 4 + bucketPlaces[span.bucket];
          if (!remembered.changed(keyOf(account), place, numbers, wordsText(account, span))) continue;
          await writer.add(consumptionRows(account, span, numbers));
          if (span.bucket === 'hour' && account.kind === 'building' && account.item === totalItem)
            await writer.add(this.#dayHours.rows(account, span, numbers));
        }
      }
    }
    await writer.end();
    log.debug({ job, accounts: accounts.length, computed, written: writer.written }, 'consumption of boards');
  }

  /**
   * Accounts that something was received of before the span ends. After the first run also those of which nothing was:
   * an edited fact may have taken away what stands there. Days long ago are left to the first rule.
   */
  #touched(accounts: readonly Known[], span: Span, keptFrom: number, first: boolean): readonly Known[] {
    const isKept = span.bucket === 'month' || span.bucket === 'year' || (span.starts[0] ?? 0) >= keptFrom;
    return isKept && !first ? accounts : accounts.filter(({ oldest }) => oldest < span.to);
  }

  /** Of all registered points, wherever they belong. */
  async #oldestReading(at: number): Promise<number> {
    const { store, registry } = this.#deps;
    let oldest = at;
    for await (const page of pagesOfPoints(registry, at)) {
      const handles = page.flatMap(({ key }) => store.seriesOfPoint(key).map(({ handle }) => handle));
      for (const ts of await store.oldestTs(handles)) oldest = Math.min(oldest, ts ?? oldest);
    }
    return oldest;
  }

  async #accounts(run: JobRun, from: number): Promise<readonly Known[]> {
    const { store, calendar } = this.#deps;
    const range = {
      at: run.startedAt,
      from: aYearBefore(from, calendar),
      to: calendar.next(run.startedAt, 'year'),
    };
    const accounts = await readAccounts(this.#deps, range);
    const handlesOf = new Map<string, SeriesHandle | undefined>();
    const known = accounts.map((account) => {
      const handles = new Set<SeriesHandle>();
      for (const { point, quantity } of account.members) {
        const id = `${point} ${quantity}`;
        if (!handlesOf.has(id)) handlesOf.set(id, handleOf(store, point, quantity));
        const handle = handlesOf.get(id);
        if (handle !== undefined) handles.add(handle);
      }
      return { account, handles: [...handles] };
    });
    const all = [...new Set(known.flatMap(({ handles }) => handles))];
    const oldest = new Map(
      (await store.oldestTs(all)).map((ts, index) => [all[index] ?? -1, ts ?? Infinity]),
    );
    return known.map(({ account, handles }) => ({
      ...account,
      handles,
      oldest: handles.reduce((least, handle) => Math.min(least, oldest.get(handle) ?? Infinity), Infinity),
    }));
  }

  /** Cut so that what must be held fits. */
  #parts(span: Span, accounts: readonly Known[], now: number): readonly Span[] {
    const series = new Set(accounts.flatMap(({ handles }) => handles)).size;
    // Never less than a day, of whatever length.
    const most = Math.max(26, Math.floor(this.#held / Math.max(1, series)));
    if (span.starts.length <= most) return [span];
    const parts: Span[] = [];
    for (let at = 0; at < span.starts.length; ) {
      // Hours by whole days, so that day_hours has each once.
      const cut = this.#cut(span, at + most);
      parts.push(this.#spans.of(span.bucket, span.starts[at] ?? 0, span.starts[cut] ?? span.to, now));
      at = cut;
    }
    return parts.reverse();
  }

  #cut({ starts, bucket }: Span, index: number): number {
    if (bucket !== 'hour' || index >= starts.length) return Math.min(index, starts.length);
    const day = this.#deps.calendar.floor(starts[index] ?? 0, 'day');
    const first = starts[0] ?? 0;
    return day > first ? Math.round((day - first) / hourMs) : index;
  }

  async #load(cache: RollupCache, span: Span, accounts: readonly Known[]): Promise<void> {
    const { calendar } = this.#deps;
    const series = [...new Set(accounts.flatMap(({ handles }) => handles))];
    const stored = span.bucket === 'year' ? 'month' : span.bucket;
    cache.clear();
    await cache.load(stored, series, span.starts[0] ?? 0, span.to);
    if (span.before.length > 0) await cache.load(stored, series, span.before[0] ?? 0, span.toBefore);
    if (span.running === undefined || span.running.from >= span.running.to) return;
    // What the stretch of the running bucket has beyond its larger parts.
    const { to } = span.running;
    const day = calendar.floor(to, 'day');
    if (span.bucket !== 'day') await cache.load('day', series, calendar.floor(to, 'month'), day);
    await cache.load('hour', series, day, to);
  }
}

const bucketPlaces = { hour: 0, day: 1, month: 2, year: 3 } as const satisfies Record<Bucket, number>;

function wordsText({ words: { name, parent, path } }: Account, { starts, to }: Span): string {
  return JSON.stringify([name, parent, path, starts.length, to]);
}

function aYearBefore(from: number, calendar: Calendar): number {
  if (from <= 0) return 0;
  return calendar.floor(calendar.floor(from, 'year') - 1, 'year');
}

function handleOf(store: TelemetryStore, point: string, quantity: string): SeriesHandle | undefined {
  const key = parsePointKey(point);
  if (key === undefined || !isQuantity(quantity)) return undefined;
  return store.findSeries(pointKey(key.agent, key.point), quantity);
}
