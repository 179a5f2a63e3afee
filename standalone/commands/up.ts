// `jieyue up`: everything in one process on embedded engines; with --demo a simulated city beside it.
import type { Command } from 'commander';
import { ApiServer } from '../../api/server.ts';
import { text } from '../../core/domain/texts.ts';
import { sleep, systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { ensureAdminKey } from '../admin-key.ts';
import {
  brokerAccess,
  makeAccounting,
  makeBoardJobs,
  makeBroker,
  makeIngest,
  makeRegistry,
  makeStore,
} from '../parts.ts';
import { Screen } from '../screen.ts';
import {
  type CommonOptions,
  commandWithConfig,
  readConfig,
  type Surroundings,
  surroundings,
} from '../settings.ts';
import { version } from '../version.ts';

/** The screen waits so long for the cars' past; then it says that it follows. */
const fleetWaitMs = 1_000;

interface Options extends CommonOptions {
  demo?: boolean;
  httpPort?: string;
  mqttPort?: string;
  every: string;
}

export function build(): Command {
  return commandWithConfig()
    .option('--demo', 'found a demo city in an empty data folder and keep its meters running')
    .option('--every <seconds>', 'how often the demo city’s meters are read', '15')
    .option('--http-port <port>', 'port of the API (JIEYUE_HTTP_PORT)')
    .option('--mqtt-port <port>', 'port of the broker (JIEYUE_MQTT_PORT)')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const read = readConfig(options, { 'http.port': options.httpPort, 'mqtt.port': options.mqttPort });
  // The screen is for people: the log goes to a file unless somebody asked for it elsewhere.
  const config = { ...read, log: { ...read.log, file: read.log.file ?? underHome(read, 'jieyue.log') } };
  const around = surroundings(config, 'jieyue');
  const services = new Services(around.log);
  try {
    await serve(around, options, services);
  } finally {
    await services.stop();
  }
}

async function serve(around: Surroundings, options: Options, services: Services): Promise<void> {
  const { config, calendar, log } = around;
  const screen = new Screen(process.stdout, config.language);
  const signal = untilSignal();
  const metrics = new Metrics({ processMetrics: true });
  const registry = makeRegistry(around);
  const store = await makeStore(around, metrics);
  await services.start(registry);
  await services.start(store);
  const key = await ensureAdminKey(config, registry);
  const broker = config.mqtt.url === undefined ? makeBroker(around, registry, metrics) : undefined;
  if (broker !== undefined) await services.start(broker);
  const access = brokerAccess(config, broker?.address().port);
  const { ingest, rollups, tracks, housekeeping, retention } = makeIngest(around, {
    store,
    registry,
    access,
    metrics,
  });
  await services.start(rollups);
  await services.start(tracks);
  await services.start(housekeeping);
  await services.start(retention);
  await services.start(ingest);
  const accounting = makeAccounting(around, { store, registry, metrics });
  await services.start(accounting);
  const api = new ApiServer(
    {
      store,
      registry,
      calendar,
      clock: systemClock,
      log,
      metrics,
      language: config.language,
      fleet: config.fleet,
      version,
      accounting,
      ready: () => ({ store: true, registry: true, broker: ingest.connected, ingest: ingest.connected }),
    },
    config.http,
  );
  await services.start(api);
  const jobs = makeBoardJobs(around, { store, registry, metrics, accounting });
  if (jobs !== undefined) await services.start(jobs);

  const places = {
    api: api.address().url,
    broker: access.url,
    home: config.home,
    log: config.log.file ?? '',
    key,
  };
  if (options.demo) {
    const { startDemo } = await import('../demo/start.ts');
    const everyMs = Number(options.every) * 1000;
    const demo = await startDemo({
      around,
      registry,
      store,
      url: access.url,
      everyMs,
      options,
      screen,
      signal,
    });
    if (demo === undefined) return;
    await services.start(demo.service);
    const { firstFigures } = await import('../demo/figures.ts');
    screen.running(version, places);
    const now = systemClock.now();
    screen.demo(demo.summary, await firstFigures(places.api, key.key, calendar, now));
    const { planTable } = await import('../demo/plan-figures.ts');
    const lastYear = Number(calendar.format(now).slice(0, 4)) - 1;
    const plan = await planTable({ accounting, registry, calendar }, lastYear, config.language);
    if (plan !== null) screen.plan(plan);
    const late = Symbol('late');
    const fleet = await Promise.race([demo.fleet, sleep(fleetWaitMs).then((): typeof late => late)]);
    if (fleet === late) {
      screen.fleet({ cars: demo.cars });
      void demo.fleet.then((found) => found && screen.fleet(found));
    } else if (fleet !== undefined) screen.fleet(fleet);
  } else {
    screen.running(version, places);
    if ((await store.stats()).readings === 0) screen.line(text(config.language, 'up.empty'));
  }
  screen.line(text(config.language, 'up.stop'));
  await signal;
  screen.line(text(config.language, 'up.stopping'));
}
