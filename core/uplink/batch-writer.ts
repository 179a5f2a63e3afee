// Writes to the outbox file: the open batch, its freezing, and what each frozen batch must wait for. One transaction a call.
import { limits } from '../domain/telemetry.ts';
import type { Clock } from '../runtime/clock.ts';
import { BatchBuilder } from './batch-builder.ts';
import { KeyGuard } from './key-guard.ts';
import { type BatchRow, type OutboxDb, waiting } from './outbox-db.ts';
import { type EncodedRows, encodeRows } from './rows.ts';

export class BatchWriter {
  readonly #db: OutboxDb;
  readonly #clock: Clock;
  readonly #batchRows: number;
  readonly #guard = new KeyGuard();
  readonly #prefix: string;
  #nextSeq: number;
  #open: BatchBuilder;

  /** Takes up the open rows that an earlier process left. */
  constructor(db: OutboxDb, options: { batchRows: number; clock: Clock }) {
    this.#db = db;
    this.#clock = options.clock;
    this.#batchRows = Math.min(options.batchRows, limits.batchRows);
    this.#prefix = db.prefix;
    this.#nextSeq = db.lastSeq + 1;
    this.#open = restoreOpen(db, this.#batchRows);
    this.#resetGuard();
  }

  /** The rows that are durable but not frozen yet. */
  get open(): Pick<BatchBuilder, 'rows' | 'bytes' | 'minTs'> {
    return this.#open;
  }

  /** The highest seq given so far. */
  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /** The id under which a batch travels; a seq is never given twice. */
  idOf(seq: number): string {
    return `${this.#prefix}-${seq.toString(36)}`;
  }

  /** The seq of an id of this outbox, `undefined` for any other. */
  seqOf(id: string): number | undefined {
    if (!id.startsWith(`${this.#prefix}-`)) return undefined;
    const seq = Number.parseInt(id.slice(this.#prefix.length + 1), 36);
    return Number.isSafeInteger(seq) && this.idOf(seq) === id ? seq : undefined;
  }

  /**
   * In one transaction: deletes batches, takes new rows, freezes what is full (with `freezeAll`: what is not, too).
   * @returns the frozen batches. When it throws (the driver's error), nothing has changed.
   */
  write(deleted: readonly number[], added: readonly EncodedRows[], freezeAll: boolean): BatchRow[] {
    const db = this.#db;
    const before = this.#open;
    const mark = before.mark();
    const nextSeq = this.#nextSeq;
    const frozen: BatchRow[] = [];
    let open = before;
    let stored: { readings: number; positions: number } = mark;
    const freeze = () => {
      frozen.push(this.#freeze(open));
      open = new BatchBuilder(this.#batchRows, limits.batchBytes);
      stored = { readings: 0, positions: 0 };
    };
    try {
      db.transaction(() => {
        for (const seq of deleted) db.deleteBatch(seq);
        for (const rows of added) {
          for (let i = 0; i < rows.ts.length; i++) {
            if (open.add(rows, i)) continue;
            freeze();
            open.add(rows, i);
          }
        }
        if (open.rows > 0 && (freezeAll || open.full)) freeze();
        if (frozen.length > 0) db.clearOpen();
        const tail = open.since(stored);
        if (tail.readings !== '' || tail.positions !== '') db.insertOpen(tail.readings, tail.positions);
      });
    } catch (error) {
      this.#open = before.upTo(mark);
      this.#nextSeq = nextSeq;
      this.#resetGuard();
      throw error;
    }
    this.#open = open;
    return frozen;
  }

  /** No batch is left: there is nothing that a row must follow. */
  emptied(): void {
    this.#guard.clear();
  }

  #freeze(open: BatchBuilder): BatchRow {
    const db = this.#db;
    const seq = this.#nextSeq++;
    const body = open.encode(this.idOf(seq), this.#clock.now());
    const { seqs, unknown } = this.#guard.record(seq, open.prints, open.ts);
    let after = unknown ? db.newestWithin(unknown.seq, unknown.from, unknown.to) : 0;
    for (const earlier of seqs) if (earlier > after && db.batch(earlier)) after = earlier;
    const { rows, minTs, maxTs } = open;
    const batch = { seq, rows, bytes: body.length, minTs, maxTs, after, state: waiting } as const;
    db.insertBatch(batch, body);
    return batch;
  }

  /** After opening and after a failed commit: the batches on the disk are known by their range of time only. */
  #resetGuard(): void {
    const extent = this.#db.extent();
    if (extent) this.#guard.startFrom(extent);
    else this.#guard.clear();
  }
}

function restoreOpen(db: OutboxDb, batchRows: number): BatchBuilder {
  const chunks = db
    .open()
    .map(({ readings, positions }) => encodeRows(JSON.parse(`[${readings}]`), JSON.parse(`[${positions}]`)));
  const count = chunks.reduce((sum, { ts }) => sum + ts.length, 0);
  // The configured limit may have been lowered since they were written.
  const open = new BatchBuilder(Math.max(batchRows, count), limits.batchBytes);
  for (const rows of chunks) {
    for (let i = 0; i < rows.ts.length; i++) {
      if (!open.add(rows, i)) throw new Error('the open rows are more than one batch');
    }
  }
  return open;
}
