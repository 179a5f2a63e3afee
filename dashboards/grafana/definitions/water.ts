// Water: consumption, its nights and the least hour of the night, which is where a leak shows first.
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { buildingVariable, institutionVariable } from '../house/variables.ts';
import { daysAgainstLastYear } from './parts/against-last-year.ts';
import { dayProfile, hoursOfDays } from './parts/hours.ts';
import { leastHour, nightBars, nightTable } from './parts/nights.ts';

export function waterBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'water',
    title: 'water.title',
    about: 'water.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'all'), buildingVariable(context, 'one')],
    sections: [
      {
        lines: [
          {
            height: 9,
            panels: [
              [12, leastHour(context, 'water.night-minimum', 'water')],
              [12, nightBars(context, 'water.nights', 'water')],
            ],
          },
          {
            height: 9,
            panels: [[24, nightTable(context, 'water.left-running', { carrier: 'water', board: 'water' })]],
          },
        ],
      },
      {
        title: t('section.shape-of-day'),
        lines: [
          {
            height: 10,
            panels: [
              [12, dayProfile(context, 'water.profile', 'water')],
              [12, hoursOfDays(context, 'water.heat-map', 'water')],
            ],
          },
          {
            height: 9,
            panels: [
              [24, daysAgainstLastYear(context, 'water.days', { kind: 'building', carrier: 'water' })],
            ],
          },
        ],
      },
    ],
  });
}
