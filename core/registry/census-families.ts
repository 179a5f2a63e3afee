// Families: points that hang together by parents and formulas at any time, so that what one is decides what another counts.
import type { Use } from '../domain/accounting/uses.ts';
import type { PointState } from './census-counting.ts';
import type { PointFacts } from './census-facts.ts';
import type { Placement } from './census-places.ts';
import type { Measured, PointReader } from './census-point-reader.ts';
import { Edges, saidAt, spanAt, textsOf, unquoted } from './census-spans.ts';
import { joined, type Stretch } from './stretches.ts';

export interface Family {
  /** Numbers, ascending; a point's place in the family is its index here. */
  readonly numbers: readonly number[];
  readonly points: readonly PointFacts[];
  readonly placements: readonly (readonly Placement[])[];
}

/** In the order of their first points. */
export function familiesOf(reader: PointReader): Family[] {
  const { points } = reader;
  const heads = headsOf(reader);
  const members: (number[] | undefined)[] = new Array(points.length);
  for (let number = 0; number < points.length; number++) {
    const head = heads[number] ?? number;
    if (head === number) members[number] = [number];
    else members[head]?.push(number);
  }
  const families: Family[] = [];
  for (const numbers of members) {
    if (numbers === undefined) continue;
    // `map` makes arrays that are as long as they must be; most families are of one.
    const own = numbers.map((number) => points[number] as PointFacts);
    families.push({ numbers, points: own, placements: own.map((point) => reader.placements(point)) });
  }
  return families;
}

/** By point: the first one of its family. */
function headsOf(reader: PointReader): Int32Array {
  const { points } = reader;
  const head = new Int32Array(points.length);
  for (let number = 0; number < head.length; number++) head[number] = number;
  const find = (point: number): number => {
    let at = point;
    for (let up = head[at] ?? at; up !== at; up = head[at] ?? at) {
      head[at] = head[up] ?? up;
      at = up;
    }
    return at;
  };
  const unite = (point: number, key: string): void => {
    const other = reader.number(key);
    if (other < 0) return;
    const [a, b] = [find(point), find(other)];
    head[Math.max(a, b)] = Math.min(a, b);
  };
  for (let number = 0; number < points.length; number++) {
    const { parent, formula } = points[number] as PointFacts;
    if (parent !== undefined) for (const key of textsOf(parent)) unite(number, key);
    if (formula === undefined) continue;
    for (const json of textsOf(formula))
      for (const term of reader.formula(json).terms) unite(number, term.point);
  }
  for (let number = 0; number < head.length; number++) head[number] = find(number);
  return head;
}

/** The range cut where it may change what counts. A building's new owner alone does not change that. */
export function slicesOf({ points, placements }: Family, range: Stretch): readonly Stretch[] {
  const edges = new Edges(range);
  for (const [place, point] of points.entries()) {
    edges.addSaid(point.role);
    edges.addSaid(point.quantities);
    edges.addSaid(point.parent);
    edges.addSaid(point.use);
    edges.addSaid(point.formula);
    edges.addSaid(point.account);
    const housed = placements[place] ?? [];
    if (housed.length > 0) edges.add(housed.length > 1 ? joined(housed) : housed);
  }
  return edges.slices();
}

/** A point at a moment, and what it measures then. */
export interface FamilyState extends Omit<PointState, 'account'> {
  readonly measured: readonly Measured[];
  /** The account that it names, whatever that supplies. */
  readonly names: string | undefined;
}

export function statesAt(reader: PointReader, family: Family, at: number): FamilyState[] {
  const { numbers, points, placements } = family;
  const place = (key: string): number => (points.length === 1 ? -1 : indexIn(numbers, reader.number(key)));
  return points.map((point, index) => {
    const role = roleOf(saidAt(point.role, at));
    const parent = saidAt(point.parent, at);
    const json = role === 'virtual' ? saidAt(point.formula, at) : undefined;
    const formula = json === undefined ? undefined : reader.formula(json);
    return {
      role,
      housed: spanAt(placements[index] ?? [], at) !== undefined,
      parent: parent === undefined ? -1 : place(parent),
      use: unquoted(saidAt(point.use, at)) as Use | undefined,
      terms: formula?.terms.map((term) => ({ point: place(term.point), factor: term.factor })),
      counts: formula?.counts === true,
      measured: reader.measured(saidAt(point.quantities, at)),
      names: saidAt(point.account, at),
    };
  });
}

/** Of an ascending list; -1: not in it. */
function indexIn(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? number) < number) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === number ? low : -1;
}

function roleOf(json: string | undefined): PointState['role'] {
  if (json === '"billing"') return 'billing';
  if (json === '"sub-meter"') return 'sub-meter';
  return json === '"virtual"' ? 'virtual' : undefined;
}
