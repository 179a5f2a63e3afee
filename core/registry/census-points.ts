// Which series count for which institution and use, and when: each family of points is cut where one of its facts changes,
// census-counting.ts decides for each slice, and what is decided is laid on who answers for the place.
import type { MeteredSeries, MeteredStretch } from '../domain/accounting/census.ts';
import type { Commodity } from '../domain/accounting/commodities.ts';
import type { Use } from '../domain/accounting/uses.ts';
import { type Effect, effectsOf } from './census-counting.ts';
import type { PointFacts } from './census-facts.ts';
import { type Family, type FamilyState, familiesOf, slicesOf, statesAt } from './census-families.ts';
import { type Placement, partsOf } from './census-places.ts';
import { type Measured, PointReader } from './census-point-reader.ts';
import { unquoted } from './census-spans.ts';
import type { Stretch } from './stretches.ts';

/**
 * By point, then quantity; stretches ascending.
 * @param points by key
 * @param placements by building
 */
export function seriesOf(
  points: ReadonlyMap<string, PointFacts>,
  placements: ReadonlyMap<string, readonly Placement[]>,
  range: Stretch,
): MeteredSeries[] {
  const reader = new PointReader(points, placements, range);
  const ofPoint: (Draft[] | undefined)[] = new Array(points.size);
  for (const family of familiesOf(reader)) {
    for (const run of runsOf(reader, family)) {
      const draft = draftOf(ofPoint, family.numbers[run.effect.point] ?? 0, run.measured);
      addStretches(draft.stretches, run, family.placements[run.effect.place] ?? []);
    }
  }
  const series: MeteredSeries[] = [];
  for (const [number, { key }] of reader.points.entries()) {
    for (const { measured, stretches } of inOrder(ofPoint[number] ?? [])) {
      if (stretches.length === 0) continue;
      const { quantity, commodity } = measured;
      series.push({ point: key, quantity, commodity, stretches: joined(stretches) });
    }
  }
  return series;
}

/** A series on its way. */
interface Draft {
  readonly measured: Measured;
  readonly stretches: MeteredStretch[];
}

/** An effect, and the stretch in which it holds. */
interface Run {
  readonly effect: Effect;
  readonly measured: Measured;
  readonly from: number;
  to: number;
}

function draftOf(ofPoint: (Draft[] | undefined)[], point: number, measured: Measured): Draft {
  let drafts = ofPoint[point];
  if (drafts === undefined) {
    drafts = [];
    ofPoint[point] = drafts;
  }
  for (const draft of drafts) if (draft.measured.quantity === measured.quantity) return draft;
  const draft: Draft = { measured, stretches: [] };
  drafts.push(draft);
  return draft;
}

function inOrder(drafts: Draft[]): readonly Draft[] {
  if (drafts.length < 2) return drafts;
  return drafts.sort((a, b) => (a.measured.quantity < b.measured.quantity ? -1 : 1));
}

/** Ascending; what goes on the same for another reason is one. The two of a move stay together: sorting is stable. */
function joined(stretches: MeteredStretch[]): readonly MeteredStretch[] {
  if (stretches.length < 2) return stretches;
  stretches.sort((a, b) => a.from - b.from);
  if (stretches.some(({ share }) => share < 0)) return stretches;
  const result: MeteredStretch[] = [];
  for (const next of stretches) {
    const before = result.findIndex(
      ({ institution, use, share, to }) =>
        to === next.from && institution === next.institution && use === next.use && share === next.share,
    );
    const going = result[before];
    if (going === undefined) result.push(next);
    else result[before] = { ...going, to: next.to };
  }
  return result;
}

/** Of a point that hangs together with no other and does not change, as most do, it is plain: a billing point counts. */
function runsOfSingle(reader: PointReader, { role, use, quantities }: PointFacts): Run[] | undefined {
  if (typeof role === 'object' || typeof use === 'object' || typeof quantities === 'object') return undefined;
  if (role !== '"billing"') return [];
  const { from, to } = reader.range;
  const own = (unquoted(use) ?? 'building') as Use;
  const effect: Effect = { point: 0, place: 0, use: own, factor: 1, leaves: undefined };
  return reader.measured(quantities).map((measured) => ({ effect, measured, from, to }));
}

function runsOf(reader: PointReader, family: Family): Run[] {
  const [single] = family.points;
  const plain = single && family.points.length === 1 ? runsOfSingle(reader, single) : undefined;
  if (plain !== undefined) return plain;
  const runs: Run[] = [];
  const slices = slicesOf(family, reader.range);
  /** The last run of each effect: one that goes on in the next slice is the same run. */
  const last = slices.length > 1 ? new Map<string, Run>() : undefined;
  for (const { from, to } of slices) {
    const states = statesAt(reader, family, from);
    for (const commodity of commoditiesOf(states)) {
      const measures = states.map((state) => measuredOf(state, commodity) !== undefined);
      for (const effect of effectsOf(states, measures)) {
        const measured = measuredOf(states[effect.point], commodity);
        if (measured === undefined) continue;
        const { point, place, use, leaves, factor } = effect;
        const key = last && `${measured.quantity} ${point} ${place} ${use} ${leaves} ${factor}`;
        const before = key === undefined ? undefined : last?.get(key);
        if (before?.to === from) before.to = to;
        else {
          const run: Run = { effect, measured, from, to };
          runs.push(run);
          if (key !== undefined) last?.set(key, run);
        }
      }
    }
  }
  return runs;
}

function commoditiesOf(states: readonly FamilyState[]): readonly Commodity[] {
  const found: Commodity[] = [];
  for (const { measured } of states) {
    for (const { commodity } of measured) if (!found.includes(commodity)) found.push(commodity);
  }
  return found;
}

function measuredOf(entry: FamilyState | undefined, commodity: Commodity): Measured | undefined {
  for (const measured of entry?.measured ?? []) if (measured.commodity === commodity) return measured;
  return undefined;
}

/** One for each owner; the use `building` is split where a part of the area is deducted. */
function addStretches(stretches: MeteredStretch[], run: Run, placements: readonly Placement[]): void {
  const { use, leaves, factor } = run.effect;
  for (const placement of placements) {
    const from = Math.max(placement.from, run.from);
    const to = Math.min(placement.to, run.to);
    if (from >= to) continue;
    for (const owner of placement.value) {
      const { institution, deducted } = owner;
      const share = owner.share * factor;
      for (const target of partsOf(use, deducted)) {
        const part = share * target.part;
        if (leaves === undefined) {
          stretches.push({ institution, use: target.use, share: part, from, to });
          continue;
        }
        for (const source of partsOf(leaves, deducted)) {
          if (source.use === target.use) continue;
          const moved = part * source.part;
          stretches.push({ institution, use: source.use, share: -moved, from, to });
          stretches.push({ institution, use: target.use, share: moved, from, to });
        }
      }
    }
  }
}
