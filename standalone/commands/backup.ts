// `jieyue backup`: a copy of the registry, made while everything runs.
import { join } from 'node:path';
import type { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { copyRegistry } from '../../core/registry/sqlite-copy.ts';
import { underHome } from '../../core/runtime/config.ts';
import { registryPath } from '../parts.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig } from '../settings.ts';

/** The name of the copy in its folder. */
export const registryCopy = 'registry.sqlite';

export function build(): Command {
  return commandWithConfig()
    .argument('<folder>', 'where the copy is written; there may be none yet')
    .action((folder: string, options: CommonOptions) => {
      const config = readConfig(options, {}, quietLog);
      const file = join(folder, registryCopy);
      const bytes = copyRegistry(registryPath(config), file);
      const { engine, path } = config.store;
      const said =
        engine === 'duckdb'
          ? text(config.language, 'backup.done-duckdb', {
              file,
              bytes,
              telemetry: path ?? underHome(config, 'telemetry.duckdb'),
            })
          : text(config.language, 'backup.done', { file, bytes });
      process.stdout.write(`${said}\n`);
    });
}
