// Official vehicles: how many, how far, orders and findings by month. Counts alone: where a car was, no board may say.
import { findingTexts } from '../../../core/domain/fleet/findings/texts.ts';
import { orderFindingTexts } from '../../../core/domain/fleet/orders/texts.ts';
import { fleetMonthVariable, fleetYearVariable } from '../house/account-variables.ts';
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { badAbove, goodFrom } from '../house/palette.ts';
import { barsOfMonths, stat } from '../house/panels.ts';
import { table } from '../house/tables.ts';
import { institutionVariable } from '../house/variables.ts';
import { begins, chosen, figure, is, rows, series } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import type { BoardTextKey } from '../texts.ts';

const { fleet, fleetFindings } = sources;
const own = [chosen(fleet, 'institution', 'institution'), chosen(fleet, 'period', 'month')];
const ownMonths = [chosen(fleet, 'institution', 'institution'), begins(fleet, 'period', 'period')];
const below = [chosen(fleet, 'parent', 'institution'), chosen(fleet, 'period', 'month')];
const ofRow = { institution: { column: 'institution' }, period: 'same', month: 'same' } as const;

/** Kinds of findings, of tracks and of orders, as series are called. */
export const vehicleFindings = { ...findingTexts, ...orderFindingTexts };

export function vehiclesBoard(context: BoardContext) {
  return board(context, {
    name: 'vehicles',
    title: 'vehicles.title',
    about: 'vehicles.title.about',
    time: { from: 'now-30d', to: 'now' },
    refresh: '15m',
    variables: [institutionVariable(context, 'one'), fleetYearVariable(context), fleetMonthVariable(context)],
    sections: [
      {
        lines: [
          {
            height: 5,
            panels: [
              [6, one(context, 'vehicles.cars', 'cars')],
              [6, newEnergy(context)],
              [6, one(context, 'vehicles.found', 'findings').thresholds(badAbove(1, 20))],
              [6, one(context, 'vehicles.silent', 'silent').thresholds(badAbove(1, 3))],
            ],
          },
          {
            height: 9,
            panels: [
              [12, months(context, 'vehicles.trips', [['trips', 'column.trips']])],
              [12, months(context, 'vehicles.km', [['km', 'column.km']])],
            ],
          },
          {
            height: 10,
            panels: [
              [14, kinds(context)],
              [
                10,
                months(context, 'vehicles.orders', [
                  ['orders', 'column.orders'],
                  ['orders_undriven', 'column.orders-undriven'],
                  ['trips_unordered', 'column.trips-unordered'],
                ]),
              ],
            ],
          },
          { height: 10, panels: [[24, everybody(context)]] },
        ],
      },
    ],
  });
}

/** The flag of what a month may not know. */
const knownBy = {
  trips: 'trips_known',
  km: 'trips_known',
  orders: 'orders_known',
  orders_undriven: 'findings_known',
  trips_unordered: 'findings_known',
} as const;
type MonthCount = keyof typeof knownBy;

type Count = 'cars' | 'findings' | 'silent';

function one(
  context: BoardContext,
  key: 'vehicles.cars' | 'vehicles.found' | 'vehicles.silent',
  count: Count,
) {
  const where = count === 'cars' ? own : [...own, is(fleet, 'findings_known', 1)];
  // Of titles with variables in them a series makes no name.
  const alias = key === 'vehicles.found' ? context.t('column.findings') : context.t(key);
  return stat(context, key, [figure('A', fleet, ['last', count], where, { alias }, 'period')]).decimals(0);
}

function newEnergy(context: BoardContext) {
  const where = [...own, is(fleet, 'new_energy_share_known', 1)];
  const alias = context.t('vehicles.new-energy');
  return stat(context, 'vehicles.new-energy', [
    figure('A', fleet, ['last', 'new_energy_share'], where, { alias }, 'period'),
  ])
    .unit('percentunit')
    .decimals(0);
}

function months(
  context: BoardContext,
  key: 'vehicles.trips' | 'vehicles.km' | 'vehicles.orders',
  [first, ...others]: readonly [
    readonly [MonthCount, BoardTextKey],
    ...(readonly [MonthCount, BoardTextKey])[],
  ],
) {
  const ask = ([count, word]: readonly [MonthCount, BoardTextKey], index: number) =>
    series(
      String.fromCharCode('A'.charCodeAt(0) + index),
      fleet,
      count,
      [...ownMonths, is(fleet, knownBy[count], 1)],
      { alias: context.t(word) },
      'period',
    );
  return barsOfMonths(context, key, [ask(first, 0), ...others.map((each, index) => ask(each, index + 1))]);
}

function kinds(context: BoardContext) {
  const where = [
    chosen(fleetFindings, 'institution', 'institution'),
    begins(fleetFindings, 'period', 'period'),
    is(fleetFindings, 'count_known', 1),
  ];
  const panel = barsOfMonths(context, 'vehicles.kinds', [
    series('A', fleetFindings, 'count', where, { alias: '$tag_finding', by: 'finding' }, 'period'),
  ]);
  for (const [kind, words] of Object.entries(vehicleFindings))
    panel.overrideByName(kind, [{ id: 'displayName', value: words[context.language] }]);
  return panel;
}

/** Institutions right below the chosen one. */
function everybody(context: BoardContext) {
  const whole = { decimals: 0 } as const;
  const known = (
    name: string,
    columns: readonly (MonthCount | Count)[],
    flag: 'trips_known' | 'orders_known' | 'findings_known',
  ) => rows(name, fleet, ['institution', ...columns], [...below, is(fleet, flag, 1)], 'period');
  return table(context, 'vehicles.below', {
    queries: [
      rows('A', fleet, ['institution', 'name', 'cars'], below, 'period'),
      known('C', ['trips', 'km'], 'trips_known'),
      known('D', ['orders'], 'orders_known'),
      known('E', ['orders_undriven', 'trips_unordered', 'findings', 'silent'], 'findings_known'),
      rows(
        'B',
        fleet,
        ['institution', 'new_energy_share'],
        [...below, is(fleet, 'new_energy_share_known', 1)],
        'period',
      ),
    ],
    columns: [
      {
        name: 'name',
        title: 'column.institution',
        link: { title: 'link.vehicles', board: 'vehicles', carried: ofRow },
      },
      { name: 'cars', title: 'column.cars', ...whole },
      {
        name: 'new_energy_share',
        title: 'column.new-energy',
        unit: 'percentunit',
        decimals: 0,
        thresholds: goodFrom(0.3),
      },
      { name: 'trips', title: 'column.trips', ...whole },
      { name: 'km', title: 'column.km', ...whole },
      { name: 'orders', title: 'column.orders', ...whole },
      { name: 'orders_undriven', title: 'column.orders-undriven', ...whole },
      { name: 'trips_unordered', title: 'column.trips-unordered', ...whole },
      { name: 'findings', title: 'column.findings', ...whole, thresholds: badAbove(1, 20) },
      { name: 'silent', title: 'column.terminals-silent', ...whole, thresholds: badAbove(1, 3) },
      { name: 'institution', title: 'hidden' },
    ],
    sortBy: { column: 'findings', descending: true },
  });
}
