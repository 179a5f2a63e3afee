// Computes stretches of accounts by the API's own rules and writes what has changed. Rollups of a stretch are read once for all.
import { setImmediate as breathe } from 'node:timers/promises';
import { totalItem } from '../../core/domain/board-series.ts';
import { type Bucket, type Calendar, dayMs } from '../../core/domain/time.ts';
import { parsePointKey, pointKey } from '../../core/domain/topics.ts';
import { isQuantity } from '../../core/domain/units.ts';
import { type DayKindOf, dayKindOf } from '../../core/domain/workdays.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import type { BoardStore, SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import { ConsumptionQuery } from '../queries/consumption.ts';
import { consumptionRows, sumAccount } from './account-sums.ts';
import { type Account, keyOf, readAccounts } from './accounts.ts';
import { BoardWriter } from './board-writer.ts';
import { DayHours } from './day-hours.ts';
import type { Remembered } from './remembered.ts';
import { RollupCache } from './rollup-cache.ts';
import { daysThatFit, type Span, type Spans } from './spans.ts';
import type { Planned } from './windows.ts';

export interface BoardJobDeps {
  readonly store: TelemetryStore;
  readonly boards: BoardStore;
  readonly registry: Registry;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  /** By the notices of the State Council, and what is said of days above them; default: by the notices alone. */
  readonly dayKindOf?: DayKindOf;
}

/** Rollups in memory at once, of this year and as many of last year: 24 bytes each. */
const usualHeld = 500_000;
/** Accounts between two breaths where little is done for each. */
const accountsAtOnce = 500;

/** An account with what the store has of it. */
interface Known extends Account {
  readonly handles: readonly SeriesHandle[];
  /** Nothing was ever received before this. */
  readonly oldest: number;
}

export interface Order {
  readonly run: JobRun;
  readonly plan: Iterable<Planned>;
  /** Nothing that is written lies before this. */
  readonly from: number;
  /** From here on rows are written even where nothing was received yet: facts may have taken it away. */
  readonly keptFrom: number;
  /** Left out: all is written. */
  readonly remembered?: Remembered;
  /** What is remembered may not be relied on. */
  readonly anew: boolean;
}

export class ConsumptionWriter {
  readonly #deps: BoardJobDeps;
  readonly #held: number;
  readonly #spans: Spans;
  readonly #dayHours: DayHours;

  /** @param held rollups in memory at once; tests set fewer */
  constructor(deps: BoardJobDeps, spans: Spans, held = usualHeld) {
    this.#deps = deps;
    this.#held = held;
    this.#spans = spans;
    this.#dayHours = new DayHours(deps.calendar, deps.dayKindOf ?? dayKindOf);
  }

  /** @throws JobEnded; what the store and the registry throw */
  async write(order: Order): Promise<void> {
    const { boards, log } = this.#deps;
    const writer = new BoardWriter(boards, order.run, log, true);
    try {
      await this.#writeTo(writer, order);
    } finally {
      await writer.rest();
    }
  }

  async #writeTo(writer: BoardWriter, { run, plan, from, keptFrom, remembered, anew }: Order): Promise<void> {
    const { store, registry, calendar, clock, log } = this.#deps;
    const cache = new RollupCache(store, calendar);
    const query = new ConsumptionQuery({ store: cache, registry, calendar, clock, mostSums: Infinity });
    const accounts = await this.#accounts(run, from);
    remembered?.begin(!anew && run.undisturbed && run.lastSuccess !== undefined, accounts.length);
    let computed = 0;
    for (const { span: whole, only } of plan) {
      const touched =
        only === undefined
          ? touchedIn(accounts, whole, keptFrom, run.lastSuccess === undefined)
          : accounts.filter(({ handles }) => handles.some((handle) => only.has(handle)));
      await breathe();
      for (const span of this.#parts(whole, touched, run.startedAt)) {
        await run.mayGoOn();
        await this.#load(cache, span, touched);
        for (const account of touched) {
          const numbers = await sumAccount(query, account, span, run.startedAt);
          computed += span.starts.length;
          // What is held needs no waiting for: others want to be served in between.
          await breathe();
          const part = (span.starts[0] ?? 0) * 4 + bucketPlaces[span.bucket];
          if (remembered?.changed(keyOf(account), part, numbers, wordsText(account, span)) === false)
            continue;
          await writer.add(consumptionRows(account, span, numbers));
          if (span.bucket === 'hour' && account.kind === 'building' && account.item === totalItem)
            await writer.add(this.#dayHours.rows(account, span, numbers));
        }
      }
    }
    await writer.end();
    remembered?.end();
    const { written } = writer;
    const beyond = remembered?.beyond ?? 0;
    log.debug({ accounts: accounts.length, computed, written, beyond }, 'consumption of boards');
    if (beyond > 0)
      log.info({ parts: beyond }, 'more series of boards than are remembered: written each time');
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
    const known: { account: Account; handles: SeriesHandle[] }[] = [];
    for (const [index, account] of accounts.entries()) {
      if (index % accountsAtOnce === 0) await breathe();
      const handles = new Set<SeriesHandle>();
      for (const { point, quantity } of account.members) {
        const id = `${point} ${quantity}`;
        if (!handlesOf.has(id)) handlesOf.set(id, handleOf(store, point, quantity));
        const handle = handlesOf.get(id);
        if (handle !== undefined) handles.add(handle);
      }
      known.push({ account, handles: [...handles] });
    }
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

  /**
   * Cut so that what must be held fits, the newest first. Hours by whole days, so that day_hours has each once, and always at the
   * same days: a part that moves because a meter was added would be another one, and written again.
   */
  #parts(span: Span, accounts: readonly Known[], now: number): readonly Span[] {
    const series = new Set(accounts.flatMap(({ handles }) => handles)).size;
    const most = Math.floor(this.#held / Math.max(1, series));
    const { bucket, starts } = span;
    // Days come a month at a time.
    if (bucket === 'day' || starts.length <= most) return [span];
    const { calendar } = this.#deps;
    const step = bucket === 'hour' ? 'day' : 'year';
    const days = daysThatFit(most);
    const parts: Span[] = [];
    for (let from = starts[0] ?? 0; from < span.to; ) {
      let to = calendar.next(from, step);
      if (bucket === 'hour')
        while (to < span.to && !beginsPart(to, days, calendar)) to = calendar.next(to, step);
      parts.push(this.#spans.of(bucket, from, Math.min(to, span.to), now));
      from = to;
    }
    return parts.reverse();
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

/**
 * Accounts that something was received of before the span ends. After the first run also those of which nothing was: an
 * edited fact may have taken away what stands there. Days long ago are left to the first rule.
 */
function touchedIn(
  accounts: readonly Known[],
  span: Span,
  keptFrom: number,
  first: boolean,
): readonly Known[] {
  const isKept = span.bucket === 'month' || span.bucket === 'year' || (span.starts[0] ?? 0) >= keptFrom;
  return isKept && !first ? accounts : accounts.filter(({ oldest }) => oldest < span.to);
}

/** Whether a part of so many days begins at this midnight: counted from the first of the month. */
function beginsPart(midnight: number, days: number, calendar: Calendar): boolean {
  return Math.round((midnight - calendar.floor(midnight, 'month')) / dayMs) % days === 0;
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
