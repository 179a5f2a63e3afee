// The table of readings that were left out: of one point or of all.
import { exclusionCodes } from '../../../../core/domain/energy/rollup.ts';
import { rowStates } from '../../../../core/domain/series.ts';
import { quantities } from '../../../../core/domain/units.ts';
import type { BoardContext } from '../../house/context.ts';
import { type TableColumn, table } from '../../house/tables.ts';
import { is, rows } from '../../query/ask.ts';
import { sources } from '../../query/sources.ts';
import type { PanelTextKey } from '../../texts.ts';

const { exclusions } = sources;

const pointColumn: TableColumn = {
  name: 'point',
  title: 'column.point',
  link: { title: 'link.point', board: 'point', carried: { point: { column: 'point' } } },
};

/** Newest first. @param of conditions for one point; all points without, and then with a column for them */
export function exclusionTable(context: BoardContext, key: PanelTextKey, of: readonly string[]) {
  const { language } = context;
  const inWords = (names: Readonly<Record<string, { readonly zh: string; readonly en: string }>>) =>
    Object.fromEntries(
      Object.entries(names).map(([name, { zh, en }]) => [name, language === 'en' ? en : zh]),
    );
  const all = of.length === 0;
  return table(context, key, {
    queries: [
      rows(
        'A',
        exclusions,
        [...(all ? (['point'] as const) : []), 'quantity', 'code', 'value', 'until', 'withheld'],
        [...of, is(exclusions, 'state', rowStates.known)],
      ),
    ],
    columns: [
      { name: 'Time', title: 'column.from', width: 170 },
      { name: 'until', title: 'column.until', unit: 'dateTimeAsIso', width: 170 },
      ...(all ? [pointColumn] : []),
      { name: 'quantity', title: 'column.quantity', words: inWords(quantities) },
      { name: 'code', title: 'column.reason', words: inWords(exclusionCodes) },
      { name: 'value', title: 'column.reading' },
      { name: 'withheld', title: 'column.withheld' },
    ],
    sortBy: { column: 'Time', descending: true },
  });
}
