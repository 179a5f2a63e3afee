// What kind of institutions the city has, and how many people use energy there: the demo's by hand, others by their building.
import type { UserComponent } from '../../core/domain/accounting/definitions.ts';
import type { City } from '../city/city.ts';
import type { BuildingSpec, CityInstitution } from '../city/types.ts';

export interface Profile {
  readonly sector: 'government' | 'education' | 'health' | 'culture';
  readonly kind: 'agency' | 'school' | 'hospital' | 'library';
  readonly adminLevel: 'city' | 'unit';
  readonly heating: 'central' | 'own' | 'none';
  /** Heads by component, one a year from `firstYear` on; the last one goes on. */
  readonly users: Readonly<Partial<Record<UserComponent, readonly number[]>>>;
}

export const firstYear = 2020;

const bureau = { sector: 'government', kind: 'agency', adminLevel: 'city', heating: 'own' } as const;

const demoProfiles: Readonly<Record<string, Profile>> = {
  jgswj: {
    ...bureau,
    users: {
      staff: [412, 410, 408, 405, 401, 398, 396],
      nonEstablishment: [238, 236, 240, 242, 241, 239, 238],
    },
  },
  sthjj: {
    ...bureau,
    users: { staff: [168, 168, 167, 169, 170, 170, 171], nonEstablishment: [62, 63, 62, 61, 60, 60, 59] },
  },
  jyj: {
    ...bureau,
    sector: 'education',
    heating: 'central',
    users: { staff: [261, 262, 260, 259, 258, 257, 257], nonEstablishment: [84, 85, 86, 86, 85, 85, 84] },
  },
  dyzx: {
    sector: 'education',
    kind: 'school',
    adminLevel: 'unit',
    heating: 'own',
    users: {
      staff: [128, 134, 142, 151, 160, 168, 171],
      nonEstablishment: [22, 23, 24, 26, 28, 30, 30],
      students: [1460, 1590, 1745, 1905, 2070, 2230, 2290],
    },
  },
  wjw: {
    ...bureau,
    sector: 'health',
    heating: 'central',
    users: { staff: [248, 249, 251, 250, 249, 248, 248], nonEstablishment: [97, 96, 95, 95, 94, 95, 94] },
  },
  rmyy: {
    sector: 'health',
    kind: 'hospital',
    adminLevel: 'unit',
    heating: 'own',
    users: {
      staff: [905, 912, 920, 931, 938, 944, 948],
      nonEstablishment: [345, 352, 350, 356, 360, 362, 365],
      patients: [1250, 1262, 1275, 1290, 1301, 1312, 1320],
    },
  },
  wgl: {
    ...bureau,
    sector: 'culture',
    heating: 'central',
    users: { staff: [166, 165, 167, 166, 165, 164, 164], nonEstablishment: [64, 64, 63, 63, 62, 62, 61] },
  },
  tsg: {
    sector: 'culture',
    kind: 'library',
    adminLevel: 'unit',
    heating: 'own',
    users: {
      staff: [58, 58, 57, 58, 58, 58, 58],
      nonEstablishment: [22, 22, 23, 22, 22, 22, 22],
      visitors: [1220, 1215, 1224, 1219, 1222, 1218, 1221],
    },
  },
};

/** `undefined`: a heading of the tree that is no unit itself. */
export function profileOf(city: City, institution: CityInstitution): Profile | undefined {
  const byHand = demoProfiles[institution.id];
  if (byHand !== undefined) return byHand;
  const building = buildingsOf(city).get(institution.id);
  return building && profileOfKind(building);
}

const kinds = {
  office: { ...bureau, shares: { staff: 0.7, nonEstablishment: 0.3 } },
  school: { sector: 'education', kind: 'school', shares: { staff: 0.08, students: 0.92 } },
  hospital: {
    sector: 'health',
    kind: 'hospital',
    shares: { staff: 0.36, nonEstablishment: 0.14, patients: 0.5 },
  },
  library: { sector: 'culture', kind: 'library', shares: { staff: 0.05, visitors: 0.95 } },
} as const;

function profileOfKind({ kind, people, heated }: BuildingSpec): Profile {
  const { shares, ...rest } = kinds[kind];
  const heads = Object.entries(shares).map(([component, share]) => [component, [Math.round(people * share)]]);
  return {
    adminLevel: 'unit',
    ...rest,
    heating: heated ? 'central' : 'own',
    users: Object.fromEntries(heads) as Profile['users'],
  };
}

const known = new WeakMap<City, ReadonlyMap<string, BuildingSpec>>();

/** Institution → the first of its buildings. */
function buildingsOf(city: City): ReadonlyMap<string, BuildingSpec> {
  const found =
    known.get(city) ?? new Map(city.buildings.toReversed().map((spec) => [spec.institution, spec]));
  known.set(city, found);
  return found;
}
