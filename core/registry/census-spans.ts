// Values that hold in stretches of time: what is said when, cut where it changes, averaged over days.
import { dayMs } from '../domain/time.ts';
import type { Stretch } from './stretches.ts';

/** `value` holds in [from, to), epoch ms. */
export interface Span<T> extends Stretch {
  readonly value: T;
}

/**
 * What is said of something over the range that is looked at: one text that holds all through it, as most do, or spans of it,
 * ascending, not overlapping; `undefined`: nothing.
 */
export type Said = string | readonly Span<string>[] | undefined;

export function saidAt(said: Said, at: number): string | undefined {
  return typeof said === 'object' ? spanAt(said, at) : said;
}

/** A name as it stands in JSON, without its quotation marks. */
export function unquoted(json: string | undefined): string | undefined {
  return json?.slice(1, -1);
}

/** The same as spans, with a meaning. */
export function spansOf<T>(said: Said, { from, to }: Stretch, read: (text: string) => T): Span<T>[] {
  if (said === undefined) return [];
  if (typeof said === 'string') return [{ from, to, value: read(said) }];
  return said.map((span) => ({ from: span.from, to: span.to, value: read(span.value) }));
}

/** Every text that is said at some time. */
export function textsOf(said: Said): readonly string[] {
  if (typeof said === 'object') return said.map(({ value }) => value);
  return said === undefined ? [] : [said];
}

/** The value that holds at `at`; `undefined` where none does. */
export function spanAt<T>(spans: readonly Span<T>[], at: number): T | undefined {
  for (const span of spans) if (span.from <= at && at < span.to) return span.value;
  return undefined;
}

/** Moments strictly inside of a range at which something changes. */
export class Edges {
  readonly #range: Stretch;
  #at: Set<number> | undefined;

  constructor(range: Stretch) {
    this.#range = range;
  }

  add(stretches: readonly Stretch[]): void {
    for (const { from, to } of stretches) {
      this.#addMoment(from);
      this.#addMoment(to);
    }
  }

  addSaid(said: Said): void {
    if (typeof said === 'object') this.add(said);
  }

  /** The range cut at the edges; ascending. */
  slices(): readonly Stretch[] {
    const { from, to } = this.#range;
    if (from >= to) return [];
    if (this.#at === undefined) return [this.#range];
    const cuts = [...this.#at].sort((a, b) => a - b);
    return [from, ...cuts].map((start, index) => ({ from: start, to: cuts[index] ?? to }));
  }

  #addMoment(at: number): void {
    if (at <= this.#range.from || at >= this.#range.to) return;
    this.#at ??= new Set();
    this.#at.add(at);
  }
}

/** Days between two local midnights; a day of 23 or 25 hours is one. */
export function daysBetween(from: number, to: number): number {
  return Math.round((to - from) / dayMs);
}

/**
 * The mean of each month over those of its days on which a value is known; NaN where it is known on none.
 * @param spans ascending, not overlapping, on local midnights; NaN: not known
 * @param edges starts of the months and the end of the last
 */
export function meanByMonth(spans: readonly Span<number>[], edges: Float64Array): Float64Array {
  const means = new Float64Array(edges.length - 1).fill(Number.NaN);
  let first = 0;
  for (let month = 0; month < means.length; month++) {
    const start = edges[month] ?? 0;
    const end = edges[month + 1] ?? 0;
    while (first < spans.length && (spans[first]?.to ?? 0) <= start) first++;
    const only = spans[first];
    if (only !== undefined && only.from <= start && only.to >= end) {
      means[month] = only.value;
      continue;
    }
    let sum = 0;
    let days = 0;
    for (let at = first; at < spans.length; at++) {
      const span = spans[at];
      if (span === undefined || span.from >= end) break;
      if (Number.isNaN(span.value)) continue;
      const count = daysBetween(Math.max(span.from, start), Math.min(span.to, end));
      sum += span.value * count;
      days += count;
    }
    if (days > 0) means[month] = sum / days;
  }
  return means;
}
