// The demo's cars in its own process: their past goes through the broker car by car, then their terminals are live: most speak JT/T 808
// to an agent's source, some publish to a broker of their own. Only counts are told.
import { JieyueError } from '../../core/domain/errors.ts';
import { sleep, systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import { jt808SourceSchema } from '../../core/runtime/jt808-config.ts';
import { type Service, Services } from '../../core/runtime/lifecycle.ts';
import { mqttSourceSchema } from '../../core/runtime/position-config.ts';
import type { Uplink } from '../../core/uplink/uplink.ts';
import { Jt808Source } from '../../edge-agent/sources/jt808/source.ts';
import { createSource } from '../../edge-agent/sources/list.ts';
import { jt808Entry, mqttEntry } from '../../simulators/fleet/agent-config.ts';
import type { Fleet } from '../../simulators/fleet/city.ts';
import { wireOf } from '../../simulators/fleet/driving/transport.ts';
import { FleetPublisher } from '../../simulators/fleet/terminals/fleet-publisher.ts';
import { FleetTerminals, sentWithin } from '../../simulators/fleet/terminals/fleet-terminals.ts';
import { live } from '../../simulators/fleet/terminals/pace.ts';
import { YardBroker } from '../../simulators/fleet/terminals/yard-broker.ts';
import { sharedSecret } from '../secrets.ts';
import { batchesAhead, type DemoAgents, makeAgent, makeUplink } from './agents.ts';
import { demoFleet, fleetAgent } from './fleet.ts';
import type { DemoMessage } from './messages.ts';
import { changeDemoState, readDemoState } from './state.ts';

/** A position is up to 200 bytes, a batch 512 KiB. */
const rowsPerBatch = 2_000;
/** A clock that is ahead by more is not believed on arrival; it must not be believed later. */
const aheadMs = 10 * 60_000;
const keepEveryMs = 60_000;
/** What live terminals had not been acknowledged by then is sent again, which changes nothing. */
const keepBehindMs = 10 * 60_000;

export class FleetCars implements Service {
  readonly name = 'demo cars';
  readonly #around: DemoAgents;
  readonly #tell: (message: DemoMessage) => void;
  readonly #abort = new AbortController();
  readonly #services: Services;
  #running: Promise<void> | undefined;

  constructor(around: DemoAgents, tell: (message: DemoMessage) => void) {
    this.#around = around;
    this.#tell = tell;
    this.#services = new Services(around.log);
  }

  /** Resolves at once; what becomes of the cars is told. */
  async start(): Promise<void> {
    this.#running ??= this.#run().catch((error: unknown) => {
      if (this.#abort.signal.aborted) return;
      this.#around.log.error({ err: error }, 'the cars of the demo city failed');
      this.#tell({ kind: 'cars-failed', reason: error instanceof Error ? error.message : String(error) });
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    await this.#services.stop();
  }

  async #run(): Promise<void> {
    const { config } = this.#around;
    const state = readDemoState(config);
    if (state?.fleet === undefined)
      throw new JieyueError(
        'config.missing',
        'the demo city has no cars: demo.json does not name their days',
      );
    const fleet = demoFleet(state.seed, state.fleet);
    const until = systemClock.now();
    const positions = await this.#sendPast(fleet, state.fleet.sentTo ?? 0, until);
    changeDemoState(config, { fleet: { from: state.fleet.from, sentTo: until } });
    if (this.#abort.signal.aborted) return;
    await this.#goLive(fleet, until);
    await this.#services.start(this.#keepSentTo(state.fleet.from));
    this.#tell({ kind: 'cars', cars: fleet.cars.length, positions });
  }

  /** @returns how many positions there were; all of them are acknowledged */
  async #sendPast(fleet: Fleet, since: number, until: number): Promise<number> {
    const uplink = makeUplink(this.#around, fleetAgent, rowsPerBatch);
    let count = 0;
    try {
      await uplink.start();
      for (const { id, point } of fleet.cars) {
        let rows = [];
        for (const { sentAt, fix } of sentWithin(fleet.positionsOf(id), since, until)) {
          if (fix.ts > sentAt + aheadMs) continue;
          rows.push(wireOf(point, fix));
          if (rows.length < rowsPerBatch) continue;
          await this.#push(uplink, rows);
          count += rows.length;
          rows = [];
        }
        await this.#push(uplink, rows);
        count += rows.length;
      }
      await uplink.drained(this.#abort.signal);
    } finally {
      await uplink.stop();
    }
    return count;
  }

  async #push(uplink: Uplink, rows: Parameters<Uplink['push']>[1]): Promise<void> {
    const { signal } = this.#abort;
    while (uplink.depth().batches > batchesAhead && !signal.aborted) await sleep(5, signal);
    signal.throwIfAborted();
    await uplink.push([], rows);
  }

  /** What is sent from `since` on, at its own time. */
  async #goLive(fleet: Fleet, since: number): Promise<void> {
    const { config } = this.#around;
    const services = this.#services;
    const broker = new YardBroker();
    await services.start(broker);
    const codeSecretFile = underHome(config, `agents/${fleetAgent}.codes`);
    sharedSecret(codeSecretFile);
    const jt808 = jt808Entry(fleet, { host: '127.0.0.1', port: 0, codeSecretFile });
    const sources = [jt808SourceSchema.parse(jt808), mqttSourceSchema.parse(mqttEntry({ url: broker.url }))];
    let platform: Jt808Source | undefined;
    const agent = makeAgent(this.#around, fleetAgent, sources, (entry, deps) => {
      const source = createSource(entry, deps);
      if (source instanceof Jt808Source) platform = source;
      return source;
    });
    await services.start(agent);
    const common = { pace: live, clock: systemClock };
    const terminals = new FleetTerminals({
      ...common,
      fleet,
      host: '127.0.0.1',
      port: platform?.port ?? 0,
      since,
    });
    await services.start({
      name: terminals.name,
      start: async () => terminals.start(),
      stop: () => terminals.stop(),
    });
    const published = fleet.cars
      .filter(({ terminal }) => terminal.protocol === 'mqtt')
      .map(({ id, point }) => ({ point, positions: sentWithin(fleet.positionsOf(id), since) }));
    const publisher = new FleetPublisher({ ...common, url: broker.url, cars: published });
    await services.start({
      name: 'published cars',
      start: () => publisher.start(),
      stop: () => publisher.stop(),
    });
  }

  #keepSentTo(from: number): Service {
    let timer: NodeJS.Timeout | undefined;
    const { config } = this.#around;
    return {
      name: 'state of the cars',
      start: async () => {
        timer = setInterval(() => {
          changeDemoState(config, { fleet: { from, sentTo: systemClock.now() - keepBehindMs } });
        }, keepEveryMs);
      },
      stop: async () => {
        clearInterval(timer);
      },
    };
  }
}
