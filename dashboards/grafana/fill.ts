// Fills the macros and variables of a query as Grafana does, so that tests and benchmarks ask what Grafana would ask.
//
// Taken from (grafana/grafana unless said otherwise; "mirror" is blitzy-public-samples/blitzy-grafana-mirror at
// 088f3c7da2d93820cac2cc9c6896aa9fc63df5e1):
// - variables: @grafana/scenes 9.2.2, variables/interpolation/sceneInterpolator.js and formatRegistry.js (`regex`),
//   variables/variants/MultiValueVariable.js (CustomAllValue: what "all" stands for is put in as it is),
//   variables/constants.js (VARIABLE_REGEX); @grafana/data 13.2.3, text/string (escapeRegex);
// - a variable without a format: public/app/plugins/datasource/influxdb/datasource.ts (interpolateQueryExpr), mirror;
// - $timeFilter, $__interval: pkg/tsdb/influxdb/models/query.go (Build, renderTimeFilter, epochMStoInfluxTime),
//   0952bef509e3c89cfbaa7bf05ac418e3399f055c;
// - names of series: pkg/tsdb/influxdb/influxql/util/util.go (FormatFrameName);
// - options of a variable: @grafana/scenes 9.2.2, variables/variants/query/utils.js (metricNamesToVariableValues).

/** A chosen value; `all` where the variable allows it, with what it stands for. */
export type VariableValue = string | { readonly all: string };

export interface Filling {
  /** Epoch ms, both included. */
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  readonly variables: Readonly<Record<string, VariableValue>>;
}

/** @throws RangeError for a variable that has no value: Grafana would send its name */
export function fillQuery(query: string, { from, to, intervalMs, variables }: Filling): string {
  const withVariables = query.replace(
    variablePattern,
    (found, plain?: string, braced?: string, format?: string) => {
      const name = plain ?? braced ?? '';
      if (macros.has(name)) return found;
      const value = variables[name];
      if (value === undefined) throw new RangeError(`the variable ${name} has no value in: ${query}`);
      if (typeof value !== 'string') return value.all;
      if (format === 'regex') return escapeRegex(value);
      if (format === undefined) return unformatted(value, name, query);
      throw new RangeError(`the format ${format} of ${name} is not known here`);
    },
  );
  return withVariables
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll('$__interval_ms', String(intervalMs))
    .replaceAll('$__interval', intervalText(intervalMs));
}

export interface VariableOption {
  readonly text: string;
  readonly value: string;
}

/** What a variable offers: texts of its answer, taken apart by its regular expression if it has one; values once each. */
export function variableOptions(
  texts: readonly string[],
  regex: string | undefined,
): readonly VariableOption[] {
  if (regex === undefined) return [...new Set(texts)].map((text) => ({ text, value: text }));
  const parts = /^\/(.*)\/([a-z]*)$/.exec(regex);
  if (parts === null) throw new RangeError(`no regular expression between slashes: ${regex}`);
  const pattern = new RegExp(parts[1] ?? '', parts[2]);
  const options = new Map<string, VariableOption>();
  for (const label of texts) {
    const groups = pattern.exec(label)?.groups;
    const value = groups?.['value'] || groups?.['text'];
    if (value === undefined || options.has(value)) continue;
    options.set(value, { text: groups?.['text'] || value, value });
  }
  return [...options.values()];
}

/** The name of a series by its alias. */
export function seriesName(
  alias: string,
  series: { readonly name: string; readonly tags: Readonly<Record<string, string>> },
  column: string,
): string {
  return alias.replace(/\$([@\w-]+)/g, (found, word: string) => {
    if (word === 'm' || word === 'measurement') return series.name;
    if (word === 'col') return column;
    return word.startsWith('tag_') ? (series.tags[word.slice('tag_'.length)] ?? found) : found;
  });
}

const variablePattern = /\$(\w+)|\$\{(\w+)(?::([^}]+))?\}/g;
/** Filled by the server, or not variables at all. */
const macros: ReadonlySet<string> = new Set(['timeFilter', '__interval', '__interval_ms']);

function escapeRegex(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}

/** Escaped where the query seems to have it within a regular expression; a value that begins like a number never is. */
function unformatted(value: string, name: string, query: string): string {
  if (!Number.isNaN(Number.parseFloat(value))) return value;
  const seemsRegex = new RegExp(`\\/(?:\\^)?(.*)(\\$${name})(.*)(?:\\$)?\\/`, 'm').test(query);
  return seemsRegex ? escapeRegex(value) : value;
}

function intervalText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
  ] as const;
  const unit = units.find(([length]) => ms >= length);
  return unit === undefined ? `${Math.max(1, Math.floor(ms))}ms` : `${Math.floor(ms / unit[0])}${unit[1]}`;
}
