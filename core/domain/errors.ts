// Coded errors: one list; the type, the API's problem documents and docs/errors.md derive from it.
import { type Said, wordsOf } from './message.ts';

/** Code → [HTTP status, what it means and what to do]. */
export const errorCodes = {
  // rows and batches on the wire
  'batch.too-large': [413, 'A batch holds at most 5 000 rows and 512 KiB. Split it.'],
  'batch.not-json': [400, 'The payload is not JSON.'],
  'batch.malformed': [400, 'The batch does not have the form {"id","sentAt","readings","positions"}.'],
  'batch.empty': [400, 'The batch has no rows.'],
  'batch.wrong-topic': [400, 'The topic is not jieyue/v1/{agent}/batch.'],
  'batch.unanswered': [
    503,
    'A batch found no answer while others did; it waits in quarantine at its agent until it is sent again.',
  ],
  'row.malformed': [400, 'A row is not a tuple of the documented types.'],
  'row.point': [400, 'A point is 1 to 64 characters of A-Z a-z 0-9 . _ -'],
  'row.quantity': [400, 'The quantity is not in the table of quantities (docs/quantities.md).'],
  'row.ts': [400, 'A time is a whole number of milliseconds since 1970, not before 1990.'],
  'row.future': [400, "The time is more than 10 minutes ahead of ingest: check the device's clock."],
  'row.value': [400, 'The value is not a finite number in the range of its quantity.'],
  'row.position': [400, 'A position needs lat in -90..90, lon in -180..180, speed and course.'],
  'row.unknown-points': [
    400,
    'The agent sends more than 1 000 points that are not registered. Register them.',
  ],
  'row.refused-by-store': [400, 'The store refused this row; the message says why.'],
  // storage
  'store.locked': [
    503,
    'Another process holds the store; the message names it. Stop it or use another folder.',
  ],
  'store.unavailable': [503, 'The store does not answer. Rows stay with their agents until it does.'],
  'store.corrupt-wal': [500, "The store's log did not replay and was put aside; the message names the file."],
  'outbox.full': [507, 'The outbox has reached its limit: new rows are refused until ingest answers.'],
  'outbox.disk': [507, 'The disk under the outbox is full or not writable. Free space; sending goes on.'],
  // registry
  'registry.not-found': [404, 'There is no such entity.'],
  'registry.conflict': [409, 'The entry contradicts one that exists.'],
  'registry.invalid': [400, 'The value of a fact does not fit its attribute.'],
  'store.unsupported': [501, 'The telemetry engine cannot do this; the message says which does.'],
  'registry.cycle': [409, 'A tree may not contain itself.'],
  'registry.out-of-reach': [
    403,
    'The entry would concern what the grants of the key do not cover; the message names it.',
  ],
  'registry.version': [500, 'The registry was made by a newer version of the program; run that one.'],
  'registry.unavailable': [503, 'The registry cannot be opened or written; the message says why.'],
  // configuration and command line
  'config.invalid': [400, 'The configuration has faults; each is listed with its path.'],
  'config.missing': [400, 'A setting that this command needs is absent.'],
  'import.file': [400, 'The file cannot be read as described; rows are listed by line.'],
  'import.too-large': [413, 'A file of an import is larger than its limits; the message says which.'],
  'import.interval': [
    400,
    'The length of the intervals contradicts the times of the file; the message names one that fits.',
  ],
  // API
  'api.unauthenticated': [401, 'Send a key: Authorization: Bearer <key>.'],
  'api.forbidden': [403, 'The key has no grant for this action on this institution.'],
  'api.bad-request': [400, 'A parameter is missing or wrong; the message names it.'],
  'api.bucket-edge': [400, 'from and to must fall on the edge of a bucket in the time zone of the system.'],
  'api.too-much': [400, 'The answer would be too long; ask for a shorter range or a larger bucket.'],
  'api.not-found': [404, 'There is nothing at this address.'],
  'api.too-large': [413, 'The body is larger than this address takes; the message says the limit. Split it.'],
  'api.media-type': [
    415,
    'The body is of a type that this address does not take; the message names those it does.',
  ],
  'api.busy': [503, 'Too much of this is under way; try again in a few seconds.'],
  'api.timeout': [
    503,
    'The answer took too long; ask for a shorter range or a larger bucket, or later again.',
  ],
  'api.internal': [500, 'A fault of ours; the log holds the request id.'],
  // broker and agents
  'agent.credentials': [401, 'Unknown agent or wrong password.'],
  'agent.exists': [409, 'An agent of this name exists.'],
  'broker.unreachable': [503, 'The broker does not answer; sending goes on when it does.'],
  'source.read': [502, 'A device did not answer or answered nonsense; the message names it.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof errorCodes;

/** An error that a person or a program can act on: `code` from the list, a message with the thing, the value, the way out. */
export class JieyueError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** What it says, in both languages where it was made of a message of a table; `message` is the English of it. */
  readonly said: Said;

  constructor(
    code: ErrorCode,
    said: Said,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(wordsOf(said, 'en'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'JieyueError';
    this.code = code;
    this.said = said;
    this.details = options.details;
  }

  get status(): number {
    return errorCodes[this.code][0];
  }
}

export function isJieyueError(error: unknown, code?: ErrorCode): error is JieyueError {
  return error instanceof JieyueError && (code === undefined || error.code === code);
}
