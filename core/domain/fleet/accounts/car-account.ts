// The account of one car (单车核算) over a month, a year, or any stretch between midnights; and of a fleet, as the sum of its cars.
import type { Calendar } from '../../time.ts';
import { countOrders } from '../orders/counts.ts';
import type { DispatchOrder } from '../orders/model.ts';
import type { Leg } from '../trips/model.ts';
import { daysUsed, kmBetween, type Mileage, mileage } from './mileage.ts';
import { type CardEntry, type CardKind, cardKinds, sumKnown, type UpkeepEntry } from './model.ts';
import { type Consumption, consumption, type TankSpan, tankSpans } from './tank-spans.ts';

/** What adds up: months to a year, cars to a fleet. Null: nothing is known, which is not 0. */
export const sumNames = [
  'usedKm',
  'odometerKm',
  'geodesicKm',
  'unseenKm',
  'trips',
  'daysUsed',
  'dispatches',
  'longDispatches',
  'fuelL',
  'fuelCny',
  'chargingKwh', // of it at our own piles: onSiteKwh
  'onSiteKwh',
  'chargingCny',
  'upkeepCny',
  'totalCny',
  'fuelSpanL', // full to full, with the kilometres of the same spans
  'fuelSpanKm',
  'chargingSpanKwh',
  'chargingSpanKm',
] as const;
export type SumName = (typeof sumNames)[number];
export type Sums = Readonly<Record<SumName, number | null>>;

export interface Ratios {
  /** Litres and kWh per 100 km, full to full; null: no such span is known. */
  readonly litresPer100Km: number | null;
  readonly kwhPer100Km: number | null;
  /** All recorded cost over all known kilometres. */
  readonly cnyPerKm: number | null;
}

export interface CarAccount {
  readonly vehicle: string;
  /** Epoch ms, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly sums: Sums;
  readonly ratios: Ratios;
  /** How it was measured; null: no positions of that time. */
  readonly mileage: Mileage | null;
  /** With the reason where there is no figure. */
  readonly consumption: Readonly<Record<CardKind, Consumption>>;
}

/** Of one car; rows in any order. */
export interface CarRecords {
  readonly vehicle: string;
  /** Also from before the first stretch: consumption reaches back to the last full fill. */
  readonly segments: readonly Leg[];
  readonly cards: readonly CardEntry[];
  readonly upkeep: readonly UpkeepEntry[];
  readonly orders: readonly Pick<DispatchOrder, 'from' | 'long' | 'state'>[];
}

/** @param stretches between midnights, epoch ms: `calendarYear` gives the months of a year and the year */
export function carAccounts(
  records: CarRecords,
  stretches: readonly (readonly [from: number, to: number])[],
  calendar: Calendar,
): CarAccount[] {
  const { segments, cards } = records;
  const driven = kmBetween(segments);
  const spansOf = (kind: CardKind) =>
    tankSpans(
      cards.filter((entry) => entry.kind === kind),
      driven,
    );
  const spans = { fuel: spansOf('fuel'), charging: spansOf('charging') };
  return stretches.map(([from, to]) => account(records, spans, from, to, calendar));
}

/** The twelve months of a local year, and the year itself last. @param start epoch ms, any moment of it */
export function calendarYear(calendar: Calendar, start: number): [from: number, to: number][] {
  const [from, to] = [calendar.floor(start, 'year'), calendar.next(start, 'year')];
  const months = calendar
    .starts(from, to, 'month')
    .map((month): [number, number] => [month, calendar.next(month, 'month')]);
  return [...months, [from, to]];
}

/** Of several accounts: months of a car, or cars of a fleet. `known`: how many know each. Of none all is unknown. */
export function sumAccounts(accounts: readonly { readonly sums: Sums }[]): {
  sums: Sums;
  ratios: Ratios;
  known: Readonly<Record<SumName, number>>;
} {
  const columns = sumNames.map((name) => [name, accounts.map(({ sums }) => sums[name])] as const);
  const sums = Object.fromEntries(columns.map(([name, column]) => [name, sumKnown(column)])) as Sums;
  const known = Object.fromEntries(
    columns.map(([name, column]) => [name, column.filter((value) => value !== null).length]),
  ) as Record<SumName, number>;
  // Cost and kilometres of the same accounts: a car without a terminal would make the others dear.
  const both = accounts.filter(({ sums: { totalCny, usedKm } }) => totalCny !== null && usedKm !== null);
  const cnyPerKm = over(
    sumKnown(both.map((one) => one.sums.totalCny)),
    sumKnown(both.map((one) => one.sums.usedKm)),
    1,
  );
  return { sums, ratios: { ...ratiosOf(sums), cnyPerKm }, known };
}

function account(
  { vehicle, segments, cards, upkeep, orders }: CarRecords,
  spans: Readonly<Record<CardKind, readonly TankSpan[]>>,
  from: number,
  to: number,
  calendar: Calendar,
): CarAccount {
  const driven = mileage(segments, from, to);
  const of = { fuel: consumption(spans.fuel, from, to), charging: consumption(spans.charging, from, to) };
  const counts = countOrders(orders, from, to);
  const entries = cards.filter(({ ts }) => ts >= from && ts < to);
  const [fuel, charging] = cardKinds.map((kind) => entries.filter((entry) => entry.kind === kind));
  const upkeepCny = sumKnown(
    upkeep.filter(({ at }) => at >= from && at < to).map(({ amountCny }) => amountCny),
  );
  const fuelCny = sumKnown((fuel ?? []).map(({ amountCny }) => amountCny));
  const chargingCny = sumKnown((charging ?? []).map(({ amountCny }) => amountCny));
  const span = (kind: CardKind, name: 'quantity' | 'km') => (of[kind].spans === 0 ? null : of[kind][name]);
  const sums: Sums = {
    usedKm: driven?.usedKm ?? null,
    odometerKm: driven?.odometerKm ?? null,
    geodesicKm: driven?.geodesicKm ?? null,
    unseenKm: driven?.unseenKm ?? null,
    trips: driven?.trips ?? null,
    daysUsed: daysUsed(segments, calendar, from, to),
    dispatches: counts.dispatches,
    longDispatches: counts.long,
    fuelL: sumKnown((fuel ?? []).map(({ quantity }) => quantity)),
    fuelCny,
    chargingKwh: sumKnown((charging ?? []).map(({ quantity }) => quantity)),
    onSiteKwh: sumKnown((charging ?? []).map(({ quantity, onSite }) => (onSite ? quantity : 0))),
    chargingCny,
    upkeepCny,
    totalCny: sumKnown([fuelCny, chargingCny, upkeepCny]),
    fuelSpanL: span('fuel', 'quantity'),
    fuelSpanKm: span('fuel', 'km'),
    chargingSpanKwh: span('charging', 'quantity'),
    chargingSpanKm: span('charging', 'km'),
  };
  return { vehicle, from, to, sums, ratios: ratiosOf(sums), mileage: driven, consumption: of };
}

function ratiosOf(sums: Sums): Ratios {
  return {
    litresPer100Km: over(sums.fuelSpanL, sums.fuelSpanKm, 100),
    kwhPer100Km: over(sums.chargingSpanKwh, sums.chargingSpanKm, 100),
    cnyPerKm: over(sums.totalCny, sums.usedKm, 1),
  };
}

function over(part: number | null, whole: number | null, times: number): number | null {
  return part === null || whole === null || whole <= 0 ? null : (part / whole) * times;
}
