// Replaces rollups and exclusions, window by window.
import type { DuckDBConnection } from '@duckdb/node-api';
import { checkChanges } from '../check-changes.ts';
import { mergeWindows } from '../merge-windows.ts';
import type { RollupBucket, RollupChange, SeriesHandle, Window } from '../port.ts';
import type { Database } from './database.ts';
import { type DeletionBudget, TooManyDeletions, vectorRows } from './deletions.ts';
import { appendColumns, firstNumber, integers, numbers, texts } from './rows.ts';
import { rollupTables } from './schema.ts';
import type { SeriesTable } from './series-table.ts';
import type { Transactions } from './transactions.ts';
import { appendWanted, timeCondition, withinBigint } from './windows.ts';

const buckets = Object.keys(rollupTables) as RollupBucket[];

export class RollupWriter {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #series: SeriesTable;

  constructor(database: Database, transactions: Transactions, series: SeriesTable) {
    this.#database = database;
    this.#transactions = transactions;
    this.#series = series;
  }

  /**
   * Replaces what stands in the changes' windows in one transaction. Where that touches more of the file than memory
   * allows, it goes in several while no read runs, so that none sees a part; a crash between them leaves some series
   * replaced and others not, and their marks uncleared.
   * @throws JieyueError `row.refused-by-store` for a row outside its window; `store.unavailable`.
   */
  async replace(changes: readonly RollupChange[]): Promise<void> {
    if (changes.length === 0) return;
    checkChanges(changes);
    for (const { series } of changes) this.#series.of(series);
    await this.#transactions.exclusively('replace rollups', async () => {
      if (await this.#replaced(changes)) return;
      await this.#database.withoutReads(() => this.#replaceInPieces(changes));
    });
  }

  async #replaceInPieces(changes: readonly RollupChange[]): Promise<void> {
    await this.#database.foldLog();
    if (await this.#replaced(changes)) return;
    const [first, second] = halvesOf(changes);
    if (first.length === 0) throw new TooManyDeletions(); // a single millisecond cannot be cut
    await this.#replaceInPieces(first);
    await this.#replaceInPieces(second);
  }

  /** @returns whether memory allowed it; if not, nothing was changed. */
  async #replaced(changes: readonly RollupChange[]): Promise<boolean> {
    try {
      await this.#transactions.inTurn(async (connection) => {
        const handles = new Set(changes.map((change) => change.series));
        const fresh = [...handles].filter((handle) => !this.#series.isSaved(handle));
        await this.#series.save(connection, fresh);
        for (const round of roundsOf(changes))
          await replaceRound(connection, round, this.#database.deletions);
        return () => this.#series.markSaved(fresh);
      });
      return true;
    } catch (error) {
      if (error instanceof TooManyDeletions) return false;
      throw error;
    }
  }
}

/** The first and the second half of the changes; of a single change the times before and after its middle. */
function halvesOf(changes: readonly RollupChange[]): readonly [RollupChange[], RollupChange[]] {
  const [only] = changes;
  if (only === undefined || changes.length > 1) {
    const half = changes.length >> 1;
    return [changes.slice(0, half), changes.slice(half)];
  }
  const parts = [...buckets.map((bucket) => only.windows[bucket]), only.exclusionWindow];
  const { from, to } = parts.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  const middle = Math.floor((withinBigint(from) + withinBigint(to)) / 2);
  if (middle <= from) return [[], [only]];
  return [[cut(only, Number.NEGATIVE_INFINITY, middle)], [cut(only, middle, Number.POSITIVE_INFINITY)]];
}

/** What of a change lies in [from, to). */
function cut({ series, windows, exclusionWindow }: RollupChange, from: number, to: number): RollupChange {
  const inside = <T extends { readonly ts: number }>(window: {
    readonly from: number;
    readonly to: number;
    readonly rows: readonly T[];
  }) => ({
    from: Math.max(window.from, from),
    to: Math.min(window.to, to),
    rows: window.rows.filter((row) => row.ts >= from && row.ts < to),
  });
  const { hour, day, month } = windows;
  return {
    series,
    windows: { hour: inside(hour), day: inside(day), month: inside(month) },
    exclusionWindow: inside(exclusionWindow),
  };
}

async function replaceRound(
  connection: DuckDBConnection,
  changes: readonly RollupChange[],
  budget: DeletionBudget,
): Promise<void> {
  for (const bucket of buckets) {
    const table = rollupTables[bucket];
    const windows = changes.map((change) => ({ series: change.series, ...change.windows[bucket] }));
    await deleteWindows(connection, table, windows, budget);
    await appendRollups(connection, table, changes, bucket);
  }
  const windows = changes.map(({ series, exclusionWindow }) => ({ series, ...exclusionWindow }));
  await deleteWindows(connection, 'exclusions', windows, budget);
  await appendExclusions(connection, changes);
}

/** A series that changes twice in one call: the later change comes after the earlier, in a round of its own. */
function roundsOf(changes: readonly RollupChange[]): RollupChange[][] {
  const rounds: RollupChange[][] = [];
  const seen = new Map<SeriesHandle, number>();
  for (const change of changes) {
    const round = seen.get(change.series) ?? 0;
    seen.set(change.series, round + 1);
    const list = rounds[round];
    if (list === undefined) rounds[round] = [change];
    else list.push(change);
  }
  return rounds;
}

async function deleteWindows(
  connection: DuckDBConnection,
  table: string,
  windows: readonly Window[],
  budget: DeletionBudget,
): Promise<void> {
  const merged = mergeWindows(windows);
  if (merged.length === 0) return;
  await appendWanted(connection, merged);
  const condition = `r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
    AND (${timeCondition('r.ts', merged)})`;
  budget.spend(
    await firstNumber(
      connection,
      `SELECT count(DISTINCT r.rowid // ${vectorRows}) FROM ${table} AS r JOIN wanted AS w ON ${condition}`,
    ),
  );
  await connection.run(`DELETE FROM ${table} AS r USING wanted AS w WHERE ${condition}`);
  await connection.run('TRUNCATE wanted');
}

async function appendRollups(
  connection: DuckDBConnection,
  table: string,
  changes: readonly RollupChange[],
  bucket: RollupBucket,
): Promise<void> {
  const length = changes.reduce((sum, { windows }) => sum + windows[bucket].rows.length, 0);
  const series = new Int32Array(length);
  const [ts, value, min, max, measuredMs, estimatedMs] = columnsOf(length);
  let index = 0;
  for (const change of changes) {
    for (const row of change.windows[bucket].rows) {
      series[index] = change.series;
      ts[index] = row.ts;
      value[index] = row.value ?? Number.NaN;
      min[index] = row.min ?? Number.NaN;
      max[index] = row.max ?? Number.NaN;
      measuredMs[index] = row.measuredMs;
      estimatedMs[index] = row.estimatedMs;
      index++;
    }
  }
  const columns = [ts, value, min, max, measuredMs, estimatedMs].map(numbers);
  await appendColumns(connection, table, [integers(series), ...columns], length);
}

type Six<T> = [T, T, T, T, T, T];

function columnsOf(length: number): Six<Float64Array> {
  const column = () => new Float64Array(length);
  return [column(), column(), column(), column(), column(), column()];
}

async function appendExclusions(
  connection: DuckDBConnection,
  changes: readonly RollupChange[],
): Promise<void> {
  const rows = changes.flatMap(({ exclusionWindow }) => exclusionWindow.rows);
  const series = changes.flatMap((change) => change.exclusionWindow.rows.map(() => change.series));
  await appendColumns(
    connection,
    'exclusions',
    [
      integers(series),
      numbers(rows.map((row) => row.ts)),
      numbers(rows.map((row) => row.until)),
      texts(rows.map((row) => row.code)),
      numbers(rows.map((row) => row.value)),
      numbers(rows.map((row) => row.withheld)),
    ],
    rows.length,
  );
}
