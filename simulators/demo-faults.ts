// What is planted in the demo city, relative to its present. README.md lists the same; a test compares the two.
import { type City, type CityOptions, createCity } from './city/city.ts';
import type { CityEvent } from './city/types.ts';
import type { Fault } from './faults.ts';
import { Meters } from './meters.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The demo city and its meters, faults and events planted. Same seed and present, same city. */
export function createDemo(options: Omit<CityOptions, 'size' | 'events'>): Meters {
  const bare = createCity({ ...options, size: 'demo' });
  const city = createCity({ ...options, size: 'demo', events: demoEvents(bare) });
  return new Meters(city, demoFaults(city));
}

/** Real waste that the meters count rightly. */
export function demoEvents(city: City): CityEvent[] {
  const midnight = city.days.calendar.floor(city.to, 'day');
  return [
    {
      kind: 'water-leak',
      building: 'dyzx',
      channel: 'water',
      from: midnight - 23 * day + 4 * hour,
      to: null,
      perHour: 1.4,
    },
    {
      kind: 'left-on',
      building: 'jgdl',
      channel: 'a1',
      from: midnight - 33 * day + 18 * hour,
      to: null,
      perHour: 21,
    },
  ];
}

/** Faults of meters. */
export function demoFaults(city: City): Fault[] {
  const { calendar } = city.days;
  const midnight = calendar.floor(city.to, 'day');
  const wholeHour = calendar.floor(city.to, 'hour');
  const at = (daysAgo: number, hours = 0): number =>
    Math.max(city.from + day, midnight - daysAgo * day + hours * hour);
  return [
    { kind: 'silence', point: 'xzzx.c1', from: at(1, 9.3), to: null, size: 0 },
    { kind: 'stuck', point: 'tsgd.b2', from: wholeHour - 75 * hour, to: null, size: 0 },
    { kind: 'replacement', point: 'hjdl.main', from: calendar.floor(at(160), 'day'), to: null, size: 0 },
    { kind: 'roll-over', point: 'rmyy.a1', from: at(41, 10.6), to: null, size: 0 },
    { kind: 'spike', point: 'dyzx.main', from: at(12, 14), to: at(12, 15), size: 53_000 },
    { kind: 'silence', point: 'hjdl.main', from: at(70, 15.4), to: null, size: 0 },
  ];
}
