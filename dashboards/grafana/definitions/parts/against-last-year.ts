// Consumption over time beside the same time of last year, named and measured by its carrier.
import type { Carrier } from '../../../../core/domain/units.ts';
import {
  ofCarrier as byCarrier,
  nameCarriers,
  nameLastYears,
  ofCarrierLastYear,
} from '../../house/by-carrier.ts';
import type { BoardContext } from '../../house/context.ts';
import { bars } from '../../house/panels.ts';
import { series } from '../../query/ask.ts';
import { known, lastYearKnown, ofBucket, ofCarrier, ofChosen, total } from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { consumption } = sources;

/** @param carrier one, or that of the variable */
export function againstLastYear(
  context: BoardContext,
  key: PanelTextKey,
  spec: { kind: 'institution' | 'building'; carrier: Carrier | 'chosen'; bucket: 'day' | 'month' },
) {
  const where = [...ofChosen(spec.kind), ofCarrier(spec.carrier), total, ofBucket(spec.bucket)];
  const by = 'carrier' as const;
  const panel = bars(context, key, [
    series('A', consumption, 'value', [...where, known], { alias: byCarrier, by }),
    series('B', consumption, 'last_year', [...where, lastYearKnown], { alias: ofCarrierLastYear, by }),
  ]);
  return nameLastYears(nameCarriers(panel, context), context);
}
