#!/usr/bin/env -S node --max-old-space-size=256
// The command line. Each command is loaded only when it is asked for, so that an agent never loads a database engine.
import type { Command } from 'commander';
import { isJieyueError } from '../core/domain/errors.ts';
import { wordsOf } from '../core/domain/message.ts';
import { type TextKey, text } from '../core/domain/texts.ts';
import { languageOfEnvironment, loadEnvironmentFile } from '../core/runtime/config.ts';
import { inLanguage, withSubcommands } from './help.ts';
import { spokenLanguage } from './spoken.ts';

interface CommandModule {
  /** Builds the command with its options and its action. */
  build(): Command;
}

const commands = {
  up: () => import('./commands/up.ts'),
  agent: async () => {
    const { preferSmallMemory } = await import('../edge-agent/small-memory.ts');
    preferSmallMemory();
    return import('./commands/agent.ts');
  },
  ingest: () => import('./commands/ingest.ts'),
  api: () => import('./commands/api.ts'),
  broker: () => import('./commands/broker.ts'),
  simulate: () => import('./commands/simulate.ts'),
  import: () => import('./commands/import.ts'),
  ledger: () => import('./commands/ledger.ts'),
  check: () => import('./commands/check.ts'),
  agents: () => import('./commands/agents.ts'),
  keys: () => import('./commands/keys.ts'),
  audit: () => import('./commands/audit.ts'),
  jobs: () => import('./commands/jobs.ts'),
  init: () => import('./commands/init.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
} as const satisfies Record<string, () => Promise<CommandModule>>;
type CommandName = keyof typeof commands;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const [asked] = rest;
    if (asked !== undefined && isCommand(asked)) return run(asked, ['--help']);
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (!isCommand(name)) {
    process.stderr.write(`${t('cli.unknown-command', { name, known: Object.keys(commands).join(', ') })}\n`);
    return 2;
  }
  return run(name, rest);
}

async function run(name: CommandName, args: readonly string[]): Promise<number> {
  const module: CommandModule = await commands[name]();
  const command = inLanguage(module.build(), languageOfEnvironment());
  command.name(`jieyue ${name}`).description(t(`cmd.${name}`));
  for (const each of withSubcommands(command)) each.showHelpAfterError().exitOverride();
  try {
    await command.parseAsync([...args], { from: 'user' });
    // A command that did its work and still has something to complain about says so here.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

/** Says what went wrong in one line and the way out; a stack only for faults of ours. */
function report(error: unknown): number {
  if (isJieyueError(error)) {
    // A configuration that could not be read may still say in which language.
    const said = error.details?.['language'];
    const language = said === 'en' || said === 'zh-CN' ? said : (spokenLanguage() ?? languageOfEnvironment());
    process.stderr.write(`jieyue: ${wordsOf(error.said, language)} [${error.code}]\n`);
    return 1;
  }
  if (isCommanderError(error)) return error.exitCode;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`jieyue: ${t('cli.internal', { message })}\n`);
  return 70;
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.keys(commands).map(
    (name) => `  ${name.padEnd(width)}  ${t(`cmd.${name as CommandName}`)}`,
  );
  return `${t('cli.title')}\n\n${t('cli.usage')}\n\n${t('cli.commands')}:\n${lines.join('\n')}\n\n${t('cli.more')}\n`;
}

function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  return text(languageOfEnvironment(), key, values);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && error.constructor.name === 'CommanderError' && 'exitCode' in error;
}

// `jieyue … | head` closes the pipe early: no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

loadEnvironmentFile();
process.exitCode = await main(process.argv.slice(2));
