// Who lives in the city: the demo's institutions and buildings by hand, larger cities by number.
import { Random, seedOf } from '../random.ts';
import { buildingKindNames, buildingKinds } from './kinds.ts';
import type { BuildingSpec, CityInstitution, Name } from './types.ts';

export interface CityPlan {
  readonly institutions: readonly CityInstitution[];
  readonly buildings: readonly BuildingSpec[];
}

const institution = (id: string, zh: string, en: string, parent: string | null): CityInstitution => ({
  id,
  name: { zh, en },
  parent,
});

const city = institution('yunjiang', '云江市', 'Yunjiang City', null);

export interface PlanDates {
  /** When the school's roof began to generate. */
  readonly solarFrom: number;
  /** When the Civic Centre's charging piles were put up. */
  readonly pilesFrom: number;
}

/**
 * Six buildings, about 120 series. Their growth makes the stories of `accounts/stories.ts`: the city saves, the library
 * does not, the school grows.
 */
export function demoPlan({ solarFrom, pilesFrom }: PlanDates): CityPlan {
  return {
    institutions: [
      city,
      institution('jgswj', '市机关事务管理局', 'Bureau of Government Offices Administration', city.id),
      institution('sthjj', '市生态环境局', 'Bureau of Ecology and Environment', city.id),
      institution('jyj', '市教育局', 'Bureau of Education', city.id),
      institution('dyzx', '云江市第一中学', 'Yunjiang No. 1 Middle School', 'jyj'),
      institution('wjw', '市卫生健康委员会', 'Health Commission', city.id),
      institution('rmyy', '云江市人民医院', "Yunjiang People's Hospital", 'wjw'),
      institution('wgl', '市文化广电旅游局', 'Bureau of Culture and Tourism', city.id),
      institution('tsg', '云江市图书馆', 'Yunjiang Library', 'wgl'),
    ],
    buildings: [
      {
        id: 'jgdl',
        kind: 'office',
        institution: 'jgswj',
        name: name('市机关事务管理局大楼', 'Government Offices Bureau'),
        areaM2: 9_800,
        people: 420,
        coolingSetPoint: 26,
        gas: 'canteen',
        growth: { load: -0.02, water: -0.021, gas: -0.014 },
      },
      {
        id: 'xzzx',
        kind: 'office',
        institution: 'jgswj',
        name: name('市行政中心1号楼', 'Civic Centre, Block 1'),
        areaM2: 26_500,
        people: 1_150,
        coolingSetPoint: 24,
        heated: true,
        growth: { load: -0.022, water: -0.021 },
        piles: { kw: 84, from: pilesFrom },
        servers: true,
      },
      {
        id: 'hjdl',
        kind: 'office',
        institution: 'sthjj',
        name: name('市生态环境局办公楼', 'Environment Bureau'),
        areaM2: 6_200,
        people: 230,
        growth: { load: -0.02, water: -0.021 },
      },
      {
        id: 'dyzx',
        kind: 'school',
        institution: 'dyzx',
        name: name('第一中学教学楼', 'No. 1 Middle School'),
        areaM2: 15_600,
        people: 1_900,
        gas: 'canteen',
        solar: { kwp: 260, from: solarFrom },
        growth: { load: 0.065, water: 0.06, gas: 0.055 },
      },
      {
        id: 'rmyy',
        kind: 'hospital',
        institution: 'rmyy',
        name: name('市人民医院住院门诊楼', "People's Hospital"),
        areaM2: 38_000,
        people: 2_600,
        coolingSetPoint: 25,
        gas: 'boiler',
        growth: { load: -0.03, water: -0.016, gas: -0.028 },
      },
      {
        id: 'tsgd',
        kind: 'library',
        institution: 'tsg',
        name: name('市图书馆', 'City Library'),
        areaM2: 12_400,
        people: 1_300,
        growth: { load: 0.028, water: 0.012 },
      },
    ],
  };
}

/** An office and a school under one roof of institutions: quick, for tests. */
export function smallPlan(dates: PlanDates): CityPlan {
  const whole = demoPlan(dates);
  return {
    institutions: whole.institutions.filter(({ id }) => ['yunjiang', 'jgswj', 'jyj', 'dyzx'].includes(id)),
    buildings: whole.buildings.filter(({ id }) => ['jgdl', 'dyzx'].includes(id)),
  };
}

/** As many buildings as asked for, kinds in turn, each its own institution. */
export function numberedPlan(count: number, seed: number): CityPlan {
  const random = new Random(seedOf(seed, 'buildings'));
  const institutions: CityInstitution[] = [city];
  const buildings: BuildingSpec[] = [];
  for (let index = 0; index < count; index++) {
    const kind = buildingKindNames[index % buildingKindNames.length] ?? 'office';
    const number = Math.floor(index / buildingKindNames.length) + 1;
    const id = `${kind}-${String(index + 1).padStart(3, '0')}`;
    const words = name(`${number}号${buildingKinds[kind].zh}`, `${buildingKinds[kind].en} ${number}`);
    const [smallest, largest] = areas[kind];
    const areaM2 = 100 * random.int(smallest, largest);
    institutions.push({ id, name: words, parent: city.id });
    buildings.push({
      id,
      kind,
      institution: id,
      name: words,
      areaM2,
      people: Math.round(areaM2 / peoplePerM2[kind]),
      ...(kind === 'hospital' ? { gas: 'boiler' as const } : {}),
      ...(kind === 'school' ? { gas: 'canteen' as const } : {}),
      ...(kind === 'office' && random.next() < 0.3 ? { heated: true } : {}),
    });
  }
  return { institutions, buildings };
}

const areas = { office: [40, 280], school: [80, 220], hospital: [120, 480], library: [40, 160] } as const;
const peoplePerM2 = { office: 24, school: 8, hospital: 15, library: 10 } as const;

function name(zh: string, en: string): Name {
  return { zh, en };
}
