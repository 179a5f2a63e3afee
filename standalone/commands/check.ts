// `jieyue check`: reads a configuration as the services would and names every fault at once.
import type { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { Calendar } from '../../core/domain/time.ts';
import { type CommonOptions, commandWithConfig, configFile, readConfig } from '../settings.ts';

export function build(): Command {
  return commandWithConfig()
    .argument('[file]', 'configuration file')
    .action((file: string | undefined, options: CommonOptions) => {
      const asked = file === undefined ? options : { ...options, config: file };
      const config = readConfig(asked);
      new Calendar(config.tz);
      const where = configFile(asked) ?? text(config.language, 'check.environment');
      process.stdout.write(`${text(config.language, 'check.ok', { file: where })}\n`);
    });
}
