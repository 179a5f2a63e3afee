// The city at a glance: consumption against last year, who is highest, which meters are silent.
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { dataLink } from '../house/links.ts';
import { badAbove, colours } from '../house/palette.ts';
import { lines, stat } from '../house/panels.ts';
import { institutionVariable } from '../house/variables.ts';
import { chosen, course, figure, is } from '../query/ask.ts';
import { known, ofBucket, ofCarrier, ofChosen, total } from '../query/conditions.ts';
import { sources } from '../query/sources.ts';
import { againstLastYear } from './parts/against-last-year.ts';
import {
  comparedBars,
  comparedTable,
  coverageThresholds,
  type Things,
  yearStat,
} from './parts/consumption.ts';
import { stateNow } from './parts/states.ts';

const { consumption, pipeline } = sources;

/** The institutions right below the chosen one. */
const things: Things = {
  where: [is(consumption, 'kind', 'institution'), chosen(consumption, 'parent', 'institution')],
  link: { title: 'link.institution', board: 'institution', carried: { institution: { column: 'of' } } },
};

export function homeBoard(context: BoardContext) {
  const { t } = context;
  const thisMonth = 'now/M';
  return board(context, {
    name: 'home',
    title: 'home.title',
    about: 'home.title.about',
    time: { from: 'now/y', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'one')],
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
        title: t('section.this-year'),
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
                againstLastYear(context, 'home.electricity-months', {
                  kind: 'institution',
                  carrier: 'electricity',
                  bucket: 'month',
                }),
              ],
              [
                12,
                againstLastYear(context, 'home.water-months', {
                  kind: 'institution',
                  carrier: 'water',
                  bucket: 'month',
                }),
              ],
            ],
          },
        ],
      },
      {
        title: t('section.this-month'),
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
                }).timeFrom(thisMonth),
              ],
              [
                12,
                comparedBars(context, 'home.water-month', {
                  things,
                  carrier: 'water',
                  bucket: 'month',
                }).timeFrom(thisMonth),
              ],
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
  const where = [...ofChosen('institution'), ofCarrier('electricity'), total, ofBucket('month'), known];
  const alias = context.t('column.coverage');
  return stat(context, 'home.coverage', [figure('A', consumption, ['last', 'coverage'], where, { alias })])
    .unit('percentunit')
    .decimals(1)
    .thresholds(coverageThresholds())
    .timeFrom('now/M')
    .dataLinks([dataLink(context.t('link.meters'), 'meters', { institution: 'same' })]);
}

function silent(context: BoardContext) {
  const alias = context.t('word.silent');
  return stat(context, 'home.silent', [figure('A', pipeline, ['last', 'points_silent'], [], { alias })])
    .decimals(0)
    .thresholds(badAbove(1, 10))
    .timeFrom(stateNow)
    .dataLinks([dataLink(context.t('link.meters'), 'meters', { institution: 'same' })]);
}

function silentCourse(context: BoardContext) {
  const alias = context.t('word.silent');
  return lines(context, 'home.silent-course', [
    course('A', pipeline, ['max', 'points_silent'], [], { alias }),
  ])
    .decimals(0)
    .overrideByName(alias, [{ id: 'color', value: { mode: 'fixed', fixedColor: colours.bad } }]);
}
