// DuckDB's errors as ours: what the caller may try again, and what makes the engine open its file anew.
import { JieyueError } from '../../domain/errors.ts';

/** After such an error DuckDB refuses everything, or some deletions, until the file is opened again. */
export function isFatal(error: unknown): boolean {
  const text = messageOf(error);
  return /FATAL Error|has been invalidated|INTERNAL Error|Connection Error|Conflict on tuple deletion/i.test(
    text,
  );
}

/** Not enough memory under the configured limit. */
export function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof JieyueError ? error.cause : error;
  return /Out of Memory Error/i.test(messageOf(cause));
}

export function isWalFault(error: unknown): boolean {
  return /replaying (checkpoint )?WAL|Corrupt (Encrypted )?WAL/i.test(messageOf(error));
}

/** `error` itself where it is coded already, otherwise `store.unavailable` with the engine's words. */
export function asStoreError(action: string, error: unknown): JieyueError {
  if (error instanceof JieyueError) return error;
  const words = messageOf(error).split('\n', 1)[0] ?? '';
  return new JieyueError(
    'store.unavailable',
    `the store could not ${action}: ${words}; nothing was changed, try again`,
    { cause: error },
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
