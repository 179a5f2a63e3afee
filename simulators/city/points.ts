// The meters and sensors of one building: which points it has, how wide their registers are, what they are called.
import type { Item } from '../../core/domain/energy/items.ts';
import type { Quantity } from '../../core/domain/units.ts';
import { Random, seedOf } from '../random.ts';
import type { BuildingModel } from './building.ts';
import { type Channel, itemOfSubMeter, type subMeters } from './channels.ts';
import type { CityPoint, Device, Name } from './types.ts';

interface Entry {
  readonly id: string;
  readonly name: Name;
  readonly quantities: readonly Quantity[];
  readonly billing?: boolean;
  readonly parent?: string;
  readonly item?: Item;
  readonly channel?: Channel;
  /** CT × PT */
  readonly multiplier?: number;
  readonly perUnit?: number;
  readonly digits?: number;
  readonly since?: number;
}

/** Layouts of registers that electricity meters come with; which one, the seed decides. */
const electricityLayouts = ['uint32', 'uint64', 'bcd32'] as const;

export function pointsOf(
  model: BuildingModel,
  options: { agent: string; from: number; hourlyFrom: number; seed: number; station: boolean },
): CityPoint[] {
  const { spec } = model;
  const random = new Random(seedOf(options.seed, `points of ${spec.id}`));
  const eras = [
    { from: options.from, value: 86_400_000 },
    { from: options.hourlyFrom, value: 3_600_000 },
  ].filter((era, index, all) => (all[index + 1]?.from ?? Infinity) > era.from);
  return entriesOf(model, options.station).map((entry): CityPoint => {
    const device = entry.channel === undefined ? null : deviceOf(model, entry, entry.channel, random);
    return {
      agent: options.agent,
      point: `${spec.id}.${entry.id}`,
      name: { zh: `${spec.name.zh} ${entry.name.zh}`, en: `${spec.name.en}, ${entry.name.en}` },
      quantities: entry.quantities,
      role: entry.billing ? 'billing' : 'sub-meter',
      building: spec.id,
      parent: entry.parent === undefined ? null : `${spec.id}.${entry.parent}`,
      item: entry.item ?? null,
      installation: device && {
        from: entry.since ?? options.from,
        serial: `${spec.id}-${entry.id}-1`.toUpperCase(),
        multiplier: device.multiplier,
        wrapsAt: device.wrapsAt,
        ratingPerHour: model.ratingOf(device.channel),
        ...(entry.since === undefined ? {} : { firstValue: device.startValue }),
      },
      expectedIntervals: eras,
      expectedIntervalMs: eras.at(-1)?.value ?? 3_600_000,
      register: device === null ? null : (entry.quantities[0] ?? null),
      device,
      layout: layoutOf(entry, random),
    };
  });
}

function entriesOf(model: BuildingModel, station: boolean): Entry[] {
  const { spec, kind } = model;
  const special = kind.specialName;
  const main = mainMultiplier(model.ratingOf('import'));
  const sub = (
    id: (typeof subMeters)[number],
    zh: string,
    en: string,
    gauges: readonly Quantity[] = [],
  ): Entry => ({
    id,
    name: { zh, en },
    quantities: ['electricity', ...gauges],
    parent: 'main',
    item: itemOfSubMeter[id],
    channel: id,
    multiplier: subMultiplier(model.ratingOf(id)),
    digits: 6,
  });
  const entries: Entry[] = [
    {
      id: 'main',
      name: { zh: '进线总表', en: 'incoming supply' },
      quantities: ['electricity', 'power', 'power_factor'],
      billing: true,
      channel: 'import',
      multiplier: main,
    },
    sub('a1', '照明插座', 'lighting and sockets'),
    sub('a2', '走廊及室外照明', 'corridors and outdoor lights'),
    sub('b1', '空调主机', 'air-conditioning plant', ['power']),
    sub('b2', '空调末端', 'air-conditioning fans'),
    sub('c1', '电梯', 'lifts'),
    sub('c2', '水泵通风', 'pumps and ventilation'),
    sub('d1', special.zh, special.en, ['power']),
    {
      id: 'water',
      name: { zh: '给水总表', en: 'water supply' },
      quantities: ['water', 'flow'],
      billing: true,
      channel: 'water',
      perUnit: 100,
      digits: 7,
    },
    {
      id: 'env1',
      name: { zh: '一层环境及空调面板', en: 'ground floor climate and panel' },
      quantities: ['temperature_indoor', 'set_point', 'switch_state'],
    },
    { id: 'env2', name: { zh: '三层环境', en: 'third floor climate' }, quantities: ['temperature_indoor'] },
  ];
  if (spec.solar !== undefined) {
    const since = spec.solar.from;
    entries.push(
      {
        id: 'pv',
        name: { zh: '屋顶光伏发电', en: 'solar roof' },
        quantities: ['solar', 'power'],
        billing: true,
        channel: 'solar',
        multiplier: subMultiplier(model.ratingOf('solar')),
        since,
      },
      {
        id: 'pvx',
        name: { zh: '光伏上网', en: 'solar fed to the grid' },
        quantities: ['electricity_export'],
        billing: true,
        channel: 'export',
        multiplier: subMultiplier(model.ratingOf('export')),
        since,
      },
    );
  }
  if (spec.servers) {
    entries.push({
      id: 'it',
      name: { zh: '机房IT设备', en: 'servers and network' },
      quantities: ['electricity'],
      parent: 'd1',
      item: itemOfSubMeter.d1,
      channel: 'it',
      multiplier: subMultiplier(model.ratingOf('it')),
      digits: 6,
    });
  }
  if (spec.piles !== undefined) {
    entries.push({
      id: 'ev',
      name: { zh: '职工充电桩', en: 'charging piles for staff' },
      quantities: ['electricity'],
      parent: 'main',
      item: 'special',
      channel: 'piles',
      multiplier: subMultiplier(model.ratingOf('piles')),
      digits: 6,
      since: spec.piles.from,
    });
  }
  if (spec.gas !== undefined) {
    const zh = spec.gas === 'boiler' ? '锅炉房及食堂燃气表' : '食堂燃气表';
    const en = spec.gas === 'boiler' ? 'gas of boilers and canteen' : 'gas of the canteen';
    entries.push({
      id: 'gas',
      name: { zh, en },
      quantities: ['gas'],
      billing: true,
      channel: 'gas',
      // Large gas meters count in tens.
      multiplier: spec.gas === 'boiler' ? 10 : 1,
      perUnit: 100,
    });
  }
  if (spec.heated) {
    entries.push({
      id: 'heat',
      name: { zh: '热量表', en: 'heat meter' },
      quantities: ['heat', 'temperature_supply', 'temperature_return'],
      billing: true,
      channel: 'heat',
      perUnit: 100,
    });
  }
  if (station)
    entries.push({
      id: 'weather',
      name: { zh: '气象站', en: 'weather station' },
      quantities: ['temperature_outdoor', 'humidity'],
    });
  return entries;
}

function deviceOf(model: BuildingModel, entry: Entry, channel: Channel, random: Random): Device {
  const wrapsAt = 10 ** (entry.digits ?? 6);
  const multiplier = entry.multiplier ?? 1;
  // Old meters show something; low enough that none rolls over by chance within eight busy years.
  const yearly = (model.ratingOf(channel) * 8760 * 0.35) / multiplier;
  const startValue =
    entry.since === undefined
      ? Math.floor(random.next() * Math.max(0, Math.min(0.3 * wrapsAt, wrapsAt - 8 * yearly)))
      : 0;
  return { channel, perUnit: entry.perUnit ?? 100, wrapsAt, multiplier, startValue };
}

function layoutOf(entry: Entry, random: Random): string {
  if (entry.channel === undefined) return 'sensor';
  if (entry.quantities[0] === 'heat' || entry.quantities[0] === 'gas') return 'float32';
  if (entry.quantities[0] === 'water') return 'uint32';
  return random.pick(electricityLayouts);
}

/** Current transformers to 5 A at 400 V; beyond 400 kW the building is metered at 10 kV (PT 100). */
function mainMultiplier(ratingKw: number): number {
  if (ratingKw > 400) return 100 * ratioFor(ratingKw / 17.3);
  return ratioFor(ratingKw / 0.69);
}

function subMultiplier(ratingKw: number): number {
  return ratingKw <= 25 ? 1 : ratioFor(ratingKw / 0.69);
}

/** The ratio to 5 A of the smallest transformer in the catalogue that carries the current. */
function ratioFor(amperes: number): number {
  const catalogue = [50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000];
  return (catalogue.find((rated) => rated >= amperes) ?? 4000) / 5;
}
