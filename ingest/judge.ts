// Looks at one batch: what is right goes into the group, what is not is refused with its code. The hot path of ingest.
import type { ErrorCode } from '../core/domain/errors.ts';
import { limits, type PositionExtras, type Rejection } from '../core/domain/telemetry.ts';
import { pointKey } from '../core/domain/topics.ts';
import type { AgentPoints } from './agent-points.ts';
import { peekId } from './batch-ids.ts';
import type { ClockWatch } from './clock-watch.ts';
import { type Group, type GroupBatch, refuse } from './group.ts';
import { faultMessage, positionFault, readingFault } from './row-rules.ts';

/** A batch whose envelope is right; its rows have not been looked at. */
export interface Envelope {
  readonly id: string;
  readonly readings: readonly unknown[];
  readonly positions: readonly unknown[];
}

/** A batch that is refused as a whole; with an id it can be answered. */
export interface BatchFault {
  readonly id: string | undefined;
  readonly code: ErrorCode;
  readonly message: string;
}

export function openEnvelope(payload: Buffer): Envelope | BatchFault {
  if (payload.length > limits.batchBytes) {
    const message = `the batch has ${payload.length} bytes or more, at most ${limits.batchBytes} are taken: split it`;
    return { id: peekId(payload), code: 'batch.too-large', message };
  }
  let root: unknown;
  try {
    root = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 100) : 'it cannot be read';
    return { id: peekId(payload), code: 'batch.not-json', message: `the payload is not JSON: ${why}` };
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    return {
      id: undefined,
      code: 'batch.malformed',
      message: 'the payload is not an object {"id","sentAt",…}',
    };
  }
  const { id: givenId, sentAt, readings = [], positions = [] } = root as Record<string, unknown>;
  const id = isBatchId(givenId) ? givenId : undefined;
  const malformed = (what: string): BatchFault => ({ id, code: 'batch.malformed', message: what });
  if (id === undefined) return malformed('"id" is not a text of 1 to 64 characters');
  if (typeof sentAt !== 'number' || !Number.isFinite(sentAt)) return malformed('"sentAt" is not a number');
  if (!Array.isArray(readings)) return malformed('"readings" is not a list');
  if (!Array.isArray(positions)) return malformed('"positions" is not a list');
  const rows = readings.length + positions.length;
  if (rows === 0) return { id, code: 'batch.empty', message: 'the batch has no rows' };
  if (rows > limits.batchRows) {
    const message = `the batch has ${rows} rows, at most ${limits.batchRows} are taken: split it`;
    return { id, code: 'batch.too-large', message };
  }
  return { id, readings, positions };
}

export interface Bench {
  readonly group: Group;
  readonly points: AgentPoints;
  readonly clocks: ClockWatch;
  /** Epoch ms at ingest. */
  readonly now: number;
  /** Whether the registry should be asked again before a point is refused as unknown. */
  readonly mayBeStale: boolean;
}

/**
 * Puts the rows of a batch into the group. @returns false, with the group as before, when the registry has to be asked
 * for new points first.
 */
export function judgeRows(envelope: Envelope, batch: GroupBatch, bench: Bench): boolean {
  const { group, points, clocks, now } = bench;
  const latest = now + limits.futureMs;
  const { readings, positions } = envelope;
  for (let index = 0; index < readings.length; index++) {
    const row = readings[index];
    if (Array.isArray(row) && row.length === 4) {
      const known = points.find(row[0], row[1]);
      if (known !== undefined) {
        const ts: unknown = row[2];
        const value: unknown = row[3];
        if (
          isTime(ts, latest) &&
          typeof value === 'number' &&
          // NaN and infinities are in no range
          value >= known.min &&
          value <= known.max
        ) {
          group.addReading(known.handle, ts, value, index);
          if (clocks.faulty) clocks.good(row[0], ts);
          continue;
        }
      }
    }
    if (!doubtedReading(row, index, batch, bench)) return false;
  }
  for (let index = 0; index < positions.length; index++) {
    const row = positions[index];
    const code = positionFault(row, latest);
    if (code === undefined) {
      const [vehicle, ts, lat, lon, speedKmh, courseDeg, extras] = row as PositionTuple;
      const key = pointKey(points.agent, vehicle);
      group.addPosition({ vehicle: key, ts, lat, lon, speedKmh, courseDeg, extras }, index);
      if (clocks.faulty) clocks.good(vehicle, ts);
    } else {
      refuseRow('positions', row, index, code, batch, bench);
    }
  }
  return true;
}

type PositionTuple = [string, number, number, number, number, number, PositionExtras];

/** A row that the quick look did not take: it has a fault, or its series is new. False: ask the registry first. */
function doubtedReading(row: unknown, index: number, batch: GroupBatch, bench: Bench): boolean {
  const { group, points, clocks, now, mayBeStale } = bench;
  const code = readingFault(row, now + limits.futureMs);
  if (code !== undefined) {
    refuseRow('readings', row, index, code, batch, bench);
    return true;
  }
  const [point, quantity, ts, value] = row as [string, string, number, number];
  const known = points.admit(point, quantity);
  if (known !== undefined) {
    group.addReading(known.handle, ts, value, index);
    if (clocks.faulty) clocks.good(point, ts);
    return true;
  }
  if (mayBeStale) return false;
  refuseRow('readings', row, index, 'row.unknown-points', batch, bench);
  return true;
}

function refuseRow(
  list: 'readings' | 'positions',
  row: unknown,
  index: number,
  code: ErrorCode,
  batch: GroupBatch,
  bench: Bench,
): void {
  if (code === 'row.future' && Array.isArray(row)) bench.clocks.future(String(row[0]), bench.now);
  refuse(batch, { list, index, code, row }, () => faultMessage(list, row, code, bench.now));
}

/** Refuses a whole batch whose id is known. */
export function refuseBatch(batch: GroupBatch, fault: BatchFault, payload: Buffer): void {
  const list: Rejection['list'] = 'batch';
  const row = payload.subarray(0, 1_000).toString('utf8');
  refuse(batch, { list, index: -1, code: fault.code, row }, () => fault.message);
}

/** As `batchIdSchema` has it. */
function isBatchId(id: unknown): id is string {
  return typeof id === 'string' && id.length >= 1 && id.length <= 64;
}

function isTime(ts: unknown, latest: number): ts is number {
  return Number.isSafeInteger(ts) && (ts as number) >= limits.earliestTs && (ts as number) <= latest;
}
