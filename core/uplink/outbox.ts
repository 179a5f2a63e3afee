// The outbox: rows are durable here before a push resolves, and leave only when ingest says that the store has them.
//
// Pushes that arrive together share one commit. Rows gather in an open batch, which is frozen into one blob with an id of its own;
// from then on the same id always means the same bytes. The rule when full: new rows are refused, older ones are never dropped.
import { JieyueError } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { BatchWriter } from './batch-writer.ts';
import { type BatchRow, diskError, minus, OutboxDb, plus, type Totals, waiting } from './outbox-db.ts';
import { Quarantine } from './quarantine.ts';
import type { EncodedRows } from './rows.ts';

export interface OutboxOptions {
  readonly path: string;
  /** Bytes of payload kept at most: open, waiting and quarantined. The file is somewhat larger. */
  readonly limitBytes: number;
  /** Bytes that quarantined batches may take of it; default a quarter. */
  readonly quarantineBytes?: number | undefined;
  /** Rows of a batch at most. */
  readonly batchRows: number;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface OutboxDepth {
  /** Rows that wait for their acknowledgement, those not yet frozen included, quarantined ones not. */
  readonly rows: number;
  /** Frozen batches that wait. */
  readonly batches: number;
  /** Bytes of payload that count against the limit: open, waiting and quarantined. */
  readonly bytes: number;
  readonly limitBytes: number;
  /** Time of the earliest row that waits. */
  readonly oldestTs: number | null;
  readonly quarantined: number;
  readonly quarantinedRows: number;
  readonly quarantinedBytes: number;
  readonly refusedRows: number;
  /** Commits so far; pushes that came together share one. */
  readonly commits: number;
  /** The disk's fault while it lasts. */
  readonly fault: string | undefined;
}

interface Pending {
  readonly rows: EncodedRows;
  readonly resolve: () => void;
  readonly reject: (error: JieyueError) => void;
}

/** Acknowledged batches whose deletion has not reached the disk; beyond this (a disk that is full) sending pauses. */
export const maxUndeleted = 4_096;
/** Deletions wait for each other, or for the next push, so that they do not cost a commit each. */
const deleteTogether = 256;
const deleteWithinMs = 25;
const none: Totals = { batches: 0, rows: 0, bytes: 0 };
/** Free pages given back to the disk at a time, once nothing waits. */
const shrinkPages = 1_024;

export class Outbox {
  readonly #options: OutboxOptions;
  #db: OutboxDb | undefined;
  #writer: BatchWriter | undefined;
  /** Bounded by `limitBytes`, counted by `#pendingBytes`. */
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #scheduled = false;
  /** Acknowledged, to be deleted with the next commit. */
  readonly #acked = new Set<number>();
  #deleteTimer: NodeJS.Timeout | undefined;
  #waiting = none;
  #quarantine: Quarantine | undefined;
  #refusedRows = 0;
  #commits = 0;
  #fault: JieyueError | undefined;
  /** The fault concerned new rows, not only deletions. */
  #rowsFailed = false;
  #onChange: () => void = () => {};

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Called after each commit, failed ones included. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** @throws JieyueError `outbox.disk` when the file cannot be opened or another process holds it. */
  open(): void {
    if (this.#db) return;
    const { path, clock, random, limitBytes, quarantineBytes } = this.#options;
    const db = new OutboxDb(path, () => `${clock.now().toString(36)}${random().toString(36).slice(2, 8)}`);
    try {
      this.#writer = new BatchWriter(db, this.#options);
      this.#waiting = db.totals(waiting);
      this.#quarantine = new Quarantine(db, quarantineBytes ?? limitBytes / 4);
      this.#db = db;
    } catch (error) {
      db.close();
      throw diskError(path, error);
    }
  }

  /** Commits what is pending and closes the file; may be called twice. */
  close(): void {
    this.#commit(false);
    this.#db?.close();
    this.#db = undefined;
    this.#writer = undefined;
  }

  /**
   * Resolves when the rows are on the disk.
   * @throws JieyueError `outbox.full` at the limit, `outbox.disk` when they cannot be written; the rows are then counted as refused.
   */
  async append(rows: EncodedRows): Promise<void> {
    const count = rows.ts.length;
    const { path, limitBytes } = this.#options;
    if (!this.#db) {
      throw new JieyueError('outbox.disk', `outbox ${path} is not open: start the uplink before pushing`);
    }
    if (count === 0) return;
    const used = this.#bytes + this.#pendingBytes;
    if (used + rows.bytes > limitBytes) {
      this.#refusedRows += count;
      throw new JieyueError(
        'outbox.full',
        `outbox ${path} holds ${used} of ${limitBytes} bytes: ${count} new rows are refused until ingest answers`,
      );
    }
    this.#pendingBytes += rows.bytes;
    await new Promise<void>((resolve, reject) => {
      this.#pending.push({ rows, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits what is pending and freezes the open rows into a batch now. */
  freeze(): void {
    this.#commit(true);
  }

  /** Tries again to delete what is acknowledged, after a fault of the disk. */
  retryDeletions(): void {
    if (this.#acked.size > 0) this.#commit(false);
  }

  get openRows(): number {
    return this.#writer?.open.rows ?? 0;
  }

  /** The id under which a batch travels. */
  idOf(seq: number): string {
    return this.#writer?.idOf(seq) ?? '';
  }

  /** The seq of an id of this outbox, `undefined` for any other. */
  seqOf(id: string): number | undefined {
    return this.#writer?.seqOf(id);
  }

  /** The highest seq given so far. */
  get lastSeq(): number {
    return this.#writer?.lastSeq ?? 0;
  }

  /** The batch is with the store: it leaves. False when it is not here (any more). */
  acknowledge(seq: number): boolean {
    const batch = this.#batch(seq);
    if (!batch) return false;
    this.#acked.add(seq);
    if (batch.state === waiting) this.#waiting = minus(this.#waiting, batch);
    else this.#quarantine?.left(batch);
    if (this.#acked.size >= deleteTogether) this.#schedule();
    else this.#deleteTimer ??= setTimeout(() => this.#commit(false), deleteWithinMs);
    return true;
  }

  /** Acknowledged batches that still stand on the disk. */
  get undeleted(): number {
    return this.#acked.size;
  }

  /** At most `limit` waiting batches, the oldest or the newest first. */
  waiting(order: 'oldest' | 'newest', limit: number): BatchRow[] {
    const rows = this.#db?.waiting(order, limit + this.#acked.size) ?? [];
    return this.#acked.size === 0 ? rows : rows.filter((row) => !this.#acked.has(row.seq)).slice(0, limit);
  }

  /** The seq of the oldest waiting batch; infinite when none waits. */
  get oldestSeq(): number {
    return this.waiting('oldest', 1)[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  payload(seq: number): Buffer | undefined {
    return this.#db?.payload(seq);
  }

  /**
   * Sets a waiting batch aside. False when there is no such batch, the quarantine is full (at most `quarantineBytes` and 1 000
   * batches: the batch then stays in its place and is tried again, with long pauses) or the disk does not take it.
   */
  quarantine(seq: number): boolean {
    const batch = this.#batch(seq);
    if (batch?.state !== waiting) return false;
    try {
      if (!this.#quarantine?.take(batch)) return false;
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#waiting = minus(this.#waiting, batch);
    this.#onChange();
    return true;
  }

  quarantined(): (BatchRow & { readonly id: string })[] {
    const batches = this.#quarantine?.list(this.#acked) ?? [];
    return batches.map((batch) => ({ ...batch, id: this.idOf(batch.seq) }));
  }

  /** Lets all quarantined batches wait again; returns how many. @throws JieyueError `outbox.disk` */
  requeueQuarantined(): number {
    const batches = this.quarantined();
    try {
      this.#quarantine?.release(batches);
    } catch (error) {
      throw this.#fail(error);
    }
    for (const batch of batches) this.#waiting = plus(this.#waiting, batch);
    this.#onChange();
    return batches.length;
  }

  /** See `Quarantine.holdsKeyOf`. */
  followsQuarantined(batch: BatchRow): boolean {
    return this.#quarantine?.holdsKeyOf(batch, this.#acked) ?? false;
  }

  depth(): OutboxDepth {
    const oldest = Math.min(
      this.#db?.oldestTs(this.#acked) ?? Number.POSITIVE_INFINITY,
      this.#writer?.open.minTs ?? Number.POSITIVE_INFINITY,
    );
    const aside = this.#aside;
    return {
      rows: this.#waiting.rows + this.openRows,
      batches: this.#waiting.batches,
      bytes: this.#bytes,
      limitBytes: this.#options.limitBytes,
      oldestTs: Number.isFinite(oldest) ? oldest : null,
      quarantined: aside.batches,
      quarantinedRows: aside.rows,
      quarantinedBytes: aside.bytes,
      refusedRows: this.#refusedRows,
      commits: this.#commits,
      fault: this.#fault?.message,
    };
  }

  /** As in `depth`, without looking into the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The disk's fault while it lasts. */
  get fault(): JieyueError | undefined {
    return this.#fault;
  }

  /** See `OutboxDb.limitPages`. */
  limitPages(pages: number): void {
    this.#db?.limitPages(pages);
  }

  get #bytes(): number {
    return this.#waiting.bytes + this.#aside.bytes + (this.#writer?.open.bytes ?? 0);
  }

  get #aside(): Totals {
    return this.#quarantine?.totals ?? none;
  }

  #batch(seq: number): BatchRow | undefined {
    return this.#acked.has(seq) ? undefined : this.#db?.batch(seq);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit(false);
    });
  }

  #commit(freezeAll: boolean): void {
    clearTimeout(this.#deleteTimer);
    this.#deleteTimer = undefined;
    const freezing = freezeAll && this.openRows > 0;
    if (!this.#db || (this.#pending.length === 0 && this.#acked.size === 0 && !freezing)) return;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const added = pending.map(({ rows }) => rows);
    const hasRows = added.length > 0 || freezing;
    try {
      try {
        this.#write(added, freezeAll);
      } catch (error) {
        // A full disk: what is acknowledged makes room, if it can go at all.
        if (!hasRows || this.#acked.size === 0) throw error;
        this.#makeRoom();
        this.#write(added, freezeAll);
      }
      // That deletions go through does not mean that new rows do.
      if (hasRows || !this.#rowsFailed) this.#fault = undefined;
      for (const { resolve } of pending) resolve();
    } catch (error) {
      this.#rowsFailed = hasRows;
      const fault = this.#fail(error);
      for (const { rows, reject } of pending) {
        this.#refusedRows += rows.ts.length;
        reject(fault);
      }
    }
    this.#onChange();
  }

  #write(added: readonly EncodedRows[], freezeAll: boolean): void {
    if (!this.#db || !this.#writer) return;
    const acked = [...this.#acked];
    const frozen = this.#writer.write(acked, added, freezeAll);
    this.#commits += 1;
    for (const seq of acked) this.#acked.delete(seq);
    for (const batch of frozen) this.#waiting = plus(this.#waiting, batch);
    if (this.#waiting.batches + this.#aside.batches > 0) return;
    this.#writer.emptied();
    try {
      this.#db.shrink(shrinkPages);
    } catch (error) {
      this.#fail(error);
    }
  }

  #makeRoom(): void {
    try {
      this.#db?.checkpoint();
    } catch {
      // The log cannot be emptied while the disk is full; the deletions may still fit into it.
    }
    this.#write([], false);
  }

  #fail(error: unknown): JieyueError {
    this.#fault = diskError(this.#options.path, error);
    return this.#fault;
  }
}
