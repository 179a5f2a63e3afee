// The floor area of the city's buildings, and who shares them.
import type { BuildingSpec } from '../city/types.ts';

export interface Share {
  readonly institution: string;
  readonly share: number;
}

/** The Civic Centre is an office of four bureaus (合署办公), by the rooms that they were given. */
const sharedBuildings: Readonly<Record<string, readonly Share[]>> = {
  xzzx: [
    { institution: 'jgswj', share: 0.2 },
    { institution: 'jyj', share: 0.3 },
    { institution: 'wjw', share: 0.3 },
    { institution: 'wgl', share: 0.2 },
  ],
};

/** Who uses a building, in parts of 1. */
export function sharesOf(building: BuildingSpec): readonly Share[] {
  return sharedBuildings[building.id] ?? [{ institution: building.institution, share: 1 }];
}

export interface FloorArea {
  readonly from: string;
  readonly builtM2: number;
  readonly letM2?: number;
}

/** Ascending. */
export function floorAreasOf({ id, areaM2 }: BuildingSpec): readonly FloorArea[] {
  const from = '2020-01-01';
  // The ground floor of the Bureau's own house is let to a bank.
  if (id === 'jgdl') return [{ from, builtM2: areaM2, letM2: 420 }];
  // The school built a block of classrooms for the pupils that came.
  if (id === 'dyzx') {
    return [
      { from, builtM2: areaM2 - 2_400 },
      { from: '2022-09-01', builtM2: areaM2 },
    ];
  }
  return [{ from, builtM2: areaM2 }];
}
