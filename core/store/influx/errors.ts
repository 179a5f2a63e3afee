// What went wrong at the server, as one of our codes: whether to try again, or to look for the row that it refuses.
// The shapes of 1.x, 2.x and 3 and where they come from: docs/influxdb.md.
import { HttpError } from '@influxdata/influxdb-client';
import { type ErrorCode, JieyueError } from '../../domain/errors.ts';

/**
 * What the server says of a row that it will never take, of which there may be others in the request that it took. All
 * else under the same status is no answer to a row: a proxy's page, a wrong port, a request that was cut off.
 */
const rowFaults = [
  // 1.x; 2.x with its prefix: type, retention, length and characters of a key.
  /^(failure writing points to database: )?partial write: /,
  /^(failure writing points to database: )?(field type conflict|points (beyond|outside) retention policy)/,
  /^unable to parse '/,
  // 3, from 3.5 on, and before.
  /^write buffer error: (line protocol parse failed|column type mismatch for column)/,
  /^failed to parse line protocol: /,
  /^line protocol parsing error$/,
  /^partial write of line protocol occurred$/,
];
/** In the same form, though no row is at fault: limits of the whole server, a shard on its way out. */
const serverFaults = [
  /^(failure writing points to database: )?partial write: (max-(series-per-database|values-per-tag) limit exceeded|shard \d+ is pending deletion)/,
  /^(write buffer error: line protocol parse failed: )?(Update to schema|Adding a new database) would exceed/,
];
/** 2.x may name the bucket after it. */
const dropped =
  /^(?:failure writing points to database: )?partial write: .* dropped=(\d+)(?: for database: .*)?$/s;
const longestReason = 400;

/**
 * @param what names server and action, without secrets
 * @returns `row.refused-by-store` where the server says that a row of the request is at fault (`details.refused`: how
 * many, where 1.x or 2.x tells; the others may be in); else `store.unavailable`: try again
 */
export function errorOfWrite(error: unknown, what: string): JieyueError {
  if (error instanceof HttpError && [400, 422].includes(error.statusCode)) {
    const reasons = reasonsOf(error);
    const is = (faults: readonly RegExp[]) =>
      reasons.some((reason) => faults.some((fault) => fault.test(reason)));
    if (is(rowFaults) && !is(serverFaults)) {
      // Lines that cannot be read are not counted: `dropped=0`.
      const refused = Number(dropped.exec(reasons.join(' '))?.[1] ?? 0);
      const details = refused > 0 ? { details: { refused } } : {};
      return new JieyueError('row.refused-by-store', `InfluxDB: ${joined(reasons)}`, details);
    }
  }
  const failed = errorOfRequest(error, what);
  if (!(error instanceof HttpError) || error.statusCode !== 404) return failed;
  return new JieyueError(
    failed.code,
    `${failed.message}; a database is made at the start only: make or restore it, or start again`,
  );
}

/** @param what like above. @returns `store.unavailable`, or the error itself where it is one of ours */
export function errorOfRequest(error: unknown, what: string): JieyueError {
  if (error instanceof JieyueError) return error;
  if (!(error instanceof HttpError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new JieyueError('store.unavailable', `${what}: ${message || 'no connection'}`, { cause: error });
  }
  const { statusCode } = error;
  const reason = joined(reasonsOf(error));
  if (statusCode === 401 || statusCode === 403) {
    return new JieyueError(
      'store.unavailable',
      `${what}: refused with ${statusCode} (${reason}); check user and password (1.x), or the token (2.x, 3), in store.influx`,
    );
  }
  return new JieyueError('store.unavailable', `${what}: ${statusCode} ${reason}`);
}

export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError && error.statusCode === 413;
}

export function errorOfAnswer(code: ErrorCode, message: string, cause?: unknown): JieyueError {
  return new JieyueError(code, message, { cause });
}

/**
 * 1.x: `{"error"}`; 2.x, 3 from 3.5 on: `{"code","message"}`; 3: `{"error","data":{"error_message"}}`, or a list of
 * them; or plain text. 3 names no content type, so that the client leaves its JSON alone.
 */
function reasonsOf(error: HttpError): readonly string[] {
  const json = jsonOf(error);
  if (typeof json === 'object' && json !== null) {
    const { error: said, message, data } = json as Record<string, unknown>;
    const details = (Array.isArray(data) ? data.slice(0, 3) : [data]).map((entry: unknown) =>
      typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'error_message') : undefined,
    );
    const texts = [said, message, ...details].filter((text) => typeof text === 'string' && text !== '');
    if (texts.length > 0) return texts as string[];
  }
  return [(error.body || error.statusMessage || 'no reason given').trim()];
}

function jsonOf(error: HttpError): unknown {
  if (error.json !== undefined) return error.json;
  try {
    return JSON.parse(error.body ?? '');
  } catch {
    return undefined;
  }
}

function joined(reasons: readonly string[]): string {
  return reasons.join(': ').slice(0, longestReason);
}
