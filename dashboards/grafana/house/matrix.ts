// A heat map as a table: a row for each thing, a column for each period, cells coloured by their value. Headings are of rows' texts, so
// these must tell things apart.
import { TableCellDisplayMode, TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { BoardTextKey, PanelTextKey } from '../texts.ts';
import type { BoardContext } from './context.ts';
import { about, type Queries } from './panels.ts';

export interface MatrixSpec {
  readonly query: Queries[0];
  /** Columns of the answer. */
  readonly row: string;
  readonly column: string;
  readonly value: string;
  /** Over the names of the rows. */
  readonly heading: BoardTextKey;
  readonly unit: string;
  readonly thresholds: ThresholdsConfigBuilder;
}

/** How the first column is called (public/app/... `groupingToMatrix` of @grafana/data: row field, backslash, column field). */
export function cornerOf({ row, column }: Pick<MatrixSpec, 'row' | 'column'>): string {
  return `${row}\\${column}`;
}

export function matrix(context: BoardContext, key: PanelTextKey, spec: MatrixSpec): Table {
  const { query, row, column, value, heading, unit, thresholds } = spec;
  return about(new Table(), context, key, [query])
    .noValue('—')
    .cellHeight(TableCellHeight.Sm)
    .unit(unit)
    .decimals(0)
    .thresholds(thresholds)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .overrideByName(cornerOf(spec), [
      { id: 'displayName', value: context.t(heading) },
      { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.Auto } },
    ])
    .cellOptions({ type: TableCellDisplayMode.ColorBackground })
    .transformations([
      // The earliest period first.
      { id: 'sortBy', options: { fields: {}, sort: [{ field: column, desc: false }] } },
      {
        id: 'groupingToMatrix',
        options: { rowField: row, columnField: column, valueField: value, emptyValue: 'null' },
      },
    ]);
}
