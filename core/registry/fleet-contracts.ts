// What the registry holds of official vehicles beside their facts: orders, fences, seals, card entries, upkeep, and who looked.
// Interfaces only. Times are epoch ms, places WGS-84.
import type { UpkeepKind } from '../domain/fleet/accounts/model.ts';
import type { FenceKind } from '../domain/fleet/findings/fence-kinds.ts';
import type { OrderPlace } from '../domain/fleet/orders/model.ts';
import type { Powertrain, VehicleCategory, VehicleClass } from '../domain/fleet/vehicles.ts';
import type { PointKey } from '../domain/topics.ts';
import type { AuditLog } from './audit-contracts.ts';
import type { Authorship } from './authorship.ts';
import type { EnteredInput } from './entered-input.ts';
import type { Permit } from './permit-contracts.ts';

/** A car as of a moment. */
export interface Vehicle {
  readonly id: string;
  readonly plate: string;
  readonly name: string | null;
  readonly institution: string | null;
  readonly terminal: PointKey | null;
  readonly category: VehicleCategory;
  readonly vehicleClass: VehicleClass;
  readonly powertrain: Powertrain;
  readonly tankL: number | null;
  readonly batteryKwh: number | null;
  readonly limitKmh: number | null;
  /** Dates YYYY-MM-DD. */
  readonly purchasedOn: string | null;
  readonly priceCny: number | null;
  readonly replaces: string | null;
  readonly leased: boolean;
  readonly disposedOn: string | null;
  readonly disposal: string | null;
  readonly publicationExempt: boolean;
}

/** A stretch [from, to) in which a terminal was in a car. */
export interface Fitted {
  readonly vehicle: string;
  readonly terminal: PointKey;
  readonly from: number;
  readonly to: number;
}

export interface Vehicles {
  /** Cars that have a plate at `at`, by id; also those disposed of. */
  list(at: number): Promise<readonly Vehicle[]>;
  get(id: string, at: number): Promise<Vehicle | undefined>;
  /** Entries of the category that were taken back or replaced: what was once said of a car. */
  categoriesOnce(): Promise<
    readonly {
      readonly vehicle: string;
      readonly category: unknown;
      /** It was to hold in [from, to). */
      readonly from: number;
      readonly to: number;
      /** It stood in [recordedAt, supersededAt). */
      readonly recordedAt: number;
      readonly supersededAt: number;
    }[]
  >;
  /** Which terminals were in which cars somewhere in [from, to), cut to it; by terminal and time. */
  fitted(from: number, to: number): Promise<readonly Fitted[]>;
  /** The institutions a car belonged to in [from, to), cut to it, ascending. */
  owners(
    vehicles: Iterable<string>,
    from: number,
    to: number,
  ): Promise<readonly { vehicle: string; institution: string; from: number; to: number }[]>;
}

/** A dispatch order (派车单). */
export interface OrderValue {
  /** Of the document; one of an institution. */
  readonly number: string;
  readonly institution: string;
  readonly vehicle: string;
  readonly driver: string;
  readonly purpose: string;
  readonly from: number;
  readonly to: number;
  readonly origin: OrderPlace | null;
  readonly destination: OrderPlace | null;
  readonly via: readonly OrderPlace[];
  /** Long (长途), as the order says. */
  readonly long: boolean;
}

/** A fence; one name of an institution at a time. */
export interface FenceValue {
  readonly institution: string;
  readonly name: string;
  readonly kind: FenceKind;
  /** WGS-84, whatever map it was drawn on; corners [lon, lat] in order. */
  readonly shape:
    | { readonly circle: { readonly lat: number; readonly lon: number; readonly radiusM: number } }
    | { readonly polygon: readonly (readonly [lon: number, lat: number])[] };
  readonly limitKmh: number | null;
  readonly from: number;
  /** `null`: until further notice. */
  readonly to: number | null;
}

/** One car sealed (封存) for a holiday. */
export interface SealValue {
  readonly holiday: string;
  readonly vehicle: string;
  readonly from: number;
  readonly to: number;
  readonly place: string;
  readonly keyKeeper: string;
  readonly dutyExempt: boolean;
  /** Why it is exempt; empty where it is not. */
  readonly note: string;
}

/** A refuelling or a charge. */
export interface CardValue {
  readonly card: string;
  readonly vehicle: string;
  readonly kind: 'fuel' | 'charging';
  readonly ts: number;
  /** Litres or kWh. */
  readonly quantity: number;
  readonly amountCny: number;
  /** To the brim; `null`: not told. */
  readonly fullTank: boolean | null;
  readonly station: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly odometerKm: number | null;
  /** At a pile of our own, which the building's bill holds already. */
  readonly onSite: boolean;
  readonly document: string;
}

export interface UpkeepValue {
  readonly kind: UpkeepKind;
  readonly vehicle: string;
  readonly at: number;
  readonly amountCny: number;
  readonly workshop: string | null;
  /** At a designated workshop (定点维修); `null`: not told. */
  readonly designated: boolean | null;
  /** Of insurance and inspection: the last day on which it holds, YYYY-MM-DD. */
  readonly dueOn: string | null;
  readonly odometerKm: number | null;
  readonly document: string;
}

/** Kind of record → its value. */
export interface FleetValues {
  readonly order: OrderValue;
  readonly fence: FenceValue;
  readonly seal: SealValue;
  readonly card: CardValue;
  readonly upkeep: UpkeepValue;
}
export type FleetKind = keyof FleetValues;

/** Whose a record is, and when. */
export interface RecordPlace {
  readonly vehicle: string | null;
  readonly institution: string | null;
  readonly from: number;
  readonly to: number;
}

export interface FleetRecord<Kind extends FleetKind = FleetKind> extends Authorship {
  readonly id: string;
  readonly value: FleetValues[Kind];
  readonly recordedAt: number;
  /** When another one of the same key took its place, or it was withdrawn. */
  readonly supersededAt: number | null;
  readonly withdrawn: Authorship | null;
}

export interface FleetQuestion {
  /** Those of these cars; left out: of all. Fences are of no car. */
  readonly vehicles?: Iterable<string> | undefined;
  /** Those of these institutions (orders and fences); not looked at where `vehicles` is given. */
  readonly institutions?: Iterable<string> | undefined;
  /** Those that touch [from, to). */
  readonly from: number;
  readonly to: number;
  /** With those replaced and withdrawn. */
  readonly superseded?: boolean | undefined;
  /** At most so many, after this place; by beginning and id. */
  readonly limit?: number | undefined;
  readonly after?: { readonly from: number; readonly id: string } | undefined;
}

/** Records of one kind: all or none; what has the key of another takes its place; the same again changes nothing. */
export interface FleetRecords<Kind extends FleetKind> {
  /**
   * Keys: orders institution and number; fences institution and name; seals car and beginning; cards card, time and document;
   * upkeep car, kind, time and document.
   * @throws JieyueError `registry.invalid` naming the field and its value, `registry.not-found`; `details.faults` (InputFault) lists
   * them by index
   */
  record(
    values: readonly unknown[],
    by: Authorship,
    options?: { readonly permit?: Permit | undefined; readonly rehearse?: boolean },
  ): Promise<readonly EnteredInput[]>;
  /** @throws JieyueError `registry.not-found`, `registry.conflict` for one replaced or withdrawn before */
  withdraw(ids: readonly string[], by: Authorship, permit?: Permit): Promise<void>;
  list(question: FleetQuestion): Promise<readonly FleetRecord<Kind>[]>;
  get(id: string): Promise<FleetRecord<Kind> | undefined>;
}

export interface Fleet {
  readonly vehicles: Vehicles;
  readonly orders: FleetRecords<'order'>;
  /** When an institution keeps orders: within 90 days of each of them. Ascending, apart from each other. */
  ordersKept(institution: string): Promise<readonly { readonly from: number; readonly to: number }[]>;
  readonly fences: FleetRecords<'fence'>;
  readonly seals: FleetRecords<'seal'>;
  readonly cards: FleetRecords<'card'>;
  readonly upkeep: FleetRecords<'upkeep'>;
  readonly audit: AuditLog;
  /** Rises with every change of a record of the fleet or of a fact of a vehicle. */
  revision(): Promise<number>;
}
