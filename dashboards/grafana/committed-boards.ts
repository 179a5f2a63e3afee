// The committed boards, read as Grafana reads them; for tests and benchmarks.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard, Panel, RowPanel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Language } from '../../core/domain/texts.ts';
import { boardPath } from './files.ts';
import { type BoardName, boardFolders } from './house/board-ids.ts';
import type { InfluxQlTarget } from './query/influxql-query.ts';

export const boardNames = Object.keys(boardFolders) as readonly BoardName[];

export type BoardPanel = Omit<Panel, 'targets'> & { readonly targets: readonly InfluxQlTarget[] };

/** @param folder of the repository's `dashboards/grafana` */
export function committedText(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

export function committedBoard(folder: string, language: Language, name: BoardName): Dashboard {
  return JSON.parse(committedText(folder, boardPath(language, name))) as Dashboard;
}

/** Those that ask something: not the headings. */
export function panelsOf(board: Dashboard): readonly BoardPanel[] {
  return (board.panels ?? []).filter(isPanel);
}

export function variablesOf(board: Dashboard): readonly VariableModel[] {
  return board.templating.list ?? [];
}

/** Every query of ours is one in InfluxQL; the tests of the boards see to it. */
function isPanel(panel: Panel | RowPanel): panel is Panel & BoardPanel {
  return panel.type !== 'row';
}
