// Every command says what it and its options are, in Chinese and in English, and nothing of the other language.
import { readdirSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { inChinese, inLanguage, withSubcommands } from './help.ts';
import { chinese, mistakes } from './help-words.ts';

const han = /\p{Script=Han}/u;

const modules = await Promise.all(
  readdirSync(new URL('commands', import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(async (file) => {
      const name = file.replace(/\.ts$/, '');
      return { name, module: (await import(`./commands/${name}.ts`)) as { build?: () => Command } };
    }),
);
const commands = modules.flatMap(({ name, module: { build } }) =>
  build === undefined ? [] : [{ name, build }],
);

/** What a command and those below it say; the top one's description is the command line's own. */
function textsOf(build: () => Command): string[] {
  return withSubcommands(build()).flatMap((command, index) => {
    // Hidden: no person starts it.
    if ('_hidden' in command && command._hidden === true) return [];
    const parts = [...command.options, ...command.registeredArguments].map(({ description }) => description);
    return index === 0 ? parts : [command.description(), ...parts];
  });
}

describe('the help of commands', () => {
  it.each(commands)('$name says all in English and in Chinese', ({ build }) => {
    const texts = textsOf(build).filter((text) => text !== '');
    expect(texts.filter((text) => han.test(text))).toEqual([]);
    expect(texts.filter((text) => !han.test(inChinese(text)))).toEqual([]);
  });

  it('leaves no option without words but of a command that no person starts', () => {
    expect(commands.length).toBeGreaterThan(14);
    const silent = commands.filter(({ build }) =>
      withSubcommands(build()).some(({ options }) =>
        options.some(({ description, hidden }) => description === '' && !hidden),
      ),
    );
    expect(silent.map(({ name }) => name)).toEqual(['simulate']);
  });

  it('has no Chinese for what nobody says', () => {
    const said = [...commands.flatMap(({ build }) => textsOf(build)), 'display help for command'];
    const unused = Object.keys(chinese).filter(
      (english) => !said.some((text) => text === english || text.startsWith(`${english} `)),
    );
    expect(unused).toEqual([]);
  });

  it('is Chinese in its frame too, within the width of the screen', () => {
    for (const { name, build } of commands) {
      for (const command of withSubcommands(inLanguage(build(), 'zh-CN'))) {
        const text = command.configureOutput({ getOutHelpWidth: () => 80 }).helpInformation();
        expect([name, /Usage|Options:|Commands:|\[options\]|default|display/.exec(text)?.[0]]).toEqual([
          name,
          undefined,
        ]);
        for (const line of text.split('\n')) {
          const cells = [...line].reduce((sum, sign) => sum + (/[\u2e80-\uffef]/.test(sign) ? 2 : 1), 0);
          expect([line, cells <= 82]).toEqual([line, true]);
        }
      }
      expect(inLanguage(build(), 'en').helpInformation()).toContain('Usage: ');
    }
  });

  it('says in Chinese what was typed wrongly', async () => {
    const said = async (...args: string[]) => {
      const errors: string[] = [];
      const command = new Command('jieyue').exitOverride();
      command
        .command('create <name>')
        .requiredOption('--role <role>', 'one of a')
        .action(() => undefined);
      for (const each of withSubcommands(inLanguage(command, 'zh-CN')))
        each.exitOverride().configureOutput({ writeErr: (text) => errors.push(text) });
      await command.parseAsync(args, { from: 'user' }).catch(() => undefined);
      return errors.join('');
    };
    expect(await said('create', '--role', 'a')).toContain('错误：缺少参数“name”');
    expect(await said('create', 'x')).toContain('缺少必填选项“--role <role>”');
    expect(await said('create', 'x', '--role')).toContain('选项“--role <role>”缺少取值');
    expect(await said('create', 'x', '--role', 'a', '--rule', 'a')).toMatch(
      /没有选项“--rule”\n（是否想用 --role？）/,
    );
    expect(await said('crate')).toContain('没有子命令“crate”');
    expect(await said('create', 'x', 'y', '--role', 'a')).toContain('参数过多：应有 1 个，实有 2 个');
    expect(mistakes.length).toBe(8);
  });
});
