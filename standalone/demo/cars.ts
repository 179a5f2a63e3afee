// `jieyue simulate cars`: official cars by seed, whose terminals speak to an agent's source `jt808` and, where there is a broker, to its
// source `mqtt`; an agent configuration for them; and the ledger of what truly happened.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import { JieyueError } from '../../core/domain/errors.ts';
import { dayMs } from '../../core/domain/time.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { jt808Entry, mqttEntry } from '../../simulators/fleet/agent-config.ts';
import { type Fleet, fleetCity } from '../../simulators/fleet/city.ts';
import { FleetPublisher } from '../../simulators/fleet/terminals/fleet-publisher.ts';
import { FleetTerminals } from '../../simulators/fleet/terminals/fleet-terminals.ts';
import { accelerated, atOnce, live, type Pace } from '../../simulators/fleet/terminals/pace.ts';
import { sayOfCommands } from '../words.ts';

export interface CarsOptions {
  readonly seed: number;
  readonly cars: number;
  readonly days: number;
  /** Rounds of every kind of misconduct. */
  readonly misconduct: number;
  /** `once`, `live`, or how many times as fast as the clock. */
  readonly pace: string;
  /** Where the agent's source `jt808` listens. */
  readonly host: string;
  readonly port: number;
  /** Broker of the cars that publish; left out: they stand still. */
  readonly mqtt: string | undefined;
}

/** Days that end today, or with the pace `live` begin today. @throws JieyueError `config.invalid` naming the option */
export function carsOf(options: CarsOptions, now: number): { fleet: Fleet; pace: Pace } {
  const wanted = {
    ...{ seed: [0, 2 ** 31], cars: [1, 5_000], days: [1, 366], misconduct: [0, 100] },
    port: [1, 65_535],
  } as const;
  for (const [name, [least, most]] of Object.entries(wanted)) {
    const value = options[name as keyof typeof wanted];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new JieyueError('config.invalid', sayOfCommands('cars.number', { name, value, least, most }));
  }
  const speed = Number(options.pace);
  const named = options.pace === 'once' || options.pace === 'live';
  if (!named && !(speed >= 1 && speed <= 100_000)) {
    throw new JieyueError('config.invalid', sayOfCommands('cars.pace', { pace: options.pace }));
  }
  const { seed, cars, days, misconduct } = options;
  const from = options.pace === 'live' ? now : now - days * dayMs;
  const fleet = fleetCity({ seed, cars, days, from, misconduct });
  if (options.pace === 'once') return { fleet, pace: atOnce };
  return { fleet, pace: options.pace === 'live' ? live : accelerated(fleet.from, now, speed) };
}

/** What an agent must be configured with to hear these cars. */
export function writeAgentConfig(
  fleet: Fleet,
  { mqtt, host, port }: Pick<CarsOptions, 'mqtt' | 'host' | 'port'>,
  files: { readonly config: string; readonly codes: string; readonly password: string },
  agent: string,
): void {
  const sources = [
    jt808Entry(fleet, { host, port, codeSecretFile: files.codes }),
    ...(mqtt === undefined ? [] : [mqttEntry({ url: mqtt })]),
  ];
  mkdirSync(dirname(files.config), { recursive: true });
  writeFileSync(files.config, stringify({ agent: { id: agent, passwordFile: files.password, sources } }));
}

/** Cars, papers and truth, for whoever holds what was found against what happened. It holds places. */
export function writeLedger(fleet: Fleet, file: string): void {
  const { from, to, orders, cards, upkeep, fences, seals, truth } = fleet;
  const cars = fleet.cars.map(({ yard, ...car }) => ({ ...car, yard: yard.id }));
  const ledger = { from, to, cars, orders, cards, upkeep, fences, seals, ...truth };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(ledger, null, 1)}\n`, { mode: 0o600 });
}

export interface PlayedCars {
  /** @throws JieyueError `broker.unreachable` where there is no broker for those that publish */
  start(): Promise<void>;
  /** Resolves when all that there was to send is acknowledged, or it was stopped. */
  done(): Promise<void>;
  stop(): Promise<void>;
  /** Positions that were acknowledged. */
  readonly acknowledged: number;
  /** Connections of terminals that were made. */
  readonly connections: number;
  /** There are cars whose terminals connect. */
  readonly waits: boolean;
}

export function playCars(fleet: Fleet, pace: Pace, options: CarsOptions, clock: Clock): PlayedCars {
  const { host, port, mqtt } = options;
  const terminals = new FleetTerminals({ fleet, host, port, pace, clock });
  const published = fleet.cars
    .filter(({ terminal }) => terminal.protocol === 'mqtt')
    .map(({ id, point }) => ({ point, positions: fleet.positionsOf(id) }));
  const publisher =
    mqtt === undefined ? undefined : new FleetPublisher({ url: mqtt, cars: published, pace, clock });
  return {
    async start() {
      await publisher?.start().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new JieyueError('broker.unreachable', sayOfCommands('cars.broker', { mqtt: mqtt ?? '', why }));
      });
      terminals.start();
    },
    async done() {
      await Promise.all([terminals.done(), publisher?.done()]);
    },
    async stop() {
      await Promise.all([terminals.stop(), publisher?.stop()]);
    },
    get connections() {
      return terminals.counts.connections;
    },
    waits: terminals.terminals.length > 0,
    get acknowledged() {
      return terminals.counts.acknowledged + (publisher?.published ?? 0);
    },
  };
}
