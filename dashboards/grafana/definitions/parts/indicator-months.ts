// An indicator by month beside the same month of last year, or by the twelve months that end with it; units are its own.
import type { Indicator } from '../../../../core/domain/accounting/indicators.ts';
import type { IndicatorBucket } from '../../../../core/domain/board-series-accounts.ts';
import { besideIndicator, nameIndicators, ofIndicator } from '../../house/by-indicator.ts';
import type { BoardContext } from '../../house/context.ts';
import { colours } from '../../house/palette.ts';
import { barsOfMonths } from '../../house/panels.ts';
import { ownFigures } from '../../query/account-conditions.ts';
import { is, series } from '../../query/ask.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { indicators } = sources;
const lastYear = { name: 'last year', word: 'word.last-year', color: colours.before } as const;

export function indicatorMonths(
  context: BoardContext,
  key: PanelTextKey,
  indicator: Indicator,
  bucket: Exclude<IndicatorBucket, 'year'>,
) {
  const where = ownFigures(indicator, bucket);
  const by = 'indicator' as const;
  const panel = barsOfMonths(context, key, [
    series(
      'A',
      indicators,
      'value',
      [...where, is(indicators, 'known', 1)],
      { alias: ofIndicator, by },
      'period',
    ),
    series(
      'B',
      indicators,
      'last_year',
      [...where, is(indicators, 'last_year_known', 1)],
      { alias: besideIndicator(lastYear), by },
      'period',
    ),
  ]);
  return nameIndicators(panel, context, { color: colours.plain, beside: [lastYear] });
}
