// What a tariff's shape alone cannot tell: seasons that leave a month out, spans that overlap, bounds that fall.
import { type Commodity, commodities } from '../accounting/commodities.ts';
import type { Message, Titled } from '../message.ts';
import { type Period, periodNames, periods, tariffDayNames } from './periods.ts';
import { monthsWithoutLeap } from './season.ts';
import { slotsOf } from './slots.ts';
import { sayOfTariffs } from './tariff-words.ts';

export interface TariffFault {
  readonly path: readonly (string | number)[];
  readonly message: Message;
}

interface Row {
  readonly from: string;
}

interface Checked {
  readonly commodity: string;
  readonly timeOfUse?: TimeOfUse | undefined;
  readonly components: readonly {
    readonly id: string;
    readonly prices: readonly (Row & {
      readonly price: number | Readonly<Partial<Record<Period, number>>>;
    })[];
    readonly monthly: boolean;
  }[];
  readonly tiers?: { readonly steps: readonly { readonly upTo?: number | undefined }[] } | undefined;
  readonly basic?:
    | { readonly capacity?: readonly Row[] | undefined; readonly demand?: readonly Row[] | undefined }
    | undefined;
  readonly powerFactor?: unknown;
  readonly fixed: readonly { readonly id: string; readonly cnyPerMonth: readonly Row[] }[];
  readonly area?:
    | { readonly season: { readonly from: string; readonly to: string }; readonly cnyPerM2: readonly Row[] }
    | undefined;
}

interface TimeOfUse {
  readonly seasons: readonly {
    readonly months: readonly number[];
    readonly schedules: readonly {
      readonly days: readonly string[];
      readonly spans: readonly { readonly from: string; readonly to: string; readonly period: Period }[];
    }[];
  }[];
}

/** Ids of the lines that are no component's. */
export const reservedIds = ['tiers', 'basic', 'power-factor', 'area'] as const;

export function faultsOf(tariff: Checked): TariffFault[] {
  return [
    ...paysSomething(tariff),
    ...ids(tariff),
    ...allRows(tariff),
    ...times(tariff),
    ...bounds(tariff),
    ...kinds(tariff),
  ];
}

function* paysSomething({ components, tiers, basic, fixed, area }: Checked): Generator<TariffFault> {
  if (components.length + fixed.length === 0 && !tiers && !basic && !area) {
    yield {
      path: ['components'],
      message: sayOfTariffs('tariff.nothing'),
    };
  }
  if (basic && !basic.capacity && !basic.demand) {
    yield { path: ['basic'], message: sayOfTariffs('tariff.basic-nothing') };
  }
}

function* kinds({ commodity: of, basic, powerFactor, area }: Checked): Generator<TariffFault> {
  const commodity = { zh: commodities[of as Commodity]?.zh ?? of, en: of };
  if (of !== 'electricity') {
    if (basic) yield { path: ['basic'], message: sayOfTariffs('tariff.basic-of', { commodity }) };
    if (powerFactor)
      yield { path: ['powerFactor'], message: sayOfTariffs('tariff.power-factor-of', { commodity }) };
  }
  if (!area) return;
  if (of !== 'heat' && of !== 'cooling') {
    yield { path: ['area'], message: sayOfTariffs('tariff.area-of', { commodity }) };
  }
  for (const side of ['from', 'to'] as const) {
    const [month = 1, day = 1] = area.season[side].split('-').map(Number);
    if (day > (monthsWithoutLeap[month - 1] ?? 31)) {
      yield {
        path: ['area', 'season', side],
        message: sayOfTariffs('tariff.no-date', { date: area.season[side] }),
      };
    }
  }
}

function* ids({ components, fixed }: Checked): Generator<TariffFault> {
  const seen = new Set<string>(reservedIds);
  for (const [list, entries] of [
    ['components', components],
    ['fixed', fixed],
  ] as const) {
    for (const [index, { id }] of entries.entries()) {
      if (seen.has(id)) yield { path: [list, index, 'id'], message: sayOfTariffs('tariff.id', { id }) };
      seen.add(id);
    }
  }
}

function* allRows({ components, basic, fixed, area, timeOfUse }: Checked): Generator<TariffFault> {
  const used = usedPeriods(timeOfUse);
  for (const [index, { prices }] of components.entries()) {
    yield* ascending(['components', index, 'prices'], prices);
    for (const [at, { price }] of prices.entries()) {
      if (typeof price === 'number') continue;
      const missing = used.filter((period) => price[period] === undefined);
      if (missing.length > 0) {
        yield {
          path: ['components', index, 'prices', at, 'price'],
          message: sayOfTariffs('tariff.no-price', { periods: named(missing) }),
        };
      }
    }
  }
  for (const [index, { cnyPerMonth }] of fixed.entries())
    yield* ascending(['fixed', index, 'cnyPerMonth'], cnyPerMonth);
  yield* ascending(['basic', 'capacity'], basic?.capacity ?? []);
  yield* ascending(['basic', 'demand'], basic?.demand ?? []);
  yield* ascending(['area', 'cnyPerM2'], area?.cnyPerM2 ?? []);
}

function* ascending(path: TariffFault['path'], rows: readonly Row[]): Generator<TariffFault> {
  for (const [index, { from }] of rows.entries()) {
    const before = rows[index - 1];
    if (before !== undefined && before.from >= from) {
      yield {
        path: [...path, index, 'from'],
        message: sayOfTariffs('tariff.order', { from, before: before.from }),
      };
    }
  }
}

/** Flat is used where there are no periods, too. */
function usedPeriods(timeOfUse: TimeOfUse | undefined): Period[] {
  const used = new Set<Period>(timeOfUse ? [] : ['flat']);
  for (const { schedules } of timeOfUse?.seasons ?? []) {
    for (const { spans } of schedules)
      for (const slot of slotsOf(spans).slots) used.add(periodNames[slot] ?? 'flat');
  }
  return periodNames.filter((period) => used.has(period));
}

function* times({ timeOfUse }: Checked): Generator<TariffFault> {
  if (timeOfUse === undefined) return;
  const months = timeOfUse.seasons.flatMap((season) => season.months);
  yield* eachOnce(
    ['timeOfUse', 'seasons'],
    { zh: '月份', en: 'month' },
    months,
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  for (const [index, { schedules }] of timeOfUse.seasons.entries()) {
    const path = ['timeOfUse', 'seasons', index, 'schedules'];
    yield* eachOnce(
      path,
      { zh: '日类型', en: 'kind of day' },
      schedules.flatMap(({ days }) => days),
      tariffDayNames,
    );
    for (const [at, { spans }] of schedules.entries()) {
      const { overlap } = slotsOf(spans);
      if (overlap !== undefined)
        yield { path: [...path, at, 'spans'], message: sayOfTariffs('tariff.overlap', { time: overlap }) };
      for (const [place, { from, to }] of spans.entries()) {
        if (from === to || from === '24:00') {
          yield {
            path: [...path, at, 'spans', place],
            message: sayOfTariffs('tariff.no-span', { from, to }),
          };
        }
      }
    }
  }
}

function* eachOnce<T>(
  path: TariffFault['path'],
  what: Titled,
  given: readonly T[],
  wanted: readonly T[],
): Generator<TariffFault> {
  const missing = wanted.filter((value) => !given.includes(value));
  const twice = wanted.filter((value) => given.indexOf(value) !== given.lastIndexOf(value));
  if (missing.length > 0)
    yield { path, message: sayOfTariffs('tariff.missing', { what, names: missing.join(', ') }) };
  if (twice.length > 0)
    yield { path, message: sayOfTariffs('tariff.twice', { what, names: twice.join(', ') }) };
}

function* bounds({ tiers }: Checked): Generator<TariffFault> {
  const steps = tiers?.steps ?? [];
  let before = 0;
  for (const [index, { upTo }] of steps.entries()) {
    const last = index === steps.length - 1;
    const path = ['tiers', 'steps', index, 'upTo'];
    if (last && upTo !== undefined) yield { path, message: sayOfTariffs('tariff.last-step') };
    if (!last && upTo === undefined) yield { path, message: sayOfTariffs('tariff.open-step') };
    if (upTo !== undefined && upTo <= before)
      yield { path, message: sayOfTariffs('tariff.falling-step', { bound: upTo, before }) };
    before = upTo ?? before;
  }
}

function named(missing: readonly Period[]): Titled {
  return { zh: missing.map((name) => periods[name].zh).join('、'), en: missing.join(', ') };
}
