// All meters of the city as Modbus TCP devices, and the configuration with which an agent polls them.
import type { Clock } from '../../core/runtime/clock.ts';
import type { ModbusSourceConfig } from '../../core/runtime/config.ts';
import type { City } from '../city/city.ts';
import type { CityPoint } from '../city/types.ts';
import type { Meters } from '../meters.ts';
import { ModbusGateway } from './gateway.ts';
import { mapNameOf, mapOf } from './layouts.ts';

/** Building → port of its gateway. */
export type GatewayPorts = ReadonlyMap<string, number>;

export class CityServers {
  readonly name = 'simulated meters';
  readonly #gateways: ReadonlyMap<string, ModbusGateway>;

  /** `ports`: where to listen, by building; free ports where it says nothing. */
  constructor(options: { meters: Meters; clock: Clock; host?: string; ports?: GatewayPorts }) {
    const { meters, clock, host } = options;
    this.#gateways = new Map(
      meters.city.buildings.map(({ id }) => [
        id,
        new ModbusGateway({
          meters,
          clock,
          points: unitsOf(meters.city, id),
          port: options.ports?.get(id) ?? 0,
          ...(host === undefined ? {} : { host }),
        }),
      ]),
    );
  }

  /** Ports in use, once started. */
  get ports(): GatewayPorts {
    return new Map([...this.#gateways].map(([building, gateway]) => [building, gateway.port]));
  }

  /** Requests answered or ignored so far. */
  get requests(): number {
    return [...this.#gateways.values()].reduce((sum, { requests }) => sum + requests, 0);
  }

  /** All or none: where one cannot listen, the others do not go on. */
  async start(): Promise<void> {
    const started = await Promise.allSettled([...this.#gateways.values()].map((gateway) => gateway.start()));
    const failed = started.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return;
    await this.stop();
    throw failed.reason;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.stop()));
  }
}

/**
 * What an edge agent must be configured with to poll the city's meters; with `agent`, only that agent's.
 * @throws RangeError for a building without a port.
 */
export function sourceConfig(
  city: City,
  ports: GatewayPorts,
  options: { agent?: string; name?: string; everyMs?: number; host?: string; timeoutMs?: number } = {},
): ModbusSourceConfig {
  const { agent, name = 'city', everyMs = 15_000, host = '127.0.0.1', timeoutMs = 2_000 } = options;
  const wanted = city.points.filter((point) => agent === undefined || point.agent === agent);
  const units = new Map(
    city.buildings.flatMap(({ id }) =>
      unitsOf(city, id).map((point, index) => [point.point, index + 1] as const),
    ),
  );
  return {
    type: 'modbus-tcp',
    name,
    everyMs,
    maxGap: 16,
    maps: Object.fromEntries(wanted.map((point) => [mapNameOf(point), mapOf(point)])),
    devices: wanted.map((point) => {
      const port = ports.get(point.building);
      if (port === undefined) throw new RangeError(`no port for the gateway of ${point.building}`);
      return {
        point: point.point,
        host,
        port,
        unit: units.get(point.point) ?? 1,
        timeoutMs,
        map: mapNameOf(point),
      };
    }),
  };
}

function unitsOf(city: City, building: string): readonly CityPoint[] {
  return city.points.filter((point) => point.building === building);
}
