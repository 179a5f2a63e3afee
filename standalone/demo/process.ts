// The demo's own process: one agent per building sends the past through the broker, then polls simulated meters.
import { hourMs } from '../../core/domain/time.ts';
import { sleep, systemClock } from '../../core/runtime/clock.ts';
import type { Config } from '../../core/runtime/config.ts';
import { type Service, Services } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import { historyOf } from '../../simulators/history.ts';
import type { Meters } from '../../simulators/meters.ts';
import { CityServers, sourceConfig } from '../../simulators/modbus/servers.ts';
import type { Surroundings } from '../settings.ts';
import { batchesAhead, makeAgent, makeUplink } from './agents.ts';
import { FleetCars } from './fleet-cars.ts';
import type { DemoMessage, DemoOrder } from './messages.ts';
import { changeDemoState, type DemoState, demoMeters, readDemoState } from './state.ts';

const historyRowsPerBatch = 5_000;
const progressEveryMs = 150;

/** Sends the past, then keeps the meters running. `stop` ends either in order, also in the middle. */
export class Demo implements Service {
  readonly name = 'demo city';
  readonly #around: Surroundings;
  readonly #order: DemoOrder;
  readonly #tell: (message: DemoMessage) => void;
  readonly #abort = new AbortController();
  #starting: Promise<Services | undefined> | undefined;

  constructor(around: Surroundings, order: DemoOrder, tell: (message: DemoMessage) => void) {
    this.#around = around;
    this.#order = order;
    this.#tell = tell;
  }

  /** Resolves when the meters are live, or when it was stopped. */
  async start(): Promise<void> {
    this.#starting ??= this.#run();
    await this.#starting;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    // What went wrong with the start, `start` says.
    const services = await this.#starting?.catch(() => undefined);
    await services?.stop();
  }

  async #run(): Promise<Services | undefined> {
    const { config, log } = this.#around;
    const { signal } = this.#abort;
    const state = readDemoState(config);
    if (state === undefined) throw new Error('the demo city is not founded: demo.json is missing');
    const meters = demoMeters(state);
    try {
      await fill(config, log, meters, state, this.#order, this.#tell, signal);
      return await goLive(config, log, meters, this.#order, this.#tell, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}

/** Sends what happened since the last time, or since the city's first day, and waits until all is acknowledged. */
async function fill(
  config: Config,
  log: Logger,
  meters: Meters,
  state: DemoState,
  order: DemoOrder,
  tell: (message: DemoMessage) => void,
  stop: AbortSignal,
): Promise<void> {
  const to = Math.floor(systemClock.now() / hourMs) * hourMs;
  const from = state.filledTo === null ? meters.city.from : state.filledTo + 1;
  const history = historyOf(meters, { from, to, chunkRows: historyRowsPerBatch });
  const uplinks = new Map(
    meters.city.agents.map((agent) => [
      agent,
      makeUplink({ config, log, url: order.url }, agent, historyRowsPerBatch),
    ]),
  );
  const services = new Services(log);
  let timer: NodeJS.Timeout | undefined;
  try {
    for (const uplink of uplinks.values()) await services.start(uplink);
    let pushed = 0;
    const report = () => {
      const waiting = [...uplinks.values()].reduce((sum, uplink) => sum + uplink.depth().rows, 0);
      tell({
        kind: 'progress',
        pushed,
        acknowledged: Math.max(0, pushed - waiting),
        total: history.rows,
      });
    };
    timer = setInterval(report, progressEveryMs);
    for await (const { agent, readings } of history.chunks()) {
      stop.throwIfAborted();
      const uplink = uplinks.get(agent);
      if (uplink === undefined) continue;
      while (uplink.depth().batches > batchesAhead && !stop.aborted) await sleep(5, stop);
      await uplink.push(readings);
      pushed += readings.length;
    }
    await Promise.all([...uplinks.values()].map((uplink) => uplink.drained(stop)));
  } finally {
    clearInterval(timer);
    await services.stop();
  }
  changeDemoState(config, { filledTo: to });
  tell({ kind: 'filled', rows: history.rows });
}

async function goLive(
  config: Config,
  log: Logger,
  meters: Meters,
  order: DemoOrder,
  tell: (message: DemoMessage) => void,
  stop: AbortSignal,
): Promise<Services> {
  const services = new Services(log);
  const servers = new CityServers({ meters, clock: systemClock });
  await services.start(servers);
  let devices = 0;
  for (const agent of meters.city.agents) {
    if (stop.aborted) return services;
    const source = sourceConfig(meters.city, servers.ports, { agent, everyMs: order.everyMs });
    devices += source.devices.length;
    await services.start(makeAgent({ config, log, url: order.url }, agent, [source]));
  }
  await services.start(keepFilledTo(config));
  tell({ kind: 'live', devices, everyMs: order.everyMs });
  await services.start(new FleetCars({ config, log, url: order.url }, tell));
  return services;
}

/** Remembers how far the live meters came, so that a later start sends only what is missing. */
function keepFilledTo(config: Config): Service {
  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    const state = readDemoState(config);
    const hour = Math.floor(systemClock.now() / hourMs) * hourMs - hourMs;
    if (state?.filledTo !== null && state !== undefined && hour > state.filledTo) {
      changeDemoState(config, { filledTo: hour });
    }
  };
  return {
    name: 'demo state',
    start: async () => {
      timer = setInterval(keep, 60_000);
    },
    stop: async () => {
      clearInterval(timer);
    },
  };
}
