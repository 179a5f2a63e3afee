// A plan and its ranking (序时进度、排名): where the chosen institution stands on its line, how those below it compare, who makes the
// gap, and the years since the base year beside the straight line.

import { sectors as sectorWords } from '../../../core/domain/accounting/classes.ts';
import { noSector } from '../../../core/domain/board-series-accounts.ts';
import { lineReasons } from '../../../core/domain/plan/line.ts';
import { indicatorVariable, planYearVariable } from '../house/account-variables.ts';
import { board } from '../house/board.ts';
import { besideIndicator, nameIndicators, ofIndicator } from '../house/by-indicator.ts';
import type { BoardContext } from '../house/context.ts';
import { dataLink } from '../house/links.ts';
import { badAbove, badFrom, colours } from '../house/palette.ts';
import { barsBy, barsOfYears, byThresholds, stat } from '../house/panels.ts';
import { type TableColumn, table } from '../house/tables.ts';
import { institutionVariable } from '../house/variables.ts';
import { mappingOf, wordsOf } from '../house/words.ts';
import { ownPlan, ownSectors, ownYears, plansBelow } from '../query/account-conditions.ts';
import { figure, is, rows, series } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import type { PanelTextKey } from '../texts.ts';
import { changeThresholds } from './parts/consumption.ts';
import { offLineThresholds, planStateWords, progressThresholds, stateThresholds } from './parts/plan.ts';

const { plan, planYears, sectors } = sources;
type Field = keyof typeof plan.fields;

export function planBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'plan',
    title: 'plan.title',
    about: 'plan.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'one'), indicatorVariable(context), planYearVariable(context)],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [
                4,
                own(context, 'plan.state', 'state_code', 'state_known')
                  .thresholds(stateThresholds())
                  .mappings([planStateWords(context)]),
              ],
              [
                4,
                own(context, 'plan.progress', 'progress', 'progress_known')
                  .unit('percentunit')
                  .decimals(0)
                  .thresholds(progressThresholds()),
              ],
              [
                4,
                own(context, 'plan.off-line', 'off_line', 'off_line_known')
                  .unit('percentunit')
                  .decimals(1)
                  .thresholds(offLineThresholds()),
              ],
              [4, rank(context)],
              [5, soFar(context)],
              [3, provisional(context)],
            ],
          },
          {
            height: 9,
            panels: [
              [14, years(context)],
              [10, yearEnd(context)],
            ],
          },
        ],
      },
      {
        title: t('section.ranking'),
        lines: [
          {
            height: 10,
            panels: [
              [12, ranking(context)],
              [12, gap(context)],
            ],
          },
          {
            height: 9,
            panels: [
              [
                12,
                against(context, 'plan.against-last', {
                  now: 'so_far_last',
                  before: 'last_year',
                  flag: 'change_last_known',
                }),
              ],
              [
                12,
                against(context, 'plan.against-base', {
                  now: 'so_far_base',
                  before: 'base_year',
                  flag: 'change_base_known',
                }),
              ],
            ],
          },
          { height: 11, panels: [[24, everybody(context)]] },
          { height: 7, panels: [[24, bySector(context)]] },
        ],
      },
    ],
  });
}

function own(context: BoardContext, key: PanelTextKey, column: Field, flag: Field) {
  const where = [...ownPlan, is(plan, flag, 1)];
  return stat(context, key, [
    figure('A', plan, ['last', column], where, { alias: context.t(key) }, 'period'),
  ]);
}

function rank(context: BoardContext) {
  const { t } = context;
  const where = [...ownPlan, is(plan, 'rank_known', 1)];
  return stat(context, 'plan.rank', [
    figure('A', plan, ['last', 'rank'], where, { alias: t('column.rank') }, 'period'),
    figure('B', plan, ['last', 'ranked'], where, { alias: t('word.of-all') }, 'period'),
  ]).decimals(0);
}

/** The months of this year that are over, against the same of last year and of the base year. */
function soFar(context: BoardContext) {
  const { t } = context;
  const where = (flag: Field) => [...ownPlan, is(plan, flag, 1)];
  return stat(context, 'plan.so-far', [
    figure(
      'A',
      plan,
      ['last', 'change_last'],
      where('change_last_known'),
      { alias: t('word.against-last') },
      'period',
    ),
    figure(
      'B',
      plan,
      ['last', 'change_base'],
      where('change_base_known'),
      { alias: t('word.against-base') },
      'period',
    ),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(changeThresholds());
}

function provisional(context: BoardContext) {
  const { t } = context;
  return stat(context, 'plan.provisional', [
    figure('A', plan, ['last', 'provisional'], ownPlan, { alias: t('plan.provisional') }, 'period'),
  ])
    .thresholds(badAbove(1, 2))
    .mappings([mappingOf({ '0': t('word.final'), '1': t('word.provisional') })]);
}

const line = { name: 'line', word: 'word.line', color: colours.before } as const;
const projection = { name: 'projected', word: 'word.projected', color: colours.look } as const;

function years(context: BoardContext) {
  const by = 'indicator' as const;
  const where = (flag: 'known' | 'line_known' | 'projected_known') => [...ownYears, is(planYears, flag, 1)];
  const panel = barsOfYears(context, 'plan.years', [
    series('A', planYears, 'value', where('known'), { alias: ofIndicator, by }, 'period'),
    series('B', planYears, 'line', where('line_known'), { alias: besideIndicator(line), by }, 'period'),
    series(
      'C',
      planYears,
      'projected',
      where('projected_known'),
      { alias: besideIndicator(projection), by },
      'period',
    ),
  ]);
  return nameIndicators(panel, context, { color: colours.plain, beside: [line, projection] });
}

/** The year's end as projected, with its interval, and the line it must not pass. */
function yearEnd(context: BoardContext) {
  const { t } = context;
  const value = (refId: string, column: Field, flag: Field, alias: string) =>
    figure(refId, plan, ['last', column], [...ownPlan, is(plan, flag, 1)], { alias }, 'period');
  return stat(context, 'plan.year-end', [
    value('A', 'projected', 'projected_known', t('word.projected')),
    value('B', 'projected_low', 'interval_known', t('word.low')),
    value('C', 'projected_high', 'interval_known', t('word.high')),
    value('D', 'year_line', 'year_line_known', t('word.line')),
    value('E', 'projected_code', 'projected_code_known', t('word.then')),
  ])
    .decimals(1)
    .overrideByQuery('E', [
      { id: 'mappings', value: [planStateWords(context)] },
      { id: 'thresholds', value: stateThresholds().build() },
    ]);
}

const ofRow = { institution: { column: 'institution' }, indicator: 'same', period: 'same' } as const;

/** Everybody right below, the furthest on first. */
function ranking(context: BoardContext) {
  const { t } = context;
  const where = [...plansBelow, is(plan, 'progress_known', 1)];
  const sortBy = { column: 'progress', descending: true };
  const panel = barsBy(context, 'plan.ranking', { shown: 'shown', sortBy }, [
    rows('A', plan, ['institution', 'shown', 'progress'], where, 'period'),
  ])
    .unit('percentunit')
    .overrideByName('progress', [{ id: 'displayName', value: t('column.progress') }])
    .dataLinks([dataLink(t('link.plan'), 'plan', ofRow)]);
  return byThresholds(panel, progressThresholds());
}

/** Whose part of the gap of the chosen institution is the largest. */
function gap(context: BoardContext) {
  const { t } = context;
  const where = [...plansBelow, is(plan, 'contribution_known', 1)];
  const sortBy = { column: 'contribution', descending: true };
  const panel = barsBy(context, 'plan.gap', { shown: 'shown', sortBy }, [
    rows('A', plan, ['institution', 'shown', 'contribution'], where, 'period'),
  ])
    .overrideByName('contribution', [{ id: 'displayName', value: t('column.contribution') }])
    .dataLinks([dataLink(t('link.plan'), 'plan', ofRow)]);
  return byThresholds(panel, badFrom(justAbove));
}

/** Those right below: the months of this year that are over, beside the same months of another. */
function against(
  context: BoardContext,
  key: PanelTextKey,
  { now, before, flag }: { readonly now: Field; readonly before: Field; readonly flag: Field },
) {
  const { t } = context;
  const sortBy = { column: now, descending: true };
  return barsBy(context, key, { shown: 'shown', sortBy }, [
    rows('A', plan, ['institution', 'shown', now, before], [...plansBelow, is(plan, flag, 1)], 'period'),
  ])
    .overrideByName(now, [
      { id: 'displayName', value: t('word.this-year') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.plain } },
    ])
    .overrideByName(before, [
      { id: 'displayName', value: t('word.same-months') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.before } },
    ])
    .dataLinks([dataLink(t('link.plan'), 'plan', ofRow)]);
}

/** What of a row is shown only where it is known; a row is one by the id of its institution. */
const parts: readonly (readonly [flag: Field, columns: readonly Field[]])[] = [
  ['state_known', ['state_code']],
  ['rank_known', ['rank']],
  ['progress_known', ['progress']],
  ['known', ['value']],
  ['line_known', ['line']],
  ['off_line_known', ['off_line']],
  ['change_last_known', ['change_last']],
  ['change_base_known', ['change_base']],
  ['projected_known', ['projected']],
  ['interval_known', ['projected_low', 'projected_high']],
  ['contribution_known', ['contribution']],
];

function everybody(context: BoardContext) {
  const { t } = context;
  const change = { unit: 'percentunit', decimals: 1, thresholds: changeThresholds() } as const;
  const columns: TableColumn[] = [
    { name: 'name', title: 'column.name', link: { title: 'link.plan', board: 'plan', carried: ofRow } },
    { name: 'rank', title: 'column.rank', decimals: 0, width: 80 },
    {
      name: 'state_code',
      title: 'column.state',
      thresholds: stateThresholds(),
      mappings: [planStateWords(context)],
    },
    {
      name: 'progress',
      title: 'column.progress',
      unit: 'percentunit',
      decimals: 0,
      thresholds: progressThresholds(),
    },
    { name: 'value', title: 'column.figure', decimals: 2 },
    { name: 'line', title: 'word.line', decimals: 2 },
    {
      name: 'off_line',
      title: 'column.off-line',
      unit: 'percentunit',
      decimals: 1,
      thresholds: offLineThresholds(),
    },
    { name: 'change_last', title: 'word.against-last', ...change },
    { name: 'change_base', title: 'word.against-base', ...change },
    { name: 'projected', title: 'word.projected', decimals: 2 },
    { name: 'projected_low', title: 'word.low', decimals: 2 },
    { name: 'projected_high', title: 'word.high', decimals: 2 },
    { name: 'contribution', title: 'column.contribution', decimals: 3, thresholds: badFrom(justAbove) },
    { name: 'provisional', title: 'column.provisional', words: { '0': '', '1': t('word.provisional') } },
    { name: 'reason', title: 'column.why-unknown', words: { '': '', ...wordsOf(context, lineReasons) } },
    { name: 'institution', title: 'hidden' },
  ];
  const [first, ...others] = parts.map(([flag, shown], index) =>
    rows(
      String.fromCharCode(refB + index),
      plan,
      ['institution', ...shown],
      [...plansBelow, is(plan, flag, 1)],
      'period',
    ),
  );
  if (first === undefined) throw new RangeError('a table without columns');
  const always = rows('A', plan, ['institution', 'name', 'provisional', 'reason'], plansBelow, 'period');
  return table(context, 'plan.everybody', {
    queries: [always, first, ...others],
    columns,
    sortBy: { column: 'rank', descending: false },
  });
}

/** What stands below the chosen institution by sector (分系统), beside territory. */
function bySector(context: BoardContext) {
  const { t } = context;
  const known = (refId: string, column: keyof typeof sectors.fields, flag: keyof typeof sectors.fields) =>
    rows(refId, sectors, ['sector', column], [...ownSectors, is(sectors, flag, 1)], 'period');
  return table(context, 'plan.sectors', {
    queries: [
      rows('A', sectors, ['sector', 'institutions', 'coverage'], ownSectors, 'period'),
      known('B', 'value', 'known'),
      known('C', 'last_year', 'last_year_known'),
      known('D', 'change', 'change_known'),
    ],
    columns: [
      {
        name: 'sector',
        title: 'column.sector',
        words: { ...wordsOf(context, sectorWords), [noSector]: t('word.no-sector') },
      },
      { name: 'institutions', title: 'column.institutions', decimals: 0 },
      { name: 'value', title: 'column.figure', decimals: 2 },
      { name: 'last_year', title: 'word.last-year', decimals: 2 },
      {
        name: 'change',
        title: 'column.change',
        unit: 'percentunit',
        decimals: 1,
        thresholds: changeThresholds(),
      },
      { name: 'coverage', title: 'column.coverage', unit: 'percentunit', decimals: 0 },
    ],
    sortBy: { column: 'value', descending: true },
  });
}

const refB = 'B'.charCodeAt(0);
/** Nothing at all is not bad yet. */
const justAbove = 1e-9;
