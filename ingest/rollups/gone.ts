// Readings that are gone though they were rolled up: where a store drops old ones (retention), what was made of them is
// all that is left, and a recomputation from the readings that remain must not write over it.
import type { SeriesFacts } from '../../core/domain/energy/facts.ts';
import { type Calendar, hourMs } from '../../core/domain/time.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Series, SeriesHandle, TelemetryStore, Window } from '../../core/store/port.ts';
import { expectedIntervalAt } from './pieces.ts';
import { nameOf } from './work.ts';

/** The oldest reading of a series that is left, `undefined` where none is. */
export interface Beginning {
  readonly series: Series;
  readonly facts: SeriesFacts;
  readonly oldest: number | undefined;
}

/** Clocks differ, and an hour is dropped after its time rather than before. */
const marginMs = 24 * hourMs;

export class GoneReadings {
  readonly #store: Pick<TelemetryStore, 'readingsKeptMs' | 'rollupWindows'>;
  readonly #calendar: Calendar;
  readonly #log: Logger;
  readonly #kept: ReturnType<Metrics['counter']>;
  #told = false;

  constructor(options: {
    readonly store: Pick<TelemetryStore, 'readingsKeptMs' | 'rollupWindows'>;
    readonly calendar: Calendar;
    readonly log: Logger;
    readonly metrics: Metrics;
  }) {
    this.#store = options.store;
    this.#calendar = options.calendar;
    this.#log = options.log;
    this.#kept = options.metrics.counter(
      'rollup_figures_kept_total',
      'Recomputations of a series that left its oldest figures as they stand: their readings are gone.',
    );
  }

  /**
   * Those series whose figures reach further back than their readings do: readings from before the time for which the
   * store keeps them were there, or measured hours tell that someone took them out. The stretch from the first value of
   * an installation to the first reading is none of either, unless it is as long as readings are kept.
   * Ask it after the readings were read: what is dropped meanwhile is told. @throws JieyueError `store.unavailable`
   */
  async among(beginnings: readonly Beginning[], now: number): Promise<ReadonlySet<SeriesHandle>> {
    const keptMs = beginnings.length === 0 ? undefined : await this.#store.readingsKeptMs?.();
    if (keptMs === undefined) return new Set();
    const droppedBefore = now - keptMs + marginMs;
    const months: Window[] = [];
    const hours: Window[] = [];
    const measuredBefore: number[] = [];
    for (const { series, facts, oldest = now } of beginnings) {
      // Never the hour of the oldest reading: that one has made it.
      const to = this.#calendar.floor(oldest, 'hour');
      const sure = to - longestMeasuredMs(facts, oldest);
      const month = this.#calendar.floor(sure, 'month');
      measuredBefore.push(sure);
      months.push({ series: series.handle, from: 0, to: month });
      hours.push({ series: series.handle, from: month, to });
    }
    const found = [
      await this.#store.rollupWindows('month', months),
      await this.#store.rollupWindows('hour', hours),
    ];
    const gone = beginnings.filter((_, index) =>
      found
        .flatMap((windows) => windows[index] ?? [])
        .some(
          ({ ts, measuredMs }) => ts < droppedBefore || (measuredMs > 0 && ts < (measuredBefore[index] ?? 0)),
        ),
    );
    this.#tell(gone);
    return new Set(gone.map(({ series }) => series.handle));
  }

  /** Once: from then on they are counted. */
  #tell(gone: readonly Beginning[]): void {
    const [first] = gone;
    if (first === undefined) return;
    this.#kept.inc(gone.length);
    if (this.#told) return;
    this.#told = true;
    this.#log.warn(
      { series: nameOf(first.series), oldest: first.oldest },
      `rollups: ${nameOf(first.series)} has figures whose readings are gone; they stay as they stand, whatever is edited (said once, counted in jieyue_rollup_figures_kept_total)`,
    );
  }
}

/** No stretch between two readings that is longer counts as measured: it is a gap. With an hour that it begins in. */
function longestMeasuredMs(facts: SeriesFacts, ts: number): number {
  return Math.max(hourMs, 3 * expectedIntervalAt(facts, ts)) + hourMs;
}
