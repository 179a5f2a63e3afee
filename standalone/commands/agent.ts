// `jieyue agent`: an edge agent with the sources of its configuration. Loads no database engine and no API.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { text } from '../../core/domain/texts.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { EdgeAgent } from '../../edge-agent/agent.ts';
import { type OpsOptions, opsServer, withOpsOptions } from '../ops-server.ts';
import { type CommonOptions, commandWithConfig, readConfig, surroundings } from '../settings.ts';
import { version } from '../version.ts';
import { sayOfCommands } from '../words.ts';

type Options = CommonOptions & OpsOptions;

export function build(): Command {
  return withOpsOptions(commandWithConfig()).action(async (options: Options) => {
    const { config, log } = surroundings(readConfig(options), 'agent');
    if (config.agent === undefined) {
      throw new JieyueError('config.missing', sayOfCommands('agent.section'));
    }
    const services = new Services(log);
    // From here on, so that a signal during the start still ends in order.
    const signal = untilSignal();
    try {
      const metrics = new Metrics({ processMetrics: true });
      const url = config.mqtt.url ?? `mqtt://${config.mqtt.host}:${config.mqtt.port}`;
      const agent = new EdgeAgent({
        config: config.agent,
        mqtt: { url, ca: config.mqtt.ca === undefined ? undefined : readFileSync(config.mqtt.ca) },
        home: config.home,
        clock: systemClock,
        random: Math.random,
        log,
        metrics,
        version,
      });
      await services.start(agent);
      const ops = opsServer(options, metrics, () => []);
      if (ops !== undefined) await services.start(ops);
      const service = `agent ${config.agent.id}`;
      process.stdout.write(`${text(config.language, 'service.running', { service, address: url })}\n`);
      await signal;
    } finally {
      await services.stop();
    }
  });
}
