// What each kind of drawn fence asks of a car, and how its shape becomes an area.
import { between, cell, type Track } from '../track/columns.ts';
import type { Area } from './areas.ts';
import type { Finding } from './episodes.ts';
import { fenceDefaults, fenceFindings } from './fences.ts';
import { speeding, speedingDefaults } from './speeding.ts';

/**
 * `yard`: its speed limit holds within; `forbidden`: not to be entered; `allowed`: not to be left; `region`: an administrative
 * region, which `crossRegion` judges.
 */
export const fenceKinds = ['yard', 'forbidden', 'allowed', 'region'] as const;
export type FenceKind = (typeof fenceKinds)[number];

export interface DrawnFence {
  readonly id: string;
  readonly kind: FenceKind;
  /** WGS-84; corners as [lon, lat], in order. */
  readonly shape:
    | { readonly circle: { readonly lat: number; readonly lon: number; readonly radiusM: number } }
    | { readonly polygon: readonly (readonly [lon: number, lat: number])[] };
  /** Holds within, of a fence of any kind. */
  readonly limitKmh?: number | null | undefined;
  /** It stands in [from, to), epoch ms; null: always. */
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
}

export interface FenceOptions {
  readonly hysteresisM: number;
  readonly dwellMs: number;
  /** Above the limit by so much before it counts, km/h. 3: a receiver's error. */
  readonly marginKmh: number;
  readonly possibleKmh: number;
}

export const fenceOptions: FenceOptions = { ...fenceDefaults, marginKmh: 3, possibleKmh: 220 };

export function areaOf(fence: Pick<DrawnFence, 'id' | 'shape'>): Area {
  if ('circle' in fence.shape) return { id: fence.id, shape: 'circle', ...fence.shape.circle };
  const corners = fence.shape.polygon.map(([lon, lat]) => [lat, lon] as const);
  return { id: fence.id, shape: 'polygon', corners };
}

/**
 * What a car did against the fences it is under, by start. Several `allowed` fences that stand at the same time are one area
 * (`where` then joins their ids by `+`): being in any of them is allowed. Regions are left to `crossRegion`.
 * @param track good positions alone, sorted
 */
export function againstFences(
  track: Track,
  fences: readonly DrawnFence[],
  options: FenceOptions = fenceOptions,
): Finding[] {
  const ordered = [...fences].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const found: Finding[] = [];
  for (const fence of ordered) {
    const during = between(track, startOf(fence), endOf(fence));
    const area = areaOf(fence);
    if (fence.kind === 'forbidden') {
      const { hysteresisM, dwellMs } = options;
      found.push(...fenceFindings(during, { area, stay: 'outside', hysteresisM, dwellMs }));
    }
    if (typeof fence.limitKmh === 'number') {
      const { marginKmh, possibleKmh } = options;
      found.push(
        ...speeding(during, { ...speedingDefaults, limitKmh: fence.limitKmh, area, marginKmh }, possibleKmh),
      );
    }
  }
  const allowed = ordered.filter(({ kind }) => kind === 'allowed');
  const lastTs = track.length === 0 ? 0 : cell(track.ts, track.length - 1);
  // What goes on when a fence is taken away is over for that fence.
  return [...found, ...leftAllowed(track, allowed, options)]
    .map((finding) => ({ ...finding, open: finding.open && finding.end === lastTs }))
    .sort((a, b) => a.start - b.start);
}

/** By the stretches of time in which the same fences stand. */
function leftAllowed(track: Track, allowed: readonly DrawnFence[], options: FenceOptions): Finding[] {
  const edges = [...new Set(allowed.flatMap((fence) => [startOf(fence), endOf(fence)]))].sort(
    (a, b) => a - b,
  );
  return edges.slice(1).flatMap((to, index) => {
    const from = edges[index] ?? to;
    const standing = allowed.filter((fence) => startOf(fence) <= from && endOf(fence) >= to);
    const [only, second] = standing.map(areaOf);
    if (only === undefined) return [];
    const area: Area =
      second === undefined
        ? only
        : { id: standing.map(({ id }) => id).join('+'), shape: 'union', areas: standing.map(areaOf) };
    const { hysteresisM, dwellMs } = options;
    return fenceFindings(between(track, from, to), { area, stay: 'inside', hysteresisM, dwellMs });
  });
}

function startOf(fence: DrawnFence): number {
  return fence.from ?? Number.NEGATIVE_INFINITY;
}

function endOf(fence: DrawnFence): number {
  return fence.to ?? Number.POSITIVE_INFINITY;
}
