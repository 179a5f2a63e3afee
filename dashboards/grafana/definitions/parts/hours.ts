// The hours of a building's day: the typical workday against the rest day, and each day by its hours.
import type { Carrier } from '../../../../core/domain/units.ts';
import type { BoardContext } from '../../house/context.ts';
import { colours } from '../../house/palette.ts';
import { barsBy, heatMap } from '../../house/panels.ts';
import { carrierUnit } from '../../house/units.ts';
import { is, meanBy, series } from '../../query/ask.ts';
import { knownDayHours } from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { dayHours } = sources;

export function dayProfile(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const { t } = context;
  const mean = (refId: string, day: 'workday' | 'weekend') =>
    meanBy(refId, dayHours, 'value', 'hour', [...knownDayHours(carrier), is(dayHours, 'day', day)], day);
  const sortBy = { column: 'hour', descending: false };
  return barsBy(context, key, { shown: 'hour', sortBy }, [mean('A', 'workday'), mean('B', 'weekend')])
    .unit(carrierUnit(carrier))
    .xTickLabelSpacing(0)
    .overrideByName('workday', [
      { id: 'displayName', value: t('word.workday') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.plain } },
    ])
    .overrideByName('weekend', [
      { id: 'displayName', value: t('word.weekend') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.look } },
    ]);
}

export function hoursOfDays(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const query = series('A', dayHours, 'value', knownDayHours(carrier), { alias: '$tag_hour', by: 'hour' });
  return heatMap(context, key, [query], carrierUnit(carrier));
}
