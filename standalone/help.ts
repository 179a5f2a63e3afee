// --help and what is said of a command line that cannot be read, in the language that the environment asks for.
import type { Command } from 'commander';
import type { Language } from '../core/domain/texts.ts';
import { chinese, frameWords, mistakes } from './help-words.ts';

/** Makes a command and all below it speak that language. English is what it was built with. */
export function inLanguage(command: Command, language: Language): Command {
  if (language === 'en') return command;
  for (const each of withSubcommands(command)) {
    each.helpOption('-h, --help', inChinese('display help for command'));
    if (each.commands.length > 0) each.helpCommand('help [command]', inChinese('display help for command'));
    each.description(inChinese(each.description()));
    for (const option of each.options) option.description = inChinese(option.description);
    for (const argument of each.registeredArguments) argument.description = inChinese(argument.description);
    each.configureOutput({ outputError: (text, write) => write(mistakeInChinese(text)) });
    each.configureHelp({
      styleTitle: (title) => frameWords[title] ?? title,
      styleUsage: placeholders,
      styleSubcommandTerm: placeholders,
      // An empty list says nothing.
      styleOptionDescription: (text) =>
        text.replace(/ \(default: (.*)\)$/, (_, value) => (value === '[]' ? '' : `（默认：${value}）`)),
      displayWidth: cellsOf,
      boxWrap: wrapped,
    });
  }
  return command;
}

/** The command and all below it. */
export function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((each) => withSubcommands(each))];
}

/** What has no Chinese, and what is Chinese already, stays as it is. */
export function inChinese(english: string): string {
  const whole = chinese[english];
  if (whole !== undefined) return whole;
  for (const [beginning, text] of Object.entries(chinese))
    if (english.startsWith(`${beginning} `)) return `${text}${english.slice(beginning.length + 1)}`;
  return english;
}

function mistakeInChinese(text: string): string {
  return mistakes.reduce((said, [pattern, words]) => said.replace(pattern, words), text);
}

function placeholders(text: string): string {
  return text.replaceAll(/\[(?:options|command)\]/g, (word) => frameWords[word] ?? word);
}

/** Two a Chinese character, its marks too. */
function cellsOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + (/[\u2e80-\u9fff\uf900-\uffef]/.test(sign) ? 2 : 1), 0);
}

/** What is not torn apart: a Chinese character with the marks around it, a word of others, a space. */
const part = /[（“]*(?:[\u2e80-\u9fff\uf900-\uffef]|[^\s\u2e80-\u9fff\uf900-\uffef]+)[，。；：、）”]*|\s+/g;

/** Lines of so many cells. */
function wrapped(text: string, width: number): string {
  if (width < 40) return text;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    let [start, cells] = ['', 0];
    for (const [next] of line.matchAll(part)) {
      if (cells + cellsOf(next) > width && cells > 0) {
        lines.push(start.trimEnd());
        [start, cells] = ['', 0];
        if (next.trim() === '') continue;
      }
      start += next;
      cells += cellsOf(next);
    }
    lines.push(start.trimEnd());
  }
  return lines.join('\n');
}
