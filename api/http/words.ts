// Codes with what they mean, in the language that was asked for.
import { z } from 'zod';
import type { Language } from '../../core/domain/texts.ts';

export type Words = Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

export interface Word<N extends string> {
  readonly code: N;
  readonly text: string;
}

export function wordSchema<T extends Words>(table: T) {
  const names = Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
  return z.object({
    code: z.enum(names),
    text: z.string().describe('In the language of `Accept-Language`.'),
  });
}

export function wordOf<T extends Words, N extends keyof T & string>(
  table: T,
  code: N,
  language: Language,
): Word<N> {
  const words = table[code];
  return { code, text: words === undefined ? code : language === 'en' ? words.en : words.zh };
}

export function wordOrNull<T extends Words, N extends keyof T & string>(
  table: T,
  code: N | null,
  language: Language,
): Word<N> | null {
  return code === null ? null : wordOf(table, code, language);
}
