// Public holidays and adjusted working days (调休) in China, and school terms.
//
// Source, 2020 to 2026: the yearly notices of the General Office of the State Council, 国务院办公厅关于某年部分节假日安排的
// 通知 (2020 with its extension of the Spring Festival). 2027 is assumed from the statutory days: no notice was at hand.
// Years outside the table fall back to New Year, Labour Day and National Day; the city stays a simulation.

export type DayKind = 'work' | 'weekend' | 'holiday';

interface YearOfHolidays {
  /** Days off, `MM-DD` or `MM-DD/MM-DD` (both included). */
  readonly off: readonly string[];
  /** Saturdays and Sundays on which offices work. */
  readonly work: readonly string[];
  /** First day of the lunar year (春节). */
  readonly lunarNewYear: string;
  readonly assumed?: true;
}

export const holidayTable: Readonly<Record<number, YearOfHolidays>> = {
  2020: {
    off: ['01-01', '01-24/02-02', '04-04/04-06', '05-01/05-05', '06-25/06-27', '10-01/10-08'],
    work: ['01-19', '04-26', '05-09', '06-28', '09-27', '10-10'],
    lunarNewYear: '01-25',
  },
  2021: {
    off: [
      '01-01/01-03',
      '02-11/02-17',
      '04-03/04-05',
      '05-01/05-05',
      '06-12/06-14',
      '09-19/09-21',
      '10-01/10-07',
    ],
    work: ['02-07', '02-20', '04-25', '05-08', '09-18', '09-26', '10-09'],
    lunarNewYear: '02-12',
  },
  2022: {
    off: [
      '01-01/01-03',
      '01-31/02-06',
      '04-03/04-05',
      '04-30/05-04',
      '06-03/06-05',
      '09-10/09-12',
      '10-01/10-07',
      '12-31',
    ],
    work: ['01-29', '01-30', '04-02', '04-24', '05-07', '10-08', '10-09'],
    lunarNewYear: '02-01',
  },
  2023: {
    off: ['01-01/01-02', '01-21/01-27', '04-05', '04-29/05-03', '06-22/06-24', '09-29/10-06'],
    work: ['01-28', '01-29', '04-23', '05-06', '06-25', '10-07', '10-08'],
    lunarNewYear: '01-22',
  },
  2024: {
    off: ['01-01', '02-10/02-17', '04-04/04-06', '05-01/05-05', '06-10', '09-15/09-17', '10-01/10-07'],
    work: ['02-04', '02-18', '04-07', '04-28', '05-11', '09-14', '09-29', '10-12'],
    lunarNewYear: '02-10',
  },
  2025: {
    off: ['01-01', '01-28/02-04', '04-04/04-06', '05-01/05-05', '05-31/06-02', '10-01/10-08'],
    work: ['01-26', '02-08', '04-27', '09-28', '10-11'],
    lunarNewYear: '01-29',
  },
  2026: {
    off: [
      '01-01/01-03',
      '02-15/02-23',
      '04-04/04-06',
      '05-01/05-05',
      '06-19/06-21',
      '09-25/09-27',
      '10-01/10-07',
    ],
    work: ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10'],
    lunarNewYear: '02-17',
  },
  2027: {
    off: ['01-01/01-03', '02-05/02-11', '04-03/04-05', '05-01/05-05', '06-09', '09-15', '10-01/10-07'],
    work: [],
    lunarNewYear: '02-06',
    assumed: true,
  },
};

const fallback: YearOfHolidays = {
  off: ['01-01', '05-01/05-03', '10-01/10-07'],
  work: [],
  lunarNewYear: '02-05',
  assumed: true,
};

export function holidaysOf(year: number): YearOfHolidays {
  return holidayTable[year] ?? fallback;
}

/** @param weekday 1 (Monday) to 7 (Sunday) */
export function dayKindOf(date: { year: number; month: number; day: number; weekday: number }): DayKind {
  const key = monthDay(date.month, date.day);
  const table = holidaysOf(date.year);
  if (table.off.some((span) => within(span, key))) return 'holiday';
  if (date.weekday < 6 || table.work.includes(key)) return 'work';
  return 'weekend';
}

/** Schools: July and August, and two weeks before to two weeks after the lunar New Year. */
export function isSchoolVacation(date: { year: number; month: number; day: number }): boolean {
  if (date.month === 7 || date.month === 8) return true;
  const [month = 2, day = 5] = holidaysOf(date.year).lunarNewYear.split('-').map(Number);
  const distance = (dayNumber(date.year, date.month, date.day) - dayNumber(date.year, month, day)) | 0;
  return distance >= -14 && distance <= 14;
}

/** Days since 1970 of a date, without a time zone. */
export function dayNumber(year: number, month: number, day: number): number {
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

function within(span: string, key: string): boolean {
  const [first = span, last = first] = span.split('/');
  return key >= first && key <= last;
}

function monthDay(month: number, day: number): string {
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
