// The tree of institutions, month by month, for adding up: an order in which everybody comes before the one above.
import type { CensusInstitution } from './census.ts';

/** One month's tree. */
export interface Tree {
  /** Number of the institution above; -1: none. */
  readonly parent: Int32Array;
  /** Institutions, each before its parent. */
  readonly order: Int32Array;
  /** 1 where nobody stands below. */
  readonly leaf: Uint8Array;
}

/**
 * A tree a month; months with the same parents share one.
 * @param fixed parents that hold for all months instead of their own, to restate the past by today's tree (同口径)
 */
export function treesByMonth(
  institutions: readonly CensusInstitution[],
  months: number,
  fixed?: Int32Array,
): readonly Tree[] {
  if (fixed !== undefined) return new Array<Tree>(months).fill(makeTree(fixed));
  const trees: Tree[] = [];
  for (let month = 0; month < months; month++) {
    const before = trees[month - 1];
    const parent = parentsOf(institutions, month);
    trees.push(before !== undefined && same(before.parent, parent) ? before : makeTree(parent));
  }
  return trees;
}

export function treeOfMonth(institutions: readonly CensusInstitution[], month: number): Tree {
  return makeTree(parentsOf(institutions, month));
}

/** Numbers of the institution and of all below it. */
export function subtree(tree: Tree, top: number): number[] {
  const inside = new Uint8Array(tree.parent.length);
  inside[top] = 1;
  const result = [top];
  for (let place = tree.order.length - 1; place >= 0; place--) {
    const one = tree.order[place] ?? 0;
    const parent = tree.parent[one] ?? -1;
    if (parent < 0 || inside[parent] !== 1 || one === top) continue;
    inside[one] = 1;
    result.push(one);
  }
  return result;
}

function parentsOf(institutions: readonly CensusInstitution[], month: number): Int32Array {
  const parent = new Int32Array(institutions.length);
  for (let place = 0; place < parent.length; place++)
    parent[place] = institutions[place]?.parent[month] ?? -1;
  return parent;
}

function makeTree(parent: Int32Array): Tree {
  const size = parent.length;
  const leaf = new Uint8Array(size).fill(1);
  const waiting = new Int32Array(size);
  for (const above of parent) {
    if (above < 0) continue;
    leaf[above] = 0;
    waiting[above] = (waiting[above] ?? 0) + 1;
  }
  const order = new Int32Array(size);
  let length = 0;
  for (let one = 0; one < size; one++) if (leaf[one] === 1) order[length++] = one;
  for (let place = 0; place < length; place++) {
    const above = parent[order[place] ?? 0] ?? -1;
    if (above < 0) continue;
    const left = (waiting[above] ?? 0) - 1;
    waiting[above] = left;
    if (left === 0) order[length++] = above;
  }
  if (length < size)
    throw new RangeError(`the tree of institutions holds a circle of ${size - length} institutions`);
  return { parent, order, leaf };
}

function same(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
