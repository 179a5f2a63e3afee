// Collects month rollups as columns that grow, for engines.
import type { MonthColumns } from './port.ts';

export class MonthRows {
  #place = new Int32Array(256);
  #ts = new Float64Array(256);
  #value = new Float64Array(256);
  #measuredMs = new Float64Array(256);
  #estimatedMs = new Float64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param value NaN where nothing is known */
  add(place: number, ts: number, value: number, measuredMs: number, estimatedMs: number): void {
    this.reserve(1);
    const at = this.#length++;
    this.#place[at] = place;
    this.#ts[at] = ts;
    this.#value[at] = value;
    this.#measuredMs[at] = measuredMs;
    this.#estimatedMs[at] = estimatedMs;
  }

  /** Room for `rows` more, so that it grows once. */
  reserve(rows: number): void {
    const wanted = this.#length + rows;
    if (wanted <= this.#place.length) return;
    const size = Math.max(wanted, 2 * this.#place.length);
    this.#place = grown(this.#place, new Int32Array(size));
    this.#ts = grown(this.#ts, new Float64Array(size));
    this.#value = grown(this.#value, new Float64Array(size));
    this.#measuredMs = grown(this.#measuredMs, new Float64Array(size));
    this.#estimatedMs = grown(this.#estimatedMs, new Float64Array(size));
  }

  /** Adds as many rows, whole columns at a time. */
  addColumns(
    place: Int32Array,
    ts: Float64Array,
    value: Float64Array,
    measuredMs: Float64Array,
    estimatedMs: Float64Array,
  ): void {
    this.reserve(place.length);
    const at = this.#length;
    this.#place.set(place, at);
    this.#ts.set(ts, at);
    this.#value.set(value, at);
    this.#measuredMs.set(measuredMs, at);
    this.#estimatedMs.set(estimatedMs, at);
    this.#length = at + place.length;
  }

  /** What was collected: views, not copies. */
  columns(): MonthColumns {
    return {
      place: this.#place,
      ts: this.#ts,
      value: this.#value,
      measuredMs: this.#measuredMs,
      estimatedMs: this.#estimatedMs,
      length: this.#length,
    };
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
