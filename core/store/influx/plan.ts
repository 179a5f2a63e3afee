// Many windows by few statements: series of one quantity whose windows nearly coincide are read together.
import { isOneOf, isTag } from '../../domain/influxql.ts';
import { tags } from '../../domain/series.ts';
import type { Quantity } from '../../domain/units.ts';
import { mergeWindows } from '../merge-windows.ts';
import type { Series, SeriesHandle, Window } from '../port.ts';
import { tagOf } from './tag-text.ts';

/** Series of one quantity that one statement reads. */
export interface SeriesGroup {
  readonly quantity: Quantity;
  readonly series: readonly Series[];
}

/** A group whose answer may hold other series too: it costs less to leave them out than to name the wanted ones. */
export interface LooseGroup extends SeriesGroup {
  /** Whether it answers for all series of the quantity. */
  readonly all: boolean;
}

/** A group with the time, [from, to), that is read of each. */
export interface Cluster extends SeriesGroup {
  readonly from: number;
  readonly to: number;
}

/** The server looks at each series for each point that is named: a statement of 400 takes longer than eight of 50. */
const mostSeries = 50;
/** Reading so many times what was asked for, or so much more of each series, still costs less than another statement. */
const mostSurplus = 3;
const freeSurplusMs = 6 * 3_600_000;

/** A series stands once in a cluster; one with windows far apart stands in several. */
export function clusterWindows(
  windows: readonly Window[],
  seriesOf: (handle: SeriesHandle) => Series,
): readonly Cluster[] {
  const wanted = mergeWindows(windows).map(({ series, from, to }) => ({
    series: seriesOf(series),
    from,
    to,
  }));
  wanted.sort((a, b) => byName(a.series.quantity, b.series.quantity) || a.from - b.from || a.to - b.to);
  const clusters: (Cluster & { series: Series[]; handles: Set<SeriesHandle>; to: number; asked: number })[] =
    [];
  for (const { series, from, to } of wanted) {
    const last = clusters.at(-1);
    if (last !== undefined && last.quantity === series.quantity && !last.handles.has(series.handle)) {
      const count = last.handles.size + 1;
      const asked = last.asked + to - from;
      const read = (Math.max(last.to, to) - last.from) * count;
      if (count <= mostSeries && read <= Math.max(mostSurplus * asked, asked + freeSurplusMs * count)) {
        last.handles.add(series.handle);
        last.series.push(series);
        last.to = Math.max(last.to, to);
        last.asked = asked;
        continue;
      }
    }
    clusters.push({
      quantity: series.quantity,
      series: [series],
      handles: new Set([series.handle]),
      from,
      to,
      asked: to - from,
    });
  }
  return clusters;
}

/** Series by quantity, not too many at once; each counts once. */
export function groupSeries(
  handles: readonly SeriesHandle[],
  seriesOf: (handle: SeriesHandle) => Series,
): readonly SeriesGroup[] {
  const byQuantity = new Map<Quantity, Series[]>();
  for (const handle of new Set(handles)) {
    const series = seriesOf(handle);
    const list = byQuantity.get(series.quantity);
    if (list === undefined) byQuantity.set(series.quantity, [series]);
    else list.push(series);
  }
  const groups: SeriesGroup[] = [];
  for (const [quantity, series] of byQuantity) {
    for (let at = 0; at < series.length; at += mostSeries)
      groups.push({ quantity, series: series.slice(at, at + mostSeries) });
  }
  return groups;
}

/**
 * Like `groupSeries`, for answers by point from which what was not asked for is left out: where most series of a quantity
 * are asked for, no point is named.
 */
export function groupLoosely(
  handles: readonly SeriesHandle[],
  seriesOf: (handle: SeriesHandle) => Series,
  countOf: (quantity: Quantity) => number,
): readonly LooseGroup[] {
  const asked = new Map<Quantity, Set<SeriesHandle>>();
  for (const handle of handles) {
    const { quantity } = seriesOf(handle);
    const list = asked.get(quantity);
    if (list === undefined) asked.set(quantity, new Set([handle]));
    else list.add(handle);
  }
  return [...asked].flatMap(([quantity, wanted]): LooseGroup[] => {
    const all = wanted.size > mostSeries && 2 * wanted.size >= countOf(quantity);
    if (all) return [{ quantity, series: [...wanted].map(seriesOf), all }];
    return groupSeries([...wanted], seriesOf).map((group) => ({ ...group, all }));
  });
}

/** The conditions that find a loose group's series. */
export function mayBeSeries(group: LooseGroup): string[] {
  return group.all ? [isTag(tags.quantity, group.quantity)] : areSeries(group);
}

/** The conditions that name a group's series. */
export function areSeries({ quantity, series }: SeriesGroup): string[] {
  const points = series.map(({ point }) => tagOf(point));
  return [isTag(tags.quantity, quantity), isOneOf(tags.point, points)];
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
