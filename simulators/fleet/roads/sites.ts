// What stands along the roads: yards with a gate, offices, petrol and charging stations, workshops, homes, the seaside.
import type { Name } from '../../city/types.ts';
import type { Random } from '../../random.ts';
import type { Builder, Point } from './builder.ts';
import type { Corners, Road, SiteKind } from './network.ts';

interface Surroundings {
  readonly builder: Builder;
  readonly random: Random;
  readonly yards: ReadonlyMap<string, Name>;
  readonly town: readonly number[];
  readonly beach: number;
}

const named = (zh: string, en: string): Name => ({ zh, en });

/** Kind, name, and whether cars stand below ground. */
const offices: readonly (readonly [zh: string, en: string, underground?: boolean])[] = [
  ['新城会展中心', 'New Town Exhibition Centre', true],
  ['市税务局', 'Tax Bureau'],
  ['市财政局', 'Finance Bureau'],
  ['高铁站', 'Railway Station', true],
  ['市档案馆', 'City Archives'],
  ['北山街道办事处', 'Beishan Sub-district Office'],
  ['城南街道办事处', 'Chengnan Sub-district Office'],
  ['滨江街道办事处', 'Binjiang Sub-district Office'],
  ['东风镇政府', 'Dongfeng Town Government'],
  ['柳河镇政府', 'Liuhe Town Government'],
  ['石桥镇政府', 'Shiqiao Town Government'],
  ['市体育中心', 'Sports Centre'],
  ['经济开发区管委会', 'Development Zone Office'],
  ['第二水厂', 'Waterworks No. 2'],
  ['污水处理厂', 'Sewage Works'],
  ['市博物馆', 'City Museum'],
  ['第三中学', 'Middle School No. 3'],
  ['实验小学', 'Experimental Primary School'],
  ['中医院', 'Hospital of Chinese Medicine'],
  ['疾控中心', 'Centre for Disease Control'],
];

export function placeSites({ builder, random, yards, town, beach }: Surroundings): {
  fences: ReadonlyMap<string, Corners>;
} {
  const fences = new Map<string, Corners>();
  const free = shuffled(
    builder.roads.filter(({ kind, tunnel }) => !tunnel && (kind === 'street' || kind === 'avenue')),
    random,
  ).filter(({ a, b }) => !town.includes(a) && !town.includes(b) && lengthOf(builder, a, b) > 700);
  const next = (wanted: Road['kind'] = 'street'): Road => {
    const at = Math.max(
      0,
      free.findIndex(({ kind }) => kind === wanted),
    );
    const [road] = free.splice(at, 1);
    if (road === undefined) throw new RangeError('more sites than roads to place them at');
    return road;
  };
  const outside = (): Road => {
    const gates = builder.sites.map((site) => builder.point(site.junction));
    const far = ({ a }: Road) => {
      const [east, north] = builder.point(a);
      return Math.min(...gates.map((gate) => Math.hypot(gate[0] - east, gate[1] - north)));
    };
    const road = free.reduce((best, each) => (far(each) > far(best) ? each : best));
    free.splice(free.indexOf(road), 1);
    return road;
  };
  for (const [id, name] of yards) fences.set(`yard-${id}`, placeYard(builder, next(), `yard-${id}`, name));
  const place = (id: string, kind: SiteKind, name: Name, road: Road, underground = false) => {
    const door = builder.split(road, 0.3 + 0.4 * random.next());
    const lot = aside(builder, road, door, 35 + random.int(0, 40));
    if (!underground) {
      add(builder, id, kind, name, lot, door);
      return;
    }
    // A ramp at the end of the drive, and a spot below.
    const ramp = builder.junction(lot);
    builder.road(door, ramp, 'driveway');
    add(builder, id, kind, name, aside(builder, road, ramp, 45), ramp, true);
  };
  offices.forEach(([zh, en, underground = false], index) => {
    // What is new and large enough for a garage was built outside of the old town.
    const road = underground ? outside() : next(index % 3 === 0 ? 'avenue' : 'street');
    place(`office-${index}`, 'office', named(zh, en), road, underground);
  });
  for (let index = 1; index <= 4; index++) {
    place(`petrol-${index}`, 'petrol', named(`第${index}加油站`, `Petrol Station ${index}`), next('avenue'));
    place(`home-${index}`, 'home', named(`花园小区${index}期`, `Garden Estate ${index}`), next());
  }
  for (let index = 1; index <= 3; index++) {
    place(
      `charging-${index}`,
      'charging',
      named(`公共充电站${index}`, `Charging Station ${index}`),
      next('avenue'),
    );
    place(`workshop-${index}`, 'workshop', named(`定点维修厂${index}`, `Workshop ${index}`), next());
  }
  place('restaurant-1', 'restaurant', named('江畔酒家', 'Riverside Restaurant'), next());
  place('restaurant-2', 'restaurant', named('山庄饭店', 'Hill Inn'), next());
  const [east, north] = builder.point(beach);
  add(builder, 'seaside', 'seaside', named('金沙滩', 'Golden Beach'), [east + 240, north - 200], beach);
  for (const [index, corner] of [town[2] ?? 0, town[6] ?? 0].entries()) {
    const [cornerEast, cornerNorth] = builder.point(corner);
    const name = named(`邻市办事处${index + 1}`, `Neighbouring City Office ${index + 1}`);
    add(builder, `neighbour-${index + 1}`, 'neighbour', name, [cornerEast + 60, cornerNorth + 40], corner);
  }
  return { fences };
}

/** A compound of 300 by 220 m, 60 m off the street: gate with a barrier, a way round, spots at its far side. */
function placeYard(builder: Builder, road: Road, id: string, name: Name): Corners {
  const door = builder.split(road, 0.5);
  const [along, across] = axes(builder, road);
  const [east, north] = builder.point(door);
  const at = (aside: number, forward: number): Point => [
    east + across[0] * aside + along[0] * forward,
    north + across[1] * aside + along[1] * forward,
  ];
  const gate = builder.junction(at(62, 0), 'barrier');
  builder.road(door, gate, 'driveway');
  const [, , last = gate] = builder.chain(gate, [at(170, 0), at(170, 120), at(260, 120)], 'yard');
  const spot = builder.junction(at(260, 30));
  builder.road(last, spot, 'yard');
  const place = builder.junctions[spot];
  if (place === undefined) throw new RangeError('no spot');
  builder.sites.push({
    id,
    kind: 'yard',
    name,
    lat: place.lat,
    lon: place.lon,
    junction: spot,
    underground: false,
  });
  return builder.corners([at(60, -100), at(60, 200), at(320, 200), at(320, -100)]);
}

function add(
  builder: Builder,
  id: string,
  kind: SiteKind,
  name: Name,
  point: Point,
  door: number,
  underground = false,
): void {
  const spot = builder.junction(point);
  builder.road(door, spot, 'driveway', underground);
  builder.sites.push({ id, kind, name, ...builder.place(point), junction: spot, underground });
}

function aside(builder: Builder, road: Road, door: number, metres: number): Point {
  const [, across] = axes(builder, road);
  const [east, north] = builder.point(door);
  return [east + across[0] * metres, north + across[1] * metres];
}

function axes(builder: Builder, { a, b }: Road): [along: Point, across: Point] {
  const [[east, north], [eastB, northB]] = [builder.point(a), builder.point(b)];
  const size = Math.hypot(eastB - east, northB - north);
  const along: Point = [(eastB - east) / size, (northB - north) / size];
  return [along, [-along[1], along[0]]];
}

function lengthOf(builder: Builder, a: number, b: number): number {
  const [[east, north], [eastB, northB]] = [builder.point(a), builder.point(b)];
  return Math.hypot(eastB - east, northB - north);
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => [random.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
