// What one pass may hold and how long it may keep the event loop: counted while it works.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HourChange } from '../../core/domain/energy/recompute.ts';

/** Readings that are scanned before other work of the process gets a turn. */
const readingsPerTurn = 20_000;
/** Hours that a pass makes at most before it stores them: a gap of years fills many. Series beyond wait for the next. */
const hoursPerPass = 120_000;

export class Budget {
  #hours = 0;
  #turn = 0;

  /** Whether no further series should be begun. */
  get full(): boolean {
    return this.#hours >= hoursPerPass;
  }

  /** Counts work done, and lets others have a turn when it was much. */
  async spend(readings: number, hours: number): Promise<void> {
    this.#hours += hours;
    this.#turn += readings + hours;
    if (this.#turn < readingsPerTurn) return;
    this.#turn = 0;
    await nextTurn();
  }

  /** Hours that will not be stored after all. */
  giveBack(changes: readonly HourChange[]): void {
    for (const change of changes) this.#hours -= change.hours.length;
  }
}
