// What an edge agent must be configured with to hear the cars of a fleet.
import type { Datum } from '../../core/domain/fleet/datum.ts';
import type { Fleet } from './city.ts';

export interface Jt808Entry {
  readonly type: 'jt808';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly codeSecretFile: string;
  readonly terminals: readonly { readonly phone: string; readonly plate: string }[];
}

/** The cars with JT/T 808 terminals; they register, and get the codes that are made of the secret. */
export function jt808Entry(
  fleet: Fleet,
  options: { host: string; port: number; codeSecretFile: string; name?: string },
): Jt808Entry {
  return {
    type: 'jt808',
    name: 'cars',
    ...options,
    terminals: fleet.cars
      .filter(({ terminal }) => terminal.protocol === 'jt808')
      .map(({ point, plate }) => ({ phone: point, plate })),
  };
}

export interface MqttEntry {
  readonly type: 'mqtt';
  readonly name: string;
  readonly url: string;
  readonly topics: readonly object[];
}

/** How `FleetPublisher` publishes, in the words of the source `mqtt`. */
export function mqttEntry(options: {
  url: string;
  username?: string;
  passwordFile?: string;
  datum?: Datum;
  prefix?: string;
}): MqttEntry {
  const { datum = 'wgs84', prefix = 'fleet', ...broker } = options;
  return {
    type: 'mqtt',
    name: 'published-cars',
    ...broker,
    topics: [
      {
        topic: `${prefix}/{vehicle}/position`,
        for: 'positions',
        time: { field: 'time', as: 'epoch-ms' },
        lat: 'lat',
        lon: 'lng',
        datum,
        speed: { field: 'speed', unit: 'km/h' },
        course: 'direction',
        odometer: { field: 'mileage', unit: 'km' },
        ignition: { field: 'acc', on: [1], off: [0] },
        fix: { field: 'located', on: [true], off: [false] },
        satellites: 'satellites',
        fuel: 'fuel',
      },
    ],
  };
}
