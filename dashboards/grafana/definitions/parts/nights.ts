// What ran at night: each night beside the usual one, its ratio to the day, its least hour; all buildings in a table.
import type { Carrier } from '../../../../core/domain/units.ts';
import type { BoardName } from '../../house/board-ids.ts';
import { greyLine } from '../../house/by-carrier.ts';
import type { BoardContext } from '../../house/context.ts';
import { badAbove, carrierColours } from '../../house/palette.ts';
import { bars, lines } from '../../house/panels.ts';
import { table } from '../../house/tables.ts';
import { carrierUnit } from '../../house/units.ts';
import { below, chosen, newest, newestWhere, series } from '../../query/ask.ts';
import { knownNights, usualKnown } from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { nights } = sources;

/** A night at a third of the day's power is worth a look, at a half something was left on. */
function ratioThresholds() {
  return badAbove(0.3, 0.5);
}

export function nightBars(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const { t } = context;
  const where = [...knownNights(carrier), chosen(nights, 'building', 'building')];
  return bars(context, key, [
    series('A', nights, 'value', where, { alias: t('word.night') }),
    series('B', nights, 'usual', [...where, usualKnown], { alias: t('word.usual') }),
  ])
    .unit(carrierUnit(carrier))
    .overrideByName(t('word.night'), [
      { id: 'color', value: { mode: 'fixed', fixedColor: carrierColours[carrier] } },
    ])
    .overrideByName(t('word.usual'), greyLine);
}

export function leastHour(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const { t } = context;
  const where = [...knownNights(carrier), chosen(nights, 'building', 'building')];
  return lines(context, key, [
    series('A', nights, 'least_hour', where, { alias: t('column.least-hour') }),
  ]).unit(carrierUnit(carrier));
}

/** The newest known night of each building of the institution, the worst first; of it the ratio and the usual where they are. */
export function nightTable(
  context: BoardContext,
  key: PanelTextKey,
  { carrier, board }: { carrier: Carrier; board: BoardName },
) {
  const unit = carrierUnit(carrier);
  const carried = { institution: 'same', building: { column: 'building' } } as const;
  const where = [...knownNights(carrier), below(nights)];
  return table(context, key, {
    queries: [
      newest('A', nights, ['value', 'name', 'least_hour'], 'building', where),
      newestWhere('B', nights, { flag: 'ratio_known', columns: ['ratio'] }, 'building', where),
      newestWhere('C', nights, { flag: 'usual_known', columns: ['usual'] }, 'building', where),
    ],
    columns: [
      { name: 'name', title: 'column.building', link: { title: 'link.building', board, carried } },
      { name: 'Time', title: 'column.night-of', unit: 'time:YYYY-MM-DD', width: 130 },
      {
        name: 'ratio',
        title: 'column.ratio',
        unit: 'percentunit',
        decimals: 0,
        thresholds: ratioThresholds(),
      },
      { name: 'value', title: 'column.night', unit, decimals: 1 },
      { name: 'usual', title: 'column.usual', unit, decimals: 1 },
      { name: 'least_hour', title: 'column.least-hour', unit, decimals: 2 },
      { name: 'building', title: 'hidden' },
    ],
    sortBy: { column: 'ratio', descending: true },
  });
}
