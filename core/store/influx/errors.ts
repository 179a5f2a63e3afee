// What went wrong at the server, as one of our codes: whether to try again, or to look for the row that it refuses.
// The shapes of 1.x, 2.x and 3 and where they come from: docs/influxdb.md.
import { HttpError } from '@influxdata/influxdb-client';
import { type ErrorCode, JieyueError } from '../../domain/errors.ts';

/** Answered with 400 or 422, too, though no row is at fault: limits of the whole server, a shard on its way out, its disk. */
const serverFaults = [
  /^partial write: max-(series-per-database|values-per-tag) limit exceeded/,
  /^(failure writing points to database: )?partial write: shard \d+ is pending deletion/,
  /^(write buffer error: line protocol parse failed: )?(Update to schema|Adding a new database) would exceed/,
  /^write buffer error: (?!line protocol parse failed: )/,
  /^this service is overloaded/,
];
const longestReason = 400;

/**
 * @param what names server and action, without secrets
 * @returns `row.refused-by-store` where a row of the request is at fault (`details.refused`: how many, where 1.x or 2.x
 * tells; the others may be in); else `store.unavailable`: try again
 */
export function errorOfWrite(error: unknown, what: string): JieyueError {
  if (error instanceof HttpError && [400, 413, 422].includes(error.statusCode)) {
    const reasons = reasonsOf(error);
    const ofServer = reasons.some((reason) => serverFaults.some((fault) => fault.test(reason)));
    if (!ofServer) {
      const reason = joined(reasons);
      const refused = Number(/\bdropped=(\d+)$/.exec(reason)?.[1] ?? Number.NaN);
      const details = Number.isNaN(refused) ? {} : { details: { refused } };
      return new JieyueError('row.refused-by-store', `InfluxDB: ${reason}`, details);
    }
  }
  return errorOfRequest(error, what);
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
