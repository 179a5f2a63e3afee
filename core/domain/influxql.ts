// Text for InfluxQL, safely: names, texts and times are quoted in one place, for the store and for the boards.

/** A name in double quotes. */
export function identifier(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A text in single quotes. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** The first and the last moment that InfluxDB can hold (about 1677 and 2262), ms. */
export const firstMs = -9_223_372_036_854;
export const lastMs = 9_223_372_036_854;

/** A moment, epoch ms; between two of them the later one (rows have whole ones), out of range the nearest one. */
export function moment(ms: number): string {
  return `${Math.ceil(Math.min(lastMs, Math.max(firstMs, ms)))}ms`;
}

/** `tag = 'value'`. */
export function isTag(tag: string, value: string): string {
  return `${identifier(tag)} = ${literal(value)}`;
}

/** One of these values; at least one. */
export function isOneOf(tag: string, values: readonly string[]): string {
  const conditions = values.map((value) => isTag(tag, value));
  return conditions.length === 1 ? conditions.join('') : `(${conditions.join(' OR ')})`;
}

/** `time` in [from, to). */
export function within(from: number, to: number): string {
  return `time >= ${moment(from)} AND time < ${moment(to)}`;
}

export interface Select {
  /** Expressions, quoted where they need it. */
  readonly fields: readonly string[];
  /** The measurement's name. */
  readonly from: string;
  readonly where: readonly string[];
  readonly groupBy?: readonly string[];
  readonly fill?: 'none' | 'null' | 'previous';
  readonly newestFirst?: boolean;
  /** At least 1: the language takes 0 for no limit. */
  readonly limit?: number;
}

/** Beyond it the number would be written as `1e+21`, or `Infinity`. */
const mostRows = Number.MAX_SAFE_INTEGER;

export function select(query: Select): string {
  const { fields, from, where, groupBy = [], fill, newestFirst = false, limit } = query;
  return [
    `SELECT ${fields.join(', ')} FROM ${identifier(from)}`,
    where.length > 0 ? `WHERE ${where.join(' AND ')}` : '',
    groupBy.length > 0 ? `GROUP BY ${groupBy.join(', ')}` : '',
    fill === undefined ? '' : `fill(${fill})`,
    newestFirst ? 'ORDER BY time DESC' : '',
    limit === undefined ? '' : `LIMIT ${Math.min(Math.max(1, Math.floor(limit)), mostRows)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
