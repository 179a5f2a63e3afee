// What the city's points are for: uses, sub-items, the meters of a PUE, who answers for them.
import type { SubItem } from '../../core/domain/energy/sub-items.ts';
import type { City } from '../city/city.ts';
import type { BuildingSpec, CityPoint, Name } from '../city/types.ts';
import type { CityAccount, PointUse } from './types.ts';

/** By the name of the point; points of which nothing is said are left out. */
export function pointUses(city: City, accounts: readonly CityAccount[]): ReadonlyMap<string, PointUse> {
  const accountOf = new Map(
    accounts.flatMap(({ number, source }) =>
      source.kind === 'meter' && source.share === 1 ? [[source.point, number] as const] : [],
    ),
  );
  const buildings = new Map(city.buildings.map((spec, index) => [spec.id, { spec, index }]));
  const found = new Map<string, PointUse>();
  for (const point of city.points) {
    const building = buildings.get(point.building);
    if (building === undefined) continue;
    const account = accountOf.get(point.point);
    const said: PointUse = {
      ...usesOf(point, building.spec),
      ...(account === undefined ? {} : { account }),
      ...(point.role === 'billing' ? answersFor(city, building.index) : {}),
    };
    if (Object.keys(said).length > 0) found.set(point.point, said);
  }
  return found;
}

const subItems: Readonly<Record<string, SubItem>> = {
  a1: 'A1',
  a2: 'A2',
  b1: 'B1',
  b2: 'B2',
  c1: 'C1',
  c2: 'C2',
  it: 'D1',
  ev: 'D6',
};
/** What the special meter of a kind of building counts. */
const specials: Readonly<Record<BuildingSpec['kind'], SubItem>> = {
  office: 'D1',
  school: 'D3',
  hospital: 'D6',
  library: 'D6',
};

function usesOf({ point }: CityPoint, spec: BuildingSpec): PointUse {
  const meter = point.slice(point.indexOf('.') + 1);
  const subItem = meter === 'd1' ? specials[spec.kind] : subItems[meter];
  return {
    ...(subItem === undefined ? {} : { subItem }),
    ...useOf(meter, spec),
  };
}

function useOf(meter: string, spec: BuildingSpec): PointUse {
  if (meter === 'heat') return { use: 'heating' };
  if (meter === 'gas' && spec.gas === 'canteen') return { use: 'canteen' };
  if (meter === 'd1' && spec.servers) return { use: 'data-centre', pue: 'facility' };
  if (meter === 'it') return { use: 'data-centre', pue: 'it' };
  if (meter === 'ev') return { use: 'charging-staff' };
  return {};
}

const engineers: readonly Name[] = [
  { zh: '张工', en: 'Engineer Zhang' },
  { zh: '李工', en: 'Engineer Li' },
  { zh: '陈工', en: 'Engineer Chen' },
  { zh: '周工', en: 'Engineer Zhou' },
];

/** Numbers that no exchange has; meters are due for calibration in the next years, those of every fourth building since last June. */
function answersFor(city: City, building: number): PointUse {
  const year = Number(city.days.calendar.format(city.to).slice(0, 4));
  const name = engineers[building % engineers.length];
  const due = building % 4 === 2 ? year - 1 : year + 1 + (building % 3);
  return {
    ...(name === undefined ? {} : { contact: { name, phone: `000-0000${String(1000 + building)}` } }),
    calibrationDue: `${due}-06-30`,
  };
}
