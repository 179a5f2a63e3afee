// Cars by seed: what they are, whose, and what terminal is in them.
import { Random, seedOf } from '../../random.ts';
import type { Network, Site } from '../roads/network.ts';
import { protocolVersions, type SimCar, type TerminalSpec } from './types.ts';

/** Class, powertrain, tank in L or battery in kWh, L or kWh for 100 km, the car's own limit. */
const models = [
  ['sedan', 'petrol', 55, 7.8, 110],
  ['suv', 'petrol', 65, 10.2, 110],
  ['sedan', 'battery-electric', 60, 15, 110],
  ['mpv', 'petrol', 70, 11, 105],
  ['sedan', 'hybrid', 45, 5.4, 110],
  ['coach', 'diesel', 120, 18, 90],
  ['suv', 'plug-in-hybrid', 50, 6.1, 110],
  ['sedan', 'petrol', 50, 7.1, 110],
  ['mpv', 'battery-electric', 82, 19, 105],
  ['truck', 'diesel', 90, 14, 85],
] as const;
const categories = ['other', 'law-enforcement', 'confidential-communication', 'other', 'special'] as const;
const surnames = [...'王李张刘陈杨黄赵吴周徐孙'];

export function carsOf(seed: number, count: number, network: Network): SimCar[] {
  const yards = network.sites.filter(({ kind }) => kind === 'yard');
  return Array.from({ length: count }, (_, index) => {
    const yard = yards[index % yards.length];
    if (yard === undefined) throw new RangeError('no yard for the cars');
    return carOf(seed, index, yard);
  });
}

function carOf(seed: number, index: number, yard: Site): SimCar {
  const number = String(index + 1).padStart(3, '0');
  const random = new Random(seedOf(seed, `car ${number}`));
  const [vehicleClass, powertrain, size, per100Km, limitKmh] = random.pick(models);
  const electric = powertrain === 'battery-electric';
  // One in fifteen: first-aid and flood control drive whenever they must.
  const aroundTheClock = index % 15 === 7;
  const phone = `139${String(5_770_0000 + index).padStart(8, '0')}`;
  return {
    id: `car-${number}`,
    point: phone,
    plate: `浙Z${electric ? 'D' : ''}${String(10_000 + random.int(0, 89_999)).slice(electric ? 1 : 0)}`,
    institution: yard.id.replace('yard-', ''),
    category: aroundTheClock ? 'emergency' : random.pick(categories),
    vehicleClass,
    powertrain,
    tankL: electric ? null : size,
    batteryKwh: electric ? size : null,
    per100Km: Math.round(per100Km * (0.93 + 0.14 * random.next()) * 100) / 100,
    limitKmh,
    purchasedOn: `${2014 + random.int(0, 11)}-${String(random.int(1, 13)).padStart(2, '0')}-15`,
    leased: random.next() < 0.1,
    aroundTheClock,
    card: `9990 0200 ${number.padStart(4, '0')}`,
    driver: `${random.pick(surnames)}师傅`,
    yard,
    terminal: terminalOf(random, index),
  };
}

function terminalOf(random: Random, index: number): TerminalSpec {
  const everyS = ([5, 10, 15] as const)[index % 3] ?? 10;
  return {
    protocol: index % 6 === 5 ? 'mqtt' : 'jt808',
    version: random.pick(protocolVersions),
    everyS,
    corners: everyS > 5,
    sleepMs: random.next() < 0.3 ? null : random.pick([30 * 60_000, 60 * 60_000, 4 * 3_600_000]),
    odometer:
      random.next() < 0.12
        ? null
        : { startKm: random.int(8_000, 180_000), scale: 0.985 + 0.03 * random.next() },
    fuelSensor: random.next() < 0.3,
    blind: random.pick(['last', 'last', 'zero', 'frozen']),
  };
}
