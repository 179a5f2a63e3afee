// In which language a command speaks once it has read its configuration: what goes wrong later is told in it too.
import type { Language } from '../core/domain/texts.ts';

let spoken: Language | undefined;

export function speak(language: Language): void {
  spoken = language;
}

/** `undefined`: no configuration was read yet. */
export function spokenLanguage(): Language | undefined {
  return spoken;
}
