// The stories of the demo city, and the truth behind each: what figures, plans and reconciliation should show. README.md of the
// simulators lists the same; a test compares the two.
import type { Meters } from '../meters.ts';
import { plan14 } from './definitions.ts';
import { type BillFault, plantedBills } from './planted-bills.ts';
import { firstYear, profileOf } from './profiles.ts';
import { cityAccounts } from './supply.ts';

export const stories = [
  {
    kind: 'on-the-line',
    institution: 'yunjiang',
    zh: '全市四项指标达到“十四五”目标',
    en: 'the city reached all four targets of 2021-2025',
  },
  {
    kind: 'behind-the-line',
    institution: 'tsg',
    zh: '图书馆能耗逐年上升，人数不变，滞后于序时进度',
    en: 'the library uses more every year for as many people',
  },
  {
    kind: 'holes',
    institution: 'sthjj',
    zh: '总表停传十周，两个月账单缺失',
    en: 'its main meter is silent for ten weeks, two bills never came',
  },
  {
    kind: 'grew',
    institution: 'dyzx',
    zh: '学生人数增加一半，总量上升而人均下降',
    en: 'half as many pupils again: more in total, less per person',
  },
  {
    kind: 'bills-disagree',
    institution: 'jgswj',
    zh: '电费账单倍率错误，水费账单曾估抄',
    en: 'electricity billed by a wrong multiplier, water estimated for two months',
  },
] as const;
export type Story = (typeof stories)[number];

export interface StoryLedger {
  readonly plan: string;
  /** What was truly used and by how many, of the last year of the plan that ended against its base year. */
  readonly behind: YearPair & { readonly institution: string; readonly point: string };
  readonly grew: YearPair & { readonly institution: string; readonly point: string };
  readonly holes: {
    readonly institution: string;
    readonly silence: { readonly point: string; readonly from: number };
    readonly missing: readonly TrueBill[];
  };
  readonly disagree: { readonly institution: string; readonly bills: readonly TrueBill[] };
}

export interface YearPair {
  readonly base: { readonly year: number; readonly energyKwh: number; readonly users: number };
  readonly end: { readonly year: number; readonly energyKwh: number; readonly users: number };
}

export interface TrueBill {
  readonly fault: BillFault;
  /** Number of the account. */
  readonly account: string;
  readonly point: string;
  readonly from: number;
  readonly to: number;
  readonly trueQuantity: number;
  /** What the bill says; `null`: there is none. */
  readonly billed: number | null;
}

/** For the demo city with its history from 2020 on. @throws RangeError for a city without the stories' institutions */
export function storyLedger(meters: Meters): StoryLedger {
  const { city, faults } = meters;
  const { calendar } = city.days;
  const accountOf = new Map(
    cityAccounts(city).flatMap(({ number, source }) =>
      source.kind === 'meter' ? [[source.point, number] as const] : [],
    ),
  );
  const silence = faults.find(({ kind, point }) => kind === 'silence' && point === 'hjdl.main');
  if (silence === undefined) throw new RangeError('the city has no silent main meter');
  const bills = plantedBills(city).map(({ fault, point, from, to, factor }): TrueBill => {
    const trueQuantity = city.energyAt(city.point(point), to) - city.energyAt(city.point(point), from);
    const billed = factor === 0 ? null : Math.round(trueQuantity * factor);
    return { fault, account: accountOf.get(point) ?? '', point, from, to, trueQuantity, billed };
  });
  const year = (institution: string, point: string, of: number) => {
    const [from, to] = [of, of + 1].map((each) => calendar.parse(`${each}-01-01`) ?? Number.NaN) as [
      number,
      number,
    ];
    const meter = city.point(point);
    return {
      year: of,
      energyKwh: city.energyAt(meter, to) - city.energyAt(meter, from),
      users: usersOf(institution, of),
    };
  };
  const pair = (institution: string, point: string) => ({
    institution,
    point,
    base: year(institution, point, 2020),
    end: year(institution, point, 2025),
  });
  const usersOf = (id: string, of: number): number => {
    const institution = city.institutions.find((each) => each.id === id);
    const users = institution && profileOf(city, institution)?.users;
    if (users === undefined) throw new RangeError(`nobody uses energy at "${id}"`);
    return Object.values(users).reduce((sum, heads) => sum + (heads[of - firstYear] ?? heads.at(-1) ?? 0), 0);
  };
  return {
    plan: plan14,
    behind: pair('tsg', 'tsgd.main'),
    grew: pair('dyzx', 'dyzx.main'),
    holes: {
      institution: 'sthjj',
      silence: { point: silence.point, from: silence.from },
      missing: bills.filter(({ fault }) => fault === 'not-sent'),
    },
    disagree: { institution: 'jgswj', bills: bills.filter(({ fault }) => fault !== 'not-sent') },
  };
}
