// What the demo's own process tells `up` over the channel between them.
import { z } from 'zod';

export const demoMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), pushed: z.int(), acknowledged: z.int(), total: z.int() }),
  /** Every row of the past is acknowledged. */
  z.object({ kind: z.literal('filled'), rows: z.int() }),
  z.object({ kind: z.literal('live'), devices: z.int(), everyMs: z.int() }),
  /** The past of the cars is acknowledged, and their terminals are live. */
  z.object({ kind: z.literal('cars'), cars: z.int(), positions: z.int() }),
  z.object({ kind: z.literal('cars-failed'), reason: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type DemoMessage = z.infer<typeof demoMessageSchema>;

/** How `up` starts it: a few words of configuration, no secrets (those are in files under home). */
export const demoOrderSchema = z.object({
  url: z.string(),
  everyMs: z.int(),
});
export type DemoOrder = z.infer<typeof demoOrderSchema>;
