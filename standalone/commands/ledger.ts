// `jieyue ledger`: templates of ledgers, and their import into the registry; it works while `up` runs.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { importLedgers } from '../../api/ledgers/import.ts';
import { isLedgerKind, type LedgerKind, ledgerKinds } from '../../api/ledgers/ledgers.ts';
import { readLimits, tooLarge } from '../../api/ledgers/read/limits.ts';
import type { LedgerFile } from '../../api/ledgers/read/table.ts';
import { sayOfFiles, sayOfLimits } from '../../api/ledgers/read/words.ts';
import { templateCsv, templateWorkbook } from '../../api/ledgers/template.ts';
import { ledgerText } from '../../api/ledgers/texts.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { importLines, progressOn } from '../ledger-report.ts';
import { type CommonOptions, commandWithConfig, quietLog, readConfig } from '../settings.ts';
import { withRegistry } from '../with-registry.ts';
import { sayOfCommands } from '../words.ts';

interface ImportCommandOptions {
  kind?: string;
  dryRun?: boolean;
  goodRows?: boolean;
  author?: string;
  reason?: string;
  faults: string;
  json?: boolean;
}

export function build(): Command {
  const ledger = commandWithConfig();
  const kinds = ledgerKinds.join(', ');
  ledger
    .command('template <kind> <file>')
    .description(`write a template to fill in: .xlsx with help, or .csv of one kind. Kinds: all, ${kinds}`)
    .option('--xlsx', 'a workbook, whatever the file is called')
    .action((kind: string, file: string, options: { xlsx?: boolean }) =>
      writeTemplate(ledger, kind, file, options),
    );
  ledger
    .command('import <files...>')
    .description('read ledgers (.xlsx, .csv) into the registry; what one file makes, another may refer to')
    .option('--kind <kind>', `of files that do not tell by their name or headings: ${kinds}`)
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--good-rows', 'import the rows without faults; default: all or nothing')
    .option('--author <name>', 'who answers for it; default: the user of this computer')
    .option('--reason <text>', 'why; default: the names of the files')
    .option('--faults <number>', 'faults that are listed; the others are counted', '100')
    .option('--json', 'the outcome as JSON')
    .action((files: string[], options: ImportCommandOptions) => runImport(ledger, files, options));
  return ledger;
}

async function writeTemplate(
  command: Command,
  kind: string,
  file: string,
  options: { xlsx?: boolean },
): Promise<void> {
  const { language } = readConfig(command.opts<CommonOptions>(), {}, quietLog);
  const wanted = kind === 'all' ? ledgerKinds : [kindOf(kind)];
  const asWorkbook = options.xlsx === true || /\.xlsx$/i.test(file);
  const [only] = wanted;
  if (!asWorkbook && (only === undefined || wanted.length > 1)) {
    throw new JieyueError('config.invalid', sayOfCommands('ledger.workbook', { file }));
  }
  if (existsSync(file)) {
    throw new JieyueError('config.invalid', sayOfCommands('ledger.exists', { file }));
  }
  const content =
    asWorkbook || only === undefined ? await templateWorkbook(wanted, language) : templateCsv(only, language);
  writeFileSync(file, content);
  process.stdout.write(`${ledgerText(language, 'ledger.template', { file })}\n`);
}

async function runImport(
  command: Command,
  names: readonly string[],
  options: ImportCommandOptions,
): Promise<void> {
  const mostFaults = Number(options.faults);
  if (!Number.isInteger(mostFaults) || mostFaults < 0) {
    throw new JieyueError('config.invalid', sayOfCommands('ledger.faults', { value: options.faults }));
  }
  const kind = options.kind === undefined ? undefined : kindOf(options.kind);
  const files = names.map(readFile);
  await withRegistry(command, async (registry, language, { calendar }) => {
    const began = systemClock.now();
    const progress = progressOn(process.stderr, language, options.json === true);
    try {
      const result = await importLedgers(registry, files, {
        calendar,
        by: {
          author: options.author ?? userInfo().username,
          reason: options.reason ?? `import of ${names.map((name) => basename(name)).join(', ')}`,
        },
        mode: options.goodRows === true ? 'good-rows' : 'all-or-nothing',
        dryRun: options.dryRun === true,
        kind,
        language,
        mostFaults,
        progress: progress.update,
      });
      if (result.faultCount > 0) process.exitCode = 1;
      progress.stop();
      if (options.json === true) return JSON.stringify(result, null, 2);
      return importLines(result, language, (systemClock.now() - began) / 1_000).join('\n');
    } finally {
      progress.stop();
    }
  });
}

function kindOf(name: string): LedgerKind {
  if (isLedgerKind(name)) return name;
  throw new JieyueError(
    'config.invalid',
    sayOfCommands('ledger.kind', { name, known: ledgerKinds.join(', ') }),
  );
}

function readFile(path: string): LedgerFile {
  try {
    const { size } = statSync(path);
    // Before it is in memory.
    if (size > readLimits.fileBytes)
      throw tooLarge(path, sayOfLimits('limit.size', { size: Math.ceil(size / 1024 ** 2) }));
    return { name: basename(path), bytes: readFileSync(path) };
  } catch (error) {
    if (error instanceof JieyueError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new JieyueError('import.file', sayOfFiles('file.unreadable', { file: path, why }), {
      cause: error,
    });
  }
}
