// `jieyue init`: what the city deployment needs before it starts: the secrets in `.env`, and what InfluxDB has to be told.
import { Command } from 'commander';
import { text } from '../../core/domain/texts.ts';
import { languageOfEnvironment } from '../../core/runtime/config.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig } from '../settings.ts';

interface Options {
  out: string;
  force?: boolean;
}

export function build(): Command {
  const command = new Command()
    // An option after `influxdb` is that command's: both have `--out`.
    .enablePositionalOptions()
    .option('--out <file>', 'the file', '.env')
    .option(
      '--force',
      'make all secrets fresh; a deployment that runs with the old ones must be told of each',
    )
    .action(writeEnvironment);
  command.addCommand(
    commandWithConfig()
      .name('influxdb')
      .description(
        'make the databases of InfluxDB 2.x and a token for each holder, by an administrator’s token',
      )
      .requiredOption('--out <folder>', 'where the tokens are written, in a folder for each holder')
      .action(prepareInflux),
  );
  return command;
}

async function writeEnvironment({ out, force }: Options): Promise<void> {
  const { writeSecrets } = await import('../init/secrets-file.ts');
  const language = languageOfEnvironment();
  const { names, old } = writeSecrets(out, force === true);
  const lines = [
    names.length === 0
      ? text(language, 'init.complete', { file: out })
      : text(language, 'init.written', { file: out, names: names.join(', ') }),
    ...(old === undefined ? [] : [text(language, 'init.kept', { old })]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function prepareInflux(options: CommonOptions & { out: string }): Promise<void> {
  const { prepareInflux2 } = await import('../init/influx-2.ts');
  const config = readConfig(options, {}, quietLog);
  const { databases, files } = await prepareInflux2(config, options.out);
  const values = { databases: databases.join(', '), files: files.join(', ') };
  process.stdout.write(`${text(config.language, 'init.influxdb', values)}\n`);
}
