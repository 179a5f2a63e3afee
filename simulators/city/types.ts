// The words of the simulated city.
import type { Installation } from '../../core/domain/energy/facts.ts';
import type { Item } from '../../core/domain/energy/items.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { PointRole } from '../../core/registry/registry.ts';
import type { Channel } from './channels.ts';
import type { BuildingKindName } from './kinds.ts';

export interface Name {
  readonly zh: string;
  readonly en: string;
}

export interface CityInstitution {
  /** The city's own word for it; the registry gives its own id. */
  readonly id: string;
  readonly name: Name;
  readonly parent: string | null;
}

export interface BuildingSpec {
  readonly id: string;
  readonly name: Name;
  readonly kind: BuildingKindName;
  readonly institution: string;
  readonly areaM2: number;
  /** People that use it on a full day. */
  readonly people: number;
  /** Set point of the air-conditioning in summer; the rule says 26 °C at least. */
  readonly coolingSetPoint?: number;
  readonly solar?: { readonly kwp: number; readonly from: number };
  readonly gas?: 'canteen' | 'boiler';
  /** Heated from a boiler house or a district network, with a heat meter. */
  readonly heated?: boolean;
  /** Change from year to year (0.02: 2 % more), level from 2027 on. Default: load as the kind's, water and gas none. */
  readonly growth?: { readonly load?: number; readonly water?: number; readonly gas?: number };
  /** Where staff charge their cars; it hangs on the building's meter. */
  readonly piles?: { readonly kw: number; readonly from: number };
  /** The special meter counts a server room, of which a meter below it counts the servers alone. */
  readonly servers?: boolean;
}

/** Something real that goes on in a building: the meters are right, the consumption is not. */
export interface CityEvent {
  readonly kind: 'water-leak' | 'left-on';
  readonly building: string;
  readonly channel: Extract<Channel, 'water' | 'a1' | 'a2' | 'b1' | 'b2' | 'c2'>;
  readonly from: number;
  /** `null`: not found yet. */
  readonly to: number | null;
  /** m³/h or kW. A leak runs always; what is left on shows while nobody is there. */
  readonly perHour: number;
}

/** How a meter shows its register. */
export interface Device {
  readonly channel: Channel;
  /** Steps per unit of the register: 100 for two decimals. */
  readonly perUnit: number;
  readonly wrapsAt: number;
  readonly multiplier: number;
  /** What the register showed when the city began (or when it was put in). */
  readonly startValue: number;
}

export interface CityPoint {
  readonly agent: string;
  readonly point: string;
  readonly name: Name;
  readonly quantities: readonly Quantity[];
  readonly role: PointRole;
  readonly building: string;
  /** The point that counts this one's consumption too, by its name. */
  readonly parent: string | null;
  /** The kind of use that a sub-meter of electricity counts (分项). */
  readonly item: Item | null;
  /** The first installation; replacements come with the faults (`Meters.installations`). */
  readonly installation: Installation | null;
  /** How often readings come, in the newest of the eras below. */
  readonly expectedIntervalMs: number;
  readonly expectedIntervals: readonly { readonly from: number; readonly value: number }[];
  /** The point's register, where it has one: at most one, so that width and multiplier are the point's. */
  readonly register: Quantity | null;
  readonly device: Device | null;
  /** How the device speaks Modbus: the name of a layout. */
  readonly layout: string;
}
