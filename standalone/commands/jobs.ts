// `jieyue jobs`: does a scheduled job now, such as `history` after an import, beside whatever else runs.
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { text } from '../../core/domain/texts.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { makeBoardJobs, makeRegistry, makeStore } from '../parts.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig, surroundings } from '../settings.ts';

export function build(): Command {
  const command = commandWithConfig();
  command
    .command('run <name>')
    .description('do a job now and wait for it: describe, states, consumption, periods, nights, history, …')
    .action(async (name: string) => {
      const around = surroundings(readConfig(command.opts<CommonOptions>(), {}, quietLog), 'jobs');
      const { config, log } = around;
      if (config.store.engine !== 'influx') {
        throw new JieyueError(
          'config.invalid',
          `store.engine "${config.store.engine}" has no series for boards, so there is no job to run; boards need influx`,
        );
      }
      const services = new Services(log);
      const signal = untilSignal();
      try {
        const metrics = new Metrics();
        const registry = makeRegistry(around);
        const store = await makeStore(around, metrics);
        await services.start(registry);
        await services.start(store);
        const jobs = makeBoardJobs(around, { store, registry, metrics });
        if (jobs === undefined || !jobs.jobs.includes(name)) {
          throw new JieyueError(
            'config.invalid',
            `there is no job "${name}"; jobs are ${jobs?.jobs.join(', ') ?? 'none'}`,
          );
        }
        // Ctrl+C ends it at its next write; the next run does it again.
        void signal.then(() => jobs.stop());
        const outcome = await jobs.run(name, { asked: true });
        const said = text(config.language, `jobs.${outcome}`, { name });
        if (outcome === 'success' || outcome === 'waiting') process.stdout.write(`${said}\n`);
        else {
          process.stderr.write(`${said}\n`);
          process.exitCode = 1;
        }
      } finally {
        await services.stop();
      }
    });
  return command;
}
