// A command that works on the registry alone: opens it, does one thing, says the outcome.
import type { Command } from 'commander';
import type { Language } from '../core/domain/texts.ts';
import type { Registry } from '../core/registry/registry.ts';
import { makeRegistry } from './parts.ts';
import { type CommonOptions, quietLog, readConfig, type Surroundings, surroundings } from './settings.ts';

export async function withRegistry(
  command: Command,
  work: (registry: Registry, language: Language, around: Surroundings) => Promise<string>,
): Promise<void> {
  const config = readConfig(command.opts<CommonOptions>(), {}, quietLog);
  const around = surroundings(config, command.name());
  const registry = makeRegistry(around);
  await registry.start();
  try {
    process.stdout.write(`${await work(registry, config.language, around)}\n`);
  } finally {
    await registry.stop();
  }
}
