// Panels of consumption that several boards show: a figure with its change, things side by side, a table of them.
import type { Carrier } from '../../../../core/domain/units.ts';
import type { BoardName } from '../../house/board-ids.ts';
import type { BoardContext } from '../../house/context.ts';
import type { CarriedVariables } from '../../house/links.ts';
import { dataLink } from '../../house/links.ts';
import { badAbove, badBelow, colours } from '../../house/palette.ts';
import { barsBy, stat } from '../../house/panels.ts';
import { type TableColumn, table } from '../../house/tables.ts';
import { carrierUnit } from '../../house/units.ts';
import { figure, rows } from '../../query/ask.ts';
import {
  changeKnown,
  known,
  lastYearKnown,
  ofBucket,
  ofCarrier,
  ofChosen,
  total,
} from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { BoardTextKey, PanelTextKey } from '../../texts.ts';

const { consumption } = sources;

/** More than last year: 0 is where one looks, 10 % is bad. */
export function changeThresholds() {
  return badAbove(0.0001, 0.1);
}

/** Below it figures are not to be relied upon (the default threshold of KPIs). */
export function coverageThresholds() {
  return badBelow(0.9, 0.95);
}

/** The year so far and its change against last year's same stretch. */
export function yearStat(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const { t } = context;
  const where = [...ofChosen('institution'), ofCarrier(carrier), total, ofBucket('year')];
  return stat(context, key, [
    figure('A', consumption, ['last', 'value'], [...where, known], { alias: t('word.this-year') }),
    figure('B', consumption, ['last', 'change'], [...where, changeKnown], { alias: t('word.change') }),
  ])
    .unit(carrierUnit(carrier))
    .decimals(1)
    .overrideByQuery('B', [
      { id: 'unit', value: 'percentunit' },
      { id: 'thresholds', value: changeThresholds().build() },
    ])
    .dataLinks([dataLink(t('link.institution'), 'institution', { institution: 'same' })]);
}

export interface Things {
  /** Which rows: institutions below one, buildings of one. */
  readonly where: readonly string[];
  readonly link: {
    readonly title: BoardTextKey;
    readonly board: BoardName;
    readonly carried: CarriedVariables;
  };
}

/** Things side by side, with last year beside each. */
export function comparedBars(
  context: BoardContext,
  key: PanelTextKey,
  { things, carrier, bucket }: { things: Things; carrier: Carrier; bucket: 'month' | 'year' },
) {
  const { t } = context;
  const where = [...things.where, ofCarrier(carrier), total, ofBucket(bucket)];
  const { link } = things;
  return barsBy(context, key, 'name', [
    rows('A', consumption, ['of', 'name', 'value'], [...where, known]),
    rows('B', consumption, ['name', 'last_year'], [...where, lastYearKnown]),
  ])
    .unit(carrierUnit(carrier))
    .overrideByName('value', [
      { id: 'displayName', value: t(bucket === 'year' ? 'word.this-year' : 'word.this-month') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.plain } },
    ])
    .overrideByName('last_year', [
      { id: 'displayName', value: t('word.last-year') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.before } },
    ])
    .dataLinks([dataLink(t(link.title), link.board, link.carried)]);
}

/** The same as a table, the highest first. */
export function comparedTable(
  context: BoardContext,
  key: PanelTextKey,
  { things, carrier, bucket }: { things: Things; carrier: Carrier; bucket: 'month' | 'year' },
) {
  const where = [...things.where, ofCarrier(carrier), total, ofBucket(bucket)];
  const unit = carrierUnit(carrier);
  const columns: TableColumn[] = [
    { name: 'name', title: 'column.name', link: things.link },
    { name: 'value', title: 'column.value', unit, decimals: 1 },
    { name: 'last_year', title: 'column.last-year', unit, decimals: 1 },
    {
      name: 'change',
      title: 'column.change',
      unit: 'percentunit',
      decimals: 1,
      thresholds: changeThresholds(),
    },
    {
      name: 'coverage',
      title: 'column.coverage',
      unit: 'percentunit',
      decimals: 1,
      thresholds: coverageThresholds(),
    },
    { name: 'estimated_share', title: 'column.estimated', unit: 'percentunit', decimals: 1 },
    { name: 'of', title: 'hidden' },
  ];
  return table(context, key, {
    queries: [
      rows('A', consumption, ['of', 'name', 'value', 'coverage', 'estimated_share'], [...where, known]),
      rows('B', consumption, ['name', 'last_year', 'change'], [...where, changeKnown]),
    ],
    joinBy: 'name',
    columns,
    sortBy: { column: 'value', descending: true },
  });
}
