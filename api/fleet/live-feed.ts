// The one poll of the store that feeds all streams of live positions, and how many streams there may be.

import { JieyueError } from '../../core/domain/errors.ts';
import type { Datum } from '../../core/domain/fleet/datum.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { type Clock, sleep } from '../../core/runtime/clock.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { TimeText } from '../http/time-text.ts';
import { type LiveCar, type LiveSource, liveCars, liveText } from './live.ts';
import type { FleetIndex, FleetSight } from './visibility.ts';

export interface StreamLimits {
  /** Between two looks at the store, ms. */
  readonly everyMs: number;
  /** Between two checks of a stream's key, ms. */
  readonly checkMs: number;
  /** A client that takes nothing for so long is let go, ms. */
  readonly stallMs: number;
  /** A stream is written to the audit log so often, ms. */
  readonly auditMs: number;
  /** Streams at once; one more is answered `api.busy`. Each holds one part of an event (200 cars, 60 kB) at most. */
  readonly total: number;
  /** Of one principal. */
  readonly perPrincipal: number;
}

export const streamDefaults: StreamLimits = {
  everyMs: 2_000,
  checkMs: 5_000,
  stallMs: 60_000,
  auditMs: 3_600_000,
  total: 500,
  perPrincipal: 20,
};

/** A car as of a change, with its texts made once for all streams. */
export interface FedCar {
  readonly live: LiveCar;
  /** Number of the look in which it changed. */
  readonly seq: number;
  json(shown: boolean, datum: Datum): string;
}

export interface FeedState {
  readonly seq: number;
  /** The last look in which cars came, went, or became others’. */
  readonly membersSeq: number;
  readonly at: number;
  readonly index: FleetIndex;
  readonly cars: ReadonlyMap<string, FedCar>;
}

export interface FeedListener {
  readonly principal: string;
  /** Comes back at once; what a listener cannot take now it gets with a later state. */
  offer(state: FeedState): void;
  /** The store does not answer. */
  trouble(error: unknown): void;
  end(reason: string): void;
}

export interface LiveFeedOptions extends LiveSource {
  readonly sight: FleetSight;
  readonly calendar: Calendar;
  readonly times: TimeText;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: StreamLimits;
}

export class LiveFeed {
  /** Told apart from feeds before: numbers of looks begin anew with each. */
  readonly epoch: string;
  readonly #options: LiveFeedOptions;
  readonly #listeners = new Set<FeedListener>();
  readonly #open: ReturnType<Metrics['gauge']>;
  readonly #refused: ReturnType<Metrics['counter']>;
  /** Of streams that are open or about to be, by principal. */
  readonly #places = new Map<string, number>();
  #taken = 0;
  #state: FeedState | undefined;
  #looking: Promise<FeedState> | undefined;
  #run: AbortController | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.epoch = options.clock.now().toString(36);
    const { metrics } = options;
    this.#open = metrics.gauge('position_streams', 'Streams of live positions that are open.');
    this.#refused = metrics.counter('position_streams_refused_total', 'Streams refused: too many are open.');
  }

  /**
   * A place for one stream of a principal. @returns gives it back, once
   * @throws JieyueError `api.busy`
   */
  reserve(principal: string): () => void {
    const { total, perPrincipal } = this.#options.limits;
    const own = this.#places.get(principal) ?? 0;
    if (this.#closed || this.#taken >= total || own >= perPrincipal) {
      this.#refused.inc();
      const which =
        own >= perPrincipal ? `${own} streams of this key are open` : `${this.#taken} streams are open`;
      throw new JieyueError(
        'api.busy',
        this.#closed ? 'the server is stopping' : `${which}, which is the most there may be; close one`,
      );
    }
    this.#taken++;
    this.#places.set(principal, own + 1);
    this.#open.set(this.#taken);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken--;
      const left = (this.#places.get(principal) ?? 1) - 1;
      if (left > 0) this.#places.set(principal, left);
      else this.#places.delete(principal);
      this.#open.set(this.#taken);
    };
  }

  /** What was seen last, or is seen now where that is too long ago. @throws JieyueError `store.unavailable` */
  async state(): Promise<FeedState> {
    const { clock, limits, sight } = this.#options;
    const state = this.#state;
    const age = clock.now() - (state?.at ?? 0);
    const fresh = state !== undefined && age >= 0 && age < limits.everyMs;
    return fresh && (await sight.index()) === state.index ? state : this.#look();
  }

  /** @returns takes it out again */
  join(listener: FeedListener): () => void {
    if (this.#closed) listener.end('shutdown');
    this.#listeners.add(listener);
    if (this.#run === undefined && !this.#closed) {
      const run = new AbortController();
      this.#run = run;
      this.#loop(run.signal).catch((error: unknown) => this.#failed(error));
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#run?.abort();
      this.#run = undefined;
    };
  }

  /** Ends all streams; none begins after that. */
  close(): void {
    this.#closed = true;
    for (const listener of [...this.#listeners]) listener.end('shutdown');
    this.#run?.abort();
    this.#run = undefined;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.#options.limits.everyMs, signal);
      if (signal.aborted) return;
      try {
        const state = await this.#look();
        this.#failures = 0;
        for (const listener of [...this.#listeners]) listener.offer(state);
      } catch (error) {
        this.#failed(error);
        for (const listener of [...this.#listeners]) listener.trouble(error);
      }
    }
  }

  /** One at a time, shared by all who wait for it. */
  #look(): Promise<FeedState> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(): Promise<FeedState> {
    const { clock, calendar, sight } = this.#options;
    const [now, before] = [clock.now(), this.#state];
    const index = await sight.index();
    const seen = await liveCars(this.#options, index, now, calendar.format(now).slice(0, 10));
    const next = (before?.seq ?? 0) + 1;
    let changed = before === undefined;
    let moved = before === undefined || before.cars.size !== seen.length;
    const cars = new Map<string, FedCar>();
    for (const live of seen) {
      const known = before?.cars.get(live.car.id);
      if (known !== undefined && isSame(known.live, live)) {
        cars.set(live.car.id, known);
        continue;
      }
      changed = true;
      moved ||= known === undefined || known.live.car.institution !== live.car.institution;
      cars.set(live.car.id, this.#fed(live, next));
    }
    const seq = changed || moved ? next : (before?.seq ?? next);
    const membersSeq = moved ? seq : (before?.membersSeq ?? seq);
    this.#state = { seq, membersSeq, at: now, index, cars };
    return this.#state;
  }

  #fed(live: LiveCar, seq: number): FedCar {
    const { times } = this.#options;
    const made = new Map<string, string>();
    return {
      live,
      seq,
      json(shown, datum) {
        const key = `${shown} ${datum}`;
        const text = made.get(key) ?? JSON.stringify(liveText(live, shown, times, datum));
        made.set(key, text);
        return text;
      },
    };
  }

  #failed(error: unknown): void {
    const failures = ++this.#failures;
    if ((failures & (failures - 1)) !== 0) return;
    this.#options.log.error({ err: error, failures }, 'live positions: a look failed; it is tried again');
  }
}

function isSame(a: LiveCar, b: LiveCar): boolean {
  const { car: old } = a;
  const { car } = b;
  return (
    a.row?.ts === b.row?.ts &&
    a.row?.lat === b.row?.lat &&
    a.row?.lon === b.row?.lon &&
    a.row?.speedKmh === b.row?.speedKmh &&
    a.row?.extras.ignition === b.row?.extras.ignition &&
    a.institution === b.institution &&
    a.silent === b.silent &&
    a.withheld === b.withheld &&
    old.plate === car.plate &&
    old.name === car.name &&
    old.institution === car.institution
  );
}
