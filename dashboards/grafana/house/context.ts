// What a board is made with: the language of its texts and the time zone that days are cut in.
import type { Language } from '../../../core/domain/texts.ts';
import { type BoardTextKey, boardText } from '../texts.ts';

export interface BoardContext {
  readonly language: Language;
  readonly timeZone: string;
  /** The text of a key, in the board's language. */
  readonly t: (key: BoardTextKey) => string;
}

export function boardContext(language: Language, timeZone: string): BoardContext {
  return { language, timeZone, t: (key) => boardText(language, key) };
}
