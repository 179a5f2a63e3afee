// A command that works on the registry alone: opens it, does one thing, says the outcome.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { JieyueError } from '../core/domain/errors.ts';
import type { Language } from '../core/domain/texts.ts';
import type { Registry } from '../core/registry/registry.ts';

import { makeRegistry, registryPath } from './parts.ts';
import { type CommonOptions, quietLog, readConfig, type Surroundings, surroundings } from './settings.ts';
import { sayOfCommands } from './words.ts';

export async function withRegistry(
  command: Command,
  work: (registry: Registry, language: Language, around: Surroundings) => Promise<string>,
  { mustExist = false }: { readonly mustExist?: boolean } = {},
): Promise<void> {
  const config = readConfig(command.opts<CommonOptions>(), {}, quietLog);
  const around = surroundings(config, command.name());
  // A folder that was mistyped must not look like an empty registry.
  const file = registryPath(config);
  if (mustExist && !existsSync(file))
    throw new JieyueError('config.missing', sayOfCommands('registry.absent', { file }));
  const registry = makeRegistry(around);
  await registry.start();
  try {
    process.stdout.write(`${await work(registry, config.language, around)}\n`);
  } finally {
    await registry.stop();
  }
}
