// Structured logs (pino). Fields that carry secrets are cut out wherever they stand.
import { createRequire } from 'node:module';
import type { Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secrets = ['password', 'key', 'token', 'authorization', 'cookie', 'passphrase'];

/** Logs go to standard error (or a file), so that standard output stays for people and pipes. */
export function createLogger(options: { level: LogLevel; name: string; file?: string | undefined }): Logger {
  const { destination, pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination(options.file ? { dest: options.file, mkdir: true, sync: false } : { dest: 2, sync: false }),
  );
}

/** Says nothing; for tests, benchmarks and commands. */
export const silentLogger = {
  level: 'silent',
  ...{ fatal: nothing, error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing },
  ...{ silent: nothing, flush: nothing, bindings: () => ({}), isLevelEnabled: () => false },
  child: () => silentLogger,
} as unknown as Logger;

function nothing(): void {}
