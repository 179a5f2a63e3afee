// Pending marks in memory: which windows of which series the rollups must follow, those that wait longest first.
// Bounded: a series keeps at most `windowsPerSeries` windows; beyond that the two with the smallest gap become one (a
// mark may cover more than what changed, never less).
import { dayMs } from '../../domain/time.ts';
import type { SeriesHandle } from '../port.ts';

export interface MarkWindow {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly version: number;
  /** When the oldest part was marked, epoch ms. */
  readonly since: number;
}

export interface SeriesMarks {
  readonly series: SeriesHandle;
  readonly windows: readonly MarkWindow[];
}

/** Windows that overlap or lie within a day of each other become one. */
const joinWithinMs = dayMs;
const windowsPerSeries = 24;

interface Entry {
  /** Handed out by `take`: a later mark never grows into these, so that `clear` cannot take it along. */
  taken: MarkWindow[];
  /** Marked since; disjoint, ascending. */
  fresh: MarkWindow[];
}

export class PendingMarks {
  /** In the order in which series began to wait. */
  readonly #entries = new Map<SeriesHandle, Entry>();

  get series(): number {
    return this.#entries.size;
  }

  get windows(): number {
    let count = 0;
    for (const { taken, fresh } of this.#entries.values()) count += taken.length + fresh.length;
    return count;
  }

  /** When the series that waits longest was marked. */
  get oldestAt(): number | null {
    for (const entry of this.#entries.values()) return sinceOf(entry);
    return null;
  }

  add(series: SeriesHandle, window: MarkWindow): void {
    const entry = this.#entries.get(series);
    if (entry === undefined) this.#entries.set(series, { taken: [], fresh: [window] });
    else join(entry.fresh, window);
  }

  /** All windows of at most `count` series; windows that touch are one, each with the highest version of its series. */
  take(count: number): readonly SeriesMarks[] {
    const taken: SeriesMarks[] = [];
    for (const [series, entry] of this.#entries) {
      if (taken.length >= count) break;
      for (const window of entry.fresh) join(entry.taken, window);
      entry.fresh = [];
      taken.push({ series, windows: withHighestVersion(entry.taken) });
    }
    return taken;
  }

  /** All windows of these series, without taking them. */
  of(series: readonly SeriesHandle[]): readonly SeriesMarks[] {
    return series.flatMap((handle) => {
      const entry = this.#entries.get(handle);
      if (entry === undefined) return [];
      const windows = [...entry.taken];
      for (const window of entry.fresh) join(windows, window);
      return [{ series: handle, windows: withHighestVersion(windows) }];
    });
  }

  /** Forgets windows up to `version`; what stays waits behind the others. */
  clear(series: SeriesHandle, version: number): void {
    const entry = this.#entries.get(series);
    if (entry === undefined) return;
    const stays = (window: MarkWindow) => window.version > version;
    const rest = { taken: entry.taken.filter(stays), fresh: entry.fresh.filter(stays) };
    if (rest.taken.length + rest.fresh.length === 0) {
      this.#entries.delete(series);
    } else if (rest.taken.length + rest.fresh.length < entry.taken.length + entry.fresh.length) {
      this.#entries.delete(series);
      this.#entries.set(series, rest);
    }
  }

  /** Everything that waits, in order. */
  *all(): Iterable<SeriesMarks> {
    for (const [series, { taken, fresh }] of this.#entries) yield { series, windows: [...taken, ...fresh] };
  }

  reset(): void {
    this.#entries.clear();
  }
}

function withHighestVersion(windows: readonly MarkWindow[]): MarkWindow[] {
  const version = windows.reduce((highest, window) => Math.max(highest, window.version), 0);
  return windows.map((window) => ({ ...window, version }));
}

function sinceOf({ taken, fresh }: Entry): number {
  return [...taken, ...fresh].reduce(
    (oldest, window) => Math.min(oldest, window.since),
    Number.POSITIVE_INFINITY,
  );
}

/** Adds a window to disjoint ascending ones. */
function join(windows: MarkWindow[], window: MarkWindow): void {
  let start = windows.length;
  while (start > 0 && (windows[start - 1] as MarkWindow).to + joinWithinMs >= window.from) start--;
  let end = start;
  let joined = window;
  while (end < windows.length && (windows[end] as MarkWindow).from - joinWithinMs <= window.to) {
    joined = union(joined, windows[end] as MarkWindow);
    end++;
  }
  windows.splice(start, end - start, joined);
  if (windows.length > windowsPerSeries) joinNearest(windows);
}

function joinNearest(windows: MarkWindow[]): void {
  let nearest = 1;
  for (let index = 2; index < windows.length; index++) {
    if (gapBefore(windows, index) < gapBefore(windows, nearest)) nearest = index;
  }
  const joined = union(windows[nearest - 1] as MarkWindow, windows[nearest] as MarkWindow);
  windows.splice(nearest - 1, 2, joined);
}

function gapBefore(windows: readonly MarkWindow[], index: number): number {
  return (windows[index] as MarkWindow).from - (windows[index - 1] as MarkWindow).to;
}

function union(a: MarkWindow, b: MarkWindow): MarkWindow {
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    version: Math.max(a.version, b.version),
    since: Math.min(a.since, b.since),
  };
}
