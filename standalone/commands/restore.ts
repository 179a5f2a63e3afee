// `jieyue restore`: puts a copy of the registry back, while nothing runs.
import { join } from 'node:path';
import type { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { putRegistryBack } from '../../core/registry/sqlite-copy.ts';
import { makeRegistry, registryPath } from '../parts.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig, surroundings } from '../settings.ts';
import { registryCopy } from './backup.ts';

interface Options extends CommonOptions {
  replace?: boolean;
}

export function build(): Command {
  return commandWithConfig()
    .argument('<folder>', 'where `jieyue backup` wrote the copy')
    .option('--replace', 'put a registry that is there aside')
    .action(async (folder: string, options: Options) => {
      const around = surroundings(readConfig(options, {}, quietLog), 'restore');
      const { config } = around;
      const file = registryPath(config);
      const old = putRegistryBack(join(folder, registryCopy), file, options.replace === true);
      // Brings a copy of an older program to this one's version, and refuses one of a newer.
      const registry = makeRegistry(around);
      await registry.start();
      await registry.stop();
      process.stdout.write(`${text(config.language, 'restore.done', { file })}\n`);
      if (old !== undefined) process.stdout.write(`${text(config.language, 'restore.kept', { old })}\n`);
    });
}
