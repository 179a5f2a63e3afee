// When a device is polled next. Pure.

/** A silent device is asked at least this often, unless its own period is longer. */
export const maxBackoffMs = 300_000;

/**
 * The first slot after `now`. Slots are `phase + k × everyMs` since 1970 (UTC), so that a restart does not move them.
 * `last` is the slot that was served last: a timer that fires a moment early does not serve it twice.
 */
export function nextSlot(now: number, everyMs: number, phase: number, last?: number): number {
  const slot = (Math.floor((now - phase) / everyMs) + 1) * everyMs + phase;
  return slot === last ? slot + everyMs : slot;
}

/** Phases spread evenly over the period, so that the devices of a source are not all asked in the same moment. */
export function phaseOf(index: number, devices: number, everyMs: number): number {
  return Math.floor((index * everyMs) / devices);
}

/**
 * How long a device that has been silent `failures` (≥ 1) times in a row is left alone: the period, doubled with each
 * failure up to 5 minutes, of which a random part of up to a half is taken off, so that devices that fell silent
 * together are not asked together. Never less than half the period.
 */
export function backoffMs(failures: number, everyMs: number, random: () => number): number {
  const cap = Math.max(maxBackoffMs, everyMs);
  const full = Math.min(cap, everyMs * 2 ** Math.min(failures - 1, 40));
  return full * (1 - random() / 2);
}
