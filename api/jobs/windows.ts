// Which job writes which stretches of time. Windows of jobs by the clock never overlap; decision 8 states them.
import { type Bucket, type Calendar, dayMs } from '../../core/domain/time.ts';
import type { RolledUp } from '../../core/registry/registry.ts';
import type { SeriesHandle } from '../../core/store/port.ts';
import type { Span, Spans } from './spans.ts';

/** Today and the two days before it: hours and days every few minutes. */
const recentDays = 2;
/** Hours are corrected by night for so many months before the one that runs. */
const hourMonths = 24;
const aYearAndHalfAMonth = (365 + 15) * dayMs;

/** A stretch to be written. */
export interface Planned {
  readonly span: Span;
  /** Of accounts for which one of these counts; left out: of all. */
  readonly only?: ReadonlySet<SeriesHandle>;
}

export class Windows {
  readonly recentFrom: number;
  readonly periodsFrom: number;
  readonly hoursFrom: number;
  readonly #calendar: Calendar;
  readonly #spans: Spans;
  readonly #now: number;

  constructor(calendar: Calendar, spans: Spans, now: number) {
    this.#calendar = calendar;
    this.#spans = spans;
    this.#now = now;
    this.recentFrom = back(calendar, now, 'day', recentDays);
    this.periodsFrom = back(calendar, now, 'year', 1);
    this.hoursFrom = back(calendar, now, 'month', hourMonths);
  }

  /** Hours and days of today and the two days before. */
  *recent(): Generator<Planned> {
    for (const bucket of ['day', 'hour'] as const)
      yield this.#planned(bucket, this.recentFrom, this.#now + 1);
  }

  /** Months and years, of last year and this. */
  *periods(): Generator<Planned> {
    for (const bucket of ['year', 'month'] as const)
      yield this.#planned(bucket, this.periodsFrom, this.#now + 1);
  }

  /**
   * Everything before: days, months and years since `oldest`, hours of 24 months, the newest first.
   * @param allHours hours too since `oldest`
   */
  *whole(oldest: number, allHours: boolean): Generator<Planned> {
    for (const bucket of ['year', 'month'] as const) {
      const from = this.#calendar.floor(oldest, bucket);
      if (from < this.periodsFrom) yield this.#planned(bucket, from, this.periodsFrom);
    }
    const end = this.#calendar.floor(oldest, 'month');
    for (const bucket of ['day', 'hour'] as const) {
      const until = bucket === 'hour' && !allHours ? Math.max(end, this.hoursFrom) : end;
      for (let to = this.recentFrom; to > until; ) {
        const from = this.#calendar.floor(to - 1, 'month');
        yield this.#planned(bucket, from, to);
        to = from;
      }
    }
  }

  /** Whether a note is of more than what arrives every day anyway. */
  isOfThePast({ from }: Pick<RolledUp, 'from'>): boolean {
    return from < this.#calendar.floor(this.recentFrom, 'month');
  }

  /**
   * Months of some series and the same months a year later, whose last year they are, with their days, hours and years; the
   * newest first.
   */
  *changed(months: ReadonlyMap<number, ReadonlySet<SeriesHandle>>): Generator<Planned> {
    const calendar = this.#calendar;
    const touched = new Map<number, Set<SeriesHandle>>();
    for (const [month, series] of months) {
      const later = calendar.floor(month + aYearAndHalfAMonth, 'month');
      for (const start of [month, later]) if (start <= this.#now) addTo(touched, start, series);
    }
    const years = new Map<number, Set<SeriesHandle>>();
    for (const [month, only] of [...touched].sort(([a], [b]) => b - a)) {
      yield { ...this.#planned('month', month, month + 1), only };
      const to = Math.min(calendar.next(month, 'month'), this.recentFrom);
      if (month < to)
        for (const bucket of ['day', 'hour'] as const) yield { ...this.#planned(bucket, month, to), only };
      addTo(years, calendar.floor(month, 'year'), only);
    }
    for (const [year, only] of years) {
      yield { ...this.#planned('year', year, year + 1), only };
      const next = calendar.next(year, 'year');
      if (next <= this.#now && !years.has(next)) yield { ...this.#planned('year', next, next + 1), only };
    }
  }

  #planned(bucket: Bucket, from: number, to: number): Planned {
    return { span: this.#spans.of(bucket, from, to, this.#now) };
  }
}

/** Start of the bucket that lies `count` before the one that holds `now`. */
function back(calendar: Calendar, now: number, bucket: Bucket, count: number): number {
  let from = calendar.floor(now, bucket);
  for (let step = 0; step < count; step++) from = calendar.floor(from - 1, bucket);
  return from;
}

function addTo(map: Map<number, Set<SeriesHandle>>, key: number, series: ReadonlySet<SeriesHandle>): void {
  const set = map.get(key) ?? new Set();
  for (const handle of series) set.add(handle);
  map.set(key, set);
}
