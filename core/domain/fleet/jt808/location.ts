// Body of the location message 0200: twenty-eight bytes, then items of id, length and value. [JT/T 808 §8.18]
import type { PositionExtras, WirePosition } from '../../telemetry.ts';
import { readTime, writeTime } from './bcd.ts';

export interface Location {
  /** Epoch ms. */
  readonly ts: number;
  /** Degrees, south and west negative, in the datum of the terminal (WGS-84 by the standard). */
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly altitudeM: number;
  /** Bits of alarms, see `alarmBits`. */
  readonly alarms: number;
  /** Bits of the state, see `statusBits`. */
  readonly status: number;
  readonly odometerKm: number | undefined;
  readonly fuelL: number | undefined;
  readonly satellites: number | undefined;
  /** Items that ran past the end, or of a known id and another length: left out, and nothing besides. */
  readonly malformedItems: number;
}

export const locationFaults = [
  'too-short',
  'time',
  'encrypted',
  'latitude',
  'longitude',
  'speed',
  'course',
] as const;
export type LocationFault = (typeof locationFaults)[number];

export const statusBits = { ignition: 1, fix: 2, south: 4, west: 8, stopped: 16, encrypted: 32 } as const;
export const alarmBits = {
  emergency: 1,
  speeding: 1 << 1,
  fatigue: 1 << 2,
  antennaCut: 1 << 5,
  lowVoltage: 1 << 7,
  powerCut: 1 << 8,
} as const;
export const itemIds = { mileage: 0x01, fuel: 0x02, recorderSpeed: 0x03, satellites: 0x31 } as const;

/** Bytes before the items. */
const fixedBytes = 28;
/** Lengths of the standard's items; 11 has two. Vendors reuse ids: what has another length is not that item. */
const itemLengths: readonly (readonly number[] | undefined)[] = lengthsById({
  1: [4],
  2: [2],
  3: [2],
  4: [2],
  5: [30],
  6: [2],
  17: [1, 5],
  18: [6],
  19: [7],
  37: [4],
  42: [2],
  43: [4],
  48: [1],
  49: [1],
});

/** Reads a body; what cannot be a place and a time of a car is refused with its reason, a bad item costs itself. */
export function decodeLocation(bytes: Uint8Array, start = 0, end = bytes.length): Location | LocationFault {
  if (end - start < fixedBytes) return 'too-short';
  const ts = readTime(bytes, start + 22);
  if (ts === undefined) return 'time';
  const status = readLong(bytes, start + 4);
  if ((status & statusBits.encrypted) !== 0) return 'encrypted';
  const lat = readLong(bytes, start + 8);
  if (lat > 90_000_000) return 'latitude';
  const lon = readLong(bytes, start + 12);
  if (lon > 180_000_000) return 'longitude';
  const altitude = readWord(bytes, start + 16);
  const speed = readWord(bytes, start + 18);
  if (speed > 5_000) return 'speed';
  const courseDeg = readWord(bytes, start + 20);
  if (courseDeg > 360) return 'course';
  let odometerKm: number | undefined;
  let fuelL: number | undefined;
  let satellites: number | undefined;
  let malformedItems = 0;
  for (let at = start + fixedBytes; at < end; ) {
    const id = bytes[at] as number;
    const value = at + 2;
    const length = value <= end ? (bytes[at + 1] as number) : 0;
    if (value + length > end) {
      malformedItems++;
      break;
    }
    const lengths = itemLengths[id];
    if (lengths !== undefined && !lengths.includes(length)) malformedItems++;
    else if (id === itemIds.mileage) odometerKm = readLong(bytes, value) / 10;
    else if (id === itemIds.fuel) fuelL = readWord(bytes, value) / 10;
    else if (id === itemIds.satellites) satellites = bytes[value] as number;
    at = value + length;
  }
  return {
    ts,
    // Adding zero makes no -0.
    lat: ((status & statusBits.south) !== 0 ? -lat : lat) / 1e6 + 0,
    lon: ((status & statusBits.west) !== 0 ? -lon : lon) / 1e6 + 0,
    speedKmh: speed / 10,
    courseDeg,
    // Below the sea: two's complement, as terminals send it.
    altitudeM: altitude > 0x7fff ? altitude - 0x1_0000 : altitude,
    alarms: readLong(bytes, start),
    status,
    odometerKm,
    fuelL,
    satellites,
    malformedItems,
  };
}

/** The location as it travels on, `point` being the terminal's name; extras outside the range of the wire are left out. */
export function toPosition(point: string, location: Location): WirePosition {
  const { altitudeM, odometerKm, fuelL, satellites, alarms, status } = location;
  const extras: PositionExtras = {
    ignition: (status & statusBits.ignition) !== 0,
    fix: (status & statusBits.fix) !== 0,
  };
  if (altitudeM >= -1_000 && altitudeM <= 20_000) extras.altitudeM = altitudeM;
  if (odometerKm !== undefined && odometerKm <= 1e7) extras.odometerKm = odometerKm;
  if (fuelL !== undefined) extras.fuelL = fuelL;
  if (satellites !== undefined) extras.satellites = satellites;
  if (alarms !== 0) extras.alarms = alarms;
  return [point, location.ts, location.lat, location.lon, location.speedKmh, location.courseDeg, extras];
}

export interface LocationItem {
  readonly id: number;
  readonly value: Uint8Array;
}

/** The items of a body as they stand there, up to the first that runs past the end. */
export function locationItems(bytes: Uint8Array, start = 0, end = bytes.length): LocationItem[] {
  const items: LocationItem[] = [];
  for (let at = start + fixedBytes; at + 2 <= end; ) {
    const next = at + 2 + (bytes[at + 1] as number);
    if (next > end) break;
    items.push({ id: bytes[at] as number, value: bytes.slice(at + 2, next) });
    at = next;
  }
  return items;
}

/** What a terminal reports; units as in `Location`. */
export interface LocationReport {
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh?: number;
  readonly courseDeg?: number;
  readonly altitudeM?: number;
  readonly ignition?: boolean;
  /** Left out: the place is a fix. */
  readonly fix?: boolean;
  readonly alarms?: number;
  /** Bits besides those of ignition, fix, south and west. */
  readonly status?: number;
  readonly odometerKm?: number;
  readonly fuelL?: number;
  readonly satellites?: number;
  /** Further items, after mileage, fuel and satellites; up to 255 bytes each. */
  readonly items?: readonly LocationItem[];
}

/** The body of message 0200, and of each item of 0704. */
export function encodeLocation(report: LocationReport): Uint8Array {
  const { ts, lat, lon, speedKmh = 0, courseDeg = 0, altitudeM = 0, alarms = 0 } = report;
  const items: LocationItem[] = [];
  if (report.odometerKm !== undefined) {
    const value = new Uint8Array(4);
    writeLong(value, 0, Math.round(report.odometerKm * 10));
    items.push({ id: itemIds.mileage, value });
  }
  if (report.fuelL !== undefined) {
    const tenths = Math.round(report.fuelL * 10);
    items.push({ id: itemIds.fuel, value: Uint8Array.of(tenths >> 8, tenths) });
  }
  if (report.satellites !== undefined)
    items.push({ id: itemIds.satellites, value: Uint8Array.of(report.satellites) });
  items.push(...(report.items ?? []));
  const body = new Uint8Array(items.reduce((sum, { value }) => sum + 2 + value.length, fixedBytes));
  const status =
    (report.status ?? 0) |
    (report.ignition ? statusBits.ignition : 0) |
    (report.fix === false ? 0 : statusBits.fix) |
    (lat < 0 ? statusBits.south : 0) |
    (lon < 0 ? statusBits.west : 0);
  writeLong(body, 0, alarms);
  writeLong(body, 4, status);
  writeLong(body, 8, Math.round(Math.abs(lat) * 1e6));
  writeLong(body, 12, Math.round(Math.abs(lon) * 1e6));
  writeWord(body, 16, altitudeM);
  writeWord(body, 18, Math.round(speedKmh * 10));
  writeWord(body, 20, courseDeg);
  writeTime(body, 22, ts);
  let at = fixedBytes;
  for (const { id, value } of items) {
    body[at] = id;
    body[at + 1] = value.length;
    body.set(value, at + 2);
    at += 2 + value.length;
  }
  return body;
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function readLong(bytes: Uint8Array, at: number): number {
  return ((readWord(bytes, at) << 16) | readWord(bytes, at + 2)) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >> 8;
  bytes[at + 1] = word;
}

function writeLong(bytes: Uint8Array, at: number, long: number): void {
  writeWord(bytes, at, long >>> 16);
  writeWord(bytes, at + 2, long & 0xffff);
}

function lengthsById(known: Readonly<Record<number, readonly number[]>>): (readonly number[] | undefined)[] {
  return Array.from({ length: 256 }, (_, id) => known[id]);
}
