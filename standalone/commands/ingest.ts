// `jieyue ingest`: takes batches from the broker, stores, acknowledges, rolls up. Holds the DuckDB file.
import type { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type OpsOptions, opsServer, withOpsOptions } from '../ops-server.ts';
import { brokerAccess, makeIngest, makeRegistry, makeStore } from '../parts.ts';
import { type CommonOptions, commandWithConfig, readConfig, surroundings } from '../settings.ts';

type Options = CommonOptions & OpsOptions;

export function build(): Command {
  return withOpsOptions(commandWithConfig()).action(async (options: Options) => {
    const around = surroundings(readConfig(options), 'ingest');
    const { config, log } = around;
    const services = new Services(log);
    // From here on, so that a signal during the start still ends in order.
    const signal = untilSignal();
    try {
      const metrics = new Metrics({ processMetrics: true });
      const registry = makeRegistry(around);
      const store = await makeStore(around, metrics);
      const access = brokerAccess(config);
      await services.start(registry);
      await services.start(store);
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
      const ops = opsServer(options, metrics, () => ingest.waits);
      if (ops !== undefined) await services.start(ops);
      process.stdout.write(
        `${text(config.language, 'service.running', { service: 'ingest', address: access.url })}\n`,
      );
      await signal;
    } finally {
      await services.stop();
    }
  });
}
