// Whose a building is, and what part of its energy goes with deducted area (扣减面积), by date.
import { followsArea, type Use, useNames } from '../domain/accounting/uses.ts';
import type { PlaceFacts } from './census-facts.ts';
import { Edges, type Span, saidAt, spanAt, spansOf, textsOf } from './census-spans.ts';
import type { Stretch } from './stretches.ts';

/** An institution that answers for a building, or a part of it. */
export interface Owner {
  readonly institution: number;
  readonly share: number;
  /** Part of the uses that follow the area that goes with deducted area, 0 to 1. */
  readonly deducted: number;
}

/** Owners that a building has in a stretch; never none. */
export type Placement = Span<readonly Owner[]>;

export interface Places {
  /** Building → its placements, ascending, not overlapping. */
  readonly ofBuilding: ReadonlyMap<string, readonly Placement[]>;
  /** Shared building → its shares, ascending, not overlapping. */
  readonly sharesOf: ReadonlyMap<string, readonly Span<readonly Share[]>[]>;
  /** By institution: counted area, m²; NaN: not known. */
  readonly areaM2: readonly (readonly Span<number>[])[];
  /** By institution: the part of what is billed or reported that goes with deducted area; only stretches in which there is one. */
  readonly deducted: readonly (readonly Span<number>[])[];
}

interface FloorArea {
  readonly builtM2: number;
  readonly countedM2: number;
  /** Deducted without meters of its own: its energy goes by area. */
  readonly byAreaM2: number;
}

interface ShareValue {
  readonly institution: string;
  readonly share: number;
}

/** The part of something that an institution answers for. */
export interface Share {
  readonly institution: number;
  readonly share: number;
}

/** What a building adds to an institution's area. */
type Part = Span<FloorArea | undefined> & { readonly share: number };

/** @param institutions facts by number; `numbers` says which number an id has */
export function placesOf(
  buildings: ReadonlyMap<string, PlaceFacts>,
  institutions: readonly PlaceFacts[],
  numbers: ReadonlyMap<string, number>,
  range: Stretch,
): Places {
  const own = institutions.map((facts) => floorAreas(facts, range));
  const parts: Part[][] = institutions.map(() => []);
  const ofBuilding = new Map<string, readonly Placement[]>();
  const sharesOf = new Map<string, readonly Span<readonly Share[]>[]>();
  for (const [building, facts] of buildings) {
    const shares = spansOf(facts.shares, range, (json) => JSON.parse(json) as readonly ShareValue[]);
    if (shares.length > 0)
      sharesOf.set(
        building,
        shares.map((span) => numbered(span, numbers)),
      );
    const placements = placementsOf(facts, shares, numbers, own, parts, range);
    if (placements.length > 0) ofBuilding.set(building, placements);
  }
  const areaM2: Span<number>[][] = [];
  const deducted: Span<number>[][] = [];
  for (const [number, areas] of own.entries()) {
    const counted: Span<number>[] = [];
    const byArea: Span<number>[] = [];
    for (const { from, to, value } of sumsOf(areas, parts[number] ?? [], range)) {
      counted.push({ from, to, value: value?.countedM2 ?? Number.NaN });
      addPart(byArea, partByArea(value), from, to);
    }
    areaM2.push(counted);
    deducted.push(byArea);
  }
  return { ofBuilding, sharesOf, areaM2, deducted };
}

function numbered(
  { from, to, value }: Span<readonly ShareValue[]>,
  numbers: ReadonlyMap<string, number>,
): Span<readonly Share[]> {
  const known = value.flatMap(({ institution, share }) => {
    const number = numbers.get(institution);
    return number === undefined ? [] : [{ institution: number, share }];
  });
  return { from, to, value: known };
}

function placementsOf(
  facts: PlaceFacts,
  shares: readonly Span<readonly ShareValue[]>[],
  numbers: ReadonlyMap<string, number>,
  own: readonly (readonly Span<FloorArea>[])[],
  parts: readonly Part[][],
  range: Stretch,
): Placement[] {
  const { institution: owner } = facts;
  const areas = floorAreas(facts, range);
  const edges = new Edges(range);
  edges.addSaid(owner);
  edges.add(shares);
  edges.add(areas);
  const addOwnAreas = (id: string): void => edges.add(own[numbers.get(id) ?? -1] ?? []);
  for (const id of textsOf(owner)) addOwnAreas(id);
  for (const { value } of shares) for (const { institution } of value) addOwnAreas(institution);

  const placements: Placement[] = [];
  for (const { from, to } of edges.slices()) {
    const area = spanAt(areas, from);
    const list: Owner[] = [];
    const add = (id: string | undefined, share: number): void => {
      const institution = id === undefined ? undefined : numbers.get(id);
      if (institution === undefined || share <= 0) return;
      const deducted = partByArea(spanAt(own[institution] ?? [], from) ?? area);
      list.push({ institution, share, deducted });
      parts[institution]?.push({ from, to, value: area, share });
    };
    const given = spanAt(shares, from) ?? [];
    for (const part of given) add(part.institution, part.share);
    if (given.length === 0) add(saidAt(owner, from), 1);
    if (list.length > 0) addPlacement(placements, list, from, to);
  }
  return placements;
}

export interface PartOfUse {
  readonly use: Use;
  readonly part: number;
}

const whole = new Map<Use, readonly PartOfUse[]>(useNames.map((use) => [use, [{ use, part: 1 }]]));

/** Of a use that follows the area, a part goes with deducted area. */
export function partsOf(use: Use, deducted: number): readonly PartOfUse[] {
  if (deducted === 0 || !followsArea(use)) return whole.get(use) ?? [];
  const taken: PartOfUse = { use: 'deducted', part: deducted };
  return deducted === 1 ? [taken] : [{ use, part: 1 - deducted }, taken];
}

/** Adds a placement; one that goes on with the same owners makes the last one longer. */
export function addPlacement(
  placements: Placement[],
  owners: readonly Owner[],
  from: number,
  to: number,
): void {
  if (from >= to) return;
  const last = placements.at(-1);
  const goesOn =
    last?.to === from &&
    last.value.length === owners.length &&
    owners.every((owner, index) => {
      const before = last.value[index];
      return (
        before?.institution === owner.institution &&
        before.share === owner.share &&
        before.deducted === owner.deducted
      );
    });
  if (last && goesOn) placements[placements.length - 1] = { from: last.from, to, value: last.value };
  else placements.push({ from, to, value: owners });
}

/** The own fact where there is one, else the sum over buildings; `undefined` where one of them is not known, or there is none. */
function sumsOf(
  own: readonly Span<FloorArea>[],
  parts: readonly Part[],
  range: Stretch,
): Span<FloorArea | undefined>[] {
  const edges = new Edges(range);
  edges.add(own);
  edges.add(parts);
  return edges.slices().map(({ from, to }) => ({ from, to, value: spanAt(own, from) ?? sumAt(parts, from) }));
}

function sumAt(parts: readonly Part[], at: number): FloorArea | undefined {
  let builtM2 = 0;
  let countedM2 = 0;
  let byAreaM2 = 0;
  let found = false;
  for (const { from, to, value, share } of parts) {
    if (at < from || at >= to) continue;
    if (value === undefined) return undefined;
    found = true;
    builtM2 += value.builtM2 * share;
    countedM2 += value.countedM2 * share;
    byAreaM2 += value.byAreaM2 * share;
  }
  return found ? { builtM2, countedM2, byAreaM2 } : undefined;
}

function addPart(spans: Span<number>[], value: number, from: number, to: number): void {
  const last = spans.at(-1);
  if (value === 0) return;
  if (last?.to === from && last.value === value) spans[spans.length - 1] = { from: last.from, to, value };
  else spans.push({ from, to, value });
}

function partByArea(area: FloorArea | undefined): number {
  return area === undefined || area.builtM2 <= 0 ? 0 : Math.min(1, area.byAreaM2 / area.builtM2);
}

function floorAreas(facts: PlaceFacts, range: Stretch): Span<FloorArea>[] {
  return spansOf(facts.floorArea, range, floorAreaOf);
}

const deductions = ['letM2', 'lentM2', 'closedM2', 'unpaidM2'];

function floorAreaOf(json: string): FloorArea {
  const area = JSON.parse(json) as Partial<Record<string, number>> & { readonly energy?: string };
  const builtM2 = area['builtM2'] ?? 0;
  let deducted = 0;
  for (const name of deductions) deducted += area[name] ?? 0;
  return {
    builtM2,
    countedM2: Math.max(0, builtM2 - deducted),
    byAreaM2: area.energy === 'by-area' ? deducted : 0,
  };
}
