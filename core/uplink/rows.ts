// Rows on their way into the outbox: checked against the wire schema, encoded once, and reduced to a fingerprint of their key.
import { type ErrorCode, JieyueError } from '../domain/errors.ts';
import { limits, positionSchema, type WirePosition, type WireReading } from '../domain/telemetry.ts';
import { pointPattern } from '../domain/topics.ts';
import { isQuantity } from '../domain/units.ts';

/** Encoded rows, readings first. `ts` and `prints` run parallel to `readings` followed by `positions`. */
export interface EncodedRows {
  readonly readings: readonly string[];
  readonly positions: readonly string[];
  /** Epoch ms of each row. */
  readonly ts: readonly number[];
  /** Fingerprint of each row's key, see `keyPrint`. */
  readonly prints: readonly number[];
  /** Bytes of all texts with a comma each. */
  readonly bytes: number;
}

export interface RowFault {
  readonly code: Extract<ErrorCode, `row.${string}`>;
  readonly message: string;
}

/**
 * Encodes rows as they will stand in a batch; the arrays may be changed afterwards.
 * @throws JieyueError `row.*` for the first row that violates the wire schema; `details` holds its list and index.
 */
export function encodeRows(
  readings: readonly WireReading[],
  positions: readonly WirePosition[] = [],
): EncodedRows {
  const ts: number[] = [];
  const prints: number[] = [];
  const readingTexts: string[] = [];
  const positionTexts: string[] = [];
  let bytes = 0;
  for (let index = 0; index < readings.length; index++) {
    const row = readings[index];
    const fault = readingFault(row);
    if (fault || !row) throw rowError(fault, 'readings', index);
    const [point, quantity, at, value] = row;
    const text = `["${point}","${quantity}",${at},${value}]`;
    readingTexts.push(text);
    ts.push(at);
    prints.push(keyPrint(point, quantity, at));
    bytes += text.length + 1;
  }
  for (let index = 0; index < positions.length; index++) {
    const row = positions[index];
    const fault = positionFault(row);
    if (fault || !row) throw rowError(fault, 'positions', index);
    const text = JSON.stringify(row);
    positionTexts.push(text);
    ts.push(row[1]);
    prints.push(keyPrint(row[0], '', row[1]));
    bytes += text.length + 1;
  }
  return { readings: readingTexts, positions: positionTexts, ts, prints, bytes };
}

/**
 * What is wrong with a reading by the wire schema, or `undefined`. The range of a quantity is not looked at: ingest refuses
 * such a row with its reason, keeps it and reports it, which serves people better than a fault at the agent.
 */
export function readingFault(row: unknown): RowFault | undefined {
  if (!Array.isArray(row) || row.length !== 4) {
    return { code: 'row.malformed', message: `a reading is [point, quantity, ts, value], not ${brief(row)}` };
  }
  const [point, quantity, ts, value]: unknown[] = row;
  if (typeof point !== 'string' || !pointPattern.test(point)) {
    return {
      code: 'row.point',
      message: `point ${brief(point)} is not 1 to 64 characters of A-Z a-z 0-9 . _ -`,
    };
  }
  if (typeof quantity !== 'string' || !isQuantity(quantity)) {
    return {
      code: 'row.quantity',
      message: `point "${point}": ${brief(quantity)} is not in the table of quantities`,
    };
  }
  if (typeof ts !== 'number' || !Number.isSafeInteger(ts) || ts < limits.earliestTs) {
    return {
      code: 'row.ts',
      message: `point "${point}": time ${brief(ts)} is not whole milliseconds since 1970, from 1990 on`,
    };
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return {
      code: 'row.value',
      message: `point "${point}" ${quantity}: value ${brief(value)} is not a finite number`,
    };
  }
  return undefined;
}

/** What is wrong with a position by the wire schema, or `undefined`. */
export function positionFault(row: unknown): RowFault | undefined {
  const parsed = positionSchema.safeParse(row);
  if (parsed.success) return undefined;
  const issue = parsed.error.issues[0];
  return {
    code: 'row.position',
    message: `position ${brief(row)}: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'malformed'}`,
  };
}

/**
 * A fingerprint of 53 bits of a row's key: (point, quantity, ts), or (vehicle, '', ts). Equal keys give equal prints; different
 * keys give equal ones once in 10^15, and then a batch merely waits for another. Never 0.
 */
export function keyPrint(series: string, quantity: string, ts: number): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < series.length; i++) {
    const c = series.charCodeAt(i);
    a = Math.imul(a ^ c, 0x9e3779b1);
    b = Math.imul(b ^ c, 0x5f356495);
  }
  // 256 is no character of either part, so that ("ab", "c") and ("a", "bc") differ.
  a = Math.imul(a ^ 256, 0x9e3779b1);
  b = Math.imul(b ^ 256, 0x5f356495);
  for (let i = 0; i < quantity.length; i++) {
    const c = quantity.charCodeAt(i);
    a = Math.imul(a ^ c, 0x9e3779b1);
    b = Math.imul(b ^ c, 0x5f356495);
  }
  const low = ts | 0;
  const high = (ts / 0x1_0000_0000) | 0;
  a = scramble(scramble(a ^ low) ^ high);
  b = scramble(scramble(b ^ Math.imul(low, 0x27d4eb2f)) ^ high ^ a);
  return (b & 0x1f_ffff) * 0x1_0000_0000 + (a >>> 0) || 1;
}

function scramble(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function rowError(fault: RowFault | undefined, list: 'readings' | 'positions', index: number): JieyueError {
  const { code, message } = fault ?? { code: 'row.malformed' as const, message: 'the row is undefined' };
  return new JieyueError(code, `${list}[${index}]: ${message}`, { details: { list, index } });
}

function brief(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
