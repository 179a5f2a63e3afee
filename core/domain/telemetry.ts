// Messages on the wire (MQTT payloads, JSON). `ts` is epoch ms UTC; positions are WGS-84.
import { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import { pointPattern } from './topics.ts';
import { quantityNames } from './units.ts';

export const limits = {
  /** Rows (readings and positions together) in one batch. */
  batchRows: 5_000,
  /** Bytes of one encoded batch. */
  batchBytes: 512 * 1024,
  /** A row later than this ahead of ingest is refused. */
  futureMs: 10 * 60_000,
  /** 1990-01-01: nothing we count is older. */
  earliestTs: 631_152_000_000,
  /** Refusals that an acknowledgement carries in full. */
  rejectedInFull: 100,
  /** Points of one agent that may send without being registered. */
  unknownPoints: 1_000,
} as const;

/** [point, quantity, ts, value] */
export const readingSchema = z.tuple([
  z.string().regex(pointPattern),
  z.enum(quantityNames),
  z.int().min(limits.earliestTs),
  z.number(),
]);
export type WireReading = z.infer<typeof readingSchema>;

/** Typed extras of a position; unknown keys are refused. */
export const positionExtrasSchema = z.strictObject({
  altitudeM: z.number().min(-1_000).max(20_000).optional(),
  odometerKm: z.number().min(0).max(1e7).optional(),
  fuelL: z.number().min(0).max(10_000).optional(),
  satellites: z.int().min(0).max(255).optional(),
  ignition: z.boolean().optional(),
  fix: z.boolean().optional(),
  alarms: z.int().min(0).max(0xffff_ffff).optional(),
});
export type PositionExtras = z.infer<typeof positionExtrasSchema>;

/** [vehicle, ts, lat, lon, speedKmh, courseDeg, extras] */
export const positionSchema = z.tuple([
  z.string().regex(pointPattern),
  z.int().min(limits.earliestTs),
  z.number().min(-90).max(90),
  z.number().min(-180).max(180),
  z.number().min(0).max(500),
  z.number().min(0).max(360),
  positionExtrasSchema,
]);
export type WirePosition = z.infer<typeof positionSchema>;

export const batchIdSchema = z.string().min(1).max(64);

/** The envelope alone: rows are looked at one by one, so that a bad row costs itself. */
export const batchEnvelopeSchema = z.object({
  id: batchIdSchema,
  sentAt: z.number(),
  readings: z.array(z.unknown()).default([]),
  positions: z.array(z.unknown()).default([]),
});

/** A whole batch with every row right. */
export const batchSchema = z.object({
  id: batchIdSchema,
  sentAt: z.number(),
  readings: z.array(readingSchema).default([]),
  positions: z.array(positionSchema).default([]),
});
export type Batch = z.infer<typeof batchSchema>;

export const rejectionSchema = z.object({
  id: batchIdSchema,
  list: z.enum(['readings', 'positions', 'batch']),
  /** Index of the row in its list; -1 when the batch as a whole was refused. */
  index: z.int(),
  code: z.string(),
  message: z.string(),
});
export type Rejection = Omit<z.infer<typeof rejectionSchema>, 'code'> & { code: ErrorCode };

/** Sent after the rows of `ids` are durable (or refused for good). */
export const ackSchema = z.object({
  ids: z.array(batchIdSchema),
  rejected: z.array(rejectionSchema).default([]),
  rejectedCount: z.int().min(0).default(0),
});
export type Ack = z.infer<typeof ackSchema>;

export const sourceHealthSchema = z.object({
  name: z.string(),
  protocol: z.string(),
  /** `silent`: no answer; `degraded`: some devices do not answer. */
  state: z.enum(['ok', 'degraded', 'silent', 'stopped']),
  devices: z.int().min(0),
  devicesSilent: z.int().min(0),
  lastReadAt: z.number().nullable(),
  /** The newest fault in words, with the device it concerns. */
  fault: z.string().nullable(),
});
export type SourceHealth = z.infer<typeof sourceHealthSchema>;

/** Retained; the last will is the same with `state: "offline"`. */
export const statusSchema = z.object({
  state: z.enum(['online', 'offline']),
  at: z.number(),
  version: z.string(),
  outbox: z.object({
    rows: z.int().min(0),
    batches: z.int().min(0),
    bytes: z.int().min(0),
    limitBytes: z.int().min(0),
    oldestTs: z.number().nullable(),
    nearFull: z.boolean(),
    /** Rows that the outbox had to refuse since the agent started. */
    refusedRows: z.int().min(0),
    /** The fault of the disk under the outbox, while it lasts. */
    fault: z.string().optional(),
  }),
  quarantinedBatches: z.int().min(0),
  sources: z.array(sourceHealthSchema),
});
export type AgentStatus = z.infer<typeof statusSchema>;
