// How far an agent is behind: one rule for the API and for the boards.
import type { AgentStatus } from '../../core/domain/telemetry.ts';

/** Agents report every 30 s; one that missed three reports is taken to be quiet. */
const quietAfterMs = 100_000;

/** An agent that reports in time had this lag when it did; one that has gone quiet falls behind with every second. */
export function lagSeconds({ state, outbox }: AgentStatus, receivedAt: number | null, now: number): number {
  if (outbox.oldestTs === null) return 0;
  const inTime = state === 'online' && receivedAt !== null && now - receivedAt < quietAfterMs;
  return Math.max(0, ((inTime ? receivedAt : now) - outbox.oldestTs) / 1000);
}
