// Spreads stretches of a curve over hours. Stretches come in time order; sums are therefore the same in every run.
import { hourMs } from '../time.ts';
import type { RollupRow } from './rollup.ts';

interface Hour {
  readonly ts: number;
  value: number;
  measuredMs: number;
  estimatedMs: number;
}

export class HourSums {
  #hours: Hour[];

  constructor(hours: Hour[] = []) {
    this.#hours = hours;
  }

  /**
   * Adds a stretch [from, to) that consumed `value`, evenly spread. `from` is never earlier than that of the
   * stretch before. A stretch without length adds its value to its hour and covers nothing.
   */
  add(from: number, to: number, value: number, estimated: boolean): void {
    const length = to - from;
    if (length <= 0) {
      this.#at(from).value += value;
      return;
    }
    for (let start = from; start < to; ) {
      const hour = this.#at(start);
      const end = Math.min(to, hour.ts + hourMs);
      const covered = end - start;
      hour.value += covered === length ? value : value * (covered / length);
      if (estimated) hour.estimatedMs += covered;
      else hour.measuredMs += covered;
      start = end;
    }
  }

  /** Hours before `ts`, which will not change any more; they are forgotten here. */
  takeBefore(ts: number): RollupRow[] {
    let count = 0;
    while (count < this.#hours.length && (this.#hours[count]?.ts ?? ts) < ts) count++;
    return this.#hours.splice(0, count).map(toRow);
  }

  rows(): RollupRow[] {
    return this.#hours.map(toRow);
  }

  /** A copy that can go on without touching this one. */
  fork(): HourSums {
    return new HourSums(this.#hours.map((hour) => ({ ...hour })));
  }

  #at(ts: number): Hour {
    const start = Math.floor(ts / hourMs) * hourMs;
    const last = this.#hours.at(-1);
    if (last?.ts === start) return last;
    const hour = { ts: start, value: 0, measuredMs: 0, estimatedMs: 0 };
    this.#hours.push(hour);
    return hour;
  }
}

function toRow(hour: Hour): RollupRow {
  const known = hour.measuredMs + hour.estimatedMs > 0;
  return {
    ts: hour.ts,
    value: known || hour.value !== 0 ? hour.value : null,
    min: null,
    max: null,
    measuredMs: hour.measuredMs,
    estimatedMs: hour.estimatedMs,
  };
}
