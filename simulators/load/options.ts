// What a load generator is told, as JSON.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import { limits } from '../../core/domain/telemetry.ts';
import { agentIdPattern } from '../../core/domain/topics.ts';

const yearMs = 365 * 86_400_000;

export const loadOptionsSchema = z
  .strictObject({
    /** mqtt://host:port */
    url: z.string().regex(/^mqtt:\/\/[^/]+$/, 'must be mqtt://host:port; the load generator has no TLS'),
    agents: z.array(z.strictObject({ id: z.string().regex(agentIdPattern), password: z.string() })).min(1),
    /** Points of each agent; each has one series. */
    points: z.int().min(1).max(10_000).default(500),
    batchRows: z.int().min(1).max(limits.batchRows).default(100),
    /** Unacknowledged batches in flight, for each agent. */
    window: z.int().min(1).max(30_000).default(64),
    /** Over all agents; without it, as fast as the windows allow. */
    rowsPerSecond: z.number().positive().optional(),
    /** Over all agents; ends when all are acknowledged. */
    rows: z.int().min(1).optional(),
    durationMs: z.number().positive().optional(),
    /** How long to wait for acknowledgements at the end. */
    drainMs: z.number().positive().default(30_000),
    /** After this, a batch is sent again. */
    ackTimeoutMs: z.number().positive().default(10_000),
    /** Time of the first fresh row; default 300 days ago. Fresh rows never lie in the future: they wait for the clock. */
    startTs: z.int().optional(),
    /** From one round over all points to the next. */
    stepMs: z.int().min(1).default(15_000),
    late: z
      .strictObject({
        share: z.number().min(0).max(1).default(0),
        spanMs: z.int().min(1_000).max(yearMs).default(yearMs),
        stepMs: z.int().min(1).default(60_000),
        offsetMs: z.int().default(0),
      })
      .prefault({}),
    /** Part of every batch id; default from the clock. Two runs with the same `run` send the same ids. */
    run: z.string().max(24).optional(),
    seed: z.int().default(1),
  })
  .refine(({ rows, durationMs }) => rows !== undefined || durationMs !== undefined, {
    error: 'say how much: rows or durationMs',
  });
export type LoadOptions = z.infer<typeof loadOptionsSchema>;

/** @throws JieyueError `config.invalid` with every fault by path. */
export function parseLoadOptions(raw: unknown): LoadOptions {
  const parsed = loadOptionsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`);
  throw new JieyueError(
    'config.invalid',
    `load options have ${faults.length} fault(s):\n  ${faults.join('\n  ')}`,
  );
}
