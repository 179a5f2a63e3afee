// Across regions (跨区域): outside of the region of the car's institution, without an order that covers it.
import { between, cell, type Track } from '../track/columns.ts';
import type { Area } from './areas.ts';
import { type Cover, uncovered } from './covers.ts';
import type { Finding } from './episodes.ts';
import { fenceFindings } from './fences.ts';

export interface RegionRule {
  readonly area: Area;
  /** Outside counts once it is so far past the border, and inside once it is so far within, metres. 500: drawn borders are coarse, and roads run along true ones. */
  readonly hysteresisM: number;
  /** It counts if it lasted so long, ms … 5 min: a road that cuts a corner of the neighbour is none. */
  readonly dwellMs: number;
  /** … or went so far, metres. 3 000: nobody cuts a corner by that. */
  readonly farM: number;
}

export const regionDefaults = { hysteresisM: 500, dwellMs: 5 * 60_000, farM: 3_000 } as const;

/**
 * Peak: metres beyond the border; `where`: the region. One position alone is no finding. Between two positions outside
 * the car is taken to have stayed outside.
 * @param track good positions alone, sorted
 * @param covers stretches in which an order allows it; an order whose places all lie within the region allows nothing
 */
export function crossRegion(track: Track, rule: RegionRule, covers: readonly Cover[] = []): Finding[] {
  if (track.length === 0) return [];
  const [first, last] = [cell(track.ts, 0), cell(track.ts, track.length - 1)];
  const fence = { area: rule.area, stay: 'inside', hysteresisM: rule.hysteresisM, dwellMs: 0 } as const;
  return uncovered(first, last + 1, covers).flatMap(([from, to]) =>
    fenceFindings(between(track, from, to), fence)
      .filter(({ start, end, peak }) => end - start >= rule.dwellMs || (end > start && peak >= rule.farM))
      .map(
        (finding): Finding => ({ ...finding, kind: 'cross-region', open: finding.open && to === last + 1 }),
      ),
  );
}
