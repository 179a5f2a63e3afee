// Tables of meters, with links to their building and their readings.

import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { neverSentMs } from '../../../../core/domain/board-series.ts';
import type { BoardContext } from '../../house/context.ts';
import { badAbove, badFrom } from '../../house/palette.ts';
import { type TableColumn, table } from '../../house/tables.ts';
import { newest, newestWhere } from '../../query/ask.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';
import { coverageThresholds } from './consumption.ts';
import { stateNow } from './states.ts';

const { pointStates } = sources;

const hour = 3_600_000;
const names: readonly TableColumn[] = [
  {
    name: 'name',
    title: 'column.meter',
    link: {
      title: 'link.point',
      board: 'point',
      carried: { building: { column: 'building' }, point: { column: 'point' } },
    },
  },
  {
    name: 'building_name',
    title: 'column.building',
    link: { title: 'link.building', board: 'building', carried: { building: { column: 'building' } } },
  },
];

export function silenceThresholds() {
  return badAbove(3 * hour, 24 * hour);
}

/** What never sent has no time: it says so. */
export function neverInWords({ t }: BoardContext): ValueMapping {
  return {
    type: MappingType.RangeToText,
    options: { from: neverSentMs, to: null, result: { text: t('word.never'), index: 0 } },
  };
}

function silentFor(context: BoardContext): TableColumn {
  return {
    name: 'silent_ms',
    title: 'column.silent-for',
    unit: 'ms',
    decimals: 1,
    thresholds: silenceThresholds(),
    mappings: [neverInWords(context)],
  };
}

const coverage: TableColumn = {
  name: 'coverage',
  title: 'column.coverage-week',
  unit: 'percentunit',
  decimals: 1,
  thresholds: coverageThresholds(),
};
const ids: readonly TableColumn[] = [
  { name: 'point', title: 'column.point' },
  { name: 'building', title: 'hidden' },
];

/** Every meter with all there is to its state, the worst first. */
export function meterTable(context: BoardContext, key: PanelTextKey, where: readonly string[]) {
  return table(context, key, {
    queries: [
      newest(
        'A',
        pointStates,
        ['coverage', 'silent_ms', 'stuck', 'excluded', 'name', 'building', 'building_name'],
        'point',
        where,
      ),
    ],
    columns: [
      ...names,
      coverage,
      silentFor(context),
      { name: 'stuck', title: 'column.stuck', yesNo: true, decimals: 0, thresholds: badFrom(1) },
      { name: 'excluded', title: 'column.excluded', decimals: 0, thresholds: badAbove(1, 24) },
      ...ids,
    ],
    sortBy: { column: 'coverage', descending: false },
  }).timeFrom(stateNow);
}

/** Those that are silent now, the longest first (before them what never sent), with whom to ask and which agent reads them. */
export function silentTable(context: BoardContext, key: PanelTextKey, where: readonly string[]) {
  return table(context, key, {
    queries: [
      newestWhere(
        'A',
        pointStates,
        {
          flag: 'silent',
          columns: ['silent_ms', 'name', 'building', 'building_name', 'institution_name', 'contact', 'agent'],
        },
        'point',
        where,
      ),
    ],
    columns: [
      ...names,
      { name: 'institution_name', title: 'column.institution' },
      silentFor(context),
      { name: 'contact', title: 'column.contact', words: { '': context.t('word.nobody') } },
      { name: 'agent', title: 'column.agent' },
      ...ids,
    ],
    sortBy: { column: 'silent_ms', descending: true },
  }).timeFrom(stateNow);
}
