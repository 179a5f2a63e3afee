// Which series count for which institution and use, and when: each family of points is cut where one of its facts changes,
// census-counting.ts decides for each slice, and what is decided is laid on who answers for the place.
import type { MeteredSeries, MeteredStretch } from '../domain/accounting/census.ts';
import type { Commodity } from '../domain/accounting/commodities.ts';
import type { Use } from '../domain/accounting/uses.ts';
import { type Effect, effectsOf, type PointState } from './census-counting.ts';
import type { PlaceFacts, PointFacts } from './census-facts.ts';
import { type Family, type FamilyState, familiesOf, slicesOf, statesAt } from './census-families.ts';
import { type PartOfUse, type Placement, partsOf } from './census-places.ts';
import { type Measured, PointReader } from './census-point-reader.ts';
import { saidAt, unquoted } from './census-spans.ts';
import type { Stretch } from './stretches.ts';

/**
 * By point, then quantity; stretches ascending.
 * @param points by key
 * @param accounts by id
 * @param placements by building
 */
export function seriesOf(
  points: ReadonlyMap<string, PointFacts>,
  accounts: ReadonlyMap<string, PlaceFacts>,
  placements: ReadonlyMap<string, readonly Placement[]>,
  range: Stretch,
): MeteredSeries[] {
  const reader = new PointReader(points, placements, range);
  const ofPoint: (Draft[] | undefined)[] = new Array(points.size);
  const alike = new Map<string, readonly Run[]>();
  for (const family of familiesOf(reader)) {
    for (const run of runsOf(reader, family, accounts, alike)) {
      const draft = draftOf(ofPoint, family.numbers[run.effect.point] ?? 0, run.measured);
      addStretches(draft, run, family);
    }
  }
  const series: MeteredSeries[] = [];
  for (let number = 0; number < ofPoint.length; number++) {
    const drafts = ofPoint[number];
    if (drafts === undefined) continue;
    for (const { measured, stretches } of inOrder(drafts)) {
      if (stretches.length === 0) continue;
      const { quantity, commodity } = measured;
      const { key } = reader.points[number] as PointFacts;
      series.push({ point: key, quantity, commodity, stretches: joined(stretches) });
    }
  }
  return series;
}

/** A series on its way. */
interface Draft {
  readonly measured: Measured;
  stretches: MeteredStretch[];
}

/** Of a draft that has none yet. */
const noStretches: MeteredStretch[] = [];

/** An effect, and the stretch in which it holds. */
interface Run {
  readonly effect: Effect;
  readonly measured: Measured;
  readonly from: number;
  to: number;
}

function draftOf(ofPoint: (Draft[] | undefined)[], point: number, measured: Measured): Draft {
  const drafts = ofPoint[point];
  for (const draft of drafts ?? []) if (draft.measured.quantity === measured.quantity) return draft;
  const draft: Draft = { measured, stretches: noStretches };
  if (drafts === undefined) ofPoint[point] = [draft];
  else drafts.push(draft);
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
function runsOfSingle(
  reader: PointReader,
  { role, use, quantities }: PointFacts,
  alike: Map<string, readonly Run[]>,
): readonly Run[] | undefined {
  if (typeof role === 'object' || typeof use === 'object' || typeof quantities === 'object') return undefined;
  if (role !== '"billing"' || quantities === undefined) return noRuns;
  const kind = use === undefined ? quantities : use + quantities;
  const known = alike.get(kind);
  if (known !== undefined) return known;
  const { from, to } = reader.range;
  const effect: Effect = {
    point: 0,
    place: 0,
    use: (unquoted(use) ?? 'building') as Use,
    factor: 1,
    leaves: undefined,
    above: 0,
    ownBill: false,
  };
  const runs = reader.measured(quantities).map((measured) => ({ effect, measured, from, to }));
  alike.set(kind, runs);
  return runs;
}

const noRuns: readonly Run[] = [];

/** @param alike runs of families that were met before, by what decides them */
function runsOf(
  reader: PointReader,
  family: Family,
  accounts: ReadonlyMap<string, PlaceFacts>,
  alike: Map<string, readonly Run[]>,
): readonly Run[] {
  const [single] = family.points;
  const plain = single && family.points.length === 1 ? runsOfSingle(reader, single, alike) : undefined;
  if (plain !== undefined) return plain;
  const kind = kindOf(reader, family);
  const known = kind === undefined ? undefined : alike.get(kind);
  if (known !== undefined) return known;
  const runs = runsOfFamily(reader, family, accounts);
  if (kind !== undefined) alike.set(kind, runs);
  return runs;
}

/** What decides the runs of a family in which nothing changes and that has neither formulas nor accounts, as most; else `undefined`. */
function kindOf(reader: PointReader, { numbers, points, placements }: Family): string | undefined {
  const { from, to } = reader.range;
  let kind = '';
  for (let place = 0; place < points.length; place++) {
    const { role, use, quantities, parent, formula, account } = points[place] as PointFacts;
    if (formula !== undefined || account !== undefined) return undefined;
    if (typeof role === 'object' || typeof use === 'object') return undefined;
    if (typeof quantities === 'object' || typeof parent === 'object') return undefined;
    const housed = placements[place] ?? [];
    const always = housed[0]?.from === from && housed.at(-1)?.to === to;
    if (housed.length > 0 && !(always && (housed.length === 1 || isWithoutGap(housed)))) return undefined;
    const above = parent === undefined ? -1 : numbers.indexOf(reader.number(parent));
    kind += `${role} ${use} ${quantities} ${above} ${housed.length > 0}\n`;
  }
  return kind;
}

function isWithoutGap(stretches: readonly Stretch[]): boolean {
  return stretches.every(({ from }, index) => index === 0 || stretches[index - 1]?.to === from);
}

function runsOfFamily(reader: PointReader, family: Family, accounts: ReadonlyMap<string, PlaceFacts>): Run[] {
  const runs: Run[] = [];
  const slices = slicesOf(family, reader.range);
  /** The last run of each effect: one that goes on in the next slice is the same run. */
  const last = slices.length > 1 ? new Map<string, Run>() : undefined;
  for (const { from, to } of slices) {
    const states = statesAt(reader, family, from);
    for (const commodity of commoditiesOf(states)) {
      const measures = states.map((state) => measuredOf(state, commodity) !== undefined);
      for (const effect of effectsOf(withAccounts(states, accounts, commodity, from), measures)) {
        const measured = measuredOf(states[effect.point], commodity);
        if (measured === undefined) continue;
        const { point, place, use, leaves, factor, above, ownBill } = effect;
        const key =
          last && `${measured.quantity} ${point} ${place} ${use} ${leaves} ${factor} ${above} ${ownBill}`;
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

/** With the accounts that supply the commodity. */
function withAccounts(
  states: readonly FamilyState[],
  accounts: ReadonlyMap<string, PlaceFacts>,
  commodity: Commodity,
  at: number,
): readonly PointState[] {
  if (states.every(({ names }) => names === undefined)) return states;
  return states.map((state): PointState => {
    const supplied = state.names === undefined ? undefined : accounts.get(state.names)?.commodity;
    return unquoted(saidAt(supplied, at)) === commodity ? { ...state, account: state.names } : state;
  });
}

/** One for each owner; a use that follows the area is split where a part of that is deducted. */
function addStretches(draft: Draft, run: Run, family: Family): void {
  const { effect } = run;
  const { use, leaves, factor } = effect;
  const counter = effect.place === effect.point ? undefined : family.points[effect.place]?.key;
  for (const placement of family.placements[effect.place] ?? []) {
    const from = Math.max(placement.from, run.from);
    const to = Math.min(placement.to, run.to);
    if (from >= to) continue;
    for (const { institution, deducted, share: owned } of placement.value) {
      const share = owned * factor;
      const targets = partsOf(use, deducted);
      if (leaves === undefined) {
        for (const target of targets) {
          const counted = { institution, use: target.use, share: share * target.part, from, to };
          add(draft, counter === undefined ? counted : { ...counted, counter });
        }
        continue;
      }
      const above = family.points[effect.above]?.key;
      const move = { institution, from, to, counter, above, ownBill: effect.ownBill };
      for (const { source, target, part } of pairsOf(partsOf(leaves, deducted), targets)) {
        add(draft, { ...move, use: source, share: -share * part });
        add(draft, { ...move, use: target, share: share * part });
      }
    }
  }
}

/** A list that begins with its first one takes no more room than that; most have no other. */
function add(draft: Draft, stretch: MeteredStretch): void {
  if (draft.stretches === noStretches) draft.stretches = [stretch];
  else draft.stretches.push(stretch);
}

interface Pair {
  readonly source: Use;
  readonly target: Use;
  readonly part: number;
}

/** What goes from where to where: as much as can be stays in its use, though it is then the sub-meter's. */
function pairsOf(sources: readonly PartOfUse[], targets: readonly PartOfUse[]): Pair[] {
  const pairs: Pair[] = [];
  let left = 1;
  const rest = new Map(targets.map(({ use, part }) => [use, part]));
  const moving = sources.map(({ use, part }) => {
    const common = Math.min(part, rest.get(use) ?? 0);
    if (common === 0) return { use, part };
    pairs.push({ source: use, target: use, part: common });
    rest.set(use, (rest.get(use) ?? 0) - common);
    left -= common;
    return { use, part: part - common };
  });
  for (const source of moving) {
    for (const [target, part] of rest) {
      const moved = left > 0 ? (source.part * part) / left : 0;
      if (moved > 0) pairs.push({ source: source.use, target, part: moved });
    }
  }
  return pairs;
}
