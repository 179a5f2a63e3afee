// Which of an agent's points send times in the future, until their clocks are right again.
import { limits } from '../core/domain/telemetry.ts';

/** Points that are remembered; more than that tell nothing new. */
const maxPoints = 1_000;

export class ClockWatch {
  /** Point → when its newest future row came. */
  readonly #faults = new Map<string, number>();
  #assumedAt: number | undefined;
  #news = false;

  /** `assumedAt`: the agent had a fault that was not over when ingest started then. */
  constructor(assumedAt?: number) {
    this.#assumedAt = assumedAt;
  }

  /** True until every point with a fault has sent a row that shows its clock right again. */
  get faulty(): boolean {
    return this.#faults.size > 0 || this.#assumedAt !== undefined;
  }

  get points(): readonly string[] {
    return [...this.#faults.keys()];
  }

  /** A row of `point` was refused as `row.future`. */
  future(point: string, now: number): void {
    this.#news = true;
    if (this.#faults.size < maxPoints || this.#faults.has(point)) this.#faults.set(point, now);
  }

  /**
   * A row of `point` was right. It shows that the clock is right again only where it is not older than the fault:
   * rows from before it still come out of the outbox.
   */
  good(point: string, ts: number): void {
    const faultAt = this.#faults.get(point);
    if (faultAt !== undefined && ts >= faultAt - limits.futureMs) this.#faults.delete(point);
    if (this.#assumedAt !== undefined && ts >= this.#assumedAt - limits.futureMs) this.#assumedAt = undefined;
  }

  /** Whether future rows came since this was asked last. */
  takeNews(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }
}
