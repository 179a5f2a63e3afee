import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paint, type Stroke, type TimelineEntry } from './timeline.ts';

function entry(id: string, validFrom: number, validTo: number | null, value: string): TimelineEntry {
  return { id, validFrom, validTo, value };
}

/** Applies strokes one after the other; returns the entries that are current in the end. */
function painted(strokes: readonly Stroke[]): TimelineEntry[] {
  let current: TimelineEntry[] = [];
  let made = 0;
  for (const stroke of strokes) {
    const change = paint(current, stroke);
    if (!change) continue;
    current = current.filter(({ id }) => !change.superseded.includes(id));
    for (const { validFrom, validTo, value } of change.added) {
      made += 1;
      current.push(entry(String(made), validFrom, validTo, value));
    }
    current.sort((a, b) => a.validFrom - b.validFrom);
  }
  return current;
}

const days = 30;

/** The model: one cell a day, the last one standing for all time after it; edges remember where entries begin. */
function modelled(strokes: readonly Stroke[]): (string | undefined)[] {
  const cells: (string | undefined)[] = new Array(days + 1).fill(undefined);
  let begins = new Set<number>();
  for (const { validFrom, validTo, value } of strokes) {
    const next = [...begins].filter((day) => day > validFrom).sort((a, b) => a - b)[0];
    const end = (validTo === undefined ? next : validTo) ?? days + 1;
    const same = cells.slice(validFrom, end).every((cell) => cell === value);
    if (same) continue;
    const tail = end <= days && cells[end] !== undefined;
    cells.fill(value, validFrom, end);
    begins = new Set([...begins].filter((day) => day < validFrom || day >= end));
    begins.add(validFrom);
    if (tail) begins.add(end);
  }
  return cells;
}

const strokes = fc.array(
  fc
    .record({
      validFrom: fc.integer({ min: 0, max: days - 1 }),
      length: fc.integer({ min: 1, max: 12 }),
      end: fc.constantFrom('next' as const, 'open' as const, 'date' as const),
      value: fc.constantFrom('a', 'b', 'c'),
    })
    .map(({ validFrom, length, end, value }): Stroke => {
      if (end === 'next') return { validFrom, value };
      return { validFrom, validTo: end === 'open' ? null : Math.min(validFrom + length, days), value };
    }),
  { maxLength: 20 },
);

describe('a timeline painted by entries', () => {
  it('holds at every date what a plain array painted alike holds', () => {
    fc.assert(
      fc.property(strokes, (list) => {
        const current = painted(list);
        const cells = modelled(list);
        for (let day = 0; day <= days; day += 1) {
          const holding = current.filter(
            ({ validFrom, validTo }) => validFrom <= day && (validTo === null || day < validTo),
          );
          expect(holding.map(({ value }) => value)).toEqual(cells[day] === undefined ? [] : [cells[day]]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('never has entries that overlap or are empty', () => {
    fc.assert(
      fc.property(strokes, (list) => {
        const current = painted(list);
        current.forEach(({ validFrom, validTo }, index) => {
          if (validTo !== null) expect(validTo).toBeGreaterThan(validFrom);
          const next = current[index + 1];
          if (next) expect(validTo ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.validFrom);
        });
      }),
    );
  });

  it('is not changed by the last stroke again', () => {
    fc.assert(
      fc.property(strokes, (list) => {
        const last = list.at(-1);
        if (last) expect(paint(painted(list), last)).toBeUndefined();
      }),
    );
  });

  it('cuts an entry in two around one that is laid into it', () => {
    const change = paint([entry('old', 0, null, 'a')], { validFrom: 10, validTo: 20, value: 'b' });
    expect(change).toEqual({
      superseded: ['old'],
      added: [
        { validFrom: 0, validTo: 10, value: 'a', remainsOf: 'old' },
        { validFrom: 10, validTo: 20, value: 'b', remainsOf: null },
        { validFrom: 20, validTo: null, value: 'a', remainsOf: 'old' },
      ],
    });
  });

  it('ends an entry without an end where the next one begins, and lays one that is open over all that follow', () => {
    const current = [entry('one', 0, 10, 'a'), entry('two', 10, null, 'b')];
    expect(paint(current, { validFrom: 5, value: 'c' })?.added.map(({ validTo }) => validTo)).toEqual([
      5, 10,
    ]);
    expect(paint(current, { validFrom: 5, validTo: null, value: 'c' })?.superseded).toEqual(['one', 'two']);
  });

  it('asks what is left of a value only for the piece that lost its beginning', () => {
    const change = paint(
      [entry('old', 0, 30, 'a')],
      { validFrom: 10, validTo: 20, value: 'b' },
      (value) => `${value}'`,
    );
    expect(change?.added.map(({ value }) => value)).toEqual(['a', 'b', "a'"]);
  });
});
