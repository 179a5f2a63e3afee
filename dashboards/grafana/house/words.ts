// Values as words, in the language of the board.
import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardContext } from './context.ts';

export function mappingOf(words: Readonly<Record<string, string>>): ValueMapping {
  const options = Object.entries(words).map(([value, text], index) => [value, { text, index }] as const);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/** Of a table of names in both languages. */
export function wordsOf(
  { language }: BoardContext,
  names: Readonly<Record<string, { readonly zh: string; readonly en: string }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(names).map(([name, { zh, en }]) => [name, language === 'en' ? en : zh]),
  );
}
