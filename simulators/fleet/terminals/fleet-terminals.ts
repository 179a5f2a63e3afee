// All JT/T 808 terminals of a fleet against one platform.
import type { Clock } from '../../../core/runtime/clock.ts';
import type { Fleet } from '../city.ts';
import type { Sent } from '../driving/transport.ts';
import type { SimCar } from '../plan/types.ts';
import { Jt808Terminal } from './jt808-terminal.ts';
import type { TerminalCounts } from './options.ts';
import type { Pace } from './pace.ts';

export interface FleetTerminalsOptions {
  readonly fleet: Fleet;
  readonly host: string;
  readonly port: number;
  readonly pace: Pace;
  readonly clock: Clock;
  /** By phone; a terminal without one registers. */
  readonly codes?: ReadonlyMap<string, string>;
  /** As of `Jt808TerminalOptions`. */
  readonly retryMs?: number;
  readonly reconnectMs?: number;
  /** Only what is sent in [since, until), epoch ms; default: all. */
  readonly since?: number;
  readonly until?: number;
}

export class FleetTerminals {
  readonly name = 'simulated terminals';
  readonly terminals: readonly Jt808Terminal[];

  constructor(options: FleetTerminalsOptions) {
    const { fleet, host, port, pace, clock } = options;
    this.terminals = fleet.cars
      .filter((car) => car.terminal.protocol === 'jt808')
      .map((car: SimCar) => {
        const code = options.codes?.get(car.point);
        return new Jt808Terminal({
          host,
          port,
          phone: car.point,
          version: car.terminal.version,
          plate: car.plate,
          positions: sentWithin(fleet.positionsOf(car.id), options.since, options.until),
          pace,
          clock,
          ...(code === undefined ? {} : { code }),
          ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
          ...(options.reconnectMs === undefined ? {} : { reconnectMs: options.reconnectMs }),
        });
      });
  }

  /** Of all together. */
  get counts(): TerminalCounts {
    const sum: TerminalCounts = { connections: 0, acknowledged: 0, resent: 0, refused: 0 };
    for (const { counts } of this.terminals)
      for (const name of ['connections', 'acknowledged', 'resent', 'refused'] as const)
        sum[name] += counts[name];
    return sum;
  }

  start(): void {
    for (const terminal of this.terminals) terminal.start();
  }

  async done(): Promise<void> {
    await Promise.all(this.terminals.map((terminal) => terminal.done()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.terminals.map((terminal) => terminal.stop()));
  }
}

/** Those sent in [since, until), of positions in order of sending. */
export function* sentWithin(
  positions: Iterable<Sent>,
  since = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): Generator<Sent> {
  for (const sent of positions) {
    if (sent.sentAt >= until) return;
    if (sent.sentAt >= since) yield sent;
  }
}
