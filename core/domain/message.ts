// What an error says to people: the key of a text in a table, its words in zh-CN and en, and what it is about. Tables stand beside those
// who speak; `speaker` checks at compile time that each `{name}` of both texts has its value.
import type { Language } from './texts.ts';

export type TextPair = readonly [zh: string, en: string];

export interface Message {
  /** Stable: programs may tell by it which of the texts it is. */
  readonly key: string;
  readonly texts: TextPair;
  readonly values: MessageValues;
}

/** A name that is another one in each language. */
export interface Titled {
  readonly zh: string;
  readonly en: string;
}

/** Of a list, each part stands after a semicolon. */
export type MessageValue = string | number | Message | Titled | readonly MessageValue[];
export type MessageValues = Readonly<Record<string, MessageValue>>;

/** A message, or a text of which there is one language only. */
export type Said = string | Message;

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type NamesOf<P extends TextPair> = NamesIn<P[0]> | NamesIn<P[1]>;
type ValuesOf<P extends TextPair> = [NamesOf<P>] extends [never]
  ? readonly []
  : readonly [values: Readonly<Record<NamesOf<P>, MessageValue>>];

/** Makes messages of a table of texts. */
export function speaker<const T extends Readonly<Record<string, TextPair>>>(table: T) {
  return <K extends keyof T & string>(key: K, ...[values]: ValuesOf<T[K]>): Message => ({
    key,
    texts: table[key] as TextPair,
    values: (values ?? {}) as MessageValues,
  });
}

export function wordsOf(said: Said, language: Language): string {
  if (typeof said === 'string') return said;
  const template = said.texts[language === 'en' ? 1 : 0];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = said.values[name];
    return value === undefined ? whole : valueIn(value, language);
  });
}

/** The same message with each text among its values changed, however deep: names put in the place of ids. */
export function withValues(said: Said, change: (text: string) => string): Said {
  return typeof said === 'string' ? change(said) : (changed(said, change) as Message);
}

function valueIn(value: MessageValue, language: Language): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (isList(value))
    return value.map((part) => valueIn(part, language)).join(language === 'en' ? '; ' : '；');
  if ('texts' in value) return wordsOf(value, language);
  return language === 'en' ? value.en : value.zh;
}

function changed(value: MessageValue, change: (text: string) => string): MessageValue {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') return value;
  if (isList(value)) return value.map((part) => changed(part, change));
  if (!('texts' in value)) return { zh: change(value.zh), en: change(value.en) };
  const values = Object.entries(value.values).map(([name, part]) => [name, changed(part, change)] as const);
  return { ...value, values: Object.fromEntries(values) };
}

/** `Array.isArray` does not tell lists that are read only. */
function isList(value: MessageValue): value is readonly MessageValue[] {
  return Array.isArray(value);
}
