// `jieyue agents`: credentials of edge agents. There is no default credential; each is made here and shown once.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { text } from '../../core/domain/texts.ts';
import { commandWithConfig } from '../settings.ts';
import { withRegistry } from '../with-registry.ts';

export function build(): Command {
  const command = commandWithConfig();
  command
    .command('create <id>')
    .description('create an agent with a fresh password')
    .option('--password-file <file>', 'write the password to this file (mode 600) instead of showing it')
    .action(async (id: string, options: { passwordFile?: string }) => {
      await withRegistry(command, async (registry, language) => {
        const password = randomBytes(18).toString('base64url');
        const file = options.passwordFile;
        // The file comes first: an agent whose password nobody knows would be of no use.
        if (file !== undefined) writePassword(file, password);
        try {
          await registry.agents.create(id, password);
        } catch (error) {
          if (file !== undefined) rmSync(file);
          throw error;
        }
        return file === undefined
          ? text(language, 'agents.created', { id, password })
          : text(language, 'agents.created-file', { id, file });
      });
    });
  command
    .command('reset <id>')
    .description('give an agent a fresh password; the old one is refused from now on')
    .option('--password-file <file>', 'write the password to this new file (mode 600) instead of showing it')
    .action(async (id: string, options: { passwordFile?: string }) => {
      await withRegistry(command, async (registry, language) => {
        const password = randomBytes(18).toString('base64url');
        const file = options.passwordFile;
        if (file !== undefined) writePassword(file, password);
        try {
          await registry.agents.setPassword(id, password);
        } catch (error) {
          if (file !== undefined) rmSync(file);
          throw error;
        }
        return file === undefined
          ? text(language, 'agents.reset', { id, password })
          : text(language, 'agents.reset-file', { id, file });
      });
    });
  command
    .command('list')
    .description('list agents')
    .action(async () => {
      await withRegistry(command, async (registry, language) => {
        const agents = await registry.agents.list();
        if (agents.length === 0) return text(language, 'agents.none');
        return agents.map(({ id, disabled }) => `${id}${disabled ? '  (disabled)' : ''}`).join('\n');
      });
    });
  command
    .command('disable <id>')
    .description('refuse an agent from now on')
    .action(async (id: string) => {
      await withRegistry(command, async (registry, language) => {
        await registry.agents.disable(id);
        return text(language, 'agents.disabled', { id });
      });
    });
  command
    .command('passwords')
    .description('print all agents as lines of a Mosquitto password file')
    .action(async () => {
      await withRegistry(command, async (registry) => (await registry.agents.passwordFile()).trimEnd());
    });
  return command;
}

/** @throws JieyueError `config.invalid` where the file exists or cannot be written. */
function writePassword(file: string, password: string): void {
  try {
    writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JieyueError(
      'config.invalid',
      `--password-file ${file}: ${reason}; name a file that does not exist yet, in a folder that does`,
      { cause: error },
    );
  }
}
