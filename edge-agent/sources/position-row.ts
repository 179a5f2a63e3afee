// A position of the wire from what devices and exports say: numbers in their units and datum, words for on and off.
import { type Datum, toWgs84 } from '../../core/domain/fleet/datum.ts';
import { limits, type PositionExtras, type WirePosition } from '../../core/domain/telemetry.ts';
import type { LengthUnit, SpeedUnit } from '../../core/runtime/position-config.ts';

/** As it stands in the cell or message; `undefined`, `null` and blank texts are missing. */
export interface RawPosition {
  readonly lat: unknown;
  readonly lon: unknown;
  readonly speed?: unknown;
  readonly course?: unknown;
  readonly odometer?: unknown;
  readonly ignition?: unknown;
  readonly fix?: unknown;
  readonly altitude?: unknown;
  readonly satellites?: unknown;
  readonly fuel?: unknown;
}
export type RawField = keyof RawPosition;

type Word = string | number | boolean;
export interface PositionUnits {
  readonly datum: Datum;
  readonly speed?: { readonly unit: SpeedUnit } | undefined;
  readonly odometer?: { readonly unit: LengthUnit } | undefined;
  readonly ignition?:
    | { readonly on: readonly Word[]; readonly off?: readonly Word[] | undefined }
    | undefined;
  readonly fix?: { readonly on: readonly Word[]; readonly off?: readonly Word[] | undefined } | undefined;
}

export interface FieldFault {
  readonly field: RawField;
  readonly value: string;
  readonly reason: string;
}

const kmhPer: Readonly<Record<SpeedUnit, number>> = { 'km/h': 1, 'm/s': 3.6, knots: 1.852 };
const kmPer: Readonly<Record<LengthUnit, number>> = { km: 1, m: 0.001 };
/** 1e-7° is a centimetre. */
const perDegree = 1e7;

/**
 * Without usable coordinates, or with a speed that is none, there is no position; any other bad field is left out of it. A speed
 * or course that is missing is 0: the wire has no other word for it.
 */
export function positionOf(
  point: string,
  ts: number,
  raw: RawPosition,
  units: PositionUnits,
): { readonly position: WirePosition | undefined; readonly faults: readonly FieldFault[] } {
  const faults: FieldFault[] = [];
  const blame = (field: RawField, reason: string) => {
    faults.push({ field, value: shown(raw[field]), reason });
    return undefined;
  };
  const number = (field: RawField, min: number, max: number, factor = 1): number | undefined => {
    if (isMissing(raw[field])) return undefined;
    const value = numberOf(raw[field]);
    if (value === undefined) return blame(field, 'not a number');
    const scaled = Math.round(value * factor * 1e9) / 1e9;
    return scaled >= min && scaled <= max ? scaled : blame(field, `not in ${min} to ${max}`);
  };
  const degrees = (field: 'lat' | 'lon', most: number) =>
    isMissing(raw[field]) ? blame(field, 'missing') : number(field, -most, most);

  const lat = degrees('lat', 90);
  const lon = degrees('lon', 180);
  const speed = number('speed', 0, 500, kmhPer[units.speed?.unit ?? 'km/h']);
  if (lat === undefined || lon === undefined || faults.length > 0) return { position: undefined, faults };
  const course = number('course', -180, 360) ?? 0;
  const satellites = number('satellites', 0, 255);
  const extras: PositionExtras = {};
  const entries = {
    altitudeM: number('altitude', -1_000, 20_000),
    odometerKm: number('odometer', 0, 1e7, kmPer[units.odometer?.unit ?? 'km']),
    fuelL: number('fuel', 0, 10_000),
    satellites: satellites === undefined ? undefined : Math.round(satellites),
    ignition: onOff('ignition'),
    fix: onOff('fix'),
  };
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) Object.assign(extras, { [key]: value });
  }
  const wgs = toWgs84(units.datum, lat, lon);
  const [north, east] = [rounded(wgs.lat), rounded(wgs.lon)];
  return {
    position: [point, ts, north, east, speed ?? 0, course < 0 ? course + 360 : course, extras],
    faults,
  };

  function onOff(field: 'ignition' | 'fix'): boolean | undefined {
    const words = units[field];
    if (!words || isMissing(raw[field])) return undefined;
    if (isOneOf(raw[field], words.on)) return true;
    if (!words.off || isOneOf(raw[field], words.off)) return false;
    return blame(field, 'neither a word for on nor one for off');
  }
}

/** A number, or a text that is one and nothing else; a comma is not guessed at. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const text = value.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text) + 0
    : undefined;
}

/** Epoch ms from a count of seconds or milliseconds since 1970, or the reason why it is none. */
export function epochOf(value: unknown, msPerUnit: 1 | 1000): { ts: number } | { reason: string } {
  const count = numberOf(value);
  const ts = count === undefined ? Number.NaN : Math.round(count * msPerUnit);
  if (!Number.isSafeInteger(ts)) return { reason: 'not a count of seconds or milliseconds since 1970' };
  if (ts < limits.earliestTs) return { reason: 'before 1990' };
  // The year 2286 in seconds: milliseconds that are taken for seconds end far beyond.
  return ts < 1e13 ? { ts } : { reason: 'after 2286; milliseconds taken for seconds?' };
}

export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** For people: at most 60 characters, no control characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, 60).replaceAll(/\p{Cc}/gu, '?');
}

function isOneOf(value: unknown, words: readonly Word[]): boolean {
  const text = String(value).trim().toLowerCase();
  return words.some((word) => String(word).toLowerCase() === text);
}

function rounded(degrees: number): number {
  return Math.round(degrees * perDegree) / perDegree;
}
