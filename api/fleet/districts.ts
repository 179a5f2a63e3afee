// Names of districts by fences of kind `region` (行政区域): there is no map of the country here.
import type { DistrictAt } from '../../core/domain/fleet/accounts/publication.ts';
import { type Area, beyondM } from '../../core/domain/fleet/findings/areas.ts';
import { distanceM } from '../../core/domain/fleet/track/geodesy.ts';
import type { FenceValue } from '../../core/registry/fleet-contracts.ts';

/** A smaller region names no district but a place, and where a car was is published by district and no finer. */
export const leastRegionM = 5_000;

interface Region {
  readonly name: string;
  readonly area: Area;
  readonly acrossM: number;
}

/** The smallest region that a place lies in. */
export function districtsOf(fences: readonly FenceValue[]): {
  readonly at: DistrictAt;
  readonly known: boolean;
} {
  const regions = fences
    .filter(({ kind }) => kind === 'region')
    .map(regionOf)
    .filter(({ acrossM }) => acrossM >= leastRegionM)
    .sort((a, b) => a.acrossM - b.acrossM || (a.name < b.name ? -1 : 1));
  return {
    known: regions.length > 0,
    at: ({ lat, lon }) => regions.find(({ area }) => beyondM(area, lat, lon) <= 0)?.name ?? null,
  };
}

function regionOf({ name, shape }: FenceValue): Region {
  if ('circle' in shape) {
    const { lat, lon, radiusM } = shape.circle;
    return { name, area: { id: name, shape: 'circle', lat, lon, radiusM }, acrossM: 2 * radiusM };
  }
  const corners = shape.polygon.map(([lon, lat]): [number, number] => [lat, lon]);
  const [lats, lons] = [corners.map(([lat]) => lat), corners.map(([, lon]) => lon)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  // The narrower side: a strip along a street is no district.
  const acrossM = Math.min(distanceM(south, west, north, west), distanceM(south, west, south, east));
  return { name, area: { id: name, shape: 'polygon', corners }, acrossM };
}
