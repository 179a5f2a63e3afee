// Metered months of all series of a census: dense columns, filled from the store, and patched when rollups change.
import type { MeteredMonths } from '../../core/domain/accounting/book.ts';
import type { Census, MeteredSeries, Months } from '../../core/domain/accounting/census.ts';
import type { RolledUp } from '../../core/registry/registry.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import type { MonthColumns, SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

export type MonthStore = Pick<TelemetryStore, 'findSeries' | 'series' | 'monthColumns'>;

/** 24 bytes a series and month. */
export class MeteredTable {
  /** By place in the census. */
  readonly months: readonly MeteredMonths[];
  readonly #range: Months;
  readonly #width: number;
  readonly #series: readonly MeteredSeries[];
  /** By `keyOf`; made when first needed. */
  #places: Map<string, number> | undefined;
  readonly #value: Float64Array;
  readonly #measuredMs: Float64Array;
  readonly #estimatedMs: Float64Array;

  /** Nothing is known yet. */
  constructor({ months, series }: Pick<Census, 'months' | 'series'>) {
    this.#range = months;
    this.#width = months.starts.length;
    this.#series = series;
    const width = this.#width;
    this.#value = new Float64Array(series.length * width).fill(Number.NaN);
    this.#measuredMs = new Float64Array(series.length * width);
    this.#estimatedMs = new Float64Array(series.length * width);
    const [value, measuredMs, estimatedMs] = [this.#value, this.#measuredMs, this.#estimatedMs];
    this.months = series.map((_, place) => ({ value, measuredMs, estimatedMs, first: place * width }));
  }

  /** Reads all months from the store; those of `before`, a table of the same months that is up to date, are copied. */
  async read(store: MonthStore, before?: MeteredTable): Promise<void> {
    const handles: SeriesHandle[] = [];
    const places: number[] = [];
    for (let place = 0; place < this.#series.length; place++) {
      const { point, quantity } = this.#series[place] as MeteredSeries;
      if (before !== undefined && this.#copied(before, place)) continue;
      const handle = store.findSeries(point, quantity);
      if (handle === undefined) continue;
      handles.push(handle);
      places.push(place);
    }
    const { starts, to } = this.#range;
    if (handles.length > 0 && this.#width > 0)
      this.#take(await store.monthColumns(handles, starts[0] ?? to, to), places);
  }

  /** Reads again what was replaced. @returns places whose months may have changed. */
  async follow(store: MonthStore, changes: readonly RolledUp[]): Promise<readonly number[]> {
    const [first = 0] = this.#range.starts;
    const stretches = new Map<number, { from: number; to: number }>();
    for (const { point, quantity, from, to } of changes) {
      const place = this.#placeOf(point, quantity);
      if (place === undefined || to <= first || from >= this.#range.to) continue;
      const known = stretches.get(place);
      if (known === undefined) stretches.set(place, { from, to });
      else {
        known.from = Math.min(known.from, from);
        known.to = Math.max(known.to, to);
      }
    }
    if (stretches.size === 0) return [];
    const places = [...stretches.keys()];
    let [from, to] = [this.#range.to, first];
    for (const stretch of stretches.values()) {
      from = Math.max(first, Math.min(from, stretch.from));
      to = Math.min(this.#range.to, Math.max(to, stretch.to));
    }
    // What was rolled up has rows: a handle that this process does not know yet is made.
    const handles = places.map((place) => {
      const { point, quantity } = this.#series[place] as MeteredSeries;
      return store.findSeries(point, quantity) ?? store.series(point, quantity);
    });
    const columns = await store.monthColumns(handles, from, to);
    const [start, end] = [this.#monthAt(from), this.#monthAt(to)];
    for (const place of places) {
      this.#value.fill(Number.NaN, place * this.#width + start, place * this.#width + end);
      this.#measuredMs.fill(0, place * this.#width + start, place * this.#width + end);
      this.#estimatedMs.fill(0, place * this.#width + start, place * this.#width + end);
    }
    this.#take(columns, places);
    return places;
  }

  #take(columns: MonthColumns, places: readonly number[]): void {
    const { place, ts, value, measuredMs, estimatedMs, length } = columns;
    const { starts } = this.#range;
    for (let row = 0; row < length; row++) {
      const at = ts[row] as number;
      const month = lowerBound(starts, 0, starts.length, at);
      if (starts[month] !== at) continue;
      const index = (places[place[row] as number] as number) * this.#width + month;
      this.#value[index] = value[row] as number;
      this.#measuredMs[index] = measuredMs[row] as number;
      this.#estimatedMs[index] = estimatedMs[row] as number;
    }
  }

  #placeOf(point: string, quantity: string): number | undefined {
    this.#places ??= new Map(this.#series.map((each, place) => [keyOf(each.point, each.quantity), place]));
    return this.#places.get(keyOf(point, quantity));
  }

  #copied(before: MeteredTable, place: number): boolean {
    const series = this.#series[place];
    const known = series && before.#placeOf(series.point, series.quantity);
    if (known === undefined) return false;
    const width = this.#width;
    const its = (column: Float64Array) => column.subarray(known * width, (known + 1) * width);
    this.#value.set(its(before.#value), place * width);
    this.#measuredMs.set(its(before.#measuredMs), place * width);
    this.#estimatedMs.set(its(before.#estimatedMs), place * width);
    return true;
  }

  /** The first month that does not begin before `at`. */
  #monthAt(at: number): number {
    return lowerBound(this.#range.starts, 0, this.#width, at);
  }
}

function keyOf(point: string, quantity: string): string {
  return `${point} ${quantity}`;
}
