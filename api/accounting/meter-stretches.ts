// Which meters of electricity an institution's tree has, and when: facts of a stretch of time, each family of meters (those below one
// another) cut where one of its facts changes, so that within a cut nothing does.
import { grouped } from '../../core/domain/accounting/grouped.ts';
import { type Quantity, quantityEntry, quantityNames } from '../../core/domain/units.ts';
import { Edges, type Span, spanAt } from '../../core/registry/census-spans.ts';
import type { Fact, Registry } from '../../core/registry/registry.ts';
import { addAll, type Belonging, overlap, type Stretch } from '../../core/registry/stretches.ts';

/** A meter in a cut of its family. */
export interface MeterStretch extends Stretch {
  readonly point: string;
  readonly quantity: Quantity;
  readonly building: string;
  readonly item: string | null;
  readonly subItem: string | null;
  readonly pue: string | null;
}

/** Those of one cut of one family, by point; `above` says what each hangs below, nearest first, of this cut alone. */
export interface MeterCut extends Stretch {
  readonly meters: readonly MeterStretch[];
  readonly above: (point: string) => readonly MeterStretch[];
}

/** The meters that are there and belong to the tree at that time, by exact dates; virtual points are none. */
export async function meterCuts(
  facts: Pick<Registry['facts'], 'allIn'>,
  institution: string,
  range: Stretch,
): Promise<readonly MeterCut[]> {
  if (range.from >= range.to) return [];
  const said = await read(facts, range);
  const housed = pointsOf(said, institution, range);
  return familiesOf(said, housed).flatMap((family) => cutsOf(said, housed, family, range));
}

type Text = string | undefined;
type Said = Readonly<Record<Name, ReadonlyMap<string, readonly Span<Text>[]>>>;
type Name = 'parent' | 'institution' | 'building' | 'role' | 'quantities' | 'item' | 'subItem' | 'pue';

const ofMeter = ['building', 'role', 'quantities', 'item', 'subItem', 'pue', 'parent'] as const;

async function read(facts: Pick<Registry['facts'], 'allIn'>, range: Stretch): Promise<Said> {
  const of = async (name: Name) => {
    const entries = await facts.allIn(name, range.from, range.to);
    return new Map(
      [...grouped(entries, ({ entity }) => entity)].map(([id, list]) => [id, spansOf(list, range)]),
    );
  };
  return {
    parent: await of('parent'),
    institution: await of('institution'),
    building: await of('building'),
    role: await of('role'),
    quantities: await of('quantities'),
    item: await of('item'),
    subItem: await of('subItem'),
    pue: await of('pue'),
  };
}

/** Of what a point measures the electricity. What is told again goes on. */
function spansOf(entries: readonly Fact[], range: Stretch): readonly Span<Text>[] {
  const spans: Span<Text>[] = [];
  for (const { value, validFrom, validTo } of entries) {
    const stretch = overlap({ valid_from: validFrom, valid_to: validTo }, range);
    if (stretch === undefined) continue;
    const text = Array.isArray(value) ? electricityIn(value) : typeof value === 'string' ? value : undefined;
    const last = spans.at(-1);
    if (last?.to === stretch.from && last.value === text)
      spans[spans.length - 1] = { ...last, to: stretch.to };
    else spans.push({ ...stretch, value: text });
  }
  return spans;
}

function electricityIn(quantities: readonly unknown[]): Quantity | undefined {
  return quantityNames.find(
    (name) => quantities.includes(name) && quantityEntry(name)?.carrier === 'electricity',
  );
}

/** Points with the stretches in which a building of the tree houses them. */
function pointsOf(said: Said, institution: string, range: Stretch): Belonging {
  const institutions: Belonging = new Map([[institution, [range]]]);
  const below = naming(said.parent);
  for (let level: Belonging = institutions; level.size > 0; ) {
    level = belongingTo(below, level);
    for (const [id, stretches] of level) addAll(institutions, id, stretches);
  }
  return belongingTo(naming(said.building), belongingTo(naming(said.institution), institutions));
}

type Naming = ReadonlyMap<string, readonly { readonly entity: string; readonly stretch: Stretch }[]>;

/** Named entity → who names it, and when. */
function naming(spans: Said[Name]): Naming {
  const all = [...spans].flatMap(([entity, list]) => list.map((stretch) => ({ entity, stretch })));
  return grouped(all, ({ stretch }) => stretch.value ?? '');
}

function belongingTo(named: Naming, owners: Belonging): Belonging {
  const found: Belonging = new Map();
  for (const [owner, stretches] of owners) {
    for (const { entity, stretch } of named.get(owner) ?? []) {
      for (const within of stretches) {
        const both = overlap({ valid_from: stretch.from, valid_to: stretch.to }, within);
        if (both !== undefined) addAll(found, entity, [both]);
      }
    }
  }
  return found;
}

/** Meters of the tree with all that they ever hang below, so that nobody is in two families. */
function familiesOf(said: Said, housed: Belonging): readonly (readonly string[])[] {
  const meters = [...housed.keys()]
    .filter((point) => said.quantities.get(point)?.some(({ value }) => value !== undefined))
    .sort();
  const family = new Map<string, Set<string>>();
  for (const meter of meters) {
    const own = family.get(meter) ?? new Set([meter]);
    family.set(meter, own);
    for (const point of own) {
      for (const { value: above } of said.parent.get(point) ?? []) {
        if (above === undefined || own.has(above)) continue;
        for (const other of family.get(above) ?? [above]) {
          own.add(other);
          family.set(other, own);
        }
      }
    }
  }
  return [...new Set(family.values())].map((own) => [...own].sort());
}

function cutsOf(said: Said, housed: Belonging, family: readonly string[], range: Stretch): MeterCut[] {
  const edges = new Edges(range);
  for (const point of family) {
    edges.add(housed.get(point) ?? []);
    for (const name of ofMeter) edges.add(said[name].get(point) ?? []);
  }
  return edges.slices().flatMap((slice) => {
    const at = (name: Name, point: string) => spanAt(said[name].get(point) ?? [], slice.from);
    const meters = new Map<string, MeterStretch>();
    for (const point of family) {
      const quantity = at('quantities', point) as Quantity | undefined;
      const building = at('building', point);
      const isHere = housed.get(point)?.some(({ from, to }) => from <= slice.from && slice.from < to);
      if (quantity === undefined || building === undefined || isHere !== true) continue;
      if (at('role', point) === 'virtual') continue;
      const [item, subItem, pue] = [at('item', point), at('subItem', point), at('pue', point)];
      const sorted = { item: item ?? null, subItem: subItem ?? null, pue: pue ?? null };
      meters.set(point, { point, quantity, building, ...sorted, ...slice });
    }
    if (meters.size === 0) return [];
    const above = (point: string): readonly MeterStretch[] => {
      const path = new Set([point]);
      for (let next = at('parent', point); next !== undefined && !path.has(next); next = at('parent', next))
        path.add(next);
      return [...path].slice(1).flatMap((each) => meters.get(each) ?? []);
    };
    return [{ ...slice, meters: [...meters.values()], above }];
  });
}
