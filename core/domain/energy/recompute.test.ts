import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs } from '../time.ts';
import type { Quantity } from '../units.ts';
import { noFacts, type SeriesFacts } from './facts.ts';
import {
  createScan,
  endOfTime,
  type HourChange,
  headChange,
  headEdges,
  recompute,
  type Stretch,
} from './recompute.ts';
import type { Exclusion, RollupRow } from './rollup.ts';
import type { SeriesScan } from './scan.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 0, 1);

interface Raw {
  ts: number;
  value: number;
}

/** A store of one series and the worker's loop around `recompute`, with as little context as it gets away with. */
class Incremental {
  readonly raw = new Map<number, number>();
  readonly hours = new Map<number, RollupRow>();
  exclusions: Exclusion[] = [];
  head: SeriesScan | undefined;
  readonly #quantity: Quantity;
  readonly #facts: SeriesFacts;
  readonly #keepHead: boolean;

  constructor(quantity: Quantity, facts: SeriesFacts, keepHead: boolean) {
    this.#quantity = quantity;
    this.#facts = facts;
    this.#keepHead = keepHead;
  }

  /** `unannounced` rows are in the store already; their mark is seen, but stays and is followed once more. */
  arrive(rows: readonly Raw[], unannounced: readonly Raw[] = []): void {
    for (const row of [...rows, ...unannounced]) this.raw.set(row.ts, row.value);
    // One mark for each stretch of rows without another reading between them, as distant late rows have.
    const marked = [...rows, ...unannounced].map((row) => row.ts).sort((a, b) => a - b);
    let changes = marked.map((ts) => ({ from: ts, to: ts }));
    while (changes.length > 0) changes = changes.slice(this.follow(changes));
  }

  follow(changes: readonly Stretch[]): number {
    const from = changes[0]?.from ?? 0;
    const to = changes.at(-1)?.to ?? 0;
    if (this.head !== undefined && from > this.head.lastTs) {
      const edges = headEdges(this.head);
      const last = this.head.lastTs;
      for (const [ts, value] of this.sorted()) if (ts > last) this.head.push(ts, value);
      this.apply(headChange(this.head, edges.from, edges.exclusionsFrom));
      return changes.length;
    }
    const all = this.sorted();
    for (let before = 1, after = 1; ; ) {
      const first = Math.max(0, all.findIndex(([ts]) => ts >= from) - before);
      const lastIndex = all.findLastIndex(([ts]) => ts <= to);
      const slice = all.slice(first, Math.min(all.length, lastIndex + 1 + after));
      const result = recompute({
        quantity: this.#quantity,
        facts: this.#facts,
        ts: slice.map(([ts]) => ts),
        value: slice.map(([, value]) => value),
        reachesStart: first === 0,
        reachesEnd: lastIndex + after + 1 >= all.length,
        exclusions: this.exclusions.filter(
          (entry) => entry.until >= (slice[0]?.[0] ?? 0) && entry.ts <= (slice.at(-1)?.[0] ?? 0),
        ),
        changes,
      });
      if (result.kind === 'more-before') before *= 2;
      else if (result.kind === 'more-after') after *= 2;
      else {
        if (this.#keepHead && result.head !== undefined) this.head = result.head;
        this.apply(result.change);
        return result.covered;
      }
    }
  }

  apply(change: HourChange): void {
    for (const ts of [...this.hours.keys()]) if (ts >= change.from && ts < change.to) this.hours.delete(ts);
    // Asked a million times: an expectation of its own for each would be most of the test's time.
    const misplaced: { readonly ts: number }[] = [];
    for (const row of change.hours) {
      const isWithin = row.ts >= change.from && row.ts < change.to;
      if (!isWithin || this.hours.has(row.ts)) misplaced.push(row);
      this.hours.set(row.ts, row);
    }
    for (const entry of change.exclusions) {
      const isWithin = entry.ts >= change.exclusionsFrom && entry.ts < change.exclusionsTo;
      if (!isWithin || !(entry.until >= entry.ts)) misplaced.push(entry);
    }
    if (misplaced.length > 0) expect({ change, misplaced }).toMatchObject({ misplaced: [] });
    this.exclusions = [
      ...this.exclusions.filter(
        (entry) => entry.ts < change.exclusionsFrom || entry.ts >= change.exclusionsTo,
      ),
      ...change.exclusions,
    ];
  }

  sorted(): [number, number][] {
    return [...this.raw].sort(([a], [b]) => a - b);
  }

  figures() {
    return {
      hours: [...this.hours.values()].sort((a, b) => a.ts - b.ts),
      exclusions: [...this.exclusions].sort((a, b) => a.ts - b.ts || a.code.localeCompare(b.code)),
    };
  }
}

function fromScratch(quantity: Quantity, facts: SeriesFacts, raw: ReadonlyMap<number, number>) {
  const scan = createScan(quantity, facts);
  for (const [ts, value] of [...raw].sort(([a], [b]) => a - b)) scan.push(ts, value);
  const change = headChange(scan, 0, 0);
  return {
    hours: [...change.hours],
    exclusions: [...change.exclusions].sort((a, b) => a.ts - b.ts || a.code.localeCompare(b.code)),
  };
}

/** Mostly rising registers with everything that happens to them. */
const event = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({ kind: fc.constant('rise' as const), size: fc.integer({ min: 0, max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('dip' as const), size: fc.integer({ min: 0, max: 50 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('zero' as const), size: fc.integer({ min: 1, max: 22 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('flutter' as const), size: fc.integer({ min: 1, max: 45 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('spike' as const), size: fc.integer({ min: 20, max: 900 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reset' as const), size: fc.integer({ min: 0, max: 40 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('garbage' as const), size: fc.integer({ min: -5, max: 1200 }) }),
  },
);
const steps = fc.array(
  fc.record({
    event,
    gap: fc.constantFrom(15 * minute, 15 * minute, 15 * minute, 60 * minute, 7 * minute, 300 * minute),
  }),
  { minLength: 1, maxLength: 70 },
);

function play(
  list: { event: { kind: string; size: number }; gap: number }[],
  wrapsAt = 1000,
  offset = 7 * minute,
): Raw[] {
  let ts = t0 + offset;
  let register = 100;
  const rows: Raw[] = [];
  for (const { event: happening, gap } of list) {
    const { kind, size } = happening;
    const repeats = kind === 'zero' || kind === 'flutter' ? size : 1;
    for (let count = 0; count < repeats; count++) {
      ts += gap;
      if (kind === 'rise') register = (register + size) % wrapsAt;
      if (kind === 'reset') register = size;
      const shown =
        kind === 'dip'
          ? register - size
          : kind === 'spike'
            ? register + size
            : kind === 'zero'
              ? 0
              : kind === 'flutter'
                ? (count * 7) % 3 // falls and rises near zero: dead hardware
                : register;
      rows.push({ ts, value: kind === 'garbage' ? size : shown });
    }
  }
  return rows;
}

const installation = fc.record({
  multiplier: fc.constantFrom(1, 40),
  wrapsAt: fc.constantFrom(undefined, 1000),
  ratingPerHour: fc.constantFrom(undefined, 2000, 60),
});
const facts = fc
  .record({
    first: installation,
    second: fc.option(
      fc.record({
        installation,
        hour: fc.integer({ min: 1, max: 20 }),
        minutes: fc.constantFrom(0, 7, 20),
        serial: fc.constantFrom(undefined, 'A', 'B'),
        opening: fc.constantFrom(undefined, 0, 90),
        closing: fc.constantFrom(undefined, 200),
      }),
      { nil: undefined },
    ),
    third: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    expected: fc.constantFrom(undefined, 15 * minute, 2 * hourMs),
    length: fc.constantFrom(30 * minute, 30 * minute, 24 * hourMs),
    correction: fc.option(
      fc.record({
        step: fc.integer({ min: 1, max: 40 }),
        action: fc.constantFrom('exclude' as const, 'accept' as const, 'replace' as const),
        value: fc.integer({ min: 0, max: 500 }),
      }),
      { nil: undefined },
    ),
  })
  .map(
    ({ first, second, third, expected, length, correction }): SeriesFacts => ({
      installations: [
        { from: t0 - 1000 * hourMs, serial: 'A', ...first },
        ...(second === undefined
          ? []
          : [
              {
                from: t0 + second.hour * hourMs + second.minutes * minute,
                serial: second.serial,
                ...second.installation,
                firstValue: second.opening,
                previousFinalValue: second.closing,
              },
              ...(third === undefined
                ? []
                : [
                    {
                      from: t0 + (second.hour + 1) * hourMs + third * 15 * minute,
                      serial: 'C',
                      ...second.installation,
                    },
                  ]),
            ]),
      ],
      expectedIntervalMs: expected === undefined ? [] : [{ from: 0, value: expected }],
      intervalLengthMs: [{ from: 0, value: length }],
      corrections:
        correction === undefined
          ? []
          : [
              {
                ts: t0 + 7 * minute + correction.step * 15 * minute,
                action: correction.action,
                value: correction.value,
              },
            ],
    }),
  );

/** Cuts rows into arrivals in an order that a seed decides; sometimes nearly in order, sometimes not at all. */
const arrival = fc.record({
  chunk: fc.integer({ min: 1, max: 9 }),
  disorder: fc.constantFrom(0, 0, 3, 1000),
  salts: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 80 }),
});

function arrivals(
  rows: readonly Raw[],
  order: { chunk: number; disorder: number; salts: number[] },
): Raw[][] {
  const keyed = rows.map((row, index) => ({
    row,
    key: index + ((order.salts[index % order.salts.length] ?? 0) / 10_000) * order.disorder,
  }));
  const sorted = keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
  const chunks: Raw[][] = [];
  for (let at = 0; at < sorted.length; at += order.chunk) chunks.push(sorted.slice(at, at + order.chunk));
  return chunks;
}

const quantity = fc.constantFrom<Quantity>('electricity', 'electricity_interval', 'power');

describe('recompute', () => {
  it('equals a scan from scratch, whatever the order and the size of the arrivals', () => {
    fc.assert(
      fc.property(
        quantity,
        steps,
        facts,
        arrival,
        fc.boolean(),
        fc.boolean(),
        (name, list, given, order, keepHead, onTheHour) => {
          const rows = play(list, 1000, onTheHour ? 0 : 7 * minute);
          const store = new Incremental(name, given, keepHead);
          for (const chunk of arrivals(rows, order)) store.arrive(chunk);
          expect(store.figures()).toEqual(fromScratch(name, given, store.raw));
        },
      ),
      { numRuns: 4000, seed: 20_260_101 },
    );
  });

  it('comes right when readings arrive while others are followed', () => {
    fc.assert(
      fc.property(quantity, steps, facts, arrival, fc.boolean(), (name, list, given, order, keepHead) => {
        const store = new Incremental(name, given, keepHead);
        const chunks = arrivals(play(list), order);
        for (const [index, chunk] of chunks.entries()) store.arrive(chunk, chunks[index + 1]);
        expect(store.figures()).toEqual(fromScratch(name, given, store.raw));
      }),
      { numRuns: 3000, seed: 17 },
    );
  });

  it('gives the same figures when everything arrives a second time', () => {
    fc.assert(
      fc.property(quantity, steps, facts, arrival, arrival, (name, list, given, first, again) => {
        const rows = play(list);
        const store = new Incremental(name, given, true);
        for (const chunk of arrivals(rows, first)) store.arrive(chunk);
        const before = store.figures();
        for (const chunk of arrivals(rows, again)) store.arrive(chunk);
        expect(store.figures()).toEqual(before);
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('follows a changed reading: the newest value of a key wins', () => {
    fc.assert(
      fc.property(
        quantity,
        steps,
        facts,
        fc.nat(1000),
        fc.integer({ min: 0, max: 999 }),
        (name, list, given, at, value) => {
          const rows = play(list);
          const store = new Incremental(name, given, true);
          store.arrive(rows);
          const changed = rows[at % rows.length];
          if (changed !== undefined) store.arrive([{ ts: changed.ts, value }]);
          expect(store.figures()).toEqual(fromScratch(name, given, store.raw));
        },
      ),
      { numRuns: 1500, seed: 11 },
    );
  });

  it('keeps what a device had counted when its first reading is of the very moment it was put in', () => {
    const hours = fc.integer({ min: 0, max: 11 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 1, max: 47 }), fc.boolean(), (put, late, keepHead) => {
        const rows = Array.from({ length: 48 }, (_, index) => ({
          ts: t0 + index * 15 * minute,
          value: 50 + index,
        }));
        const given: SeriesFacts = {
          ...noFacts,
          installations: [{ from: t0 + put * hourMs, multiplier: 1, firstValue: 0 }],
        };
        const store = new Incremental('electricity', given, keepHead);
        store.arrive(rows.filter((_, index) => index !== late));
        store.arrive([rows[late] ?? { ts: t0, value: 50 }]);
        expect(store.figures()).toEqual(fromScratch('electricity', given, store.raw));
      }),
      { numRuns: 600, seed: 5 },
    );
  });

  it('keeps what the old device counted while the new one sends nonsense', () => {
    const given: SeriesFacts = {
      ...noFacts,
      installations: [
        { from: t0 - hourMs, multiplier: 1, wrapsAt: 1000 },
        { from: t0 + 10 * hourMs, multiplier: 1, wrapsAt: 1000 },
      ],
    };
    const values = [
      ...Array.from({ length: 10 }, (_, index) => 100 + index),
      5000,
      5000,
      5000,
      1,
      2,
      3,
      4,
      5,
    ];
    const store = new Incremental('electricity', given, true);
    for (const [index, value] of values.entries()) {
      store.arrive([{ ts: t0 + index * hourMs, value }]);
      expect(store.figures()).toEqual(fromScratch('electricity', given, store.raw));
    }
    expect(store.hours.size).toBe(13);
  });

  it('lists overlapping intervals at the end as from scratch', () => {
    const given: SeriesFacts = { ...noFacts, intervalLengthMs: [{ from: 0, value: 24 * hourMs }] };
    const store = new Incremental('electricity_interval', given, true);
    for (let index = 0; index < 60; index++) {
      store.arrive([{ ts: t0 + index * hourMs, value: 1 }]);
      expect(store.figures()).toEqual(fromScratch('electricity_interval', given, store.raw));
    }
  });

  it('never shows negative consumption, and covers no hour for longer than an hour', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Quantity>('electricity', 'electricity_interval'),
        steps,
        facts,
        (name, list, given) => {
          const store = new Incremental(name, given, true);
          store.arrive(play(list));
          const wrong = [...store.hours.values()].filter(
            (row) => !((row.value ?? 0) >= 0 && row.measuredMs + row.estimatedMs <= hourMs),
          );
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 1500, seed: 13 },
    );
  });

  it('reads only the neighbourhood of a late reading, not the whole series', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      ts: t0 + index * 15 * minute,
      value: index,
    }));
    const late = 5_000;
    const from = rows[late]?.ts ?? 0;
    const slice = rows.slice(late - 40, late + 20);
    const result = recompute({
      quantity: 'electricity',
      facts: noFacts,
      ts: slice.map((row) => row.ts),
      value: slice.map((row) => row.value),
      reachesStart: false,
      reachesEnd: false,
      exclusions: [],
      changes: [{ from, to: from }],
    });
    expect(result.kind).toBe('done');
    if (result.kind !== 'done') return;
    expect(result.change.to).toBeLessThan(endOfTime);
    expect(result.change.hours.map((row) => row.value)).toEqual(result.change.hours.map(() => 4));
    expect(result.change.hours.length).toBeLessThan(6);
  });
});
