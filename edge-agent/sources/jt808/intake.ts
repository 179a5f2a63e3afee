// Gathers the positions of all connections, so that thousands of small messages become few commits.
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import type { Sink } from '../source.ts';

export interface IntakeOptions {
  readonly sink: Sink;
  /** How long the first row waits for others, ms. */
  readonly gatherMs: number;
  /** Rows of one call of the sink, about; what came in one message stays together. */
  readonly rowsPerCall: number;
  /** Rows waiting or under way from which on nothing should be read; until that takes hold a little more is taken. */
  readonly maxRows: number;
  /** The limit is reached, or half of it is free again. */
  readonly onFull: (full: boolean) => void;
  /** Each failure of the sink, with the rows that it cost, and `undefined` after each success. */
  readonly onOutcome: (fault: unknown, rows: number) => void;
}

interface Waiting {
  readonly rows: readonly WirePosition[];
  readonly settle: (kept: boolean) => void;
}

/** One call of the sink at a time: what arrives meanwhile goes together with the next. */
export class Intake {
  readonly #options: IntakeOptions;
  #waiting: Waiting[] = [];
  #waitingRows = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #full = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Rows waiting or under way. */
  get rows(): number {
    return this.#waitingRows + this.#underWay;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Takes the rows of one message; `settle` is called once, with whether they are durable. */
  add(rows: readonly WirePosition[], settle: (kept: boolean) => void): void {
    this.#waiting.push({ rows, settle });
    this.#waitingRows += rows.length;
    this.#schedule();
    this.#watch();
  }

  /** Hands over what waits; resolves when all of it is settled. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running !== undefined) {
      this.#begin();
      await this.#running;
    }
  }

  #schedule(): void {
    if (this.#waiting.length === 0) return;
    if (this.#waitingRows >= this.#options.rowsPerCall) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.#options.gatherMs);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    this.#running = this.#call().then(() => {
      this.#running = undefined;
      this.#schedule();
    });
  }

  async #call(): Promise<void> {
    const taken = this.#take();
    const rows = taken.flatMap((one) => one.rows);
    this.#waitingRows -= rows.length;
    this.#underWay = rows.length;
    let fault: unknown;
    try {
      await this.#options.sink([], rows);
    } catch (error) {
      fault = error ?? new Error('the sink failed');
    }
    this.#underWay = 0;
    this.#options.onOutcome(fault, rows.length);
    for (const { settle } of taken) settle(fault === undefined);
    this.#watch();
  }

  #take(): Waiting[] {
    let [count, rows] = [0, 0];
    for (const one of this.#waiting) {
      if (count > 0 && rows + one.rows.length > this.#options.rowsPerCall) break;
      rows += one.rows.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #watch(): void {
    const { maxRows, onFull } = this.#options;
    const full = this.rows >= (this.#full ? maxRows / 2 : maxRows);
    if (full === this.#full) return;
    this.#full = full;
    onFull(full);
  }
}
