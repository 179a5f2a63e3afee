// Where a plan stands, in words and colours that all boards share: by the plan's own line.
import { lineStates } from '../../../../core/domain/plan/line.ts';
import type { BoardContext } from '../../house/context.ts';
import { badAbove, badBelow } from '../../house/palette.ts';
import { mappingOf, wordsOf } from '../../house/words.ts';

/** `state_code`: 2 on the line, 1 behind, 0 far behind. */
export function stateThresholds() {
  return badBelow(1, 2);
}

export function planStateWords(context: BoardContext) {
  const words = wordsOf(context, lineStates);
  const of = (name: keyof typeof lineStates) => words[name] ?? name;
  return mappingOf({ '2': of('on-line'), '1': of('behind'), '0': of('far-behind') });
}

/** Reduction achieved of that due: the whole is the line, under a half is far behind it. */
export function progressThresholds() {
  return badBelow(0.5, 1);
}

/** Off the line; 5 % over it is far behind. */
export function offLineThresholds() {
  return badAbove(1e-9, 0.05);
}
