// Texts of boards, zh-CN and en, in one catalogue: [zh-CN, en]. What a panel shows is its title; `<title>.about` says
// what it means, in which unit, and what to do when it is not as it should be.
import { type Language, languages } from '../../core/domain/texts.ts';
import { accountTexts } from './texts/accounts.ts';
import { energyTexts } from './texts/energy.ts';
import { fleetTexts } from './texts/fleet.ts';
import { operationTexts } from './texts/operations.ts';
import { wordTexts } from './texts/words.ts';

export const boardTexts = {
  ...wordTexts,
  ...energyTexts,
  ...accountTexts,
  ...operationTexts,
  ...fleetTexts,
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type BoardTextKey = keyof typeof boardTexts;
/** Titles that come with what they are about: of panels, and of boards. */
export type PanelTextKey = {
  [Key in BoardTextKey]: `${Key}.about` extends BoardTextKey ? Key : never;
}[BoardTextKey];

export function boardText(language: Language, key: BoardTextKey): string {
  return boardTexts[key][languages.indexOf(language) === 0 ? 0 : 1];
}
