// One institution with all below it: by carrier, by kind of use, by month and day, by building, against last year.

import { StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { totalItem } from '../../../core/domain/board-series.ts';
import { board } from '../house/board.ts';
import { ofCarrier as byCarrier, nameCarriers, nameCarriersOnly } from '../house/by-carrier.ts';
import { nameItems, ofItem } from '../house/by-item.ts';
import type { BoardContext } from '../house/context.ts';
import { barsOfMonths, dashed, stat } from '../house/panels.ts';
import { carrierUnit } from '../house/units.ts';
import { carrierVariable, institutionVariable, periodVariable } from '../house/variables.ts';
import { below, figure, is, isNot, series } from '../query/ask.ts';
import { changeKnown, known, monthsOfYear, ofCarrier, ofChosen, ofYear, total } from '../query/conditions.ts';
import { sources } from '../query/sources.ts';
import { daysAgainstLastYear, monthsAgainstLastYear } from './parts/against-last-year.ts';
import {
  changeThresholds,
  comparedBars,
  comparedTable,
  coverageThresholds,
  type Things,
} from './parts/consumption.ts';

const { consumption } = sources;
const ofInstitution = ofChosen('institution');

const buildings: Things = {
  where: [is(consumption, 'kind', 'building'), below(consumption)],
  link: {
    title: 'link.building',
    board: 'building',
    carried: { institution: 'same', building: { column: 'of' } },
  },
};

export function institutionBoard(context: BoardContext) {
  const { t } = context;
  const things = buildings;
  return board(context, {
    name: 'institution',
    title: 'institution.title',
    about: 'institution.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'one'), carrierVariable(context), periodVariable(context)],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [12, byCarriers(context)],
              [12, changes(context)],
            ],
          },
          {
            height: 9,
            panels: [
              [
                12,
                monthsAgainstLastYear(context, 'institution.months', {
                  kind: 'institution',
                  carrier: 'chosen',
                }),
              ],
              [
                12,
                daysAgainstLastYear(context, 'institution.days', {
                  kind: 'institution',
                  carrier: 'chosen',
                }),
              ],
            ],
          },
        ],
      },
      {
        title: t('section.kinds-of-use'),
        lines: [
          {
            height: 9,
            panels: [
              [12, items(context)],
              [12, coverageCourse(context)],
            ],
          },
        ],
      },
      {
        title: t('section.buildings'),
        lines: [
          {
            height: 9,
            panels: [
              [
                12,
                comparedBars(context, 'institution.electricity-buildings', {
                  things,
                  carrier: 'electricity',
                  bucket: 'year',
                }),
              ],
              [
                12,
                comparedBars(context, 'institution.water-buildings', {
                  things,
                  carrier: 'water',
                  bucket: 'year',
                }),
              ],
            ],
          },
          {
            height: 9,
            panels: [
              [
                24,
                comparedTable(context, 'institution.buildings', {
                  things,
                  carrier: 'electricity',
                  bucket: 'year',
                }),
              ],
            ],
          },
        ],
      },
    ],
  });
}

function byCarriers(context: BoardContext) {
  const where = [...ofInstitution, total, ...ofYear, known];
  const name = { alias: byCarrier, by: 'carrier' } as const;
  const query = figure('A', consumption, ['last', 'value'], where, name, 'period');
  return nameCarriers(stat(context, 'institution.carriers', [query]).decimals(1), context);
}

function changes(context: BoardContext) {
  const where = [...ofInstitution, total, ...ofYear, changeKnown];
  const name = { alias: byCarrier, by: 'carrier' } as const;
  const query = figure('A', consumption, ['last', 'change'], where, name, 'period');
  const panel = stat(context, 'institution.changes', [query])
    .unit('percentunit')
    .decimals(1)
    .thresholds(changeThresholds());
  return nameCarriersOnly(panel, context);
}

/** Electricity by kind of use: each a sub-meter's own. */
function items(context: BoardContext) {
  const where = [
    ...ofInstitution,
    ofCarrier('electricity'),
    isNot(consumption, 'item', totalItem),
    ...monthsOfYear,
    known,
  ];
  const panel = barsOfMonths(context, 'institution.items', [
    series('A', consumption, 'value', where, { alias: ofItem, by: 'item' }, 'period'),
  ])
    .stacking(StackingMode.Normal)
    .unit(carrierUnit('electricity'));
  return nameItems(panel, context);
}

/** A month of which nothing is known has its 0. */
function coverageCourse(context: BoardContext) {
  const where = [...ofInstitution, total, ...monthsOfYear];
  const panel = barsOfMonths(context, 'institution.coverage', [
    series('A', consumption, 'coverage', where, { alias: byCarrier, by: 'carrier' }, 'period'),
  ])
    .unit('percentunit')
    .max(1)
    .thresholds(coverageThresholds())
    .thresholdsStyle(dashed());
  return nameCarriersOnly(panel, context);
}
