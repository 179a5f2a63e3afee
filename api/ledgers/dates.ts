// Dates as people write them: 2025-01-01, 2025/1/1, 2025年1月1日, 20250101, a month, a year, a serial number of Excel.
import type { Calendar } from '../../core/domain/time.ts';
import { dateOfSerial } from '../../core/runtime/workbook/excel-dates.ts';
import { type Cell, CellFault, type DayReader, type Days } from './column.ts';

const day =
  /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const compactDay = /^(\d{4})(\d{2})(\d{2})$/;
const month = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$/;
const compactMonth = /^(\d{4})(\d{2})$/;
const year = /^(\d{4})\s*年?$/;
/** Serial numbers of Excel that are taken for dates: 1954 to 2119. */
const serial = /^([2-7]\d{4}|80000)(?:\.0+)?$/;

/** Remembers what it read: a ledger has few different dates and many rows. */
export function dayReader(calendar: Calendar): DayReader {
  const known = new Map<string, Days | CellFault>();
  return {
    calendar,
    read(cell) {
      const text = String(cell);
      const before = known.get(text);
      if (before) return before;
      const found = readDays(calendar, cell) ?? new CellFault('not-a-date');
      if (known.size < 50_000) known.set(text, found);
      return found;
    },
  };
}

function readDays(calendar: Calendar, cell: Exclude<Cell, null>): Days | undefined {
  if (typeof cell === 'boolean') return undefined;
  const text = String(cell).normalize('NFKC').trim();
  const ofSerial = serial.exec(text);
  if (ofSerial) return daysOf(calendar, ...dateParts(dateOfSerial(Number(text), false)));
  const ofDay = day.exec(text) ?? compactDay.exec(text);
  if (ofDay) return daysOf(calendar, Number(ofDay[1]), Number(ofDay[2]), Number(ofDay[3]));
  const ofYear = year.exec(text);
  if (ofYear) return daysOf(calendar, Number(ofYear[1]));
  const ofMonth = month.exec(text) ?? compactMonth.exec(text);
  return ofMonth ? daysOf(calendar, Number(ofMonth[1]), Number(ofMonth[2])) : undefined;
}

function dateParts(iso: string): [number, number, number] {
  return [Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), Number(iso.slice(8, 10))];
}

function daysOf(calendar: Calendar, y: number, m?: number, d?: number): Days | undefined {
  if (y < 1900 || y > 2200) return undefined;
  const bucket = m === undefined ? 'year' : d === undefined ? 'month' : 'day';
  const pad = (part: number) => String(part).padStart(2, '0');
  const at = calendar.parse(`${y}-${pad(m ?? 1)}-${pad(d ?? 1)}`);
  if (at === undefined) return undefined;
  // The first instant of the date, also where midnight is missing or comes twice.
  const from = calendar.floor(at, 'day');
  return { from, to: calendar.next(from, bucket), bucket };
}
