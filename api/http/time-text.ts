// Times as text in answers: ISO 8601 with the offset of the system's zone. Thousands a page, so it is quick.
import { type Calendar, dayMs } from '../../core/domain/time.ts';

export class TimeText {
  readonly #calendar: Calendar;
  #dayStart = 0;
  #dayEnd = 0;
  /** Offset of the remembered day; `undefined` on days with a clock change. */
  #offset: { readonly ms: number; readonly text: string } | undefined;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  of(ts: number): string {
    if (ts < this.#dayStart || ts >= this.#dayEnd) this.#turnTo(ts);
    if (this.#offset === undefined) return this.#calendar.format(ts);
    const local = new Date(ts + this.#offset.ms).toISOString();
    return local.slice(0, ts % 1000 === 0 ? 19 : 23) + this.#offset.text;
  }

  orNull(ts: number | null | undefined): string | null {
    return ts === null || ts === undefined ? null : this.of(ts);
  }

  #turnTo(ts: number): void {
    this.#dayStart = this.#calendar.floor(ts, 'day');
    this.#dayEnd = this.#calendar.next(ts, 'day');
    const [, text] = /T.*(Z|[+-]\d\d:\d\d)$/.exec(this.#calendar.format(this.#dayStart)) ?? [];
    const plain = this.#dayEnd - this.#dayStart === dayMs && text !== undefined;
    this.#offset = plain ? { ms: offsetMs(text), text } : undefined;
  }
}

function offsetMs(text: string): number {
  if (text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}
