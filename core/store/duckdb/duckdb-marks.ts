// The port's view of the marks: pending ones from memory, clearings through a transaction.
import type { Mark, SeriesHandle, StoreMarks } from '../port.ts';
import type { MarkLog } from './mark-log.ts';
import type { SeriesTable } from './series-table.ts';
import type { Transactions } from './transactions.ts';

export class DuckDbMarks implements StoreMarks {
  readonly #transactions: Transactions;
  readonly #log: MarkLog;
  readonly #series: SeriesTable;
  #shortening = false;

  constructor(transactions: Transactions, log: MarkLog, series: SeriesTable) {
    this.#transactions = transactions;
    this.#log = log;
    this.#series = series;
  }

  pending(series: number): Promise<readonly Mark[]> {
    return Promise.resolve(this.#log.take(series, this.#series));
  }

  async clear(marks: readonly Pick<Mark, 'point' | 'quantity' | 'version'>[]): Promise<void> {
    const versions = this.#versions(marks);
    if (versions.size === 0) return;
    await this.#transactions.run('clear marks', async (connection) => {
      await this.#log.saveCleared(connection, versions);
      return () => this.#log.cleared(versions);
    });
    await this.shortenLog();
  }

  /** Waits for a commit under way: its rows may be read already while its marks are not in memory yet. */
  async pendingOf(series: readonly SeriesHandle[]): Promise<readonly Mark[]> {
    await this.#transactions.committing;
    return this.#log.of(series, this.#series);
  }

  backlog(): Promise<{ series: number; oldestAt: number | null }> {
    return Promise.resolve(this.#log.backlog);
  }

  /** The highest version by series; a mark without a quantity stands for all quantities of its point. */
  #versions(marks: readonly Pick<Mark, 'point' | 'quantity' | 'version'>[]): Map<SeriesHandle, number> {
    const versions = new Map<SeriesHandle, number>();
    for (const { point, quantity, version } of marks) {
      for (const series of this.#series.ofPoint(point)) {
        if (quantity !== null && quantity !== series.quantity) continue;
        // A version beyond the last commit would clear marks that are yet to come.
        const known = Math.min(version, this.#transactions.committed);
        versions.set(series.handle, Math.max(known, versions.get(series.handle) ?? 0));
      }
    }
    return versions;
  }

  /** Called after writes and clearings; a failure is left to the next of them. */
  async shortenLog(): Promise<void> {
    if (this.#shortening || !this.#log.logIsLong) return;
    this.#shortening = true;
    try {
      await this.#transactions.run('shorten the log of marks', async (connection) => {
        await this.#log.replaceLog(connection);
        return () => this.#log.logReplaced();
      });
    } catch {
      // logged by the transaction
    } finally {
      this.#shortening = false;
    }
  }
}
