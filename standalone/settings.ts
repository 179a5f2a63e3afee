// What every command does first: read the configuration with the options of the command line over it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { Calendar } from '../core/domain/time.ts';
import { type Config, loadConfig } from '../core/runtime/config.ts';
import { createLogger, type Logger } from '../core/runtime/logger.ts';
import { speak } from './spoken.ts';

export interface CommonOptions {
  config?: string;
  home?: string;
  logLevel?: string;
}

/** The file that is read when none is named. */
const defaultFile = 'jieyue.yaml';

/** A command with the options that all share. */
export function commandWithConfig(): Command {
  return new Command()
    .option('-c, --config <file>', `configuration file (YAML); default: ./${defaultFile} where it exists`)
    .option('--home <folder>', 'data folder (JIEYUE_HOME)')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (JIEYUE_LOG_LEVEL)');
}

export function configFile(options: CommonOptions): string | undefined {
  return options.config ?? (existsSync(defaultFile) ? resolve(defaultFile) : undefined);
}

/** For commands that run to their end: what a person is told is the outcome; the log speaks only of what went wrong. */
export const quietLog = { 'log.level': 'warn' } as const;

/**
 * @param overrides path → value, for options of one command
 * @param defaults path → value, where neither the file nor the environment nor an option says anything
 */
export function readConfig(
  options: CommonOptions,
  overrides: Record<string, unknown> = {},
  defaults: Record<string, unknown> = {},
): Config {
  const config = loadConfig({
    file: configFile(options),
    overrides: { home: options.home, 'log.level': options.logLevel, ...overrides },
    defaults,
  });
  speak(config.language);
  return config;
}

export interface Surroundings {
  readonly config: Config;
  readonly calendar: Calendar;
  readonly log: Logger;
}

export function surroundings(config: Config, service: string): Surroundings {
  return {
    config,
    calendar: new Calendar(config.tz),
    log: createLogger({ level: config.log.level, name: service, file: config.log.file }),
  };
}
