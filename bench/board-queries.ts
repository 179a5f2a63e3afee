// What the panels of the committed boards ask, filled in as Grafana fills it: a list to measure.
import { fileURLToPath } from 'node:url';
import type { Language } from '../core/domain/texts.ts';
import { boardNames, committedBoard, panelsOf } from '../dashboards/grafana/committed-boards.ts';
import { fillQuery, type VariableValue } from '../dashboards/grafana/fill.ts';
import { momentOf, ownPeriodStart } from '../dashboards/grafana/period.ts';

export interface PanelQueries {
  /** `board: panel`. */
  readonly name: string;
  /** What the panel asks at once, each of its database. */
  readonly queries: readonly { readonly database: string; readonly query: string }[];
}

export interface BoardQueriesOptions {
  /** The present, epoch ms. */
  readonly now: number;
  readonly timeZone: string;
  /** What stands before `_readings` and `_figures` in the names of the databases. */
  readonly prefix: string;
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** Instead of the period that a board begins with. */
  readonly from?: number;
}

const language: Language = 'zh-CN';
/** Boards are read from the sources, which stand beside `dist`. */
const folder = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? '../../dashboards/grafana' : '../dashboards/grafana',
    import.meta.url,
  ),
);

export function boardQueries(options: BoardQueriesOptions): readonly PanelQueries[] {
  const { now, timeZone, prefix, variables } = options;
  return boardNames.flatMap((name) => {
    const board = committedBoard(folder, language, name);
    const begin = options.from ?? momentOf(board.time?.from ?? 'now-1y', now, timeZone);
    return panelsOf(board).map((panel) => {
      const from = panel.timeFrom === undefined ? begin : ownPeriodStart(panel.timeFrom, now, timeZone);
      const filling = { from, to: now, intervalMs: Math.max(60_000, (now - from) / 1_000), variables };
      return {
        name: `${name}: ${panel.title ?? ''}`,
        queries: panel.targets.map(({ datasource, query }) => ({
          database: `${prefix}_${datasource.uid?.replace('jieyue-', '') ?? ''}`,
          query: fillQuery(query, filling),
        })),
      };
    });
  });
}
