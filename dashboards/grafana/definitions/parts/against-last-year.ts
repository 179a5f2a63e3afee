// Consumption beside the same of last year, named and measured by its carrier: by day in the board's range, by month in the
// year of its variable.
import type { Carrier } from '../../../../core/domain/units.ts';
import {
  ofCarrier as byCarrier,
  nameCarriers,
  nameLastYears,
  ofCarrierLastYear,
} from '../../house/by-carrier.ts';
import type { BoardContext } from '../../house/context.ts';
import { bars, barsOfMonths, type Queries } from '../../house/panels.ts';
import { series, type Time } from '../../query/ask.ts';
import {
  known,
  lastYearKnown,
  monthsOfYear,
  ofBucket,
  ofCarrier,
  ofChosen,
  total,
} from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { consumption } = sources;

interface Compared {
  readonly kind: 'institution' | 'building';
  /** One, or that of the variable. */
  readonly carrier: Carrier | 'chosen';
}

export function daysAgainstLastYear(context: BoardContext, key: PanelTextKey, of: Compared) {
  const panel = bars(context, key, beside(of, [ofBucket('day')], 'range'));
  return nameLastYears(nameCarriers(panel, context), context, 'line');
}

export function monthsAgainstLastYear(context: BoardContext, key: PanelTextKey, of: Compared) {
  const panel = barsOfMonths(context, key, beside(of, monthsOfYear, 'period'));
  return nameLastYears(nameCarriers(panel, context), context, 'bars');
}

function beside({ kind, carrier }: Compared, when: readonly string[], time: Time): Queries {
  const where = [...ofChosen(kind), ofCarrier(carrier), total, ...when];
  const by = 'carrier' as const;
  return [
    series('A', consumption, 'value', [...where, known], { alias: byCarrier, by }, time),
    series('B', consumption, 'last_year', [...where, lastYearKnown], { alias: ofCarrierLastYear, by }, time),
  ];
}
