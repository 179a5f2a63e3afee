// The batches set aside: kept on the disk, within limits of their own, until they are requeued or acknowledged after all.
import { type BatchRow, minus, type OutboxDb, plus, quarantined, type Totals, waiting } from './outbox-db.ts';
import { encodeRows } from './rows.ts';

const maxBatches = 1_000;

export class Quarantine {
  readonly #db: OutboxDb;
  readonly #limitBytes: number;
  #totals: Totals;

  /** Holds at most `limitBytes` bytes and 1 000 batches. */
  constructor(db: OutboxDb, limitBytes: number) {
    this.#db = db;
    this.#limitBytes = limitBytes;
    this.#totals = db.totals(quarantined);
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** Sets a waiting batch aside; false when there is no room. Throws the driver's error. */
  take(batch: BatchRow): boolean {
    const { bytes, batches } = this.#totals;
    if (bytes + batch.bytes > this.#limitBytes || batches >= maxBatches) return false;
    this.#db.setState([batch.seq], quarantined);
    this.#totals = plus(this.#totals, batch);
    return true;
  }

  /** A batch was acknowledged although it had been set aside; it is deleted by whoever deletes. */
  left(batch: BatchRow): void {
    this.#totals = minus(this.#totals, batch);
  }

  /** All but the acknowledged ones, oldest first. */
  list(acknowledged: ReadonlySet<number>): BatchRow[] {
    return this.#db.quarantined().filter(({ seq }) => !acknowledged.has(seq));
  }

  /** Lets these batches wait again. Throws the driver's error. */
  release(batches: readonly BatchRow[]): void {
    this.#db.setState(
      batches.map(({ seq }) => seq),
      waiting,
    );
    for (const batch of batches) this.left(batch);
  }

  /** Whether `batch` changes a key of a batch set aside that it must follow: looked up row by row, for this is rare. */
  holdsKeyOf(batch: BatchRow, acknowledged: ReadonlySet<number>): boolean {
    const before = this.list(acknowledged).filter(
      ({ seq, minTs, maxTs }) =>
        seq <= batch.after && seq < batch.seq && maxTs >= batch.minTs && minTs <= batch.maxTs,
    );
    if (before.length === 0) return false;
    const keys = new Set(this.#prints(batch.seq));
    return before.some(({ seq }) => this.#prints(seq).some((print) => keys.has(print)));
  }

  #prints(seq: number): readonly number[] {
    const body = this.#db.payload(seq);
    if (!body) return [];
    const batch = JSON.parse(body.toString());
    return encodeRows(batch.readings, batch.positions).prints;
  }
}
