// Working days against the State Council's notices as the simulated city states them (simulators/city/holidays.ts).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayKindOf as cityKindOf, holidayTable } from '../../simulators/city/holidays.ts';
import { dayMs } from './time.ts';
import { type DayKind, dayKindOf, dayKindsWith, noticedYears } from './workdays.ts';

const noticed = Object.entries(holidayTable).flatMap(([year, { assumed }]) =>
  assumed ? [] : [Number(year)],
);
const both = noticed.filter((year) => noticedYears().includes(year));

describe('the kind of a day', () => {
  it('is compared for every year from 2020 to 2026', () => {
    expect(both).toEqual([2020, 2021, 2022, 2023, 2024, 2025, 2026]);
  });

  it('is known for the years from 2004 to 2026, and for none beside them', () => {
    expect(noticedYears()).toEqual(Array.from({ length: 23 }, (_, place) => 2004 + place));
    for (const date of ['2003-12-31', '2027-01-01', '2027-10-01', '1999-05-04'])
      expect(dayKindOf(date)).toBeUndefined();
    for (const date of ['2026-02-30', '2026-13-01', '2026', 'today']) expect(dayKindOf(date)).toBeUndefined();
  });

  it.each(both)('is that of the notice of %i on every day', (year) => {
    const kinds = { work: 'workday', weekend: 'weekend', holiday: 'holiday' } as const;
    const found: unknown[] = [];
    const stated: unknown[] = [];
    for (const date of datesOf(year)) {
      const [, month = 0, day = 0] = date.split('-').map(Number);
      const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
      found.push([date, dayKindOf(date)]);
      stated.push([date, kinds[cityKindOf({ year, month, day, weekday })]]);
    }
    expect(found).toEqual(stated);
  });

  it.each<[string, DayKind]>([
    // 2024: 国办发明电〔2023〕7号
    ['2024-02-04', 'workday'],
    ['2024-02-09', 'workday'],
    ['2024-02-17', 'holiday'],
    ['2024-09-14', 'workday'],
    ['2024-10-12', 'workday'],
    // 2025: 国办发明电〔2024〕12号
    ['2025-01-28', 'holiday'],
    ['2025-02-08', 'workday'],
    ['2025-05-05', 'holiday'],
    ['2025-06-01', 'holiday'],
    ['2025-06-07', 'weekend'],
    // 2026
    ['2026-01-04', 'workday'],
    ['2026-02-23', 'holiday'],
    ['2026-02-28', 'workday'],
    ['2026-09-26', 'holiday'],
    ['2026-10-08', 'workday'],
    ['2026-11-22', 'weekend'],
  ])('of %s is %s', (date, kind) => {
    expect(dayKindOf(date)).toBe(kind);
  });

  it('is what an override says, also in a year without a notice; no other day is touched', () => {
    const days = both.flatMap(datesOf).concat(datesOf(2027));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...days), fc.constantFrom<DayKind>('workday', 'weekend', 'holiday')),
        fc.constantFrom(...days),
        (said, date) => {
          const overrides = new Map(Object.entries(said));
          expect(dayKindsWith(overrides)(date)).toBe(overrides.get(date) ?? dayKindOf(date));
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  it('is a workday from Monday to Friday but for holidays, and a weekend only on Saturday or Sunday', () => {
    for (const date of noticedYears().flatMap(datesOf)) {
      const isWeekend = new Date(`${date}T00:00:00Z`).getUTCDay() % 6 === 0;
      expect([date, dayKindOf(date) === 'weekend' && !isWeekend]).toEqual([date, false]);
      expect([date, dayKindOf(date)]).not.toEqual([date, undefined]);
    }
  });
});

function datesOf(year: number): string[] {
  const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  return Array.from({ length: (to - from) / dayMs }, (_, day) =>
    new Date(from + day * dayMs).toISOString().slice(0, 10),
  );
}
