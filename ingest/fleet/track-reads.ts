// Reads for many followers at once: each waits until all of them want something, and one read serves them together. Where cars are followed
// side by side that is a read for a stretch of time instead of one for every car.
import { between, type Track, trackOf } from '../../core/domain/fleet/track/columns.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';

export interface TrackPage {
  /** From where was asked on, ascending; may be empty. */
  readonly track: Track;
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: number | undefined;
}

interface Waiting {
  readonly terminal: PointKey;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly resolve: (page: TrackPage) => void;
  readonly reject: (fault: unknown) => void;
}

/** Some 25 MB, beside what followers hold. */
const mostRows = 300_000;

export class TrackReads {
  readonly #store: Pick<TelemetryStore, 'positions' | 'tracks'>;
  /** Those who wait; as many as work together at most. */
  #waiting: Waiting[] = [];
  #working = 0;

  constructor(store: Pick<TelemetryStore, 'positions' | 'tracks'>) {
    this.#store = store;
  }

  /** Whether it helps to work together. */
  get areShared(): boolean {
    return this.#store.tracks !== undefined;
  }

  /** Does all of them at once; what they read here is read together. Rejects with the first fault, after all have ended. */
  async together<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    this.#working += items.length;
    const done = await Promise.allSettled(
      items.map(async (item) => {
        try {
          await work(item);
        } finally {
          this.#working--;
          this.#serve();
        }
      }),
    );
    const failed = done.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Positions in [from, to) of a terminal, about `limit` of them or fewer. */
  async page(terminal: PointKey, from: number, to: number, limit: number): Promise<TrackPage> {
    if (!this.areShared) return this.#alone(terminal, from, to, limit);
    if (!(from < to)) return { track: trackOf([]), next: undefined };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ terminal, from, to, limit, resolve, reject });
      this.#serve();
    });
  }

  /** Where nobody works on, all that wait are served: the earliest first. */
  #serve(): void {
    if (this.#waiting.length > 0 && this.#waiting.length >= this.#working)
      void this.#read(this.#waiting.splice(0));
  }

  async #read(asked: readonly Waiting[]): Promise<void> {
    try {
      const to = Math.max(...asked.map((each) => each.to));
      const rows = asked.reduce((sum, { limit }) => sum + limit, 0);
      const wanted = asked.map(({ terminal, from }) => ({ vehicle: terminal, from }));
      const slice = await this.#store.tracks?.(wanted, to, Math.min(mostRows, rows));
      if (slice === undefined) throw new Error('the store reads no tracks');
      const { until, tracks } = slice;
      for (const [index, one] of asked.entries()) {
        // A later one is served with a later slice.
        if (one.from >= until) this.#waiting.push(one);
        else
          one.resolve({
            track: between(tracks[index] ?? trackOf([]), one.from, one.to),
            next: until < one.to ? until : undefined,
          });
      }
      // All that were served may have ended meanwhile.
      this.#serve();
    } catch (fault) {
      for (const one of asked) one.reject(fault);
    }
  }

  async #alone(terminal: PointKey, from: number, to: number, limit: number): Promise<TrackPage> {
    const rows = await this.#store.positions(terminal, from, to, limit);
    const last = rows.at(-1);
    return {
      track: trackOf(rows),
      next: last === undefined || rows.length < limit ? undefined : last.ts + 1,
    };
  }
}
