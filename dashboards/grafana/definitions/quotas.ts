// Institutions against their quota and last year (定额对标): the level reached, the way to the next one, energy and water by month beside
// last year.

import { quotaFits } from '../../../core/domain/quota/applicable.ts';
import { basisVariable, indicatorVariable, quotaYearVariable } from '../house/account-variables.ts';
import { board } from '../house/board.ts';
import { nameIndicators, nameIndicatorsOnly, ofIndicator } from '../house/by-indicator.ts';
import type { BoardContext } from '../house/context.ts';
import { dataLink } from '../house/links.ts';
import { badAbove, colours } from '../house/palette.ts';
import { barsBy, byThresholds, stat } from '../house/panels.ts';
import { type TableColumn, table } from '../house/tables.ts';
import { institutionVariable } from '../house/variables.ts';
import { wordsOf } from '../house/words.ts';
import { ownQuotas, quotasBelow } from '../query/account-conditions.ts';
import { figure, is, rows } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import { changeThresholds } from './parts/consumption.ts';
import { indicatorMonths } from './parts/indicator-months.ts';
import { levelThresholds, levelWords } from './parts/places.ts';

const { quotas } = sources;
const by = 'indicator' as const;
const ofRow = { institution: { column: 'institution' }, indicator: 'same', period: 'same' } as const;

export function quotasBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'quotas',
    title: 'quotas.title',
    about: 'quotas.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [
      institutionVariable(context, 'one'),
      indicatorVariable(context),
      basisVariable(context),
      quotaYearVariable(context),
    ],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [8, levels(context)],
              [8, figures(context)],
              [8, changes(context)],
            ],
          },
          {
            height: 10,
            panels: [
              [12, limits(context)],
              [12, distances(context)],
            ],
          },
          { height: 10, panels: [[24, everybody(context)]] },
        ],
      },
      {
        title: t('section.months'),
        lines: [
          {
            height: 9,
            panels: [
              [12, indicatorMonths(context, 'quotas.person-months', 'energyPerPerson', 'month')],
              [12, indicatorMonths(context, 'quotas.area-months', 'energyPerArea', 'month')],
            ],
          },
          {
            height: 9,
            panels: [
              [12, indicatorMonths(context, 'quotas.person-twelve', 'energyPerPerson', 'twelve')],
              [12, indicatorMonths(context, 'quotas.area-twelve', 'energyPerArea', 'twelve')],
            ],
          },
          {
            height: 9,
            panels: [
              [12, indicatorMonths(context, 'quotas.water-months', 'waterPerPerson', 'month')],
              [12, indicatorMonths(context, 'quotas.carbon-months', 'carbonPerArea', 'month')],
            ],
          },
        ],
      },
    ],
  });
}

function levels(context: BoardContext) {
  const where = [...ownQuotas, is(quotas, 'known', 1)];
  const panel = stat(context, 'quotas.levels', [
    figure('A', quotas, ['last', 'state_code'], where, { alias: ofIndicator, by }, 'period'),
  ])
    .thresholds(levelThresholds())
    .mappings([levelWords(context)]);
  return nameIndicatorsOnly(panel, context);
}

function figures(context: BoardContext) {
  const where = [...ownQuotas, is(quotas, 'value_known', 1)];
  const panel = stat(context, 'quotas.figures', [
    figure('A', quotas, ['last', 'value'], where, { alias: ofIndicator, by }, 'period'),
  ]).decimals(1);
  return nameIndicators(panel, context);
}

function changes(context: BoardContext) {
  const where = [...ownQuotas, is(quotas, 'change_known', 1)];
  const panel = stat(context, 'quotas.changes', [
    figure('A', quotas, ['last', 'change'], where, { alias: ofIndicator, by }, 'period'),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(changeThresholds());
  return nameIndicatorsOnly(panel, context);
}

/** Each beside the mildest and the strictest limit that applies to it. */
function limits(context: BoardContext) {
  const { t } = context;
  const where = [...quotasBelow, is(quotas, 'value_known', 1), is(quotas, 'limits_known', 1)];
  const sortBy = { column: 'value', descending: true };
  const coloured = (column: string, word: Parameters<typeof t>[0], fixedColor: string) =>
    [
      column,
      [
        { id: 'displayName', value: t(word) },
        { id: 'color', value: { mode: 'fixed', fixedColor } },
      ],
    ] as const;
  const panel = barsBy(context, 'quotas.limits', { shown: 'shown', sortBy }, [
    rows('A', quotas, ['institution', 'shown', 'value', 'limit_mildest', 'limit_strictest'], where, 'period'),
  ]).dataLinks([dataLink(t('link.quotas'), 'quotas', ofRow)]);
  for (const [column, properties] of [
    coloured('value', 'column.figure', colours.plain),
    coloured('limit_mildest', 'word.mildest', colours.bad),
    coloured('limit_strictest', 'word.strictest', colours.good),
  ])
    panel.overrideByName(column, [...properties]);
  return panel;
}

/** How far over the next level, as a share of its limit. */
function distances(context: BoardContext) {
  const { t } = context;
  const where = [...quotasBelow, is(quotas, 'next_known', 1)];
  const sortBy = { column: 'distance', descending: true };
  const panel = barsBy(context, 'quotas.distances', { shown: 'shown', sortBy }, [
    rows('A', quotas, ['institution', 'shown', 'distance'], where, 'period'),
  ])
    .unit('percentunit')
    .overrideByName('distance', [{ id: 'displayName', value: t('column.distance') }])
    .dataLinks([dataLink(t('link.quotas'), 'quotas', ofRow)]);
  return byThresholds(panel, badAbove(0, 0.2));
}

function everybody(context: BoardContext) {
  const english = context.language === 'en';
  const other: TableColumn['title'] = 'hidden';
  const columns: TableColumn[] = [
    { name: 'name', title: 'column.name', link: { title: 'link.quotas', board: 'quotas', carried: ofRow } },
    {
      name: 'state_code',
      title: 'column.place',
      thresholds: levelThresholds(),
      mappings: [levelWords(context)],
    },
    { name: 'reached_zh', title: english ? other : 'column.reached' },
    { name: 'reached_en', title: english ? 'column.reached' : other },
    { name: 'next_zh', title: english ? other : 'column.next' },
    { name: 'next_en', title: english ? 'column.next' : other },
    { name: 'value', title: 'column.figure', decimals: 2 },
    { name: 'next_limit', title: 'column.next-limit', decimals: 2 },
    {
      name: 'distance',
      title: 'column.distance',
      unit: 'percentunit',
      decimals: 1,
      thresholds: badAbove(0, 0.2),
    },
    { name: 'to_go', title: 'column.to-go', decimals: 0 },
    { name: 'last_year', title: 'column.last-year', decimals: 2 },
    {
      name: 'change',
      title: 'column.change',
      unit: 'percentunit',
      decimals: 1,
      thresholds: changeThresholds(),
    },
    { name: 'set_zh', title: english ? other : 'column.quota-set' },
    { name: 'set_en', title: english ? 'column.quota-set' : other },
    { name: 'fit', title: 'column.fit', words: wordsOf(context, quotaFits) },
    { name: 'institution', title: 'hidden' },
  ];
  const where = (flag: 'known' | 'value_known' | 'next_known' | 'last_year_known' | 'change_known') => [
    ...quotasBelow,
    is(quotas, flag, 1),
  ];
  return table(context, 'quotas.everybody', {
    queries: [
      rows('A', quotas, ['institution', 'name', 'set_zh', 'set_en', 'fit'], quotasBelow, 'period'),
      rows('B', quotas, ['institution', 'state_code', 'reached_zh', 'reached_en'], where('known'), 'period'),
      rows('C', quotas, ['institution', 'value'], where('value_known'), 'period'),
      rows(
        'D',
        quotas,
        ['institution', 'next_zh', 'next_en', 'next_limit', 'distance', 'to_go'],
        where('next_known'),
        'period',
      ),
      rows('E', quotas, ['institution', 'last_year'], where('last_year_known'), 'period'),
      rows('F', quotas, ['institution', 'change'], where('change_known'), 'period'),
    ],
    columns,
    sortBy: { column: 'distance', descending: true },
  });
}
