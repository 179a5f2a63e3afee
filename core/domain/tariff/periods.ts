// Periods of the day that a kWh has a price of its own in (分时时段), and the kinds of day that they are told apart by.
import type { DayKindOf } from '../workdays.ts';

export const periods = {
  sharp: { zh: '尖', en: 'sharp' },
  peak: { zh: '峰', en: 'peak' },
  flat: { zh: '平', en: 'flat' },
  valley: { zh: '谷', en: 'valley' },
  'deep-valley': { zh: '深谷', en: 'deep valley' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type Period = keyof typeof periods;
export const periodNames = Object.keys(periods) as Period[];

/** `workday` includes adjusted working days (调休上班); `rest-day` is a weekend that is no public holiday. */
export const tariffDays = {
  workday: { zh: '工作日', en: 'workday' },
  'rest-day': { zh: '休息日', en: 'rest day' },
  holiday: { zh: '节假日', en: 'holiday' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type TariffDay = keyof typeof tariffDays;
export const tariffDayNames = Object.keys(tariffDays) as TariffDay[];

/** Kind of a local date (`YYYY-MM-DD`); `undefined`: the calendar of public holidays does not reach there. */
export type TariffDayOf = (date: string) => TariffDay | undefined;

/** @param kindOf see ../workdays.ts */
export function tariffDaysBy(kindOf: DayKindOf): TariffDayOf {
  return (date) => {
    const kind = kindOf(date);
    return kind === 'weekend' ? 'rest-day' : kind;
  };
}

/**
 * From lists of dates. Where both lists are silent, Monday to Friday are workdays.
 * @param lists.years the years that the lists are complete for
 */
export function tariffDaysFrom(lists: {
  readonly years: readonly number[];
  readonly holidays: readonly string[];
  /** Saturdays and Sundays on which offices work. */
  readonly workdays: readonly string[];
}): TariffDayOf {
  const years = new Set(lists.years);
  const holidays = new Set(lists.holidays);
  const workdays = new Set(lists.workdays);
  return (date) => {
    if (!years.has(Number(date.slice(0, 4)))) return undefined;
    if (holidays.has(date)) return 'holiday';
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return (weekday !== 0 && weekday !== 6) || workdays.has(date) ? 'workday' : 'rest-day';
  };
}
