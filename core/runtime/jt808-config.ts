// Configuration of the source `jt808`: where it listens, what it puts up with, which terminals it knows.
import { z } from 'zod';
import type { Datum } from '../domain/fleet/datum.ts';
import { saying } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import { pointPattern } from '../domain/topics.ts';
import { sayOfConfig } from './config-words.ts';

// The list of datum.ts without its library, which a process that only reads its configuration does not need.
const datums = ['wgs84', 'gcj02', 'bd09'] as const satisfies readonly Datum[];

const code = z.string().refine((said) => /^[\x21-\x7e]{1,64}$/.test(said), saying(sayOfConfig('jt808.code')));

const terminalSchema = z
  .strictObject({
    /** As on the terminal's card or in its settings; leading zeros do not count. */
    phone: z
      .string()
      .refine((digits) => /^\d{1,20}$/.test(digits), {
        abort: true,
        ...saying(sayOfConfig('jt808.phone')),
      })
      .transform((digits) => digits.replace(/^0+(?=\d)/, '')),
    /** Set by hand in the terminal, which is never told it; left out: made of the source's secret and the phone, told on registration. */
    code: code.optional(),
    codeFile: z.string().optional().describe('path of a file whose first line is the code'),
    /** Its name in the store; by default the phone. */
    point: z.string().regex(pointPattern).optional(),
    /** Where given, a registration must state this plate to be told the code. */
    plate: z.string().min(1).max(32).optional(),
  })
  .refine((terminal) => terminal.code === undefined || terminal.codeFile === undefined, {
    path: ['codeFile'],
    ...saying(sayOfConfig('jt808.two-codes')),
  });
export type Jt808TerminalConfig = z.infer<typeof terminalSchema>;

export const jt808SourceSchema = z
  .strictObject({
    type: z.literal('jt808'),
    name: z.string().min(1),
    host: z.string().min(1).default('0.0.0.0'),
    port: z.coerce.number().int().min(0).max(65_535).default(6_808),
    /** Beyond, a new connection is closed at once. */
    maxConnections: z.int().min(1).max(100_000).default(5_000),
    /** From one address. A carrier's gateway may stand for many terminals. */
    maxPerAddress: z.int().min(1).max(100_000).default(1_000),
    /** A connection without a whole good frame for so long is closed. */
    idleMs: z.int().min(100).max(86_400_000).default(300_000),
    /** … and one that has not authenticated by then. */
    authWithinMs: z.int().min(100).max(600_000).default(30_000),
    /** What a connection may send on average, a burst of ten seconds aside; beyond, its reading pauses. */
    framesPerSecond: z.number().min(1).max(1e6).default(100),
    /** A terminal that has not been heard for so long is silent in the health. */
    silentMs: z.int().min(1_000).default(86_400_000),
    /** Positions that arrive within so long are made durable together. */
    gatherMs: z.int().min(0).max(1_000).default(10),
    /** What the terminals' coordinates are in. */
    datum: z.enum(datums).default('wgs84'),
    /**
     * Terminals that are not listed are refused. `known-only`: each has a plate or a code of its own; `phone-only`: of those with neither, a
     * registration under the phone number alone is told the code, whoever sends it.
     */
    register: z.enum(['known-only', 'phone-only']).default('known-only'),
    /** Codes of terminals without one of their own are made of this, 16 characters or more. */
    codeSecret: z.string().min(16).optional(),
    codeSecretFile: z.string().optional().describe('path of a file whose first line is the secret'),
    terminals: z.array(terminalSchema).min(1),
  })
  .superRefine(checkTerminals);
export type Jt808SourceConfig = z.infer<typeof jt808SourceSchema>;

/** Each terminal has a code, and more than its phone to be known by; each phone and each point stands once. */
function checkTerminals(
  source: {
    readonly codeSecret?: string | undefined;
    readonly codeSecretFile?: string | undefined;
    readonly register: 'known-only' | 'phone-only';
    readonly terminals: readonly Jt808TerminalConfig[];
  },
  context: z.RefinementCtx,
): void {
  const secret = source.codeSecret !== undefined || source.codeSecretFile !== undefined;
  const phones = new Map<string, number>();
  const points = new Map<string, number>();
  source.terminals.forEach(({ phone, point = phone, plate, code, codeFile }, index) => {
    const report = (field: string, message: Message) =>
      context.addIssue({ code: 'custom', path: ['terminals', index, field], ...saying(message) });
    const samePhone = phones.get(phone);
    const samePoint = points.get(point);
    if (samePhone !== undefined)
      report('phone', sayOfConfig('jt808.phone-twice', { phone, place: samePhone }));
    else if (samePoint !== undefined)
      report('point', sayOfConfig('jt808.point-twice', { point, place: samePoint }));
    const byHand = code !== undefined || codeFile !== undefined;
    if (!secret && !byHand) report('code', sayOfConfig('jt808.no-code'));
    else if (!byHand && plate === undefined && source.register !== 'phone-only')
      report('plate', sayOfConfig('jt808.only-phone', { phone }));
    phones.set(phone, index);
    points.set(point, index);
  });
}
