// One building: what it consumes day by day, the shape of its day, what was left on at night, its meters.
import { totalItem } from '../../../core/domain/board-series.ts';
import { board } from '../house/board.ts';
import { nameItems, ofItem } from '../house/by-item.ts';
import type { BoardContext } from '../house/context.ts';
import { stackedBars } from '../house/panels.ts';
import { carrierUnit } from '../house/units.ts';
import { buildingVariable, carrierVariable, institutionVariable } from '../house/variables.ts';
import { chosen, isNot, series } from '../query/ask.ts';
import { known, ofBucket, ofCarrier, ofChosen } from '../query/conditions.ts';
import { sources } from '../query/sources.ts';
import { daysAgainstLastYear } from './parts/against-last-year.ts';
import { dayProfile, hoursOfDays } from './parts/hours.ts';
import { meterTable } from './parts/meters.ts';
import { leastHour, nightBars, nightTable } from './parts/nights.ts';

const { consumption, pointStates } = sources;

export function buildingBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'building',
    title: 'building.title',
    about: 'building.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [
      institutionVariable(context, 'all'),
      buildingVariable(context, 'one'),
      carrierVariable(context),
    ],
    sections: [
      {
        lines: [
          {
            height: 9,
            panels: [
              [12, daysAgainstLastYear(context, 'building.days', { kind: 'building', carrier: 'chosen' })],
              [12, items(context)],
            ],
          },
        ],
      },
      {
        title: t('section.shape-of-day'),
        lines: [
          {
            height: 10,
            panels: [
              [12, dayProfile(context, 'building.profile', 'electricity')],
              [12, hoursOfDays(context, 'building.heat-map', 'electricity')],
            ],
          },
        ],
      },
      {
        title: t('section.night'),
        lines: [
          {
            height: 9,
            panels: [
              [12, nightBars(context, 'building.nights', 'electricity')],
              [12, leastHour(context, 'building.base-load', 'electricity')],
            ],
          },
          {
            height: 9,
            panels: [
              [24, nightTable(context, 'building.left-on', { carrier: 'electricity', board: 'building' })],
            ],
          },
        ],
      },
      {
        title: t('section.meters'),
        lines: [
          {
            height: 9,
            panels: [
              [24, meterTable(context, 'building.meters', [chosen(pointStates, 'building', 'building')])],
            ],
          },
        ],
      },
    ],
  });
}

function items(context: BoardContext) {
  const where = [
    ...ofChosen('building'),
    ofCarrier('electricity'),
    isNot(consumption, 'item', totalItem),
    ofBucket('day'),
    known,
  ];
  const panel = stackedBars(context, 'building.items', [
    series('A', consumption, 'value', where, { alias: ofItem, by: 'item' }),
  ]).unit(carrierUnit('electricity'));
  return nameItems(panel, context);
}
