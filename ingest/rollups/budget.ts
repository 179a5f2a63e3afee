// What one pass may hold and how long it may keep the event loop: counted while it works.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HourChange } from '../../core/domain/energy/recompute.ts';
import type { RollupLimits } from './limits.ts';

/** Readings that are scanned before other work of the process gets a turn. */
const readingsPerTurn = 20_000;

export class Budget {
  readonly #limits: Pick<RollupLimits, 'hoursPerPass' | 'countedReadingsPerPass'>;
  #hours = 0;
  #readings = 0;
  #turn = 0;

  constructor(limits: Pick<RollupLimits, 'hoursPerPass' | 'countedReadingsPerPass'>) {
    this.#limits = limits;
  }

  /** Whether no further series should be read. */
  get full(): boolean {
    return this.hoursFull || this.#readings >= this.#limits.countedReadingsPerPass;
  }

  /** Whether no further series should be scanned, though its readings are here. */
  get hoursFull(): boolean {
    return this.#hours >= this.#limits.hoursPerPass;
  }

  /** Counts readings that came from the store. */
  read(readings: number): void {
    this.#readings += readings;
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
