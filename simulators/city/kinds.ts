// Kinds of building: when people are in them and what their equipment draws. Adding a kind is adding an entry.
import type { Day } from './days.ts';

/** A share of full use, 0 to 1, for each local hour. */
export type Hours = readonly number[];

export interface BuildingKind {
  readonly zh: string;
  readonly en: string;
  readonly schedule: {
    readonly work: Hours;
    readonly weekend: Hours;
    readonly holiday: Hours;
    /** Schools: during the holidays of the term. */
    readonly vacation?: Hours;
    /** The weekday on which the house is closed, 1 (Monday) to 7, and its hours then. */
    readonly closed?: { readonly weekday: number; readonly hours: Hours };
  };
  /** Least share of air-conditioned rooms, day and night (wards). */
  readonly airConditionedAlways: number;
  /** W per m² of floor area. */
  readonly load: {
    readonly socketsBase: number;
    readonly lighting: number;
    readonly corridor: number;
    readonly cooling: number;
    readonly heating: number;
    readonly fans: number;
    readonly lifts: number;
    readonly pumps: number;
    readonly specialBase: number;
    readonly special: number;
  };
  /** What the special meter (特殊用电) counts. */
  readonly specialName: { readonly zh: string; readonly en: string };
  /** Litres of water per person in a full hour. */
  readonly waterPerPersonHour: number;
  /** m³ of gas per person and full day of meals. */
  readonly gasPerPersonDay: number;
  /** Change of the load from year to year. */
  readonly growthPerYear: number;
}

//                    0    1    2    3    4    5    6    7    8    9    10   11   12   13   14   15   16   17   18   19   20   21   22   23
const officeWork: Hours = [
  0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.08, 0.3, 0.82, 1, 1, 0.94, 0.55, 0.72, 1, 1, 0.96, 0.66, 0.32, 0.2,
  0.14, 0.08, 0.04, 0.02,
];
const officeDuty: Hours = [
  0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.05, 0.1, 0.13, 0.14, 0.13, 0.09, 0.1, 0.13, 0.13, 0.11, 0.08,
  0.05, 0.04, 0.03, 0.02, 0.02, 0.02,
];
const closedHours: Hours = Array.from({ length: 24 }, () => 0.02);
const schoolWork: Hours = [
  0.03, 0.03, 0.03, 0.03, 0.03, 0.08, 0.3, 0.75, 0.97, 1, 1, 0.97, 0.62, 0.7, 0.98, 1, 0.92, 0.68, 0.72, 0.78,
  0.72, 0.4, 0.12, 0.04,
];
const schoolVacation: Hours = [
  0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.05, 0.08, 0.09, 0.09, 0.09, 0.06, 0.07, 0.09, 0.09, 0.07, 0.05,
  0.04, 0.04, 0.03, 0.02, 0.02, 0.02,
];
const hospitalWork: Hours = [
  0.38, 0.36, 0.35, 0.35, 0.36, 0.4, 0.5, 0.72, 0.95, 1, 1, 0.94, 0.76, 0.82, 0.96, 0.97, 0.9, 0.72, 0.62,
  0.58, 0.54, 0.5, 0.45, 0.4,
];
const hospitalRest: Hours = [
  0.38, 0.36, 0.35, 0.35, 0.36, 0.4, 0.46, 0.55, 0.64, 0.68, 0.68, 0.65, 0.58, 0.6, 0.65, 0.65, 0.62, 0.57,
  0.54, 0.52, 0.5, 0.47, 0.43, 0.4,
];
const libraryOpen: Hours = [
  0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.04, 0.12, 0.5, 0.85, 0.92, 0.9, 0.8, 0.86, 0.97, 1, 0.97, 0.88, 0.78,
  0.75, 0.6, 0.14, 0.03, 0.02,
];

export const buildingKinds = {
  office: {
    zh: '办公楼',
    en: 'Office building',
    schedule: { work: officeWork, weekend: officeDuty, holiday: scaled(officeDuty, 0.7) },
    airConditionedAlways: 0,
    load: {
      socketsBase: 0.7,
      lighting: 13,
      corridor: 1.6,
      cooling: 30,
      heating: 17,
      fans: 4.5,
      lifts: 3.2,
      pumps: 1.1,
      specialBase: 1.3,
      special: 1.6,
    },
    specialName: { zh: '信息机房', en: 'Server room' },
    waterPerPersonHour: 5.5,
    gasPerPersonDay: 0.09,
    growthPerYear: -0.008,
  },
  school: {
    zh: '学校',
    en: 'School',
    schedule: {
      work: schoolWork,
      weekend: scaled(schoolVacation, 1.5),
      holiday: schoolVacation,
      vacation: schoolVacation,
    },
    airConditionedAlways: 0,
    load: {
      socketsBase: 0.35,
      lighting: 8,
      corridor: 0.9,
      cooling: 21,
      heating: 9,
      fans: 2.6,
      lifts: 0.6,
      pumps: 0.7,
      specialBase: 0.4,
      special: 2.4,
    },
    specialName: { zh: '食堂及实验室', en: 'Canteen and laboratories' },
    waterPerPersonHour: 3.2,
    gasPerPersonDay: 0.075,
    growthPerYear: 0.021,
  },
  hospital: {
    zh: '医院',
    en: 'Hospital',
    schedule: { work: hospitalWork, weekend: hospitalRest, holiday: scaled(hospitalRest, 0.93) },
    airConditionedAlways: 0.55,
    load: {
      socketsBase: 1.8,
      lighting: 9,
      corridor: 2,
      cooling: 27,
      heating: 14,
      fans: 5,
      lifts: 3,
      pumps: 1.5,
      specialBase: 2.6,
      special: 4.5,
    },
    specialName: { zh: '医疗设备', en: 'Medical equipment' },
    waterPerPersonHour: 17,
    gasPerPersonDay: 0.16,
    growthPerYear: 0.029,
  },
  library: {
    zh: '图书馆',
    en: 'Library',
    schedule: {
      work: libraryOpen,
      weekend: scaled(libraryOpen, 1.04),
      holiday: scaled(libraryOpen, 0.75),
      closed: { weekday: 1, hours: closedHours },
    },
    airConditionedAlways: 0.06,
    load: {
      socketsBase: 0.8,
      lighting: 15,
      corridor: 1.7,
      cooling: 29,
      heating: 15,
      fans: 6,
      lifts: 2.2,
      pumps: 0.8,
      specialBase: 1.8,
      special: 0.8,
    },
    specialName: { zh: '古籍恒温恒湿库', en: 'Climate-controlled rare books' },
    waterPerPersonHour: 2.6,
    gasPerPersonDay: 0,
    growthPerYear: 0.006,
  },
} as const satisfies Record<string, BuildingKind>;

export type BuildingKindName = keyof typeof buildingKinds;
export const buildingKindNames = Object.keys(buildingKinds) as BuildingKindName[];

/** Which hours of use hold on a day. A vacation goes before an adjusted working day; holidays open a closed weekday. */
export function scheduleOf(kind: BuildingKind, day: Day): Hours {
  const { schedule } = kind;
  if (day.kind === 'holiday') return schedule.holiday;
  if (schedule.vacation !== undefined && day.schoolVacation) return schedule.vacation;
  if (schedule.closed?.weekday === day.weekday) return schedule.closed.hours;
  return day.kind === 'work' ? schedule.work : schedule.weekend;
}

function scaled(hours: Hours, by: number): Hours {
  return hours.map((share) => Math.min(1, share * by));
}
