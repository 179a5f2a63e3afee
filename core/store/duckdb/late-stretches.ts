// Which stretches of time may hold superseded rows: compaction looks at those only. A row that is not newer than its
// series makes its stretch suspect; that is written down in the transaction that writes the row.
import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMs } from '../../domain/time.ts';
import { appendColumns, eachRow, integers, numbers, texts } from './rows.ts';

export type LateFacts = 'readings' | 'positions';

/** Compaction goes a month at a time; thirty days, since the store knows no calendar. */
export const stretchMs = 30 * dayMs;

export interface Stretch {
  readonly facts: LateFacts;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export class LateStretches {
  /** What is in the file, or will be when the running transaction is committed. */
  readonly #known: Record<LateFacts, Set<number>> = { readings: new Set(), positions: new Set() };
  #new: { facts: LateFacts; stretch: number }[] = [];

  note(facts: LateFacts, ts: number): void {
    const stretch = Math.floor(ts / stretchMs);
    if (this.#known[facts].has(stretch)) return;
    this.#known[facts].add(stretch);
    this.#new.push({ facts, stretch });
  }

  /** Writes what was noted within the running transaction; `arrival` is that of its rows or higher. */
  async save(connection: DuckDBConnection, arrival: number): Promise<void> {
    const entries = this.#new;
    await appendColumns(
      connection,
      'late_stretches',
      [
        texts(entries.map((entry) => entry.facts)),
        integers(entries.map((entry) => entry.stretch)),
        numbers(entries.map(() => arrival)),
      ],
      entries.length,
    );
  }

  /** The transaction is committed; until then noted stretches are written again with the next one. */
  saved(): void {
    this.#new = [];
  }

  list(): readonly Stretch[] {
    return (Object.keys(this.#known) as LateFacts[]).flatMap((facts) =>
      [...this.#known[facts]]
        .sort((a, b) => a - b)
        .map((stretch) => ({ facts, from: stretch * stretchMs, to: (stretch + 1) * stretchMs })),
    );
  }

  /** Rows written from now on make the stretch suspect anew. No write may be under way. */
  forget(stretch: Stretch): void {
    this.#known[stretch.facts].delete(stretch.from / stretchMs);
  }

  /** Takes the stretch's entries up to `arrival` out of the file, within the running transaction. */
  async remove(connection: DuckDBConnection, stretch: Stretch, arrival: number): Promise<void> {
    await connection.run(
      `DELETE FROM late_stretches WHERE facts = '${stretch.facts}'
        AND stretch = ${stretch.from / stretchMs} AND arrival <= ${arrival}`,
    );
  }

  async load(connection: DuckDBConnection): Promise<void> {
    await eachRow(connection, 'SELECT DISTINCT facts, stretch FROM late_stretches', (row) => {
      this.#known[row.text(0) as LateFacts].add(row.number(1));
    });
  }
}
