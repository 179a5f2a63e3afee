// The monthly publication (公示): where official cars were, by district and no finer, how far they went, and what they took. Exempt
// categories are left out, and counted as left out.
import type { Language } from '../../texts.ts';
import type { Calendar } from '../../time.ts';
import type { Leg, Place } from '../trips/model.ts';
import { type VehicleCategory, vehicleCategories, vehicleCategoryNames } from '../vehicles.ts';
import type { Sums } from './car-account.ts';
import { wayKm } from './mileage.ts';

export interface PublishedCar {
  readonly vehicle: string;
  readonly plate: string;
  /** Its name, as published. */
  readonly institution: string;
  readonly category: VehicleCategory;
  /** Left out whatever its category; those of exempt categories always are. */
  readonly publicationExempt: boolean;
  /** Of the month. */
  readonly sums: Sums;
  /** Of `publishedDistricts`. */
  readonly districts: string | null;
}

/** For one row for each trip. */
export type PublishedTripsCar = Omit<PublishedCar, 'sums' | 'districts'> & {
  readonly segments: readonly Leg[];
};

/** Secret by their nature: the rule for others is openness. */
export const exemptCategories: readonly VehicleCategory[] = ['confidential-communication', 'law-enforcement'];

/** Name of the district a place lies in; null: in none that is known. */
export type DistrictAt = (place: Place) => string | null;

export interface PublishedTable {
  readonly titles: readonly string[];
  /** A null is a figure that is not known, never 0. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Cars that are not in the table, by category; those without any are not named. */
  readonly leftOut: readonly { readonly category: VehicleCategory; readonly cars: number }[];
  /** What the table says of them, for below it. */
  readonly note: string;
}

/** One row for each car, by plate. */
export function publishedCars(cars: readonly PublishedCar[], language: Language): PublishedTable {
  const rows = open(cars).map(({ plate, institution, districts, sums }) => [
    plate,
    institution,
    districts,
    sums.trips,
    rounded(sums.usedKm),
    rounded(sums.fuelL),
    rounded(sums.chargingKwh),
  ]);
  return table(cars, carTitles[language], rows, language);
}

/** One row for each trip that begins in [from, to), by date, plate and time. Dates are local; times of day stay unsaid. */
export function publishedTrips(
  cars: readonly PublishedTripsCar[],
  from: number,
  to: number,
  districtAt: DistrictAt,
  calendar: Calendar,
  language: Language,
): PublishedTable {
  const rows = open(cars)
    .flatMap((car) =>
      car.segments
        .filter((trip) => trip.kind === 'trip')
        .filter(({ start }) => start >= from && start < to)
        .sort((a, b) => a.start - b.start)
        .map((trip) => ({ car, trip, date: calendar.format(trip.start).slice(0, 10) })),
    )
    // Stable: trips of a day and car stay in their order.
    .sort((a, b) => byText(a.date, b.date) || byText(a.car.plate, b.car.plate))
    .map(({ car, trip, date }) => [
      date,
      car.plate,
      car.institution,
      districtAt(trip.from) ?? unknownDistrict[language],
      districtAt(trip.to) ?? unknownDistrict[language],
      rounded(wayKm(trip).km),
    ]);
  return table(cars, tripTitles[language], rows, language);
}

const carTitles: Record<Language, readonly string[]> = {
  'zh-CN': [
    '车牌号',
    '使用单位',
    '行驶区域（区县）',
    '出车次数',
    '行驶里程（公里）',
    '加油量（升）',
    '充电量（千瓦时）',
  ],
  en: ['Plate', 'Institution', 'Districts', 'Trips', 'Mileage (km)', 'Fuel (L)', 'Charging (kWh)'],
};

const tripTitles: Record<Language, readonly string[]> = {
  'zh-CN': ['日期', '车牌号', '使用单位', '出发地（区县）', '目的地（区县）', '行驶里程（公里）'],
  en: ['Date', 'Plate', 'Institution', 'From (district)', 'To (district)', 'Mileage (km)'],
};

const unknownDistrict: Record<Language, string> = { 'zh-CN': '未知', en: 'unknown' };

type Exempt = Pick<PublishedCar, 'publicationExempt' | 'category'>;

function exempt({ publicationExempt, category }: Exempt): boolean {
  return publicationExempt || exemptCategories.includes(category);
}

function open<Car extends Exempt & Pick<PublishedCar, 'plate' | 'vehicle'>>(cars: readonly Car[]): Car[] {
  return cars
    .filter((car) => !exempt(car))
    .sort((a, b) => byText(a.plate, b.plate) || byText(a.vehicle, b.vehicle));
}

/** Where its trips begin and end, and where it stood in [from, to); each district once. Null: nowhere, since nothing is known. */
export function publishedDistricts(
  segments: readonly Leg[],
  from: number,
  to: number,
  districtAt: DistrictAt,
  language: Language,
): string | null {
  const within = segments.filter(({ start, end }) => start < to && end >= from);
  const places = within.flatMap((segment) => {
    if (segment.kind === 'stop') return [segment.at];
    const { start, end } = segment;
    return [...(start >= from ? [segment.from] : []), ...(end < to ? [segment.to] : [])];
  });
  if (places.length === 0) return null;
  const names = new Set(places.map((place) => districtAt(place) ?? unknownDistrict[language]));
  return [...names].sort().join(language === 'en' ? ', ' : '、');
}

function table(
  cars: readonly Exempt[],
  titles: readonly string[],
  rows: PublishedTable['rows'],
  language: Language,
): PublishedTable {
  const hidden = cars.filter(exempt);
  const leftOut = vehicleCategoryNames
    .map((category) => ({ category, cars: hidden.filter((car) => car.category === category).length }))
    .filter((group) => group.cars > 0);
  const groups = leftOut.map((group) => `${vehicleCategories[group.category][language]} ${group.cars}`);
  const note =
    language === 'en'
      ? `Left out: ${hidden.length} cars${groups.length > 0 ? ` (${groups.join(', ')})` : ''}`
      : `未公示车辆 ${hidden.length} 辆${groups.length > 0 ? `（${groups.join('、')}）` : ''}`;
  return { titles, rows, leftOut, note };
}

/** To a tenth, as published. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
