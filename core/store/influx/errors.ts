// What went wrong at the server, as one of our codes: whether to try again, or to look for the row that it refuses.
import { HttpError } from '@influxdata/influxdb-client';
import { type ErrorCode, JieyueError } from '../../domain/errors.ts';

/** Limits of the server as a whole: no row is at fault, and someone can lift them. */
const serverLimits =
  /max-series-per-database|max-values-per-tag|cache-max-memory-size|timeout|hinted handoff/i;

/**
 * @param what names server and action, without secrets
 * @returns `row.refused-by-store` where a row of the request is at fault; else `store.unavailable`: try again
 */
export function errorOfRequest(error: unknown, what: string): JieyueError {
  if (error instanceof JieyueError) return error;
  if (!(error instanceof HttpError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new JieyueError('store.unavailable', `${what}: ${message || 'no connection'}`, { cause: error });
  }
  const { statusCode } = error;
  const reason = reasonOf(error);
  if (statusCode === 401 || statusCode === 403) {
    return new JieyueError(
      'store.unavailable',
      `${what}: refused with ${statusCode} (${reason}); check user and password, or the token, in store.influx`,
    );
  }
  const aboutRows = statusCode === 400 || statusCode === 413 || statusCode === 422;
  if (aboutRows && !serverLimits.test(reason)) {
    return new JieyueError('row.refused-by-store', `InfluxDB: ${reason}`);
  }
  return new JieyueError('store.unavailable', `${what}: ${statusCode} ${reason}`);
}

export function errorOfAnswer(code: ErrorCode, message: string, cause?: unknown): JieyueError {
  return new JieyueError(code, message, { cause });
}

/** 1.x: `{"error"}`; 2.x: `{"code","message"}`; 3: `{"error","data":[{"error_message","line_number"}]}`; or plain text. */
function reasonOf(error: HttpError): string {
  const json = error.json as unknown;
  if (typeof json === 'object' && json !== null) {
    const { error: said, message, data } = json as Record<string, unknown>;
    const details = Array.isArray(data)
      ? (data as { error_message?: unknown }[]).map((entry) => entry.error_message).slice(0, 3)
      : [];
    const texts = [said, message, ...details].filter((text) => typeof text === 'string' && text !== '');
    if (texts.length > 0) return texts.join(': ').slice(0, 400);
  }
  return (error.body || error.statusMessage || 'no reason given').trim().slice(0, 400);
}
