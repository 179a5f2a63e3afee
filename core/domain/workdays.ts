// Working days, weekends and public holidays (法定节假日与调休) by local date. The dates are those of the package `chinese-days`, which
// takes them from the yearly notices of the General Office of the State Council (国务院办公厅关于某年部分节假日安排的通知).
//
// Its tables are read, not its functions: those look dates up by the time zone of the machine, and are a day off west of Greenwich.
// A notice comes in November and may move days of the December it comes in; what the package does not hold yet is said by overrides.
import { createRequire } from 'node:module';

/** `workday` includes adjusted working days (调休上班), `holiday` every day off of a notice, `weekend` the other Saturdays and Sundays. */
export const dayKinds = ['workday', 'weekend', 'holiday'] as const;
export type DayKind = (typeof dayKinds)[number];

/** Kind of a local date (`YYYY-MM-DD`); `undefined`: no notice of its year is at hand, or there is no such date. */
export type DayKindOf = (date: string) => DayKind | undefined;

/** @param overrides local date → kind; they stand above the notices, and are known in every year */
export function dayKindsWith(overrides: ReadonlyMap<string, DayKind> = new Map()): DayKindOf {
  return (date) => overrides.get(date) ?? noticed(date);
}

/** By the notices alone. */
export const dayKindOf: DayKindOf = dayKindsWith();

/** Years whose notice is at hand, ascending. */
export function noticedYears(): readonly number[] {
  return [...tables().years].map(Number);
}

interface Tables {
  readonly years: ReadonlySet<string>;
  /** By date; the values are names. */
  readonly holidays: Readonly<Record<string, unknown>>;
  readonly workdays: Readonly<Record<string, unknown>>;
}

let loaded: Tables | undefined;

function tables(): Tables {
  if (loaded === undefined) {
    const load = createRequire(import.meta.url);
    const { holidays, workdays } = load('chinese-days/dist/chinese-days.json') as Omit<Tables, 'years'>;
    // A notice may name days of the December before; National Day is of its own year in every one.
    const nationalDays = Object.keys(holidays).filter((date) => date.endsWith('-10-01'));
    loaded = { holidays, workdays, years: new Set(nationalDays.map((date) => date.slice(0, 4)).sort()) };
  }
  return loaded;
}

function noticed(date: string): DayKind | undefined {
  const { years, holidays, workdays } = tables();
  if (!years.has(date.slice(0, 4))) return undefined;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) return undefined;
  if (Object.hasOwn(workdays, date)) return 'workday';
  if (Object.hasOwn(holidays, date)) return 'holiday';
  return day.getUTCDay() % 6 === 0 ? 'weekend' : 'workday';
}
