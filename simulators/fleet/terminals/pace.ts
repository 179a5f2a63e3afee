// When what a terminal sends at a time of the simulation is sent at the wall clock.

export interface Pace {
  /** Epoch ms of the wall clock. */
  due(sentAt: number): number;
}

/** As fast as the other side takes it. */
export const atOnce: Pace = { due: () => 0 };

/** At its own time: a fleet whose days hold the present. What lies before the start goes out at once. */
export const live: Pace = { due: (sentAt) => sentAt };

/** Simulated time `from` is now; from there on `speed` times as fast as the clock. */
export function accelerated(from: number, now: number, speed: number): Pace {
  return { due: (sentAt) => now + (sentAt - from) / speed };
}
