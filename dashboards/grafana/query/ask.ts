// Queries of boards: plain fields with conditions, at most a last, mean or max. Names are checked by the compiler
// against the series; values of variables go into regular expressions only, where Grafana escapes them for certain.
import { identifier, literal, select } from '../../../core/domain/influxql.ts';
import type { VariableName } from '../house/variable-names.ts';
import { InfluxQlQuery } from './influxql-query.ts';
import { type Column, dataSource, type Source } from './sources.ts';

export type Aggregate = 'last' | 'mean' | 'max';

/** `range`: that of the board or the panel; `period`: of a variable that is among the conditions, and no other. */
export type Time = 'range' | 'period';

/** The dashboard's (or the panel's) range, filled in by Grafana. */
const inRange = '$timeFilter';
/** Rows of a table that nobody reads to its end. */
const mostRows = 1_000;

/** `column = value`. */
export function is<S extends Source>(_source: S, column: Column<S>, value: string | number): string {
  return `${identifier(column)} = ${typeof value === 'number' ? value : literal(value)}`;
}

export function isNot<S extends Source>(_source: S, column: Column<S>, value: string): string {
  return `${identifier(column)} != ${literal(value)}`;
}

/** The column is the variable's value, or one of them, or anything where all are chosen. */
export function chosen<S extends Source>(_source: S, column: Column<S>, variable: VariableName): string {
  return `${identifier(column)} =~ /^\${${variable}:regex}$/`;
}

/** The column begins with the variable's value and a dash: months of a year. */
export function begins<S extends Source>(_source: S, column: Column<S>, variable: VariableName): string {
  return `${identifier(column)} =~ /^\${${variable}:regex}-/`;
}

/** The thing is below the chosen institution, or belongs to it. */
export function below<S extends Source & { readonly fields: { readonly path: 'text' } }>(
  _source: S,
  variable: VariableName = 'institution',
): string {
  return `"path" =~ /\${${variable}:regex}/`;
}

/** Plain rows, newest first: a table. */
export function rows<S extends Source>(
  refId: string,
  source: S,
  columns: readonly Column<S>[],
  where: readonly string[],
  time: Time = 'range',
): InfluxQlQuery {
  const text = select({
    fields: columns.map(identifier),
    from: source.name,
    where: timed(where, time),
    newestFirst: true,
    limit: mostRows,
  });
  return new InfluxQlQuery(refId, dataSource(source.database), text);
}

/** Plain values, a series for each value of the tag. */
export function series<S extends Source>(
  refId: string,
  source: S,
  column: Column<S>,
  where: readonly string[],
  name: { readonly alias: string; readonly by?: S['tags'][number] },
  time: Time = 'range',
): InfluxQlQuery {
  const text = select({
    fields: [identifier(column)],
    from: source.name,
    where: timed(where, time),
    ...groupedBy(name.by),
  });
  return new InfluxQlQuery(refId, dataSource(source.database), text).asTimeSeries(name.alias);
}

/** One value of the whole time, for each value of the tag. */
export function figure<S extends Source>(
  refId: string,
  source: S,
  [aggregate, column]: readonly [Aggregate, Column<S>],
  where: readonly string[],
  name: { readonly alias: string; readonly by?: S['tags'][number] },
  time: Time = 'range',
): InfluxQlQuery {
  const text = select({
    fields: [`${aggregate}(${identifier(column)})`],
    from: source.name,
    where: timed(where, time),
    ...groupedBy(name.by),
  });
  return new InfluxQlQuery(refId, dataSource(source.database), text).asTimeSeries(name.alias);
}

/** One value of each interval as wide as a pixel or so, for series that are written every few minutes. */
export function course<S extends Source>(
  refId: string,
  source: S,
  [aggregate, column]: readonly [Aggregate, Column<S>],
  where: readonly string[],
  name: { readonly alias: string; readonly by?: S['tags'][number] },
): InfluxQlQuery {
  const text = select({
    fields: [`${aggregate}(${identifier(column)})`],
    from: source.name,
    where: [...where, inRange],
    groupBy: ['time($__interval)', ...(name.by === undefined ? [] : [identifier(name.by)])],
    fill: 'none',
  });
  return new InfluxQlQuery(refId, dataSource(source.database), text).asTimeSeries(name.alias);
}

/**
 * The newest row of each value of the tag: a table. One tag only: where there are two, Grafana's server mixes their
 * columns up (it walks a Go map; grafana/grafana, pkg/tsdb/influxdb/influxql/converter/converter.go,
 * handleTableFormatTagFields, 01b93f6e67fd2764a9c94bf60b0bab338f1c1d1f).
 */
export function newest<S extends Source>(
  refId: string,
  source: S,
  [first, ...others]: readonly [Column<S>, ...Column<S>[]],
  by: S['tags'][number],
  where: readonly string[],
): InfluxQlQuery {
  return new InfluxQlQuery(
    refId,
    dataSource(source.database),
    newestText(source, [first, ...others], by, where),
  );
}

/** The same, but only of rows whose newest `flag` is 1; every row has it. */
export function newestWhere<S extends Source>(
  refId: string,
  source: S,
  { flag, columns }: { readonly flag: Column<S>; readonly columns: readonly Column<S>[] },
  by: S['tags'][number],
  where: readonly string[],
): InfluxQlQuery {
  const outer = [by, ...columns].map(identifier).join(', ');
  const inner = newestText(source, [flag, ...columns], by, where);
  const text = `SELECT ${outer} FROM (${inner}) WHERE ${identifier(flag)} = 1`;
  return new InfluxQlQuery(refId, dataSource(source.database), text);
}

/** The mean of the range for each value of the tag: a table of the tag and the column, under the name given. */
export function meanBy<S extends Source>(
  refId: string,
  source: S,
  column: Column<S>,
  by: S['tags'][number],
  where: readonly string[],
  name: string,
): InfluxQlQuery {
  const text = select({
    fields: [`mean(${identifier(column)}) AS ${identifier(name)}`],
    from: source.name,
    where: [...where, inRange],
    groupBy: [identifier(by)],
  });
  return new InfluxQlQuery(refId, dataSource(source.database), text);
}

function timed(where: readonly string[], time: Time): readonly string[] {
  return time === 'range' ? [...where, inRange] : where;
}

function newestText<S extends Source>(
  source: S,
  [first, ...others]: readonly [Column<S>, ...Column<S>[]],
  by: string,
  where: readonly string[],
): string {
  return select({
    fields: [`last(${identifier(first)}) AS ${identifier(first)}`, ...others.map(identifier)],
    from: source.name,
    where: [...where, inRange],
    groupBy: [identifier(by)],
  });
}

function groupedBy(tag: string | undefined): { groupBy?: readonly string[] } {
  return tag === undefined ? {} : { groupBy: [identifier(tag)] };
}
