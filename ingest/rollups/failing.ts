// Series that cannot be followed though others can: set aside with growing pauses, named in the log once per pause and
// counted, so that they hold nobody back. Their marks stay.
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { SeriesHandle } from '../../core/store/port.ts';
import { type DirtySeries, nameOf } from './work.ts';

const firstPauseMs = 10_000;
const longestPauseMs = 15 * 60_000;

interface Entry {
  readonly failures: number;
  readonly until: number;
  /** The newest edit of its facts when it failed: a newer one may have mended it. */
  readonly editVersion: number;
}

/** Bounded: beyond `limit`, the series set aside first is among the others again, and is counted no more. */
export class FailingSeries {
  readonly #limit: number;
  readonly #log: Logger;
  readonly #entries = new Map<SeriesHandle, Entry>();

  constructor(limit: number, { log, metrics }: { log: Logger; metrics: Metrics }) {
    this.#limit = limit;
    this.#log = log;
    const gauge = metrics.gauge(
      'rollup_series_failing',
      'Series that cannot be followed and are set aside; the log names each.',
    );
    Object.assign(gauge, { collect: () => gauge.set(this.#entries.size) });
  }

  get size(): number {
    return this.#entries.size;
  }

  has(series: SeriesHandle): boolean {
    return this.#entries.has(series);
  }

  /** Whether it is to be left alone for now. */
  waits({ series, editVersion }: DirtySeries, now: number): boolean {
    const entry = this.#entries.get(series.handle);
    return entry !== undefined && now < entry.until && editVersion <= entry.editVersion;
  }

  failed({ series, editVersion }: DirtySeries, error: unknown, now: number): void {
    const failures = (this.#entries.get(series.handle)?.failures ?? 0) + 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    this.#entries.delete(series.handle);
    this.#entries.set(series.handle, { failures, until: now + pauseMs, editVersion });
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#log.error(
      { err: error, series: nameOf(series), failures, pauseMs },
      `rollups: ${nameOf(series)} cannot be followed; set aside, tried again in ${pauseMs / 1000} s or when a fact of it is edited`,
    );
  }

  followed({ series }: DirtySeries): void {
    this.#entries.delete(series.handle);
  }

  /** What another process found out meanwhile is not known here. */
  clear(): void {
    this.#entries.clear();
  }
}
