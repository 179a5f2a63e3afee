import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../core/domain/time.ts';
import { csv } from './csv.ts';
import { tidy } from './numbers.ts';
import { TimeText } from './time-text.ts';

describe('times in answers', () => {
  it('are exactly those of the calendar, clock changes and milliseconds included', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'UTC', 'Pacific/Auckland']) {
      let calendar: Calendar;
      try {
        calendar = new Calendar(zone);
      } catch {
        continue;
      }
      const times = new TimeText(calendar);
      fc.assert(
        fc.property(fc.integer({ min: 631_152_000_000, max: 4_102_444_800_000 }), (ts) => {
          for (const each of [ts, ts + 1, ts - (ts % 3_600_000), ts + 12 * 3_600_000]) {
            expect(times.of(each)).toBe(calendar.format(each));
          }
        }),
        { numRuns: 200, seed: 3 },
      );
    }
  });

  it('are right in every hour around both clock changes', () => {
    const calendar = new Calendar('Europe/Berlin');
    const times = new TimeText(calendar);
    for (const start of ['2024-03-30', '2024-10-26']) {
      const from = calendar.parse(start) ?? 0;
      for (let ts = from; ts < from + 3 * 86_400_000; ts += 1_800_000) {
        expect(times.of(ts)).toBe(calendar.format(ts));
      }
    }
  });
});

describe('numbers in answers', () => {
  it('lose the noise of binary fractions and nothing else', () => {
    expect(tidy(0.1 + 0.2)).toBe(0.3);
    expect(tidy(266_103.80000000005)).toBe(266_103.8);
    expect(tidy(0.1 + 0.2 - 0.3)).toBe(0);
    expect(tidy(1e15)).toBe(1e15);
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        expect(Math.abs(tidy(value) - value)).toBeLessThanOrEqual(Math.max(1e-9, Math.abs(value) * 1e-11));
      }),
      { seed: 4 },
    );
  });
});

describe('a table', () => {
  it('quotes what needs it and defuses what a spreadsheet would run', () => {
    const rows = ['plain', 'a,b', 'say "hi"', 'two\nlines', '=1+1', '-cmd', '@x', '+1'];
    const text = csv([{ heading: 'csv.value', cell: (row: string) => row }], rows, 'en');
    expect(text).toBe(
      `\uFEFFvalue\r\nplain\r\n"a,b"\r\n"say ""hi"""\r\n"two\nlines"\r\n'=1+1\r\n'-cmd\r\n'@x\r\n'+1\r\n`,
    );
  });

  it('keeps numbers as numbers, also negative ones', () => {
    const columns = [{ heading: 'csv.value', cell: (row: number | null) => row }] as const;
    expect(csv(columns, [-1.5, null, 0], 'zh-CN')).toBe('\uFEFF示值\r\n-1.5\r\n\r\n0\r\n');
  });
});
