// What every part of the registry works with.
import { ulid } from 'ulid';
import type { Calendar } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { BuiltInDefinition } from './ledgers.ts';
import type { Db } from './schema.ts';

export interface RegistryContext {
  readonly db: Db;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  /** Random bytes for keys, salts and ids. */
  readonly randomBytes: (size: number) => Buffer;
  /** Definitions that need no rows: what is recorded under the same kind and id stands above them. */
  readonly builtIns: readonly BuiltInDefinition[];
}

const randomChars = 16;

/** A new ULID, at the time of the context's clock. */
export function newId(context: Pick<RegistryContext, 'clock' | 'randomBytes'>): string {
  const bytes = context.randomBytes(randomChars);
  let next = 0;
  return ulid(context.clock.now(), () => bytes.readUInt8(next++ % randomChars) / 256);
}
