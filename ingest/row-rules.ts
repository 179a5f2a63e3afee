// What is wrong with a row: its code, and the words for it. The schemas of core/domain/telemetry.ts are the reference;
// a property test holds this file to them. Only rows that the quick look in judge.ts doubts come here.
import type { ErrorCode } from '../core/domain/errors.ts';
import { limits, positionExtrasSchema } from '../core/domain/telemetry.ts';
import { pointPattern } from '../core/domain/topics.ts';
import { quantityEntry } from '../core/domain/units.ts';

/**
 * The first fault of [point, quantity, ts, value], or `undefined`.
 * `latest`: epoch ms beyond which a row is in the future.
 */
export function readingFault(row: unknown, latest: number): ErrorCode | undefined {
  if (!Array.isArray(row) || row.length !== 4) return 'row.malformed';
  const [point, quantity, ts, value]: unknown[] = row;
  if (typeof point !== 'string' || !pointPattern.test(point)) return 'row.point';
  const entry = typeof quantity === 'string' ? quantityEntry(quantity) : undefined;
  if (entry === undefined) return 'row.quantity';
  const timeFault = tsFault(ts, latest);
  if (timeFault !== undefined) return timeFault;
  return typeof value === 'number' && value >= entry.min && value <= entry.max ? undefined : 'row.value';
}

/** The first fault of [vehicle, ts, lat, lon, speedKmh, courseDeg, extras], or `undefined`. */
export function positionFault(row: unknown, latest: number): ErrorCode | undefined {
  if (!Array.isArray(row) || row.length !== 7) return 'row.malformed';
  const [vehicle, ts, lat, lon, speedKmh, courseDeg, extras]: unknown[] = row;
  if (typeof vehicle !== 'string' || !pointPattern.test(vehicle)) return 'row.point';
  const timeFault = tsFault(ts, latest);
  if (timeFault !== undefined) return timeFault;
  const right =
    within(lat, -90, 90) &&
    within(lon, -180, 180) &&
    within(speedKmh, 0, 500) &&
    within(courseDeg, 0, 360) &&
    positionExtrasSchema.safeParse(extras).success;
  return right ? undefined : 'row.position';
}

/** The fault of a row in words: the thing, its value, and what would be right. */
export function faultMessage(
  list: 'readings' | 'positions',
  row: unknown,
  code: ErrorCode,
  now: number,
): string {
  const cells: unknown[] = Array.isArray(row) ? row : [];
  const [thing, second, third, fourth] = cells;
  const ts = list === 'readings' ? third : second;
  switch (code) {
    case 'row.malformed': {
      const form =
        list === 'readings' ? '[point, quantity, ts, value]' : '[vehicle, ts, lat, lon, …, extras]';
      return `${describe(row)} is not of the form ${form}`;
    }
    case 'row.point':
      return `${describe(thing)} is not 1 to 64 characters of A-Z a-z 0-9 . _ -`;
    case 'row.quantity':
      return `${describe(second)} of point ${describe(thing)} is not a quantity of the table`;
    case 'row.ts':
      return `time ${describe(ts)} of ${describe(thing)} is not a whole number of ms since 1970, from 1990 on`;
    case 'row.future':
      return `time ${describe(ts)} of ${describe(thing)} is ${ahead(ts, now)} ahead of ingest: check the clock of the device`;
    case 'row.value': {
      const entry = typeof second === 'string' ? quantityEntry(second) : undefined;
      const range = entry === undefined ? '' : ` from ${entry.min} to ${entry.max} ${entry.unit}`;
      return `value ${describe(fourth)} of ${describe(thing)} ${describe(second)} is not a number${range}`;
    }
    case 'row.position':
      return `position ${cells.slice(2, 6).map(describe).join(', ')} of vehicle ${describe(thing)} needs lat, lon, speed 0..500, course 0..360 and known extras`;
    case 'row.unknown-points':
      return `point ${describe(thing)} is not registered, and ${limits.unknownPoints} such points of this agent send already: register it`;
    default:
      return code;
  }
}

/** A value in a few characters; never more than 60, whatever came. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function tsFault(ts: unknown, latest: number): ErrorCode | undefined {
  if (typeof ts !== 'number' || !Number.isSafeInteger(ts) || ts < limits.earliestTs) return 'row.ts';
  return ts > latest ? 'row.future' : undefined;
}

/** False for anything but a number; infinities are out of every range, and NaN too. */
function within(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

function ahead(ts: unknown, now: number): string {
  return typeof ts === 'number' ? `${Math.round((ts - now) / 60_000)} minutes` : 'far';
}
