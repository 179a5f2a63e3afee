// How far apart the readings of a file stand, whatever the order of its rows; and the length of its intervals. Pure.
import { JieyueError } from '../../core/domain/errors.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';

export interface Spacing {
  /** Differences between neighbouring times. */
  readonly count: number;
  /** The most common difference, ms; of several the shortest. */
  readonly mode: number;
  readonly modeShare: number;
  /** A tenth of the differences are not longer than this, ms. */
  readonly short: number;
  readonly shortest: number;
}

export interface IntervalLength {
  readonly lengthMs: number;
  readonly source: 'stated' | 'registered' | 'file' | 'assumed';
}

/** Times that are looked at: the earliest ones, so that they are neighbours in a shuffled file too. 2 MB a column. */
const keptTimes = 262_144;
/** So many differences are taken for evidence. */
const evidence = 3;
/** A difference that so large a share of a file's rows keeps is its interval. */
const clearShare = 0.9;
const shortShare = 0.1;
/** Differences of about the same kind: the months of a year. */
const nearlyShare = 0.9;

/** Gets times in any order, keeps the earliest of them. */
export class TimeSample {
  #times = new Float64Array(4_096);
  #count = 0;
  /** Full: nothing from here on is needed. */
  #end = Number.POSITIVE_INFINITY;

  add(ts: number): void {
    if (ts >= this.#end) return;
    if (this.#count === this.#times.length) this.#makeRoom();
    this.#times[this.#count++] = ts;
  }

  /** `undefined` for less than two different times. */
  spacing(): Spacing | undefined {
    this.#tidy();
    const steps = this.#times
      .subarray(1, this.#count)
      .map((ts, index) => ts - (this.#times[index] ?? 0))
      .sort();
    const short = steps[Math.floor(steps.length * shortShare)];
    if (short === undefined) return undefined;
    const { mode, times } = mostCommon(steps);
    return { count: steps.length, mode, modeShare: times / steps.length, short, shortest: steps[0] ?? short };
  }

  #makeRoom(): void {
    if (this.#times.length >= 2 * keptTimes) this.#tidy();
    if (this.#count <= this.#times.length / 2) return;
    const larger = new Float64Array(this.#times.length * 2);
    larger.set(this.#times);
    this.#times = larger;
  }

  /** Sorted, each time once, at most `keptTimes`. */
  #tidy(): void {
    const sorted = this.#times.subarray(0, this.#count).sort();
    let kept = 0;
    for (const ts of sorted) {
      if (kept === 0 || ts !== sorted[kept - 1]) sorted[kept++] = ts;
    }
    this.#count = Math.min(kept, keptTimes);
    if (kept > keptTimes) this.#end = this.#times[keptTimes] ?? this.#end;
  }
}

/** @param ascending not empty */
function mostCommon(ascending: Float64Array): { mode: number; times: number } {
  let best = { mode: 0, times: 0 };
  for (let start = 0, index = 1; index <= ascending.length; index++) {
    if (ascending[index] === ascending[start]) continue;
    if (index - start > best.times) best = { mode: ascending[start] ?? 0, times: index - start };
    start = index;
  }
  return best;
}

/**
 * The length of the intervals of a point: as stated, else as registered, else as the file's times tell, else an hour.
 * @param spacings of each column of intervals
 * @param registered lengths that hold in the file's time
 * @throws JieyueError `import.interval` where readings would be lost as overlapping, where the stated length is much too
 * short, or where the columns differ.
 */
export function intervalLength(
  spacings: ReadonlyMap<string, Spacing | undefined>,
  { stated, registered }: { stated: number | undefined; registered: readonly number[] },
): IntervalLength {
  const [known] = registered;
  if (stated !== undefined) {
    for (const [column, spacing] of spacings) {
      refuseOverlap(column, spacing, stated, `--interval ${lengthText(stated)}`);
      if (!registered.includes(stated)) refuseTooShort(column, spacing, stated);
    }
    return { lengthMs: stated, source: 'stated' };
  }
  if (known !== undefined) {
    // Of several, each holds in its time: that is for whoever registered them.
    if (registered.length === 1) {
      for (const [column, spacing] of spacings) {
        refuseOverlap(column, spacing, known, `the point's registered interval ${lengthText(known)}`);
      }
    }
    return { lengthMs: known, source: 'registered' };
  }
  const found = fromFile(spacings);
  for (const [column, spacing] of spacings) {
    refuseOverlap(column, spacing, found.lengthMs, `an interval of ${lengthText(found.lengthMs)}`);
  }
  return found;
}

function fromFile(spacings: ReadonlyMap<string, Spacing | undefined>): IntervalLength {
  const clear = [...spacings].filter(([, spacing]) => (spacing?.count ?? 0) >= evidence);
  const modes = [...new Set(clear.map(([, spacing]) => spacing?.mode ?? hourMs))];
  if (modes.length > 1) {
    const each = clear.map(([column, spacing]) => `"${column}" ${lengthText(spacing?.mode ?? hourMs)}`);
    throw new JieyueError(
      'import.interval',
      `the columns of intervals have different lengths (${each.join(', ')}) and a point has one: ` +
        'import each as a point of its own (--point)',
    );
  }
  const [mode] = modes;
  if (mode !== undefined) return { lengthMs: Math.max(1000, mode), source: 'file' };
  const shortest = Math.min(hourMs, ...[...spacings.values()].map((spacing) => spacing?.short ?? hourMs));
  return { lengthMs: Math.max(1000, shortest), source: shortest < hourMs ? 'file' : 'assumed' };
}

function refuseOverlap(column: string, spacing: Spacing | undefined, length: number, said: string): void {
  if (spacing === undefined || spacing.short >= length) return;
  const { mode, short, shortest } = spacing;
  // Months differ by days; a single pair that stands much nearer than the rest is no measure.
  const fits = shortest >= nearlyShare * short ? shortest : short;
  const way =
    fits >= 1000
      ? `say --interval ${lengthText(Math.floor(fits / 1000) * 1000)}`
      : 'if they are no intervals, name another quantity (--column)';
  throw new JieyueError(
    'import.interval',
    `${said} contradicts column "${column}": its readings stand ${lengthText(mode)} apart most often, and a tenth of them ` +
      `${lengthText(short)} or less; those that overlap would not count. To count ${fits === shortest ? 'all' : 'nearly all'}, ${way}`,
  );
}

function refuseTooShort(column: string, spacing: Spacing | undefined, stated: number): void {
  if (spacing === undefined || spacing.count < evidence) return;
  if (spacing.mode <= stated || spacing.modeShare < clearShare) return;
  throw new JieyueError(
    'import.interval',
    `--interval ${lengthText(stated)} contradicts column "${column}": its readings stand ${lengthText(spacing.mode)} apart, ` +
      `and the time between would count as missing. Say --interval ${lengthText(spacing.mode)}, or leave it out`,
  );
}

const units = [
  ['d', dayMs],
  ['h', hourMs],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** As `--interval` takes it: 15m, 1h, 31d. */
export function lengthText(ms: number): string {
  const [name, unit] = units.find(([, each]) => ms % each === 0 && ms >= each) ?? ['ms', 1];
  return `${ms / unit}${name}`;
}
