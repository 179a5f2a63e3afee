import { expect, test } from 'vitest';
import { dayKindOf, dayNumber, holidaysOf, holidayTable, isSchoolVacation } from './holidays.ts';

const kind = (text: string) => {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return dayKindOf({ year, month, day, weekday: ((dayNumber(year, month, day) + 3) % 7) + 1 });
};

test('adjusted working days are Saturdays and Sundays, in every year of the table', () => {
  for (const [year, { work }] of Object.entries(holidayTable)) {
    for (const date of work) {
      const weekday = new Date(`${year}-${date}T00:00:00Z`).getUTCDay();
      expect([0, 6], `${year}-${date}`).toContain(weekday);
      expect(kind(`${year}-${date}`)).toBe('work');
    }
  }
});

test('every day off is a holiday, whatever its weekday', () => {
  expect(['2026-02-15', '2026-02-20', '2026-02-23', '2026-10-07', '2022-12-31'].map(kind)).toEqual(
    Array(5).fill('holiday'),
  );
  expect(['2026-02-14', '2026-02-24', '2025-10-11'].map(kind)).toEqual(['work', 'work', 'work']);
  expect(['2026-03-07', '2025-02-09'].map(kind)).toEqual(['weekend', 'weekend']);
});

test('announced years name all seven festivals; years to come are marked assumed', () => {
  for (let year = 2020; year <= 2026; year++) expect(holidaysOf(year).assumed).toBeUndefined();
  expect(holidaysOf(2027).assumed).toBe(true);
  expect(holidaysOf(2040).assumed).toBe(true);
});

test('schools rest in July, August and around the lunar New Year', () => {
  expect(isSchoolVacation({ year: 2026, month: 7, day: 20 })).toBe(true);
  expect(isSchoolVacation({ year: 2026, month: 2, day: 5 })).toBe(true);
  expect(isSchoolVacation({ year: 2026, month: 3, day: 5 })).toBe(false);
  expect(isSchoolVacation({ year: 2026, month: 9, day: 1 })).toBe(false);
});
