// Tables of meters, with links to their building and their readings.
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
const silentFor: TableColumn = {
  name: 'silent_ms',
  title: 'column.silent-for',
  unit: 'ms',
  decimals: 1,
  thresholds: badAbove(3 * hour, 24 * hour),
};
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
      silentFor,
      { name: 'stuck', title: 'column.stuck', yesNo: true, decimals: 0, thresholds: badFrom(1) },
      { name: 'excluded', title: 'column.excluded', decimals: 0, thresholds: badAbove(1, 24) },
      ...ids,
    ],
    sortBy: { column: 'coverage', descending: false },
  }).timeFrom(stateNow);
}

/** Those that are silent now, the longest first, with whom to ask. */
export function silentTable(context: BoardContext, key: PanelTextKey, where: readonly string[]) {
  return table(context, key, {
    queries: [
      newestWhere(
        'A',
        pointStates,
        ['silent', 'silent_ms', 'name', 'building', 'building_name', 'institution_name', 'contact'],
        1,
        'point',
        where,
      ),
    ],
    columns: [
      ...names,
      { name: 'institution_name', title: 'column.institution' },
      silentFor,
      { name: 'contact', title: 'column.contact' },
      ...ids,
      { name: 'silent', title: 'hidden' },
    ],
    sortBy: { column: 'silent_ms', descending: true },
  }).timeFrom(stateNow);
}
