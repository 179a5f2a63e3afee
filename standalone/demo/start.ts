// Founds the demo city and starts its process; waits until the past is stored and rolled up.
import { type ChildProcess, fork } from 'node:child_process';
import { FleetSight } from '../../api/fleet/visibility.ts';
import { text } from '../../core/domain/texts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { sleep, systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { ensureAgent } from '../agent-credential.ts';
import type { DemoSummary, Screen } from '../screen.ts';
import { type CommonOptions, configFile, type Surroundings } from '../settings.ts';
import { recordBillsSince } from './bills.ts';
import { demoFleet, fleetAgent, fleetPeriod } from './fleet.ts';
import { type FleetFigures, fleetFigures, followed } from './fleet-figures.ts';
import { type DemoMessage, type DemoOrder, demoMessageSchema } from './messages.ts';
import { cityInstitutions, registerCity } from './register.ts';
import { registerFleet } from './register-fleet.ts';
import { demoMeters, demoSeed, readDemoState, writeDemoState } from './state.ts';

export interface DemoParts {
  readonly around: Surroundings;
  readonly registry: Registry;
  readonly store: TelemetryStore;
  readonly url: string;
  readonly everyMs: number;
  /** Options of the command line that the demo's process needs too. */
  readonly options: CommonOptions;
  readonly screen: Screen;
  /** Resolves when the person wants to stop. */
  readonly signal: Promise<unknown>;
}

export interface Demo {
  readonly service: Service;
  readonly summary: DemoSummary;
  readonly cars: number;
  /** Once the cars' past is stored and followed; never rejects. */
  readonly fleet: Promise<FleetFigures | { readonly failed: string } | undefined>;
}

/** @returns the running demo, or `undefined` where it was stopped before the city stood. */
export async function startDemo(parts: DemoParts): Promise<Demo | undefined> {
  const { around, registry, screen } = parts;
  const { config, calendar } = around;
  const startedAt = systemClock.now();
  let state = readDemoState(config);
  if (state === undefined) {
    state = { seed: demoSeed, tz: config.tz, to: startedAt, filledTo: null };
    await registerCity(registry, demoMeters(state), calendar, config.language);
    writeDemoState(config, state);
  }
  const { city } = demoMeters(state);
  await recordBillsSince(registry, city, startedAt);
  for (const agent of [...city.agents, fleetAgent]) await ensureAgent(config, registry, agent);
  const period = fleetPeriod(state.fleet, startedAt, calendar);
  const fleet = demoFleet(state.seed, period);
  // A city whose institutions were renamed since goes on without new papers of its cars.
  const unregistered = await cityInstitutions(registry, city)
    .then((institutions) => registerFleet(registry, city, fleet, institutions, startedAt))
    .then(() => undefined, reasonOf);
  if (unregistered === undefined) writeDemoState(config, { ...state, fleet: period });

  const child = start(parts, { url: parts.url, everyMs: parts.everyMs });
  const stopping = new AbortController();
  const service: Service = {
    name: 'demo',
    start: async () => {},
    stop: async () => {
      stopping.abort();
      await end(child);
    },
  };
  const cars = carsOf(child)
    .then(async (sent) => {
      if (stopping.signal.aborted) return undefined;
      if (unregistered !== undefined) return { failed: unregistered };
      if (typeof sent === 'string') return { failed: sent };
      await followed(registry, sent.at, stopping.signal);
      if (stopping.signal.aborted) return undefined;
      const sight = new FleetSight({ registry, clock: systemClock, fleet: config.fleet });
      return fleetFigures(registry, await sight.index(), fleet, sent.at);
    })
    .catch((error: unknown) => ({ failed: reasonOf(error) }));
  const outcome = await Promise.race([follow(child, parts), parts.signal.then(() => undefined)]);
  if (outcome === undefined) {
    await service.stop();
    return undefined;
  }
  if (outcome.failed !== undefined) {
    screen.line(text(config.language, 'up.demo-failed', { reason: outcome.failed }));
  }
  return {
    service,
    cars: fleet.cars.length,
    fleet: cars,
    summary: {
      institutions: city.institutions.length,
      buildings: city.buildings.length,
      points: city.points.length,
      rows: outcome.rows,
      seconds: Math.round((systemClock.now() - startedAt) / 1000),
      devices: outcome.devices,
      everyMs: parts.everyMs,
    },
  };
}

function start({ around, options }: DemoParts, order: DemoOrder): ChildProcess {
  const file = configFile(options);
  const common = ['--home', around.config.home, ...(file === undefined ? [] : ['--config', file])];
  const args = ['simulate', ...common, 'city', '--order', JSON.stringify(order)];
  const environment = { ...process.env, JIEYUE_LOG_FILE: underHome(around.config, 'demo.log') };
  return fork(process.argv[1] ?? '', args, {
    // Its garbage is short-lived: with a small young generation its peak falls from 192 to 154 MB, in the same time.
    execArgv: [...process.execArgv, '--max-semi-space-size=4'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: environment,
  });
}

/** Shows how far the past is; resolves when it is stored, rolled up, and the meters are live. */
async function follow(
  child: ChildProcess,
  { screen, registry, store, around }: DemoParts,
): Promise<{ rows: number; devices: number; failed?: string }> {
  let bar: ReturnType<Screen['progress']> | undefined;
  let rows = 0;
  let filledAt = 0;
  const devices = await new Promise<number | string>((resolve) => {
    child.on('message', (raw) => {
      const message: DemoMessage = demoMessageSchema.parse(raw);
      if (message.kind === 'progress') {
        bar ??= screen.progress('up.filling', message.total);
        bar.update(message.acknowledged);
      } else if (message.kind === 'filled') {
        rows = message.rows;
        filledAt = systemClock.now();
        bar?.update(rows);
        bar?.stop();
      } else if (message.kind === 'live' || message.kind === 'failed')
        resolve(message.kind === 'live' ? message.devices : message.reason);
    });
    child.once('exit', (code) => resolve(`its process ended with ${code}`));
  });
  if (typeof devices === 'string') {
    bar?.stop();
    return { rows, devices: 0, failed: devices };
  }
  await rolledUp([registry.marks, store.marks], screen, around, filledAt);
  return { rows, devices };
}

/** @returns when the past of the cars was acknowledged, or why it was not */
function carsOf(child: ChildProcess): Promise<{ at: number } | string> {
  return new Promise((resolve) => {
    child.on('message', (raw) => {
      const message: DemoMessage = demoMessageSchema.parse(raw);
      if (message.kind === 'cars') resolve({ at: systemClock.now() });
      if (message.kind === 'cars-failed') resolve(message.reason);
    });
    child.once('exit', (code) => resolve(`its process ended with ${code}`));
  });
}

/**
 * Waits until no mark is older than `since`: everything that was acknowledged then is in the rollups.
 * @param marks wherever they are kept: by the store, or by the registry for an engine without transactions
 */
async function rolledUp(
  marks: readonly (Pick<Registry['marks'], 'backlog'> | undefined)[],
  screen: Screen,
  { log }: Surroundings,
  since: number,
): Promise<void> {
  let bar: ReturnType<Screen['progress']> | undefined;
  let highest = 0;
  for (;;) {
    const backlogs = await Promise.all(marks.map((kept) => kept?.backlog()));
    const waiting = backlogs.filter((backlog) => (backlog?.oldestAt ?? Infinity) <= since);
    if (waiting.length === 0) break;
    const series = waiting.reduce((sum, backlog) => sum + (backlog?.series ?? 0), 0);
    highest = Math.max(highest, series);
    bar ??= screen.progress('up.rolling-up', highest);
    bar.update(highest - series);
    await sleep(100);
  }
  bar?.update(highest);
  bar?.stop();
  log.info({ series: highest }, 'the demo city is rolled up');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await gone;
  clearTimeout(timer);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
