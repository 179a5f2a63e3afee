// What accounts of cars are made from: the car, its card entries, its upkeep. Ids are strings; times epoch ms, dates YYYY-MM-DD.
import type { Powertrain, VehicleCategory, VehicleClass } from '../vehicles.ts';

/** A car at some date: its facts are dated, and whoever asks says as of when. */
export interface AccountVehicle {
  readonly id: string;
  readonly institution: string;
  readonly category: VehicleCategory;
  readonly vehicleClass: VehicleClass;
  readonly powertrain: Powertrain;
  readonly tankL: number | null;
  readonly batteryKwh: number | null;
}

export const cardKinds = ['fuel', 'charging'] as const;
export type CardKind = (typeof cardKinds)[number];

/** A refuelling or a charge, by card (一车一卡). */
export interface CardEntry {
  readonly id: string;
  readonly card: string;
  readonly vehicle: string;
  readonly kind: CardKind;
  readonly ts: number;
  /** Litres or kWh. */
  readonly quantity: number;
  readonly amountCny: number;
  /** Filled to the brim, charged to the full; null: not told, and taken as in part. */
  readonly fullTank: boolean | null;
  readonly station?: string | null | undefined;
  /** WGS-84 of the station. */
  readonly lat?: number | null | undefined;
  readonly lon?: number | null | undefined;
  readonly odometerKm?: number | null | undefined;
  /** At a pile of our own, which the building's bill holds already. */
  readonly onSite: boolean;
}

export const upkeepKinds = [
  'repair',
  'maintenance',
  'insurance',
  'inspection',
  'parking-toll',
  'other',
] as const;
export type UpkeepKind = (typeof upkeepKinds)[number];

export interface UpkeepEntry {
  readonly id: string;
  readonly vehicle: string;
  readonly kind: UpkeepKind;
  readonly at: number;
  readonly amountCny: number;
  readonly workshop?: string | null | undefined;
  /** At a designated workshop (定点维修); left out: not told. */
  readonly designated?: boolean | null | undefined;
  /** Of insurance and inspection: until when it holds. */
  readonly dueOn?: string | null | undefined;
}

/** Sum of what is known; null: nothing is. */
export function sumKnown(values: Iterable<number | null>): number | null {
  let sum: number | null = null;
  for (const value of values) if (value !== null) sum = (sum ?? 0) + value;
  return sum;
}

/** The middle one, or the mean of the two; null of none. */
export function median(values: readonly number[]): number | null {
  return medianOfAscending([...values].sort((a, b) => a - b));
}

export function medianOfAscending(values: readonly number[]): number | null {
  const half = values.length >> 1;
  const [low, high] = [values[values.length % 2 === 0 ? half - 1 : half], values[half]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** By time, ties by id: so that nothing depends on the order entries come in. */
export function byTs(a: CardEntry, b: CardEntry): number {
  return a.ts - b.ts || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
