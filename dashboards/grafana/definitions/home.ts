// The city at a glance: consumption against last year, who is highest, which meters are silent.
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { dataLink } from '../house/links.ts';
import { badAbove, colours } from '../house/palette.ts';
import { lines, stat } from '../house/panels.ts';
import { institutionVariable, monthVariable, periodVariable } from '../house/variables.ts';
import { chosen, course, figure, is } from '../query/ask.ts';
import { ofCarrier, ofChosen, ofMonth, total } from '../query/conditions.ts';
import { sources } from '../query/sources.ts';
import { findingCount, plans, qualityScore } from './parts/accounts-at-a-glance.ts';
import { monthsAgainstLastYear } from './parts/against-last-year.ts';
import {
  comparedBars,
  comparedTable,
  coverageThresholds,
  type Things,
  yearStat,
} from './parts/consumption.ts';
import { stateNow } from './parts/states.ts';

const { consumption, institutionStates } = sources;
const counted = [chosen(institutionStates, 'institution', 'institution')];

/** The institutions right below the chosen one. */
const things: Things = {
  where: [is(consumption, 'kind', 'institution'), chosen(consumption, 'parent', 'institution')],
  link: {
    title: 'link.institution',
    board: 'institution',
    carried: { institution: { column: 'of' }, period: 'same' },
  },
};

export function homeBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'home',
    title: 'home.title',
    about: 'home.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'one'), periodVariable(context), monthVariable(context)],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [4, yearStat(context, 'home.electricity', 'electricity')],
              [4, yearStat(context, 'home.water', 'water')],
              [4, yearStat(context, 'home.gas', 'gas')],
              [4, yearStat(context, 'home.heat', 'heat')],
              [4, coverage(context)],
              [4, silent(context)],
            ],
          },
        ],
      },
      {
        title: t('section.year'),
        lines: [
          {
            height: 10,
            panels: [
              [
                12,
                comparedBars(context, 'home.electricity-year', {
                  things,
                  carrier: 'electricity',
                  bucket: 'year',
                }),
              ],
              [12, comparedBars(context, 'home.water-year', { things, carrier: 'water', bucket: 'year' })],
            ],
          },
          {
            height: 9,
            panels: [
              [
                12,
                monthsAgainstLastYear(context, 'home.electricity-months', {
                  kind: 'institution',
                  carrier: 'electricity',
                }),
              ],
              [
                12,
                monthsAgainstLastYear(context, 'home.water-months', {
                  kind: 'institution',
                  carrier: 'water',
                }),
              ],
            ],
          },
        ],
      },
      {
        title: t('section.month'),
        lines: [
          {
            height: 10,
            panels: [
              [
                12,
                comparedBars(context, 'home.electricity-month', {
                  things,
                  carrier: 'electricity',
                  bucket: 'month',
                }),
              ],
              [
                12,
                comparedBars(context, 'home.water-month', {
                  things,
                  carrier: 'water',
                  bucket: 'month',
                }),
              ],
            ],
          },
        ],
      },
      {
        title: t('section.plan'),
        lines: [
          {
            height: 5,
            panels: [
              [14, plans(context)],
              [5, qualityScore(context)],
              [5, findingCount(context)],
            ],
          },
        ],
      },
      {
        title: t('section.highest'),
        lines: [
          {
            height: 10,
            panels: [
              [
                16,
                comparedTable(context, 'home.highest', { things, carrier: 'electricity', bucket: 'year' }),
              ],
              [8, silentCourse(context)],
            ],
          },
        ],
      },
    ],
  });
}

function coverage(context: BoardContext) {
  const where = [...ofChosen('institution'), ofCarrier('electricity'), total, ...ofMonth];
  const alias = context.t('column.coverage');
  return stat(context, 'home.coverage', [
    figure('A', consumption, ['last', 'coverage'], where, { alias }, 'period'),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(coverageThresholds())
    .dataLinks([dataLink(context.t('link.meters'), 'meters', { institution: 'same' })]);
}

function silent(context: BoardContext) {
  const alias = context.t('word.silent');
  return stat(context, 'home.silent', [
    figure('A', institutionStates, ['last', 'points_silent'], counted, { alias }),
  ])
    .decimals(0)
    .thresholds(badAbove(1, 10))
    .timeFrom(stateNow)
    .dataLinks([dataLink(context.t('link.meters'), 'meters', { institution: 'same' })]);
}

function silentCourse(context: BoardContext) {
  const alias = context.t('word.silent');
  return lines(context, 'home.silent-course', [
    course('A', institutionStates, ['max', 'points_silent'], counted, { alias }),
  ])
    .decimals(0)
    .overrideByName(alias, [{ id: 'color', value: { mode: 'fixed', fixedColor: colours.bad } }]);
}
