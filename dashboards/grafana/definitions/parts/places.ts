// Levels of quotas and scores of data quality, in words and colours that all boards share.
import type { BoardContext } from '../../house/context.ts';
import { badBelow } from '../../house/palette.ts';
import { mappingOf } from '../../house/words.ts';

/** Of a quota: 2 within the strictest limit, 1 between, 0 over the mildest. */
export function levelThresholds() {
  return badBelow(1, 2);
}

export function levelWords({ t }: BoardContext) {
  return mappingOf({ '2': t('word.within-strictest'), '1': t('word.between'), '0': t('word.over-mildest') });
}

/** Under 80 something is to be done, under 60 figures cannot be relied upon. */
export function scoreThresholds() {
  return badBelow(60, 80);
}
