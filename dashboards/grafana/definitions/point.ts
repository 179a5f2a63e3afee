// One measuring point: what it sent, what became of it by the hour, what was left out.
import { quantities } from '../../../core/domain/units.ts';
import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { badAbove } from '../house/palette.ts';
import { bars, lines, stat } from '../house/panels.ts';
import { quantityUnits } from '../house/units.ts';
import { buildingVariable, institutionVariable, pointVariable } from '../house/variables.ts';
import { chosen, course, figure, is, series } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import { coverageThresholds } from './parts/consumption.ts';
import { exclusionTable } from './parts/exclusions.ts';
import { neverInWords, silenceThresholds } from './parts/meters.ts';
import { stateNow } from './parts/states.ts';

const { exclusions, hours, pointStates, readings } = sources;

export function pointBoard(context: BoardContext) {
  return board(context, {
    name: 'point',
    title: 'point.title',
    about: 'point.title.about',
    time: { from: 'now-7d', to: 'now' },
    refresh: '1m',
    variables: [
      institutionVariable(context, 'all'),
      buildingVariable(context, 'all'),
      pointVariable(context),
    ],
    sections: [
      {
        lines: [
          {
            height: 4,
            panels: [
              [8, silentFor(context)],
              [8, coverage(context)],
              [8, excluded(context)],
            ],
          },
          { height: 11, panels: [[24, readingLines(context)]] },
          { height: 9, panels: [[24, hourBars(context)]] },
          {
            height: 9,
            panels: [
              [24, exclusionTable(context, 'point.exclusions', [chosen(exclusions, 'point', 'point')])],
            ],
          },
        ],
      },
    ],
  });
}

function ofPoint(): string[] {
  return [chosen(pointStates, 'point', 'point')];
}

function silentFor(context: BoardContext) {
  const alias = context.t('column.silent-for');
  return stat(context, 'point.silent', [
    figure('A', pointStates, ['last', 'silent_ms'], ofPoint(), { alias }),
  ])
    .unit('ms')
    .decimals(1)
    .thresholds(silenceThresholds())
    .mappings([neverInWords(context)])
    .timeFrom(stateNow);
}

function coverage(context: BoardContext) {
  const alias = context.t('column.coverage-week');
  return stat(context, 'point.coverage', [
    figure('A', pointStates, ['last', 'coverage'], ofPoint(), { alias }),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(coverageThresholds())
    .timeFrom(stateNow);
}

function excluded(context: BoardContext) {
  const alias = context.t('column.excluded');
  return stat(context, 'point.excluded', [
    figure('A', pointStates, ['last', 'excluded'], ofPoint(), { alias }),
  ])
    .decimals(0)
    .thresholds(badAbove(1, 24))
    .timeFrom(stateNow);
}

/** As sent, before the multiplier; in a long period the last of each interval. */
function readingLines(context: BoardContext) {
  return nameQuantities(
    lines(context, 'point.readings', [
      course('A', readings, ['last', 'value'], [chosen(readings, 'point', 'point')], {
        alias: '$tag_quantity',
        by: 'quantity',
      }),
    ]),
    context,
  );
}

function hourBars(context: BoardContext) {
  const where = [chosen(hours, 'point', 'point'), is(hours, 'known', 1)];
  return nameQuantities(
    bars(context, 'point.hours', [
      series('A', hours, 'value', where, { alias: '$tag_quantity', by: 'quantity' }),
    ]),
    context,
  );
}

function nameQuantities<
  P extends { overrideByName(name: string, properties: { id: string; value?: unknown }[]): unknown },
>(panel: P, { language }: BoardContext): P {
  for (const { quantity, unit } of quantityUnits)
    panel.overrideByName(quantity, [
      { id: 'displayName', value: language === 'en' ? quantities[quantity].en : quantities[quantity].zh },
      { id: 'unit', value: unit },
    ]);
  return panel;
}
