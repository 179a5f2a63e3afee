// Which of two moments is meant by a local time that the clock shows twice: the order of the file's rows tells. Pure.
import type { ReadTime } from './times.ts';

interface Row {
  readonly line: number;
  /** The first moment at which the clock shows the time. */
  readonly ts: number;
}

/** The rows of one hour that the clock shows twice, with the times of the rows around them. */
interface Stretch {
  readonly change: number;
  /** By how much the clock was set back, ms. */
  readonly back: number;
  readonly rows: Row[];
  readonly before: number | undefined;
  after: number | undefined;
  /** Rows of other times stand between, or not all of its rows are remembered. */
  scattered: boolean;
}

/** Rows that are remembered at most; a stretch with more of them is not placed, and each of its rows is a fault. */
const maxRows = 100_000;

/** How often a row of the file is later than the row before it, and how often earlier. */
interface Steps {
  later: number;
  earlier: number;
}

/** In a file in order at most one step in so many goes the other way: files set one after the other, a row out of place. */
const stepsPerTurn = 10;

/**
 * Gets the times of all rows of a file, and then places those that the clock shows twice. A time that the file
 * names once is the first of the two. Where a file in order of time (oldest or newest first) goes through the hour twice, or
 * names each of its times twice, the second is the later one. Any other order does not tell.
 */
export class RepeatedTimes {
  readonly #stretches = new Map<number, Stretch>();
  #open: Stretch | undefined;
  #lastTs: number | undefined;
  readonly #steps: Steps = { later: 0, earlier: 0 };
  #rows = 0;
  #placed: ReadonlyMap<number, number> | undefined;

  /** In the order of the file. */
  add(line: number, { ts, repeat }: ReadTime): void {
    const stretch = repeat && this.#stretchOf(repeat.change, repeat.again - ts);
    if (this.#open && this.#open !== stretch) this.#open.after ??= ts;
    if (this.#lastTs !== undefined && (!stretch || stretch !== this.#open)) {
      if (ts > this.#lastTs) this.#steps.later++;
      else if (ts < this.#lastTs) this.#steps.earlier++;
    }
    this.#open = stretch;
    this.#lastTs = ts;
    if (!stretch) return;
    if (this.#rows < maxRows) stretch.rows.push({ line, ts });
    else stretch.scattered = true;
    this.#rows++;
  }

  /** The moment of a row that the clock shows twice, `undefined` where the order does not tell. */
  place(line: number): number | undefined {
    this.#placed ??= new Map([...this.#stretches.values()].flatMap((each) => placed(each, this.#steps)));
    return this.#placed.get(line);
  }

  #stretchOf(change: number, back: number): Stretch {
    const known = this.#stretches.get(change);
    if (known) {
      if (known !== this.#open) known.scattered = true;
      return known;
    }
    const stretch: Stretch = {
      change,
      back,
      rows: [],
      before: this.#lastTs,
      after: undefined,
      scattered: false,
    };
    this.#stretches.set(change, stretch);
    return stretch;
  }
}

/** Line and moment of each row that has one. */
function placed(stretch: Stretch, steps: Steps): [line: number, ts: number][] {
  const { rows, back, scattered } = stretch;
  if (scattered) return [];
  const [only] = rows;
  if (rows.length === 1 && only) return [[only.line, only.ts]];
  const order = orderOf(stretch, steps);
  if (order === undefined) return [];
  const ascending = order === 'oldest-first' ? rows : rows.toReversed();
  const turns = ascending.flatMap((row, index) => (row.ts < (ascending[index - 1]?.ts ?? 0) ? [index] : []));
  const [turn] = turns;
  if (turn === undefined) return inPairs(ascending, back);
  const runs = [ascending.slice(0, turn), ascending.slice(turn)];
  if (turns.length > 1 || runs.some(namesTwice)) return [];
  return ascending.map(({ line, ts }, index) => [line, index < turn ? ts : ts + back]);
}

function orderOf(
  { change, back, before, after }: Stretch,
  { later, earlier }: Steps,
): 'oldest-first' | 'newest-first' | undefined {
  const [start, end] = [change - back, change + back];
  const forwards = (before ?? start - 1) < start && (after ?? end) >= end;
  const backwards = (before ?? end) >= end && (after ?? start - 1) < start;
  const all = later + earlier;
  if (forwards && earlier <= all / stepsPerTurn) return 'oldest-first';
  if (backwards && later <= all / stepsPerTurn) return 'newest-first';
  return undefined;
}

/** The second row of a time is the later one; a third is neither. */
function inPairs(ascending: readonly Row[], back: number): [line: number, ts: number][] {
  return ascending.flatMap(({ line, ts }, index): [number, number][] => {
    if (ascending[index - 2]?.ts === ts) return [];
    return [[line, ascending[index - 1]?.ts === ts ? ts + back : ts]];
  });
}

function namesTwice(ascending: readonly Row[]): boolean {
  return ascending.some(({ ts }, index) => ascending[index - 1]?.ts === ts);
}
