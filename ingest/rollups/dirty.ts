// From pending marks to dirty series, and from followed series back to marks that can be cleared.
import type { RegistryMark } from '../../core/registry/registry.ts';
import type { Mark, Series, SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import { mergeStretches } from './pieces.ts';
import type { MarkProgress } from './progress.ts';
import type { DirtySeries } from './work.ts';

export interface ReadMarks {
  /** Edited facts and corrections; data too where the store keeps no marks itself. */
  readonly registry: readonly RegistryMark[];
  readonly data: readonly Mark[];
}

type SeriesSource = Pick<TelemetryStore, 'seriesOfPoint' | 'findSeries' | 'seriesOf'>;

interface Entry {
  readonly series: Series;
  readonly changes: { from: number; to: number }[];
  edited: boolean;
  factsDoubted: boolean;
  editVersion: number;
}

/**
 * Series with pending marks, those that wait longest first. Of a mark of all quantities only series that are not
 * followed yet; no more of such marks than make `limit` series, not counting those that `aside` names.
 */
export function dirtySeries(
  store: SeriesSource,
  marks: ReadMarks,
  progress: MarkProgress,
  limit: number,
  aside: (series: SeriesHandle) => boolean,
): DirtySeries[] {
  const entries = new Map<SeriesHandle, Entry>();
  const add = (series: Series, { from, to }: Mark): Entry => {
    let entry = entries.get(series.handle);
    if (entry === undefined) {
      entry = { series, changes: [], edited: false, factsDoubted: false, editVersion: 0 };
      entries.set(series.handle, entry);
    }
    entry.changes.push({ from, to });
    return entry;
  };
  let edited = 0;
  for (const mark of marks.registry) {
    const ofPoint = mark.quantity === null;
    for (const series of seriesOf(store, mark)) {
      if (ofPoint && progress.isDone(series)) continue;
      if (ofPoint && entries.get(series.handle)?.edited !== true) {
        if (edited >= limit) continue;
        if (!aside(series.handle)) edited++;
      }
      const entry = add(series, mark);
      entry.edited ||= ofPoint;
      if (!mark.facts) continue;
      entry.factsDoubted = true;
      entry.editVersion = Math.max(entry.editVersion, mark.version);
    }
  }
  for (const mark of marks.data) {
    for (const series of seriesOf(store, mark)) add(series, mark);
  }
  return [...entries.values()].map((entry) => ({ ...entry, changes: mergeStretches(entry.changes) }));
}

/** Notes what was followed. @returns the marks whose series are all followed, or that have none. */
export function followedMarks(
  store: SeriesSource,
  marks: ReadMarks,
  progress: MarkProgress,
  followed: readonly DirtySeries[],
): ReadMarks {
  for (const { series, edited } of followed) if (edited) progress.done(series);
  const now = new Set(followed.map(({ series }) => series.handle));
  const isDone = (mark: Mark) =>
    seriesOf(store, mark).every((series) =>
      mark.quantity === null ? progress.isDone(series) : now.has(series.handle),
    );
  return { registry: marks.registry.filter(isDone), data: marks.data.filter(isDone) };
}

function seriesOf(store: SeriesSource, { point, quantity }: Mark): readonly Series[] {
  if (quantity === null) return store.seriesOfPoint(point);
  const handle = store.findSeries(point, quantity);
  return handle === undefined ? [] : [store.seriesOf(handle)];
}
