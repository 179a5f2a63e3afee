// `jieyue keys`: keys of the API, each with a role over everything or over one institution's subtree.
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { text } from '../../core/domain/texts.ts';
import { type Role, roles } from '../../core/registry/registry.ts';
import { commandWithConfig } from '../settings.ts';
import { withRegistry } from '../with-registry.ts';
import { sayOfCommands } from '../words.ts';

export function build(): Command {
  const command = commandWithConfig();
  command
    .command('create <name>')
    .description('create a key; it is shown this once')
    .requiredOption('--role <role>', `one of ${roles.join(', ')}`)
    .option('--institution <id>', 'the institution whose subtree it covers; default: everything')
    .action(async (name: string, options: { role: string; institution?: string }) => {
      const role = roles.find((known) => known === options.role);
      if (role === undefined) {
        throw new JieyueError(
          'config.invalid',
          sayOfCommands('keys.role', { role: options.role, known: roles.join(', ') }),
        );
      }
      await withRegistry(command, async (registry, language) => {
        const { key } = await registry.principals.create(name, [
          { role: role satisfies Role, institution: options.institution ?? null },
        ]);
        return text(language, 'keys.created', { name, key });
      });
    });
  command
    .command('list')
    .description('list keys, without the keys themselves')
    .action(async () => {
      await withRegistry(command, async (registry) => {
        const all = await registry.principals.list();
        return all
          .map(
            ({ id, name, grants }) =>
              `${id}  ${name}  ${grants.map((grant) => `${grant.role}@${grant.institution ?? '*'}`).join(' ')}`,
          )
          .join('\n');
      });
    });
  command
    .command('revoke <id>')
    .description('revoke a key')
    .action(async (id: string) => {
      await withRegistry(command, async (registry, language) => {
        await registry.principals.revoke(id);
        return text(language, 'keys.revoked', { id });
      });
    });
  return command;
}
