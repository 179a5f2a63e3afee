// Readings that changed anywhere in their series: recomputed piece by piece, each with as much context as it needs.
import { type HourChange, recompute, type Stretch } from '../../core/domain/energy/recompute.ts';
import type { Exclusion } from '../../core/domain/energy/rollup.ts';
import type { SeriesScan } from '../../core/domain/energy/scan.ts';
import type { ReadingSlice, TelemetryStore, Window } from '../../core/store/port.ts';
import type { Budget } from './budget.ts';
import { estimateReadings } from './estimate.ts';
import type { GoneReadings } from './gone.ts';
import type { NewerChanges } from './newer-changes.ts';
import { mergeStretches, piecesOf, stayedApart, windowAround } from './pieces.ts';
import type { ReadingShare } from './reading-share.ts';
import type { Work } from './work.ts';

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

/** What the pieces of each work came to; a work that must wait for the next pass is taken out. */
type Results = Map<Work, PieceResult[]>;

interface Neighbourhood {
  readonly changes: readonly Stretch[];
  readonly slice: ReadingSlice;
  readonly reachesStart: boolean;
  readonly reachesEnd: boolean;
  readonly earlierAreGone: boolean;
  readonly exclusions: readonly Exclusion[];
}

/** The second try of a piece; what needs more still is recomputed with all of its series. */
const widerFactor = 8;

export interface LateSeriesOptions {
  readonly store: TelemetryStore;
  readonly budget: Budget;
  readonly share: ReadingShare;
  readonly newer: NewerChanges;
  readonly gone: GoneReadings;
  /** Epoch ms: no reading is much newer. */
  readonly now: number;
}

export class LateSeries {
  readonly #store: TelemetryStore;
  readonly #budget: Budget;
  readonly #share: ReadingShare;
  readonly #newer: NewerChanges;
  readonly #gone: GoneReadings;
  readonly #now: number;

  constructor({ store, budget, share, newer, gone, now }: LateSeriesOptions) {
    this.#store = store;
    this.#budget = budget;
    this.#share = share;
    this.#newer = newer;
    this.#gone = gone;
    this.#now = now;
  }

  /** @returns outcomes of the works that fitted into the budget, one at least. */
  async recompute(works: readonly Work[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < works.length && !this.#budget.full; ) {
      const group = this.#share.take(works, at, (work) => ({
        readings: this.#estimate(work),
        windows: piecesOf(work.dirty.changes, work.memory.facts).length,
      }));
      at += group.length;
      outcomes.push(...(await this.#recomputeGroup(group)));
    }
    return outcomes;
  }

  async #recomputeGroup(group: readonly Work[]): Promise<Outcome[]> {
    const results: Results = new Map(group.map((work) => [work, []]));
    const pieces = group.flatMap((work) =>
      piecesOf(work.dirty.changes, work.memory.facts).map((changes) => ({ work, changes, factor: 1 })),
    );
    const needMore = await this.#try(pieces, results);
    const whole = new Set(await this.#tryWider(needMore, results));
    // Beside what needs more still, pieces that came near one another: the whole series at once.
    for (const [work, done] of results) {
      done.sort((a, b) => a.from - b.from);
      if (!stayedApart(done.map((piece) => piece.hourChanges))) whole.add(work);
    }
    let wholes = 0;
    for (const work of whole) {
      if (!results.has(work)) continue;
      this.#drop(work, results);
      // One is read whatever the budget says, or none would ever be.
      if (wholes++ > 0 && this.#budget.full) continue;
      results.set(work, []);
      await this.#try([{ work, changes: work.dirty.changes, factor: Number.POSITIVE_INFINITY }], results);
    }
    const outcomes: Outcome[] = [];
    for (const [work, done] of results) {
      const hourChanges = done.flatMap((piece) => piece.hourChanges);
      if (hourChanges.length > 0) outcomes.push({ work, hourChanges, scan: done.at(-1)?.scan });
    }
    return outcomes;
  }

  /** The second try, in reads of their own. @returns works that need more still. */
  async #tryWider(pieces: readonly Piece[], results: Results): Promise<Work[]> {
    const byWork = new Map<Work, Piece[]>();
    for (const piece of pieces) {
      const list = byWork.get(piece.work) ?? [];
      byWork.set(piece.work, list);
      list.push({ ...piece, factor: widerFactor });
    }
    const works = [...byWork.keys()];
    const needMore: Piece[] = [];
    for (let at = 0; at < works.length; ) {
      const part = this.#share.take(works, at, (work) => ({
        readings: this.#estimate(work) * widerFactor,
        windows: byWork.get(work)?.length ?? 0,
      }));
      if (at > 0 && this.#budget.full) for (const work of part) this.#drop(work, results);
      else {
        const wider = part.flatMap((work) => byWork.get(work) ?? []);
        needMore.push(...(await this.#try(wider, results)));
      }
      at += part.length;
    }
    return needMore.map((piece) => piece.work);
  }

  /** One try of each piece, by one read. @returns the pieces that need more. */
  async #try(pieces: readonly Piece[], results: Results): Promise<Piece[]> {
    if (pieces.length === 0) return [];
    const windows = pieces.map(
      ({ work, changes, factor }): Window => ({
        series: work.dirty.series.handle,
        ...windowAround(changes, work.memory.facts, factor),
      }),
    );
    const handles = windows.map((window) => window.series);
    const oldest = await this.#store.oldestTs(handles);
    const slices = await this.#store.readingWindows(windows);
    this.#count(pieces, slices);
    const latest = await this.#store.latest(handles);
    const exclusions = await this.#store.exclusionWindows(windows);
    const newer = await this.#newer(handles);
    const reachesStart = windows.map(({ from }, index) => (oldest[index] ?? 0) >= from);
    const gone = await this.#gone.among(
      pieces.flatMap(({ work }, index) =>
        reachesStart[index] === true
          ? [
              {
                series: work.dirty.series,
                facts: work.memory.facts,
                oldest: slices[index]?.ts[0] ?? oldest[index],
              },
            ]
          : [],
      ),
      this.#now,
    );
    const more: Piece[] = [];
    for (const [index, piece] of pieces.entries()) {
      const { work } = piece;
      const slice = slices[index];
      const window = windows[index];
      const done = results.get(work);
      if (slice === undefined || window === undefined || done === undefined) continue;
      if (piece.factor === 1 && this.#budget.hoursFull && done.length === 0) {
        // A series is followed whole or not at all.
        results.delete(work);
        continue;
      }
      // Only what the slice can hold: a newer change elsewhere is for the next pass.
      const within = (change: Stretch) => change.from < window.to && change.to >= window.from;
      const others = [...work.dirty.changes, ...(newer.get(window.series) ?? [])].filter(within);
      const result = await this.#recompute(work, {
        changes: mergeStretches([...piece.changes, ...others]),
        slice,
        reachesStart: reachesStart[index] === true,
        reachesEnd: (latest[index]?.ts ?? Number.NEGATIVE_INFINITY) < window.to,
        earlierAreGone: gone.has(window.series),
        exclusions: exclusions[index] ?? [],
      });
      if (result === undefined) more.push(piece);
      else done.push(result);
    }
    return more.filter((piece) => results.has(piece.work));
  }

  /** The read is counted, and compared with what was estimated where that was for these windows. */
  #count(pieces: readonly Piece[], slices: readonly ReadingSlice[]): void {
    const found = slices.reduce((sum, slice) => sum + slice.ts.length, 0);
    this.#budget.read(found);
    if (pieces.some(({ factor }) => factor !== 1)) return;
    const works = new Set(pieces.map(({ work }) => work));
    this.#share.learn(
      [...works].reduce((sum, work) => sum + this.#estimate(work), 0),
      found,
    );
  }

  #estimate({ dirty, oldest, memory }: Work): number {
    return estimateReadings(dirty.changes, { facts: memory.facts, head: undefined }, oldest, this.#now);
  }

  /** Leaves a work to the next pass, or to another try. */
  #drop(work: Work, results: Results): void {
    for (const { hourChanges } of results.get(work) ?? []) this.#budget.giveBack(hourChanges);
    results.delete(work);
  }

  async #recompute(work: Work, given: Neighbourhood): Promise<PieceResult | undefined> {
    const { slice, changes, reachesStart, reachesEnd, earlierAreGone } = given;
    const hourChanges: HourChange[] = [];
    let { exclusions } = given;
    let scan: SeriesScan | undefined;
    for (let at = 0; at < changes.length; ) {
      const result = recompute({
        quantity: work.dirty.series.quantity,
        facts: work.memory.facts,
        ts: slice.ts,
        value: slice.value,
        reachesStart,
        reachesEnd,
        earlierAreGone,
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
