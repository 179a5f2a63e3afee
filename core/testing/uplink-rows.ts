// Rows and settings for tests of whoever sends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WireReading } from '../domain/telemetry.ts';

/** 2024-01-01, Asia/Shanghai. */
export const start = 1_704_038_400_000;

/** `count` readings of one point, a minute apart, with values that count up from `value`. */
export function series(
  point: string,
  count: number,
  options: { from?: number; value?: number } = {},
): WireReading[] {
  const { from = start, value = 0 } = options;
  return Array.from(
    { length: count },
    (_, i): WireReading => [point, 'electricity', from + i * 60_000, value + i],
  );
}

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-uplink-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Short pauses, so that tests of resending are quick. */
export const quick = {
  resend: { answerMs: 60, firstMs: 10, maxMs: 80, probeMaxMs: 40, quarantineAfter: 5, stallMs: 5_000 },
  reconnect: { firstMs: 10, maxMs: 50, credentialsFirstMs: 25, credentialsMs: 100 },
} as const;
