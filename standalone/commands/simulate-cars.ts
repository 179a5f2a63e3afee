// `jieyue simulate cars`: its options, and what it says.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { text } from '../../core/domain/texts.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import { untilSignal } from '../../core/runtime/lifecycle.ts';
import { sharedSecret } from '../secrets.ts';
import { type CommonOptions, readConfig } from '../settings.ts';
import { sayOfCommands } from '../words.ts';

/** Terminals that nobody has let in for so long are waited for in vain. */
const unheardMs = 10_000;

interface CarOptions {
  cars: string;
  days: string;
  misconduct: string;
  seed: string;
  host: string;
  port: string;
  mqtt?: string;
  pace: string;
  agent: string;
  ledger?: string;
}

export function addCars(command: Command, seed: number): void {
  command
    .command('cars')
    .description('drive official cars whose terminals report to an agent, and write its configuration')
    .option('--cars <number>', 'how many', '12')
    .option('--days <number>', 'of how many days: those before now, with --pace live those from now on', '7')
    .option('--misconduct <rounds>', 'how often every kind of misconduct is planted', '1')
    .option('--seed <number>', 'another seed, another fleet', String(seed))
    .option('--host <address>', 'where the agent’s source `jt808` listens', '127.0.0.1')
    .option('--port <port>', 'its port', '6808')
    .option('--mqtt <url>', 'broker for every sixth car, which publishes JSON; left out: it stands still')
    .option('--pace <pace>', 'once: as fast as it goes; live; or so many times as fast as the clock', 'once')
    .option('--agent <id>', 'the agent that hears them', 'cars')
    .option('--ledger <file>', 'write what truly happened, as JSON')
    .action((options: CarOptions) => run(command, options));
}

async function run(command: Command, options: CarOptions): Promise<void> {
  // From here on, so that a signal during the start still ends in order.
  const signal = untilSignal();
  const { carsOf, playCars, writeAgentConfig, writeLedger } = await import('../demo/cars.ts');
  const config = readConfig(command.opts<CommonOptions>());
  const number = (name: 'seed' | 'cars' | 'days' | 'misconduct' | 'port') => {
    const value = Number(options[name]);
    // Told as it was typed.
    if (Number.isNaN(value))
      throw new JieyueError(
        'config.invalid',
        sayOfCommands('cars.no-number', { name, value: options[name] }),
      );
    return value;
  };
  const [seed, cars, days] = [number('seed'), number('cars'), number('days')];
  const [misconduct, port] = [number('misconduct'), number('port')];
  const { host, mqtt, pace, agent } = options;
  const wanted = { seed, cars, days, misconduct, pace, host, port, mqtt };
  const made = carsOf(wanted, systemClock.now());
  const { fleet } = made;
  if (options.ledger !== undefined) writeLedger(fleet, options.ledger);
  const codes = resolve(underHome(config, `agents/${agent}.codes`));
  sharedSecret(codes);
  const files = {
    config: underHome(config, `${agent}-agent.yaml`),
    codes,
    password: resolve(underHome(config, `agents/${agent}.password`)),
  };
  writeAgentConfig(fleet, wanted, files, agent);
  const say = (
    key: 'simulate.cars' | 'simulate.cars-sent' | 'simulate.cars-unheard',
    values: Record<string, string | number>,
  ) => process.stdout.write(`${text(config.language, key, values)}\n`);
  const { trips, misconduct: planted } = fleet.truth;
  const at = `${host}:${port}`;
  say('simulate.cars', { cars, days, trips: trips.length, planted: planted.length, at, file: files.config });
  const played = playCars(fleet, made.pace, wanted, systemClock);
  const unheard = setTimeout(() => {
    if (played.connections > 0 || !played.waits) return;
    say('simulate.cars-unheard', { at, agent, password: files.password, file: files.config });
  }, unheardMs);
  try {
    await Promise.race([signal, played.start().then(() => played.done())]);
  } finally {
    clearTimeout(unheard);
    await played.stop();
  }
  say('simulate.cars-sent', { positions: played.acknowledged });
}
