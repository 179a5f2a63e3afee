// Meters and the quality of what they say: silent ones with whom to ask, stuck ones, excluded readings, coverage.

import { board } from '../house/board.ts';
import type { BoardContext } from '../house/context.ts';
import { badAbove, colours } from '../house/palette.ts';
import { lines, stat } from '../house/panels.ts';
import { institutionVariable } from '../house/variables.ts';
import { below, chosen, course, figure } from '../query/ask.ts';
import { sources } from '../query/sources.ts';
import type { PanelTextKey } from '../texts.ts';
import { coverageThresholds } from './parts/consumption.ts';
import { exclusionTable } from './parts/exclusions.ts';
import { meterTable, silentTable } from './parts/meters.ts';
import { stateNow } from './parts/states.ts';

const { institutionStates, pointStates } = sources;
const ofInstitution = [below(pointStates)];
const counted = [chosen(institutionStates, 'institution', 'institution')];

export function metersBoard(context: BoardContext) {
  const { t } = context;
  return board(context, {
    name: 'meters',
    title: 'meters.title',
    about: 'meters.title.about',
    time: { from: 'now-7d', to: 'now' },
    refresh: '5m',
    variables: [institutionVariable(context, 'all')],
    sections: [
      {
        lines: [
          {
            height: 4,
            panels: [
              [6, count(context, 'meters.silent', 'points_silent').thresholds(badAbove(1, 10))],
              [6, count(context, 'meters.stuck', 'points_stuck').thresholds(badAbove(1, 5))],
              [6, count(context, 'meters.excluded', 'excluded').thresholds(badAbove(1, 100))],
              [6, coverage(context)],
            ],
          },
          { height: 8, panels: [[24, silentCourse(context)]] },
          { height: 10, panels: [[24, silentTable(context, 'meters.silent-list', ofInstitution)]] },
        ],
      },
      {
        title: t('section.quality'),
        lines: [
          { height: 11, panels: [[24, meterTable(context, 'meters.list', ofInstitution)]] },
          { height: 10, panels: [[24, exclusionTable(context, 'meters.exclusions', [])]] },
        ],
      },
    ],
  });
}

function count(
  context: BoardContext,
  key: PanelTextKey,
  column: 'points_silent' | 'points_stuck' | 'excluded',
) {
  return stat(context, key, [
    figure('A', institutionStates, ['last', column], counted, { alias: context.t(key) }),
  ])
    .decimals(0)
    .timeFrom(stateNow);
}

function coverage(context: BoardContext) {
  const alias = context.t('column.coverage-week');
  return stat(context, 'meters.coverage', [
    figure('A', institutionStates, ['last', 'coverage'], counted, { alias }),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(coverageThresholds())
    .timeFrom(stateNow);
}

function silentCourse(context: BoardContext) {
  const { t } = context;
  return lines(context, 'meters.silent-course', [
    course('A', institutionStates, ['max', 'points_silent'], counted, { alias: t('word.silent') }),
    course('B', institutionStates, ['max', 'points'], counted, { alias: t('word.meters') }),
  ])
    .decimals(0)
    .overrideByName(t('word.silent'), [{ id: 'color', value: { mode: 'fixed', fixedColor: colours.bad } }])
    .overrideByName(t('word.meters'), [
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.before } },
    ]);
}
