// The words of the simulated fleet: cars with their terminals, papers about them, and what a car does one thing after another.

import type { Drive } from '../driving/motion.ts';
import type { Corners, Site } from '../roads/network.ts';

export const protocolVersions = ['2011', '2013', '2019'] as const;
export type ProtocolVersion = (typeof protocolVersions)[number];

export interface TerminalSpec {
  /** JT/T 808, or JSON over MQTT. */
  readonly protocol: 'jt808' | 'mqtt';
  readonly version: ProtocolVersion;
  /** While the ignition is on; 60 s otherwise. */
  readonly everyS: 5 | 10 | 15;
  /** Sends one more at a turn of 30 degrees (0x8103, parameter 0x0030). */
  readonly corners: boolean;
  /** Ten minutes after the ignition it sleeps and wakes so often, ms; null: never sleeps. */
  readonly sleepMs: number | null;
  /** Counts `scale` km for each km of the road, from `startKm` on; null: tells none. */
  readonly odometer: { readonly startKm: number; readonly scale: number } | null;
  readonly fuelSensor: boolean;
  /** Where it sees no satellites: says so with its last place, or with none, or goes on sending the last fix as if it were new. */
  readonly blind: 'last' | 'zero' | 'frozen';
}

export interface SimCar {
  readonly id: string;
  /** Name of the terminal in its agent: the phone number, digits, leading zeros off. */
  readonly point: string;
  readonly plate: string;
  readonly institution: string;
  readonly category: 'confidential-communication' | 'emergency' | 'law-enforcement' | 'special' | 'other';
  readonly vehicleClass: 'sedan' | 'suv' | 'mpv' | 'coach' | 'truck' | 'other';
  readonly powertrain: 'petrol' | 'diesel' | 'hybrid' | 'plug-in-hybrid' | 'battery-electric';
  readonly tankL: number | null;
  readonly batteryKwh: number | null;
  /** What it truly burns: L or kWh for 100 km. */
  readonly per100Km: number;
  readonly limitKmh: number;
  readonly purchasedOn: string;
  readonly leased: boolean;
  /** Drives at any hour and on any day, by order: working hours do not concern it. */
  readonly aroundTheClock: boolean;
  readonly card: string;
  readonly driver: string;
  readonly yard: Site;
  readonly terminal: TerminalSpec;
}

export interface OrderPlace {
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
}

export interface SimOrder {
  readonly number: string;
  readonly institution: string;
  readonly car: string;
  readonly driver: string;
  readonly purpose: string;
  readonly from: number;
  readonly to: number;
  readonly origin: OrderPlace;
  readonly destination: OrderPlace;
  readonly via: readonly OrderPlace[];
  /** 长途: out of the region. */
  readonly long: boolean;
  readonly state: 'approved' | 'withdrawn';
}

export interface SimCardEntry {
  readonly document: string;
  readonly card: string;
  readonly car: string;
  readonly kind: 'fuel' | 'charging';
  readonly ts: number;
  /** L or kWh. */
  readonly quantity: number;
  readonly amountCny: number;
  readonly fullTank: boolean | null;
  readonly station: OrderPlace;
  readonly odometerKm: number;
  /** At our own pile: it is in the building's bill. */
  readonly onSite: boolean;
}

export interface SimUpkeep {
  readonly document: string;
  readonly car: string;
  readonly kind: 'repair' | 'maintenance' | 'insurance' | 'inspection' | 'parking-toll';
  readonly at: number;
  readonly amountCny: number;
  readonly workshop: string | null;
  readonly designated: boolean | null;
  /** YYYY-MM-DD */
  readonly dueOn: string | null;
}

export interface SimFence {
  readonly id: string;
  readonly name: string;
  /** null: of the whole city. */
  readonly institution: string | null;
  readonly kind: 'yard' | 'forbidden' | 'region';
  /** WGS-84, [lat, lon] */
  readonly corners: Corners;
  readonly limitKmh: number | null;
}

export interface SimSeal {
  readonly institution: string;
  readonly holiday: string;
  readonly from: number;
  readonly to: number;
  readonly vehicles: readonly {
    readonly car: string;
    readonly place: string;
    readonly keyKeeper: string;
    readonly dutyExempt: boolean;
  }[];
}

/** Acts of a car follow each other without a gap. */
export type Act =
  | {
      readonly kind: 'drive';
      readonly drive: Drive;
      readonly from: number;
      readonly to: number;
      readonly km: number;
    }
  | {
      readonly kind: 'stay';
      readonly site: Site;
      readonly from: number;
      readonly to: number;
      readonly ignition: boolean;
    };

/** The terminal is without power. */
export interface Dark {
  readonly from: number;
  readonly to: number;
}
