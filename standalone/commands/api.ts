// `jieyue api`: the HTTP API in a process of its own. With DuckDB it needs the file for itself; `jieyue up` shares it.
import type { Command } from 'commander';
import { ApiServer } from '../../api/server.ts';
import { text } from '../../core/domain/texts.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { ensureAdminKey } from '../admin-key.ts';
import { makeAccounting, makeBoardJobs, makeRegistry, makeStore } from '../parts.ts';
import { type CommonOptions, commandWithConfig, readConfig, surroundings } from '../settings.ts';
import { version } from '../version.ts';

interface Options extends CommonOptions {
  port?: string;
}

export function build(): Command {
  return commandWithConfig()
    .option('--port <port>', 'port to listen on (JIEYUE_HTTP_PORT)')
    .action(async (options: Options) => {
      const around = surroundings(readConfig(options, { 'http.port': options.port }), 'api');
      const { config, calendar, log } = around;
      const services = new Services(log);
      // From here on, so that a signal during the start still ends in order.
      const signal = untilSignal();
      try {
        const metrics = new Metrics({ processMetrics: true });
        const registry = makeRegistry(around);
        const store = await makeStore(around, metrics);
        await services.start(registry);
        await services.start(store);
        const key = await ensureAdminKey(config, registry);
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
            ready: () => ({ store: true, registry: true }),
          },
          config.http,
        );
        await services.start(api);
        const jobs = makeBoardJobs(around, { store, registry, metrics, accounting });
        if (jobs !== undefined) await services.start(jobs);
        process.stdout.write(
          `${text(config.language, 'service.running', { service: 'api', address: api.address().url })}\n`,
        );
        process.stdout.write(`${key.line(process.stdout.isTTY)}\n`);
        await signal;
      } finally {
        await services.stop();
      }
    });
}
