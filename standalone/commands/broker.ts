// `jieyue broker`: the embedded broker in a process of its own, or the files that give Mosquitto the same rules.
import { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { Services, untilSignal } from '../../core/runtime/lifecycle.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type OpsOptions, opsServer, withOpsOptions } from '../ops-server.ts';
import { makeBroker, makeRegistry, reachable } from '../parts.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig, surroundings } from '../settings.ts';

interface Options extends CommonOptions, OpsOptions {
  mqttPort?: string;
}

export function build(): Command {
  const command = withOpsOptions(commandWithConfig())
    .option('--mqtt-port <port>', 'port to listen on (JIEYUE_MQTT_PORT)')
    .action(run);
  command.addCommand(
    new Command('mosquitto')
      .description(
        'write the configuration, access list and passwords with which a Mosquitto has the same rules',
      )
      .requiredOption('--out <folder>', 'where mosquitto.conf, acl and passwords are written')
      .option('--access-only', 'write acl and passwords only: that Mosquitto has a configuration of its own')
      .action(async ({ out, accessOnly }: { out: string; accessOnly?: boolean }) => {
        const { writeMosquittoAccess, writeMosquittoFiles } = await import('../mosquitto-files.ts');
        const around = surroundingsOf(command.opts<Options>(), quietLog);
        const registry = makeRegistry(around);
        await registry.start();
        try {
          const { config } = around;
          if (accessOnly) {
            const { folder } = await writeMosquittoAccess(config, registry, out);
            process.stdout.write(`${text(config.language, 'broker.mosquitto-access', { folder })}\n`);
          } else {
            const written = await writeMosquittoFiles(config, registry, out);
            process.stdout.write(`${text(config.language, 'broker.mosquitto', written)}\n`);
          }
        } finally {
          await registry.stop();
        }
      }),
  );
  return command;
}

async function run(options: Options): Promise<void> {
  const around = surroundingsOf(options);
  const { config, log } = around;
  const services = new Services(log);
  // From here on, so that a signal during the start still ends in order.
  const signal = untilSignal();
  try {
    const metrics = new Metrics({ processMetrics: true });
    const registry = makeRegistry(around);
    const broker = makeBroker(around, registry, metrics);
    await services.start(registry);
    await services.start(broker);
    const ops = opsServer(options, metrics, () => []);
    if (ops !== undefined) await services.start(ops);
    const address = `mqtt://${reachable(config.mqtt.host)}:${broker.address().port}`;
    process.stdout.write(`${text(config.language, 'service.running', { service: 'broker', address })}\n`);
    await signal;
  } finally {
    await services.stop();
  }
}

function surroundingsOf(options: Options, defaults: Record<string, unknown> = {}) {
  return surroundings(readConfig(options, { 'mqtt.port': options.mqttPort }, defaults), 'broker');
}
