// Asks what the panels of the committed boards ask, as Grafana would, and looks at the answers; for tests.
import { expect } from 'vitest';
import {
  type BoardPanel,
  boardNames,
  committedBoard,
  panelsOf,
} from '../../dashboards/grafana/committed-boards.ts';
import { type Filling, seriesName, type VariableValue } from '../../dashboards/grafana/fill.ts';
import { momentOf, ownPeriodStart } from '../../dashboards/grafana/period.ts';
import type { InfluxQlTarget } from '../../dashboards/grafana/query/influxql-query.ts';
import { queryNames } from '../../dashboards/grafana/query-names.ts';
import type { AnswerSeries } from '../store/influx/answer.ts';

type Board = ReturnType<typeof committedBoard>;

export interface PanelTarget {
  readonly name: (typeof boardNames)[number];
  readonly board: Board;
  readonly panel: BoardPanel;
  readonly target: InfluxQlTarget;
  readonly title: string;
}

/** Every query of every panel. @param folder of the repository's `dashboards/grafana` */
export function panelTargets(folder: string): readonly PanelTarget[] {
  return boardNames.flatMap((name) => {
    const board = committedBoard(folder, 'zh-CN', name);
    return panelsOf(board).flatMap((panel) =>
      panel.targets.map((target) => ({
        name,
        board,
        panel,
        target,
        title: `${panel.title} ${target.refId}`,
      })),
    );
  });
}

/** The board's period, or the panel's own, up to `now`. */
export function fillingOf(
  board: Board,
  panel: BoardPanel,
  {
    now,
    timeZone,
    variables,
  }: {
    readonly now: number;
    readonly timeZone: string;
    readonly variables: Readonly<Record<string, VariableValue>>;
  },
): Filling {
  const from =
    panel.timeFrom === undefined
      ? momentOf(board.time?.from ?? '', now, timeZone)
      : ownPeriodStart(panel.timeFrom, now, timeZone);
  return { from, to: now, intervalMs: Math.max(60_000, (now - from) / 1_000), variables };
}

/**
 * Rows of a panel as Grafana makes them of the answers to its queries: a table, or several merged into one. As @grafana/data
 * 13.2.3 does (transformations/transformers/merge); of a query that is grouped by a tag the tag is a column.
 * @throws RangeError for a panel that joins otherwise
 */
export function rowsOf(
  panel: BoardPanel,
  answers: readonly (readonly AnswerSeries[])[],
): readonly Readonly<Record<string, unknown>>[] {
  const joins = (panel.transformations ?? []).filter(({ id }) => id !== 'organize' && id !== 'sortBy');
  if (joins.length > 1 || joins.some(({ id }) => id !== 'merge'))
    throw new RangeError(`${panel.title} joins by ${joins.map(({ id }) => id).join()}`);
  const frames = answers
    .map((answer) =>
      answer.flatMap(({ tags, columns, rows }) =>
        rows.map(
          (row): Record<string, unknown> => ({
            ...Object.fromEntries(columns.map((name, index) => [name, row[index]])),
            ...tags,
          }),
        ),
      ),
    )
    .filter((frame) => frame.length > 0);
  if (joins.length === 0 && frames.length > 1) throw new RangeError(`${panel.title} joins nothing`);
  const columnsOf = (frame: readonly Record<string, unknown>[]) => Object.keys(frame[0] ?? {});
  const [first = [], ...others] = frames;
  const key = columnsOf(first).filter((name) => others.every((frame) => columnsOf(frame).includes(name)));
  const merged = new Map<string, Record<string, unknown>>();
  for (const row of frames.flat()) {
    const id = JSON.stringify(key.map((name) => row[name]));
    merged.set(id, { ...merged.get(id), ...row });
  }
  return [...merged.values()];
}

interface InfluxAnswer {
  readonly error?: string;
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly name: string;
      readonly tags?: AnswerSeries['tags'];
      readonly columns: readonly string[];
      readonly values?: AnswerSeries['rows'];
    }[];
  }[];
}

/** As Grafana's server asks: a form, times in ms. */
export async function askAsGrafana(
  url: string,
  database: string,
  query: string,
): Promise<readonly AnswerSeries[]> {
  const answer = await fetch(`${url}/query?${new URLSearchParams({ db: database, epoch: 'ms' })}`, {
    method: 'POST',
    body: new URLSearchParams({ q: query }),
  });
  const { results, error } = (await answer.json()) as InfluxAnswer;
  const fault = error ?? results?.[0]?.error;
  if (fault !== undefined) throw new Error(`${fault}: ${query}`);
  return (results?.[0]?.series ?? []).map(({ name, tags = {}, columns, values = [] }) => ({
    name,
    tags,
    columns,
    rows: values,
  }));
}

/** There are rows, with the columns that the query names, each with a value somewhere; a graph can draw and name them. */
export function expectAnswer({ target }: PanelTarget, series: readonly AnswerSeries[]): void {
  const names = queryNames(target.query);
  expect(series.length).toBeGreaterThan(0);
  const columns = ['time', ...names.columns];
  for (const { tags, columns: answered, rows } of series) {
    expect(answered).toEqual(columns);
    expect(Object.keys(tags).sort()).toEqual([...names.groupedBy].sort());
    expect(rows.length).toBeGreaterThan(0);
  }
  for (const [index, column] of columns.entries()) {
    const cells = series.flatMap(({ rows }) => rows.map((row) => row[index]));
    expect(
      cells.some((cell) => cell !== null && cell !== undefined),
      column,
    ).toBe(true);
  }
  if (target.resultFormat === 'table') return;
  // A graph takes numbers only, and each of its series a name of its own.
  for (const { rows } of series) for (const row of rows) expect(typeof row[1], String(row[1])).toBe('number');
  const shown = series.map((one) => seriesName(target.alias ?? '', one, columns[1] ?? ''));
  expect(new Set(shown).size).toBe(series.length);
  expect(shown.join()).not.toContain('$');
}
