import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { RepeatedTimes } from './repeated-times.ts';
import { TimeReader } from './times.ts';

/** The moments of rows with these local times, by the order of the rows; `undefined` where it does not tell. */
function read(zone: string, texts: readonly string[]): (number | undefined)[] {
  const reader = new TimeReader(zone);
  const times = texts.map((text) => {
    const time = reader.parse(text);
    if ('reason' in time) throw new Error(`${text}: ${time.reason}`);
    return time;
  });
  const order = new RepeatedTimes();
  for (const [line, time] of times.entries()) order.add(line, time);
  return times.map((time, line) => (time.repeat === undefined ? time.ts : order.place(line)));
}

const changes = [
  ['Europe/Berlin', '2024-10-27T01:00Z'],
  ['Asia/Shanghai', '1991-09-14T17:00Z'],
  ['Australia/Lord_Howe', '2024-04-06T15:00Z'],
  ['America/St_Johns', '2005-10-30T02:31Z'],
] as const;
const minute = 60_000;

/** Whole hours of rows on both sides of a change, with their local texts. */
const series = fc
  .record({
    change: fc.constantFrom(...changes),
    stepMs: fc.constantFrom(5, 10, 15, 30).map((minutes) => minutes * minute),
  })
  .map(({ change: [zone, text], stepMs }) => {
    const from = Date.parse(text) - 24 * 5 * minute;
    const moments = Array.from({ length: (240 * minute) / stepMs }, (_, i) => from + i * stepMs);
    const local = (ts: number) => DateTime.fromMillis(ts, { zone }).toFormat('yyyy-MM-dd HH:mm');
    return { zone, moments, local };
  });

describe('RepeatedTimes', () => {
  it('reads every series back from its local times, oldest or newest first, or sorted by their text', () => {
    fc.assert(
      fc.property(series, ({ zone, moments, local }) => {
        const newest = moments.toReversed();
        expect(read(zone, moments.map(local))).toEqual(moments);
        expect(read(zone, newest.map(local))).toEqual(newest);
        const sorted = moments.toSorted((a, b) =>
          local(a) < local(b) ? -1 : local(a) > local(b) ? 1 : a - b,
        );
        expect(read(zone, sorted.map(local))).toEqual(sorted);
      }),
      { numRuns: 40 },
    );
  });

  it('places no row of a shuffled series wrongly', () => {
    const shuffled = series.chain((each) =>
      fc
        .shuffledSubarray(each.moments, { minLength: each.moments.length })
        .map((moments) => ({ ...each, moments })),
    );
    let untold = 0;
    fc.assert(
      fc.property(shuffled, ({ zone, moments, local }) => {
        for (const [line, ts] of read(zone, moments.map(local)).entries()) {
          if (ts === undefined) untold++;
          else expect(ts).toBe(moments[line]);
        }
      }),
      { seed: 1991, numRuns: 100 },
    );
    expect(untold).toBeGreaterThan(0);
  });

  it('takes a time that is named once for the first of the two, wherever its row stands', () => {
    const first = Date.parse('2024-10-27T02:30+02:00');
    expect(read('Europe/Berlin', ['2024-10-27 02:30'])).toEqual([first]);
    expect(read('Europe/Berlin', ['2024-12-01', '2024-10-27 02:30', '2025-01-01'])[1]).toBe(first);
    const once = ['2024-10-27 01:45', '2024-10-27 02:15', '2024-10-27 02:45', '2024-10-27 03:00'];
    expect(read('Europe/Berlin', once)).toEqual(
      ['01:45+02:00', '02:15+02:00', '02:45+02:00', '03:00+01:00'].map((t) => Date.parse(`2024-10-27T${t}`)),
    );
  });

  it('does not guess which of three rows is meant, nor between files set one after the other', () => {
    const first = Date.parse('2024-10-27T02:30+02:00');
    const thrice = ['2024-10-27 02:30', '2024-10-27 02:30', '2024-10-27 02:30'];
    expect(read('Europe/Berlin', thrice)).toEqual([first, first + 60 * minute, undefined]);
    const once = ['2024-10-27 01:30', '2024-10-27 02:30', '2024-10-27 03:30'];
    expect(read('Europe/Berlin', [...once, ...once]).map((ts) => ts === undefined)).toEqual(
      [0, 1, 0, 0, 1, 0].map(Boolean),
    );
  });
});
