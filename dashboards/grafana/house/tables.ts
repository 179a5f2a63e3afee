// Tables of the house: columns in their order with heading, unit, colour and link; ids are there for links, not shown.
import {
  TableCellDisplayMode,
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  ThresholdsConfigBuilder,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { BoardTextKey, PanelTextKey } from '../texts.ts';
import type { BoardName } from './board-ids.ts';
import type { BoardContext } from './context.ts';
import { type CarriedVariables, columnLink } from './links.ts';
import { about, joined, type Queries, type SortedBy } from './panels.ts';

/** A column of the answer, in the order of the table. */
export interface TableColumn {
  /** As the query names it. */
  readonly name: string;
  /** `hidden`: for links only. */
  readonly title: BoardTextKey | 'hidden';
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly thresholds?: ThresholdsConfigBuilder;
  /** Values as words. */
  readonly words?: Readonly<Record<string, string>>;
  /** 1 and 0 as words. */
  readonly yesNo?: true;
  /** Other values as words. */
  readonly mappings?: readonly ValueMapping[];
  readonly link?: {
    readonly title: BoardTextKey;
    readonly board: BoardName;
    readonly carried: CarriedVariables;
  };
}

export interface TableSpec {
  readonly queries: Queries;
  readonly columns: readonly TableColumn[];
  readonly sortBy: SortedBy;
}

/** Answers carry a time that says nothing where rows are of one period: it is left out unless a column asks for it. */
const timeColumn = 'Time';

export function table(context: BoardContext, key: PanelTextKey, spec: TableSpec): Table {
  const { t } = context;
  const { queries, columns, sortBy } = spec;
  const sorted = columns.find(({ name }) => name === sortBy.column);
  const panel = about(new Table(), context, key, queries)
    .noValue('—')
    .cellHeight(TableCellHeight.Sm)
    .filterable(true)
    .transformations([...joined(queries), inOrder(columns)]);
  for (const column of columns) panel.overrideByName(column.name, propertiesOf(column, context));
  if (sorted !== undefined && sorted.title !== 'hidden')
    panel.sortBy([new TableSortByFieldStateBuilder().displayName(t(sorted.title)).desc(sortBy.descending)]);
  return panel;
}

function inOrder(columns: readonly TableColumn[]): DataTransformerConfig {
  const shown = new Set(columns.map(({ name }) => name));
  return {
    id: 'organize',
    options: {
      indexByName: Object.fromEntries(columns.map(({ name }, index) => [name, index])),
      excludeByName: shown.has(timeColumn) ? {} : { [timeColumn]: true },
      renameByName: {},
    },
  };
}

function propertiesOf(column: TableColumn, { t }: BoardContext): DynamicConfigValue[] {
  const { title, unit, decimals, width, thresholds, yesNo, link } = column;
  if (title === 'hidden') return [{ id: 'custom.hidden', value: true }];
  const properties: DynamicConfigValue[] = [{ id: 'displayName', value: t(title) }];
  if (unit !== undefined) properties.push({ id: 'unit', value: unit });
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (width !== undefined) properties.push({ id: 'custom.width', value: width });
  if (thresholds !== undefined)
    properties.push(
      { id: 'thresholds', value: thresholds.build() },
      { id: 'color', value: { mode: 'thresholds' } },
      { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } },
    );
  if (yesNo) properties.push({ id: 'mappings', value: [inWords({ '0': t('word.no'), '1': t('word.yes') })] });
  if (column.words !== undefined) properties.push({ id: 'mappings', value: [inWords(column.words)] });
  if (column.mappings !== undefined) properties.push({ id: 'mappings', value: column.mappings });
  if (link !== undefined)
    properties.push({ id: 'links', value: [columnLink(t(link.title), link.board, link.carried)] });
  return properties;
}

function inWords(words: Readonly<Record<string, string>>) {
  const options = Object.entries(words).map(([value, text], index) => [value, { text, index }] as const);
  return { type: 'value', options: Object.fromEntries(options) };
}
