// Whether corners draw an area: what a person drew by hand, or copied from a map, may run over itself.
import { flat } from '../track/geodesy.ts';

export type Corner = readonly [lon: number, lat: number];

/** Corners are counted from 1, as they were given; an edge is named by the corner that it begins at. */
export type OutlineFault =
  | { readonly fault: 'few'; readonly distinct: number }
  | {
      readonly fault: 'crossed';
      readonly one: readonly [number, number];
      readonly other: readonly [number, number];
    }
  | { readonly fault: 'flat'; readonly squareM: number };

/** Below this nothing is inside, m². */
const leastSquareM = 1;

/** Without corners that repeat the one before, or, at the end, the first: many programs close an outline so. */
export function tidyOutline(corners: readonly Corner[]): Corner[] {
  return distinct(corners).map(({ corner }) => corner);
}

/**
 * What keeps corners from drawing an area; `undefined`: nothing. Edges may touch, and run along each other; they may not cross.
 * @param corners in order, degrees; the last joins the first
 */
export function outlineFault(corners: readonly Corner[]): OutlineFault | undefined {
  const own = distinct(corners);
  const unlike = new Set(own.map(({ corner }) => corner.join(' '))).size;
  if (unlike < 3) return { fault: 'few', distinct: unlike };
  const edges = own.map((from, at) => ({ from, to: own[(at + 1) % own.length] ?? from }));
  for (const [at, one] of edges.entries())
    for (const other of edges.slice(at + 2))
      if (cross(one.from.corner, one.to.corner, other.from.corner, other.to.corner))
        return {
          fault: 'crossed',
          one: [one.from.place, one.to.place],
          other: [other.from.place, other.to.place],
        };
  const squareM = areaM2(own.map(({ corner }) => corner));
  return squareM < leastSquareM ? { fault: 'flat', squareM } : undefined;
}

interface Placed {
  readonly corner: Corner;
  readonly place: number;
}

function distinct(corners: readonly Corner[]): Placed[] {
  const kept: Placed[] = [];
  for (const [at, corner] of corners.entries()) {
    const before = kept.at(-1)?.corner;
    if (before === undefined || !same(before, corner)) kept.push({ corner, place: at + 1 });
  }
  while (kept.length > 1 && same(kept[0]?.corner, kept.at(-1)?.corner)) kept.pop();
  return kept;
}

function same(a: Corner | undefined, b: Corner | undefined): boolean {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}

/** Each has its ends on both sides of the other. */
function cross(a: Corner, b: Corner, c: Corner, d: Corner): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** Above 0: left of the way from `a` to `b`; 0: on it, as far as degrees can tell (a millimetre). */
function side([ax, ay]: Corner, [bx, by]: Corner, [cx, cy]: Corner): -1 | 0 | 1 {
  const turn = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const slack = 1e-8 * Math.max(Math.abs(bx - ax), Math.abs(by - ay));
  return turn > slack ? 1 : turn < -slack ? -1 : 0;
}

/** Enclosed, in the flat frame of the first corner. */
function areaM2(corners: readonly Corner[]): number {
  const [lonO, latO] = corners[0] ?? [0, 0];
  const frame = corners.map(([lon, lat]) => flat(latO, lonO, lat, lon));
  const twice = frame.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = frame[(at + 1) % frame.length] ?? [0, 0];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}
