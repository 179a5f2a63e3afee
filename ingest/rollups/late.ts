// Readings that changed anywhere in their series: recomputed piece by piece, each with as much context as it needs.
import { type HourChange, recompute, type Stretch } from '../../core/domain/energy/recompute.ts';
import type { Exclusion } from '../../core/domain/energy/rollup.ts';
import type { SeriesScan } from '../../core/domain/energy/scan.ts';
import type { ReadingSlice, Series, TelemetryStore, Window } from '../../core/store/port.ts';
import type { Budget } from './budget.ts';
import type { Remembered } from './heads.ts';
import { mergeStretches, piecesOf, stayedApart, windowAround } from './pieces.ts';

/** A series with what changed in it, ascending and disjoint, and what is remembered of it. */
export interface Work {
  readonly series: Series;
  readonly changes: readonly Stretch[];
  readonly memory: Remembered;
}

export interface Outcome {
  readonly work: Work;
  readonly hourChanges: readonly HourChange[];
  /** The scan, where it reached the end of the series. */
  readonly scan: SeriesScan | undefined;
}

/** Changes of a series that lie together; `factor` says how much more context than usual is read. */
interface Piece {
  readonly work: Work;
  readonly changes: readonly Stretch[];
  readonly factor: number;
}

interface PieceResult {
  readonly from: number;
  readonly hourChanges: readonly HourChange[];
  readonly scan: SeriesScan | undefined;
}

interface Neighbourhood {
  readonly changes: readonly Stretch[];
  readonly slice: ReadingSlice;
  readonly reachesStart: boolean;
  readonly reachesEnd: boolean;
  readonly exclusions: readonly Exclusion[];
}

/** Pieces that are read together at most: it bounds what a pass holds of readings. */
const piecesPerRead = 2_000;
/** The second try of a piece; what needs more still is recomputed with all of its series. */
const widerFactor = 8;

export class LateSeries {
  readonly #store: TelemetryStore;
  readonly #budget: Budget;

  constructor(store: TelemetryStore, budget: Budget) {
    this.#store = store;
    this.#budget = budget;
  }

  /** @returns outcomes of the works that fitted into the budget, one at least. */
  async recompute(works: readonly Work[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < works.length && !this.#budget.full; ) {
      const group: Work[] = [];
      for (let pieces = 0; at < works.length && pieces < piecesPerRead; at++) {
        const work = works[at];
        if (work === undefined) break;
        pieces += piecesOf(work.changes, work.memory.facts).length;
        group.push(work);
      }
      outcomes.push(...(await this.#recomputeGroup(group)));
    }
    return outcomes;
  }

  async #recomputeGroup(group: readonly Work[]): Promise<Outcome[]> {
    const results = new Map<Work, PieceResult[]>(group.map((work) => [work, []]));
    const piecesOfWork = (work: Work, factor: number): Piece[] =>
      piecesOf(work.changes, work.memory.facts).map((changes) => ({ work, changes, factor }));
    const needMore = await this.#try(
      group.flatMap((work) => piecesOfWork(work, 1)),
      results,
    );
    const tooMuch = await this.#try(
      needMore.map((piece) => ({ ...piece, factor: widerFactor })),
      results,
    );

    // What still needs more, and pieces that came near one another: the whole series at once.
    const whole = new Set(tooMuch.map((piece) => piece.work));
    for (const [work, pieces] of results) {
      pieces.sort((a, b) => a.from - b.from);
      if (!stayedApart(pieces.map((piece) => piece.hourChanges))) whole.add(work);
    }
    for (const work of whole) {
      if (!results.has(work)) continue;
      for (const { hourChanges } of results.get(work) ?? []) this.#budget.giveBack(hourChanges);
      results.set(work, []);
      await this.#try([{ work, changes: work.changes, factor: Number.POSITIVE_INFINITY }], results);
    }
    const outcomes: Outcome[] = [];
    for (const [work, pieces] of results) {
      const hourChanges = pieces.flatMap((piece) => piece.hourChanges);
      if (hourChanges.length > 0) outcomes.push({ work, hourChanges, scan: pieces.at(-1)?.scan });
    }
    return outcomes;
  }

  /** One try of each piece. Works that the budget has no room for are taken out of `results`. @returns who needs more. */
  async #try(pieces: readonly Piece[], results: Map<Work, PieceResult[]>): Promise<Piece[]> {
    if (pieces.length === 0) return [];
    const windows = pieces.map(
      ({ work, changes, factor }): Window => ({
        series: work.series.handle,
        ...windowAround(changes, work.memory.facts, factor),
      }),
    );
    const handles = windows.map((window) => window.series);
    const oldest = await this.#store.oldestTs(handles);
    const slices = await this.#store.readingWindows(windows);
    const latest = await this.#store.latest(handles);
    const exclusions = await this.#store.exclusionWindows(windows);
    const newer = await newerChanges(this.#store, handles);
    const more: Piece[] = [];
    for (const [index, piece] of pieces.entries()) {
      const { work } = piece;
      const slice = slices[index];
      const window = windows[index];
      const done = results.get(work);
      if (slice === undefined || window === undefined || done === undefined) continue;
      if (this.#budget.full && done.length === 0) {
        // A series is followed whole or not at all.
        results.delete(work);
        continue;
      }
      // Only what the slice can hold: a newer change elsewhere is for the next pass.
      const within = (change: Stretch) => change.from < window.to && change.to >= window.from;
      const others = [...work.changes, ...(newer.get(work.series.handle) ?? [])].filter(within);
      const result = await this.#recompute(work, {
        changes: mergeStretches([...piece.changes, ...others]),
        slice,
        reachesStart: (oldest[index] ?? 0) >= window.from,
        reachesEnd: (latest[index]?.ts ?? Number.NEGATIVE_INFINITY) < window.to,
        exclusions: exclusions[index] ?? [],
      });
      if (result === undefined) more.push(piece);
      else done.push(result);
    }
    return more.filter((piece) => results.has(piece.work));
  }

  async #recompute(work: Work, given: Neighbourhood): Promise<PieceResult | undefined> {
    const { slice, changes, reachesStart, reachesEnd } = given;
    const hourChanges: HourChange[] = [];
    let { exclusions } = given;
    let scan: SeriesScan | undefined;
    for (let at = 0; at < changes.length; ) {
      const result = recompute({
        quantity: work.series.quantity,
        facts: work.memory.facts,
        ts: slice.ts,
        value: slice.value,
        reachesStart,
        reachesEnd,
        exclusions,
        changes: changes.slice(at),
      });
      if (result.kind !== 'done') {
        this.#budget.giveBack(hourChanges);
        return undefined;
      }
      const { change } = result;
      hourChanges.push(change);
      exclusions = [
        ...exclusions.filter((entry) => entry.ts < change.exclusionsFrom || entry.ts >= change.exclusionsTo),
        ...change.exclusions,
      ];
      scan = result.head;
      at += result.covered;
      await this.#budget.spend(slice.ts.length, change.hours.length);
    }
    return { from: changes[0]?.from ?? 0, hourChanges, scan };
  }
}

/** Changes that came with readings which were read already, perhaps; their marks stay for the next pass. */
export async function newerChanges(
  store: TelemetryStore,
  series: readonly number[],
): Promise<ReadonlyMap<number, Stretch[]>> {
  const result = new Map<number, Stretch[]>();
  const marks = await store.marks?.pendingOf([...new Set(series)]);
  for (const mark of marks ?? []) {
    const handle = mark.quantity === null ? undefined : store.findSeries(mark.point, mark.quantity);
    if (handle === undefined) continue;
    const list = result.get(handle);
    if (list === undefined) result.set(handle, [{ from: mark.from, to: mark.to }]);
    else list.push({ from: mark.from, to: mark.to });
  }
  return result;
}
