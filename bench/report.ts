// What a benchmark prints: rows with a value, its unit, and the limit it is held against.

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Measured in the same run, or stated; `null` where there is none. */
  readonly limit: number | null;
  /** value ÷ limit. */
  readonly ratio: number | null;
  /** What was done, in words: sizes, windows, clients. */
  readonly note?: string;
}

export function row(
  name: string,
  value: number,
  unit: string,
  limit: number | null = null,
  note?: string,
): BenchRow {
  const ratio = limit === null || limit === 0 ? null : round(value / limit);
  return {
    name,
    value: round(value),
    unit,
    limit: limit === null ? null : round(limit),
    ratio,
    ...(note ? { note } : {}),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function print(rows: readonly BenchRow[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ results: rows }, null, 1)}\n`);
    return;
  }
  const cells = rows.map(({ name, value, unit, limit, ratio, note }) => [
    name,
    value.toLocaleString('en'),
    unit,
    limit === null ? '' : limit.toLocaleString('en'),
    ratio === null ? '' : String(ratio),
    note ?? '',
  ]);
  const table = [['name', 'value', 'unit', 'limit', 'ratio', 'note'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  for (const line of table) {
    const text = line.map((cell, column) =>
      column === 1 || column === 3 || column === 4
        ? cell.padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0),
    );
    process.stdout.write(`${text.join('  ').trimEnd()}\n`);
  }
}

/** What is going on, on standard error, so that standard output stays JSON. */
export function progress(words: string): void {
  process.stderr.write(`${words}\n`);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
