// `jieyue import`: a file of history, sent by an agent of its own through the broker, until the last acknowledgement.
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { limits } from '../../core/domain/telemetry.ts';
import { text } from '../../core/domain/texts.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { isQuantity, type Quantity, quantityNames } from '../../core/domain/units.ts';
import { runImport } from '../import/run.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig, surroundings } from '../settings.ts';
import { sayOfCommands } from '../words.ts';

interface Options extends CommonOptions {
  agent: string;
  point?: string;
  name?: string;
  time: string;
  column: string[];
  zone?: string;
  delimiter: string;
  interval?: string;
  multiplier?: string;
  building?: string;
  timeout: string;
}

export function build(): Command {
  return commandWithConfig()
    .argument('<file>', 'CSV file, plain or .gz')
    .option('--point <point>', 'name of the point; default: the name of the file')
    .option('--name <name>', 'name for people; default: the point')
    .option('--time <column>', 'column with the time', 'hour_start')
    .option(
      '--column <column=quantity>',
      `what a column holds, e.g. energy_kwh=electricity_interval; may be repeated. Quantities: ${quantityNames.join(', ')}`,
      (value: string, all: string[]) => [...all, value],
      [] as string[],
    )
    .option('--zone <zone>', 'time zone of times without an offset; default: the system’s (JIEYUE_TZ)')
    .option('--delimiter <character>', 'between columns', ',')
    .option(
      '--interval <length>',
      'length of an interval, or how often a register was read: 15m, 1h, 1d; default: as registered, else as the times of the file tell',
    )
    .option('--multiplier <number>', 'CT × PT; default: as registered, else 1')
    .option('--building <id>', 'building that the point counts for')
    .option('--agent <id>', 'agent that sends', 'import')
    .option('--timeout <seconds>', 'how long to wait for the last acknowledgement', '120')
    .action(async (file: string, options: Options) => {
      if (options.column.length === 0) {
        throw new JieyueError('config.invalid', sayOfCommands('import.no-column'));
      }
      const around = surroundings(readConfig(options, {}, quietLog), 'import');
      const result = await runImport(around, {
        file,
        agent: options.agent,
        point: options.point ?? pointNameOf(file),
        name: options.name,
        timeColumn: options.time,
        columns: Object.fromEntries(options.column.map(columnOf)),
        zone: options.zone ?? around.config.tz,
        delimiter: options.delimiter,
        intervalMs: options.interval === undefined ? undefined : durationOf(options.interval),
        multiplier:
          options.multiplier === undefined ? undefined : positive('--multiplier', options.multiplier),
        building: options.building,
        timeoutMs: positive('--timeout', options.timeout) * 1000,
        screen: process.stderr,
      });
      for (const line of result.lines) process.stdout.write(`${line}\n`);
      const { language } = around.config;
      if (!result.complete) process.exitCode = 1;
      if (result.readings === 0)
        throw new JieyueError('import.file', text(language, 'import.nothing', { file }));
    });
}

/** The file's name without its endings, with what a point may not hold replaced. */
function pointNameOf(file: string): string {
  const base = file.split('/').at(-1) ?? file;
  return base
    .replace(/(\.csv)?(\.gz)?$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 64);
}

function columnOf(option: string): [string, Quantity] {
  const at = option.lastIndexOf('=');
  const quantity = option.slice(at + 1);
  if (at > 0 && isQuantity(quantity)) return [option.slice(0, at), quantity];
  throw new JieyueError(
    'config.invalid',
    sayOfCommands('import.column', { option, known: quantityNames.join(', ') }),
  );
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: hourMs, d: dayMs };

function durationOf(option: string): number {
  const [, count = '', unit = ''] = option.match(/^(\d+)([smhd])$/) ?? [];
  const length = Number(count) * (units[unit] ?? Number.NaN);
  if (length > 0 && length < limits.earliestTs) return length;
  throw new JieyueError('config.invalid', sayOfCommands('import.interval', { option }));
}

function positive(name: string, option: string): number {
  const value = Number(option);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new JieyueError('config.invalid', sayOfCommands('import.positive', { name, option }));
}
