import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { intervalLength, lengthText, type Spacing, TimeSample } from './spacing.ts';

const start = Date.UTC(2024, 0, 1);
const quarter = 15 * 60_000;

function spacingOf(times: Iterable<number>): Spacing | undefined {
  const sample = new TimeSample();
  for (const ts of times) sample.add(ts);
  return sample.spacing();
}

function every(stepMs: number, count: number, from = start): number[] {
  return Array.from({ length: count }, (_, i) => from + i * stepMs);
}

function length(times: readonly number[], known: { stated?: number; registered?: readonly number[] } = {}) {
  const { stated, registered = [] } = known;
  return intervalLength(new Map([['kwh', spacingOf(times)]]), { stated, registered });
}

describe('TimeSample', () => {
  it('finds the spacing in any order of the rows, with repetitions and gaps', () => {
    const steps = fc.constantFrom(60_000, quarter, hourMs, dayMs);
    const kept = fc.array(fc.boolean(), { minLength: 40, maxLength: 80 });
    fc.assert(
      fc.property(steps, kept, fc.infiniteStream(fc.nat()), (step, holes, dice) => {
        // Every third time may be missing.
        const times = every(step, 80).filter((_, i) => i % 3 > 0 || holes[i] === true);
        const keys = new Map(times.map((ts) => [ts, dice.next().value]));
        const shuffled = [...times, ...times.slice(0, 20)].sort(
          (a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0),
        );
        expect(spacingOf(shuffled)).toEqual(spacingOf(times));
        expect(spacingOf(shuffled)).toMatchObject({ mode: step, short: step });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps neighbours of a file that is larger than what it keeps, newest first and scattered', () => {
    const times = every(quarter, 1_000_000);
    const hour = every(hourMs, 100, start - 100 * hourMs);
    const expected = { count: 262_143, mode: quarter };
    expect(spacingOf([...times.toReversed(), ...hour])).toMatchObject(expected);
    // 7 919 is prime to 1 000 000: each once, far apart.
    const scattered = times.map((_, i) => start + ((i * 7_919) % 1_000_000) * quarter);
    expect(spacingOf([...hour, ...scattered])).toEqual(spacingOf([...times, ...hour]));
  });

  it('tells nothing of less than two times', () => {
    expect(spacingOf([])).toBeUndefined();
    expect(spacingOf([start, start])).toBeUndefined();
  });
});

describe('intervalLength', () => {
  it('is what the times of the file tell where nothing is stated or registered', () => {
    expect(length(every(quarter, 96))).toEqual({ lengthMs: quarter, source: 'file' });
    expect(length(every(dayMs, 30))).toEqual({ lengthMs: dayMs, source: 'file' });
    expect(length([start, start + quarter])).toEqual({ lengthMs: quarter, source: 'file' });
    expect(length([start])).toEqual({ lengthMs: hourMs, source: 'assumed' });
    expect(length([start, start + 3 * hourMs])).toEqual({ lengthMs: hourMs, source: 'assumed' });
  });

  it('is as stated or registered where the file does not contradict', () => {
    const day = every(quarter, 96);
    expect(length(day, { stated: quarter })).toEqual({ lengthMs: quarter, source: 'stated' });
    expect(length(day, { registered: [quarter] })).toEqual({ lengthMs: quarter, source: 'registered' });
    // A correction of single hours, and a row out of place.
    const single = every(5 * hourMs, 10);
    expect(length(single, { registered: [quarter] }).lengthMs).toBe(quarter);
    expect(length(single, { stated: quarter, registered: [quarter] }).lengthMs).toBe(quarter);
    expect(length([...every(hourMs, 40), start + 60_000], { stated: hourMs }).lengthMs).toBe(hourMs);
  });

  it.each([
    ['a stated hour for quarters', every(quarter, 96), { stated: hourMs }, /--interval 1h .*"kwh".*15m/],
    ['a stated quarter for hours', every(hourMs, 24), { stated: quarter }, /--interval 15m .*"kwh".* 1h/],
    [
      'a registered hour for quarters',
      every(quarter, 96),
      { registered: [hourMs] },
      /registered interval 1h.*say --interval 15m/,
    ],
    [
      'a file of hours that goes over to quarters',
      [...every(hourMs, 200), ...every(quarter, 96, start + 200 * hourMs)],
      {},
      /"kwh".*1h apart most often.*say --interval 15m/,
    ],
    [
      'months of unequal length',
      Array.from({ length: 13 }, (_, month) => Date.UTC(2024, month, 1)),
      {},
      /31d apart most often.*To count all, say --interval 29d/,
    ],
  ])('refuses %s, and says what fits', (_, times, known, message) => {
    expect(() => length(times, known)).toThrow(
      expect.objectContaining({ code: 'import.interval', message: expect.stringMatching(message) }),
    );
  });

  it('takes the length that its refusal named', () => {
    const mixed = [...every(hourMs, 200), ...every(quarter, 96, start + 200 * hourMs)];
    expect(length(mixed, { stated: quarter }).lengthMs).toBe(quarter);
  });

  it('refuses columns of different lengths by name', () => {
    const spacings = new Map([
      ['kwh', spacingOf(every(quarter, 96))],
      ['m3', spacingOf(every(hourMs, 24))],
    ]);
    expect(() => intervalLength(spacings, { stated: undefined, registered: [] })).toThrow(
      /"kwh" 15m, "m3" 1h.*--point/,
    );
  });
});

describe('lengthText', () => {
  it('is as the option takes it', () => {
    expect([quarter, hourMs, 36 * hourMs, 31 * dayMs, 90_000, 500].map(lengthText)).toEqual([
      '15m',
      '1h',
      '36h',
      '31d',
      '90s',
      '500ms',
    ]);
  });
});
