// `jieyue audit`: whether the log of who looked at positions is whole.
import type { Command } from 'commander';
import { JieyueError } from '../../core/domain/errors.ts';
import { wordsOf } from '../../core/domain/message.ts';
import { text } from '../../core/domain/texts.ts';
import { commandWithConfig } from '../settings.ts';
import { withRegistry } from '../with-registry.ts';
import { sayOfCommands } from '../words.ts';

export function build(): Command {
  const command = commandWithConfig();
  command
    .command('verify')
    .description('go through the chain of hashes; exit code 1 where it is broken')
    .option('--head <seq:hash>', 'a head that was written down elsewhere: it must still stand')
    .action(async (options: { head?: string }) => {
      const known = options.head === undefined ? undefined : headOf(options.head);
      await withRegistry(
        command,
        async (registry, language) => {
          const { entries, head, broken } = await registry.fleet.audit.verify(known);
          if (broken !== null) {
            process.exitCode = 1;
            return text(language, 'audit.broken', {
              seq: broken.seq,
              why: wordsOf(broken.said, language),
              entries,
            });
          }
          if (head === null) return text(language, 'audit.empty');
          return text(language, 'audit.whole', { entries, head: `${head.seq}:${head.hash}` });
        },
        { mustExist: true },
      );
    });
  return command;
}

/** @throws JieyueError `config.invalid` */
function headOf(said: string): { readonly seq: number; readonly hash: string } {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(said) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new JieyueError('config.invalid', sayOfCommands('audit.head', { said }));
}
