// `jieyue simulate`: a sample file for the first import, meters, cars, or the demo city's own process (started by `jieyue up --demo`).
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import { untilSignal } from '../../core/runtime/lifecycle.ts';
import { demoMessageSchema, demoOrderSchema } from '../demo/messages.ts';
import { demoSeed } from '../demo/state.ts';
import { type CommonOptions, commandWithConfig, readConfig, surroundings } from '../settings.ts';
import { addCars } from './simulate-cars.ts';

interface SampleOptions {
  year: string;
  seed: string;
}

interface MeterOptions {
  port: string;
  every: string;
  seed: string;
}

export function build(): Command {
  const command = commandWithConfig();
  command
    .command('sample <file>')
    .description('write a year of a made-up school as CSV, for `jieyue import`')
    .option('--year <year>', 'which year', '2018')
    .option('--seed <number>', 'another seed, another school', String(demoSeed))
    .action(async (file: string, options: SampleOptions) => {
      const { sampleCsv } = await import('../../simulators/sample.ts');
      const config = readConfig(command.opts<CommonOptions>());
      const sample = sampleCsv({ year: Number(options.year), seed: Number(options.seed), tz: config.tz });
      writeFileSync(file, sample.csv);
      const values = { file, rows: sample.rows, missing: sample.missingHours.length, total: sample.totalKwh };
      process.stdout.write(`${text(config.language, 'simulate.sample', values)}\n`);
    });
  command
    .command('register')
    .description('register the demo city of `simulate meters` and its agent in the registry')
    .option('--seed <number>', 'another seed, another city', String(demoSeed))
    .action(async (options: { seed: string }) => {
      const { meterCity, registerMeterCity } = await import('../demo/meter-city.ts');
      const { withRegistry } = await import('../with-registry.ts');
      await withRegistry(command, async (registry, language, { config, calendar }) => {
        const meters = meterCity(config, Number(options.seed), systemClock.now());
        return text(
          language,
          'simulate.registered',
          await registerMeterCity(config, calendar, registry, meters),
        );
      });
    });
  command
    .command('meters')
    .description('serve the demo city as Modbus TCP meters and write an agent configuration for them')
    .option('--port <port>', 'first port; each building has one', '15020')
    .option('--every <seconds>', 'how often the agent shall read', '15')
    .option('--seed <number>', 'another seed, another city', String(demoSeed))
    .action(async (options: MeterOptions) => {
      // From here on, so that a signal during the start still ends in order.
      const signal = untilSignal();
      const { serveMeters } = await import('../demo/meters.ts');
      const { meterCity, registeredPassword } = await import('../demo/meter-city.ts');
      const config = readConfig(command.opts<CommonOptions>());
      const served = await serveMeters({
        meters: meterCity(config, Number(options.seed), systemClock.now()),
        firstPort: Number(options.port),
        everyMs: Number(options.every) * 1000,
        passwordFile: (agent) => registeredPassword(config, agent) ?? `./${agent}.password`,
        file: underHome(config, 'demo-agent.yaml'),
      });
      process.stdout.write(`${text(config.language, 'simulate.meters', served.values)}\n`);
      await signal;
      await served.stop();
    });
  addCars(command, demoSeed);
  command
    .command('city', { hidden: true })
    .addOption(new Option('--order <json>').makeOptionMandatory())
    .action(async (options: { order: string }) => {
      // From here on, so that a signal during the start still ends in order.
      const signal = untilSignal();
      // Without the process that started it there is nobody to simulate for.
      const orphaned = () => process.kill(process.pid, 'SIGTERM');
      process.once('disconnect', orphaned);
      const { Demo } = await import('../demo/process.ts');
      const around = surroundings(readConfig(command.opts<CommonOptions>()), 'demo');
      const order = demoOrderSchema.parse(JSON.parse(options.order));
      const demo = new Demo(around, order, (message) => process.send?.(demoMessageSchema.parse(message)));
      const started = demo.start().catch((error: unknown) => {
        process.send?.({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
        throw error;
      });
      try {
        await Promise.race([signal, started.then(() => signal)]);
      } finally {
        await demo.stop();
        // The channel to the parent would keep this process alive.
        process.off('disconnect', orphaned);
        if (process.connected) process.disconnect();
      }
    });
  return command;
}
