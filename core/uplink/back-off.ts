// How long to wait before the next try: doubling, with a ceiling, spread by chance so that many agents do not come at once.

/** @returns ms: firstMs × 2^(attempt − 1), at most maxMs, times 0.5 to 1.5. `attempt` counts from 1. */
export function backOff(attempt: number, firstMs: number, maxMs: number, random: () => number): number {
  const plain = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return plain * (0.5 + random());
}
