// Parameters that several routes take. Each is a zod schema that also says in words what it wants.
import { z } from 'zod';
import { saying } from '../../core/domain/issues.ts';
import type { Message } from '../../core/domain/message.ts';
import { limits } from '../../core/domain/telemetry.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { parsePointKey } from '../../core/domain/topics.ts';
import { isQuantity, type Quantity } from '../../core/domain/units.ts';
import { sayOfRequests } from './said.ts';

/** 2200-01-01 in UTC: later than anything that is planned. */
const latestTs = 7_258_118_400_000;

/**
 * A time: ISO 8601 with an offset; a local date or time, read in the system's zone; or epoch milliseconds.
 * The handler gets epoch ms.
 */
export function timeParameter(calendar: Calendar, description: string) {
  const bounds = boundsOf(calendar);
  return z
    .string('expected a time, such as 2025-01-01, 2025-01-01T08:00+08:00 or epoch milliseconds')
    .max(40, 'a time has at most 40 characters')
    .transform((text, context): number => {
      const read = readTime(text, calendar, bounds);
      if (typeof read === 'number') return read;
      context.addIssue({ code: 'custom', ...saying(read) });
      return z.NEVER;
    })
    .meta({
      description: `${description} ISO 8601 with offset, or a local date or time in ${calendar.zone}, or epoch milliseconds.`,
      examples: ['2025-01-01'],
    });
}

function readTime(text: string, calendar: Calendar, { earliest, latest }: Bounds): number | Message {
  if (/^-?\d{9,}$/.test(text)) {
    const ts = Number(text);
    if (ts >= earliest && ts <= latest) return ts;
    return sayOfRequests(text.length <= 10 ? 'time.seconds' : 'time.epoch');
  }
  // An unencoded "+" of an offset arrives as a space.
  const repaired = text.replace(/(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$/, '$1+$2');
  const ts = calendar.parse(repaired);
  if (ts === undefined) {
    return sayOfRequests('time.form');
  }
  if (ts < earliest || ts > latest) return sayOfRequests('time.range');
  return ts;
}

interface Bounds {
  readonly earliest: number;
  readonly latest: number;
}

/** The years 1990 to 2199, in UTC and in the system's zone: a question may begin and end with a local year. */
function boundsOf(calendar: Calendar): Bounds {
  return {
    earliest: Math.min(limits.earliestTs, calendar.parse('1990-01-01') ?? limits.earliestTs),
    latest: Math.max(latestTs, calendar.parse('2200-01-01') ?? latestTs),
  };
}

export function limitParameter(options: { max: number; default: number }) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from 1 to ${options.max}`)
    .transform(Number)
    .refine(
      (limit) => limit >= 1 && limit <= options.max,
      saying(sayOfRequests('limit.form', { max: options.max })),
    )
    .default(options.default)
    .meta({ description: `Rows on a page: 1 to ${options.max}, ${options.default} if left out.` });
}

const cursorSchema = z.array(z.union([z.string().max(200), z.number()])).max(4);

/** The place in a list where the next page begins; `next` of the page before. Opaque to the caller. */
export function cursorParameter<T extends readonly unknown[]>(place: z.ZodType<T>) {
  const message = 'is not a cursor of this list; use `next` of the page before, unchanged';
  return z
    .string(message)
    .max(600, message)
    .transform((text, context): T => {
      const parsed = place.safeParse(decodeCursor(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', ...saying(sayOfRequests('cursor.form')) });
      return z.NEVER;
    })
    .optional()
    .meta({ description: 'Where to go on: `next` of the page before.' });
}

export function encodeCursor(place: z.infer<typeof cursorSchema>): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decodeCursor(text: string): unknown {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

export const pointIdParameter = z
  .string()
  .refine((id) => parsePointKey(id) !== undefined, saying(sayOfRequests('point.form')))
  .meta({
    description: 'The point, `agent/point`; in a path the slash is percent-encoded: `import%2Fschool`.',
    examples: ['import/school'],
  });

/** ULIDs of institutions and buildings; anything of their form may be asked for. */
export function entityIdParameter(description: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'an id is 1 to 64 characters of A-Z a-z 0-9 . _ -')
    .meta({ description });
}

export const quantityParameter = z
  .string()
  .refine(isQuantity, saying(sayOfRequests('quantity.none')))
  .transform((name) => name as Quantity)
  .meta({ description: 'A quantity from docs/quantities.md, such as `electricity` or `power`.' });
