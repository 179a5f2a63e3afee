// Data quality (数据质量): scores and their parts, coverage by month, what was found since when and what is to be done, meters against
// their sub-meters.

import { qualityFindings, qualityParts } from '../../../core/domain/accounting/quality-texts.ts';
import { qualityMonthVariable, qualityYearVariable } from '../house/account-variables.ts';
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { dataLink } from '../house/links.ts';
import { matrix } from '../house/matrix.ts';
import { badAbove, badBelow } from '../house/palette.ts';
import { barsBy, barsOfMonths, byThresholds, stat } from '../house/panels.ts';
import { type TableColumn, table } from '../house/tables.ts';
import { institutionVariable } from '../house/variables.ts';
import { mappingOf, wordsOf } from '../house/words.ts';
import {
  openBalances,
  openFindings,
  ownQuality,
  ownQualityMonths,
  qualityBelow,
  qualityMonthsBelow,
  qualityOfEach,
} from '../query/account-conditions.ts';
import { figure, is, rows, series } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import { coverageThresholds } from './parts/consumption.ts';
import { scoreThresholds } from './parts/places.ts';

const { quality, findings, balances } = sources;
const ofRow = { institution: { column: 'institution' }, period: 'same', month: 'same' } as const;

export function qualityBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'quality',
    title: 'quality.title',
    about: 'quality.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [
      institutionVariable(context, 'one'),
      qualityYearVariable(context),
      qualityMonthVariable(context),
    ],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [4, score(context)],
              [4, count(context)],
              [16, parts(context)],
            ],
          },
          {
            height: 9,
            panels: [
              [12, scores(context)],
              [12, course(context)],
            ],
          },
          { height: 10, panels: [[24, heatMap(context)]] },
        ],
      },
      {
        title: t('section.findings'),
        lines: [
          { height: 11, panels: [[24, findingTable(context)]] },
          { height: 10, panels: [[24, everybody(context)]] },
        ],
      },
      {
        title: t('section.balances'),
        lines: [
          { height: 9, panels: [[24, residuals(context)]] },
          { height: 10, panels: [[24, balanceTable(context)]] },
        ],
      },
    ],
  });
}

function score(context: BoardContext) {
  const where = [...ownQuality, is(quality, 'tree_score_known', 1)];
  return stat(context, 'quality.score', [
    figure('A', quality, ['last', 'tree_score'], where, { alias: context.t('quality.score') }, 'period'),
  ])
    .decimals(1)
    .thresholds(scoreThresholds());
}

function count(context: BoardContext) {
  const alias = context.t('quality.count');
  return stat(context, 'quality.count', [
    figure('A', quality, ['last', 'tree_findings'], ownQuality, { alias }, 'period'),
  ])
    .decimals(0)
    .thresholds(badAbove(1, 20));
}

const partColumns = {
  coverage: ['tree_coverage', 'tree_coverage_known'],
  measured: ['tree_measured', 'tree_measured_known'],
  meters: ['tree_meters', 'tree_meters_known'],
  balance: ['tree_balance', 'tree_balance_known'],
  bills: ['tree_bills', 'tree_bills_known'],
  denominators: ['tree_denominators', 'tree_denominators_known'],
} as const satisfies Record<keyof typeof qualityParts, readonly [string, string]>;

/** Of the tree: the mean of each part, in the order of their weights. */
function parts(context: BoardContext) {
  const words = wordsOf(context, qualityParts);
  const part = (refId: string, name: keyof typeof partColumns) => {
    const [column, flag] = partColumns[name];
    const where = [...ownQuality, is(quality, flag, 1)];
    return figure(refId, quality, ['last', column], where, { alias: words[name] ?? name }, 'period');
  };
  return stat(context, 'quality.parts', [
    part('A', 'coverage'),
    part('B', 'measured'),
    part('C', 'meters'),
    part('D', 'balance'),
    part('E', 'bills'),
    part('F', 'denominators'),
  ])
    .unit('percentunit')
    .decimals(0)
    .thresholds(coverageThresholds());
}

/** Institutions right below, the worst first. */
function scores(context: BoardContext) {
  const { t } = context;
  const where = [...qualityBelow, is(quality, 'tree_score_known', 1)];
  const sortBy = { column: 'tree_score', descending: false };
  const panel = barsBy(context, 'quality.scores', { shown: 'shown', sortBy }, [
    rows('A', quality, ['institution', 'shown', 'tree_score'], where, 'period'),
  ])
    .max(100)
    .overrideByName('tree_score', [{ id: 'displayName', value: t('quality.score') }])
    .dataLinks([dataLink(t('link.quality'), 'quality', ofRow)]);
  return byThresholds(panel, scoreThresholds());
}

function course(context: BoardContext) {
  const where = [...ownQualityMonths, is(quality, 'tree_score_known', 1)];
  const panel = barsOfMonths(context, 'quality.course', [
    series('A', quality, 'tree_score', where, { alias: context.t('quality.score') }, 'period'),
  ]).max(100);
  return byThresholds(panel, scoreThresholds());
}

function heatMap(context: BoardContext) {
  const where = [...qualityMonthsBelow, is(quality, 'tree_coverage_known', 1)];
  return matrix(context, 'quality.heat-map', {
    query: rows('A', quality, ['shown', 'period', 'tree_coverage'], where, 'period'),
    row: 'shown',
    column: 'period',
    value: 'tree_coverage',
    heading: 'column.institution',
    unit: 'percentunit',
    thresholds: coverageThresholds(),
  });
}

function findingTable(context: BoardContext) {
  const { t, language } = context;
  const kinds = wordsOf(context, qualityFindings);
  const waysOut = Object.fromEntries(
    Object.entries(qualityFindings).map(([kind, { wayOut }]) => [
      kind,
      language === 'en' ? wayOut.en : wayOut.zh,
    ]),
  );
  const subjects = {
    point: t('word.point'),
    account: t('word.account'),
    institution: t('column.institution'),
  };
  const columns: TableColumn[] = [
    {
      name: 'since',
      title: 'column.since',
      unit: 'dateTimeAsIso',
      width: 170,
      mappings: [mappingOf({ '0': t('word.always') })],
    },
    {
      name: 'name',
      title: 'column.institution',
      link: { title: 'link.quality', board: 'quality', carried: ofRow },
    },
    { name: 'finding', title: 'column.finding', words: kinds },
    { name: 'subject_kind', title: 'column.subject-kind', words: subjects, width: 90 },
    {
      name: 'subject_name',
      title: 'column.subject',
      link: { title: 'link.point', board: 'point', carried: { point: { column: 'subject' } } },
    },
    { name: 'told', title: 'column.told', width: 90 },
    { name: 'way_out', title: 'column.way-out', words: waysOut },
    { name: 'subject', title: 'hidden' },
    { name: 'institution', title: 'hidden' },
  ];
  return table(context, 'quality.findings', {
    queries: [
      rows(
        'A',
        findings,
        [
          'since',
          'institution',
          'name',
          'finding',
          'subject',
          'subject_kind',
          'subject_name',
          'told',
          'way_out',
        ],
        openFindings,
        'period',
      ),
    ],
    columns,
    sortBy: { column: 'since', descending: false },
  });
}

/** Each institution with what it has of its own, the worst first. */
function everybody(context: BoardContext) {
  const share = { unit: 'percentunit', decimals: 0, thresholds: coverageThresholds() } as const;
  const where = (flag: `${'score' | `part_${keyof typeof qualityParts}`}_known`) => [
    ...qualityOfEach,
    is(quality, flag, 1),
  ];
  return table(context, 'quality.everybody', {
    queries: [
      rows('A', quality, ['institution', 'name', 'findings'], qualityOfEach, 'period'),
      rows('B', quality, ['institution', 'score'], where('score_known'), 'period'),
      rows('C', quality, ['institution', 'part_coverage'], where('part_coverage_known'), 'period'),
      rows('D', quality, ['institution', 'part_measured'], where('part_measured_known'), 'period'),
      rows('E', quality, ['institution', 'part_meters'], where('part_meters_known'), 'period'),
      rows('F', quality, ['institution', 'part_balance'], where('part_balance_known'), 'period'),
      rows('G', quality, ['institution', 'part_bills'], where('part_bills_known'), 'period'),
      rows('H', quality, ['institution', 'part_denominators'], where('part_denominators_known'), 'period'),
    ],
    columns: [
      {
        name: 'name',
        title: 'column.institution',
        link: { title: 'link.quality', board: 'quality', carried: ofRow },
      },
      { name: 'score', title: 'column.score', decimals: 1, thresholds: scoreThresholds() },
      { name: 'findings', title: 'column.findings', decimals: 0, thresholds: badAbove(1, 5) },
      { name: 'part_coverage', title: 'column.coverage', ...share },
      { name: 'part_measured', title: 'column.measured', ...share },
      { name: 'part_meters', title: 'column.meters-well', ...share },
      { name: 'part_balance', title: 'column.balance', ...share },
      { name: 'part_bills', title: 'column.bills', ...share },
      { name: 'part_denominators', title: 'column.denominators', ...share },
      { name: 'institution', title: 'hidden' },
    ],
    sortBy: { column: 'score', descending: false },
  });
}

/** Below 0 sub-meters show more than the meter above them: 2 % are within what meters err. */
function residualThresholds() {
  return badBelow(-0.02, 0);
}

function residuals(context: BoardContext) {
  const { t } = context;
  const where = [...openBalances, is(balances, 'residual_share_known', 1)];
  const sortBy = { column: 'residual_share', descending: false };
  const panel = barsBy(context, 'quality.residuals', { shown: 'point_name', sortBy }, [
    rows('A', balances, ['point', 'point_name', 'residual_share'], where, 'period'),
  ])
    .unit('percentunit')
    .overrideByName('residual_share', [{ id: 'displayName', value: t('column.residual-share') }])
    .dataLinks([dataLink(t('link.point'), 'point', { point: { column: 'point' } })]);
  return byThresholds(panel, residualThresholds());
}

function balanceTable(context: BoardContext) {
  const { t } = context;
  const where = (flag: 'above_known' | 'below_known' | 'residual_known' | 'residual_share_known') => [
    ...openBalances,
    is(balances, flag, 1),
  ];
  const verdicts = {
    balanced: t('word.balanced'),
    'cannot-say': t('word.cannot-say'),
    ...wordsOf(context, {
      'children-exceed': qualityFindings['children-exceed'],
      'residual-jump': qualityFindings['residual-jump'],
    }),
  };
  return table(context, 'quality.balances', {
    queries: [
      rows('A', balances, ['point', 'point_name', 'name', 'verdict'], openBalances, 'period'),
      rows('B', balances, ['point', 'above'], where('above_known'), 'period'),
      rows('C', balances, ['point', 'below'], where('below_known'), 'period'),
      rows('D', balances, ['point', 'residual'], where('residual_known'), 'period'),
      rows('E', balances, ['point', 'residual_share'], where('residual_share_known'), 'period'),
    ],
    columns: [
      {
        name: 'point_name',
        title: 'column.meter',
        link: { title: 'link.point', board: 'point', carried: { point: { column: 'point' } } },
      },
      { name: 'name', title: 'column.institution' },
      { name: 'above', title: 'column.above', decimals: 1 },
      { name: 'below', title: 'column.below', decimals: 1 },
      { name: 'residual', title: 'column.residual', decimals: 1 },
      {
        name: 'residual_share',
        title: 'column.residual-share',
        unit: 'percentunit',
        decimals: 1,
        thresholds: residualThresholds(),
      },
      { name: 'verdict', title: 'column.verdict', words: verdicts },
      { name: 'point', title: 'column.point' },
    ],
    sortBy: { column: 'residual_share', descending: false },
  });
}
