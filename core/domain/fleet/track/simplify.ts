// Fewer points for a map: Douglas-Peucker, within a stated distance of the full line.
import { flat } from './geodesy.ts';

/**
 * @param indices the points of the line, in order (good positions of one stretch)
 * @param toleranceM no left-out point is farther than this from the line that stays
 * @returns those of `indices` that stay; first and last always do
 */
export function simplified(
  lat: Float64Array,
  lon: Float64Array,
  indices: Uint32Array,
  toleranceM: number,
): Uint32Array {
  const count = indices.length;
  if (count <= 2) return indices;
  const keep = new Uint8Array(count);
  keep[0] = 1;
  keep[count - 1] = 1;
  // A stack of its own: a month of positions would exhaust the call stack.
  const stack = [0, count - 1];
  const place = (at: number, origin: number) => {
    const [index, centre] = [indices[at] as number, indices[origin] as number];
    return flat(lat[centre] as number, lon[centre] as number, lat[index] as number, lon[index] as number);
  };
  for (;;) {
    const end = stack.pop();
    const start = stack.pop();
    if (end === undefined || start === undefined) break;
    const [east, north] = place(end, start);
    let [worst, farthest] = [toleranceM, -1];
    for (let at = start + 1; at < end; at++) {
      const [x, y] = place(at, start);
      const off = offSegment(x, y, east, north);
      if (off > worst) [worst, farthest] = [off, at];
    }
    if (farthest === -1) continue;
    keep[farthest] = 1;
    stack.push(start, farthest, farthest, end);
  }
  return indices.filter((_, at) => keep[at] === 1);
}

/** Metres of (x, y) from the segment (0, 0) to (east, north). */
function offSegment(x: number, y: number, east: number, north: number): number {
  const square = east * east + north * north;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, (x * east + y * north) / square));
  return Math.hypot(x - share * east, y - share * north);
}
