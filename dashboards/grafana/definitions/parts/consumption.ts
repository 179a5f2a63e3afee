// Consumption as many boards show it: a figure with its change, things side by side, a table of them. All of the year or the
// month of the board's variables.
import type { Carrier } from '../../../../core/domain/units.ts';
import type { BoardName } from '../../house/board-ids.ts';
import type { BoardContext } from '../../house/context.ts';
import type { CarriedVariables } from '../../house/links.ts';
import { dataLink } from '../../house/links.ts';
import { badAbove, badBelow, colours } from '../../house/palette.ts';
import { barsBy, type Queries, stat } from '../../house/panels.ts';
import { type TableColumn, table } from '../../house/tables.ts';
import { carrierUnit } from '../../house/units.ts';
import { figure, rows } from '../../query/ask.ts';
import {
  changeKnown,
  known,
  lastYearKnown,
  ofCarrier,
  ofChosen,
  ofMonth,
  ofYear,
  total,
} from '../../query/conditions.ts';
import { sources } from '../../query/sources.ts';
import type { BoardTextKey, PanelTextKey } from '../../texts.ts';

const { consumption } = sources;
type Field = keyof typeof consumption.fields;

/** More than last year: 0 is where one looks, 10 % is bad. */
export function changeThresholds() {
  return badAbove(0.0001, 0.1);
}

/** Below it figures are not to be relied upon (the default threshold of KPIs). */
export function coverageThresholds() {
  return badBelow(0.9, 0.95);
}

/** The year (so far) and its change against last year's same stretch. */
export function yearStat(context: BoardContext, key: PanelTextKey, carrier: Carrier) {
  const { t } = context;
  const where = [...ofChosen('institution'), ofCarrier(carrier), total, ...ofYear];
  return stat(context, key, [
    figure('A', consumption, ['last', 'value'], [...where, known], { alias: t('word.chosen') }, 'period'),
    figure(
      'B',
      consumption,
      ['last', 'change'],
      [...where, changeKnown],
      { alias: t('word.change') },
      'period',
    ),
  ])
    .unit(carrierUnit(carrier))
    .decimals(1)
    .overrideByQuery('B', [
      { id: 'unit', value: 'percentunit' },
      { id: 'thresholds', value: changeThresholds().build() },
    ])
    .dataLinks([dataLink(t('link.institution'), 'institution', { institution: 'same', period: 'same' })]);
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

/** What is compared: of the year or the month of the board's variables. */
interface Compared {
  readonly things: Things;
  readonly carrier: Carrier;
  readonly bucket: 'month' | 'year';
}

/** Things side by side, the highest first, with last year beside each. */
export function comparedBars(context: BoardContext, key: PanelTextKey, spec: Compared) {
  const { t } = context;
  const { link } = spec.things;
  const queries = compared(spec, { always: [], now: ['value'], before: ['last_year'] }, lastYearKnown);
  return barsBy(context, key, { shown: 'name', sortBy: { column: 'value', descending: true } }, queries)
    .unit(carrierUnit(spec.carrier))
    .overrideByName('value', [
      { id: 'displayName', value: t('word.chosen') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.plain } },
    ])
    .overrideByName('last_year', [
      { id: 'displayName', value: t('word.last-year') },
      { id: 'color', value: { mode: 'fixed', fixedColor: colours.before } },
    ])
    .dataLinks([dataLink(t(link.title), link.board, link.carried)]);
}

/** The same as a table. */
export function comparedTable(context: BoardContext, key: PanelTextKey, spec: Compared) {
  const unit = carrierUnit(spec.carrier);
  const columns: TableColumn[] = [
    { name: 'name', title: 'column.name', link: spec.things.link },
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
    // Coverage is known where consumption is not: it is 0.
    queries: compared(
      spec,
      { always: ['coverage'], now: ['value', 'estimated_share'], before: ['last_year', 'change'] },
      changeKnown,
    ),
    columns,
    sortBy: { column: 'value', descending: true },
  });
}

/**
 * Three queries, since what is not known of the one may be of the other. Rows are one by the id of the thing: its name may be
 * another's too.
 */
function compared(
  { things, carrier, bucket }: Compared,
  { always, now, before }: Readonly<Record<'always' | 'now' | 'before', readonly Field[]>>,
  knownBefore: string,
): Queries {
  const where = [...things.where, ofCarrier(carrier), total, ...(bucket === 'year' ? ofYear : ofMonth)];
  return [
    rows('A', consumption, ['of', 'name', ...always], where, 'period'),
    rows('B', consumption, ['of', ...now], [...where, known], 'period'),
    rows('C', consumption, ['of', ...before], [...where, knownBefore], 'period'),
  ];
}
