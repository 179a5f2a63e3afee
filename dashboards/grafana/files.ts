// The files that Grafana provisions, by path below this folder: boards in a language, data sources, folders.
import { type Language, languages } from '../../core/domain/texts.ts';
import { boardMakers } from './boards.ts';
import { type BoardName, boardFolders } from './house/board-ids.ts';
import { boardContext } from './house/context.ts';
import { dataSourcesYaml, foldersYaml } from './provisioning.ts';

export interface GeneratedFile {
  /** With `/`. */
  readonly path: string;
  readonly content: string;
}

export interface BoardOptions {
  readonly languages: readonly Language[];
  /** That days are cut in: the one of `JIEYUE_TZ`. */
  readonly timeZone: string;
  /** Of the names of databases: `store.influx.prefix`. */
  readonly prefix: string;
}

export const defaultOptions: BoardOptions = { languages, timeZone: 'Asia/Shanghai', prefix: 'jieyue' };
const boardNames = Object.keys(boardFolders) as BoardName[];

export function generatedFiles(options: BoardOptions = defaultOptions): readonly GeneratedFile[] {
  return [
    ...options.languages.flatMap((language) => boardFiles(language, options.timeZone)),
    { path: 'provisioning/datasources/jieyue.yaml', content: dataSourcesYaml(2, options.prefix) },
    { path: 'provisioning-influx-1/datasources/jieyue.yaml', content: dataSourcesYaml(1, options.prefix) },
    { path: 'provisioning/dashboards/jieyue.yaml', content: foldersYaml() },
    { path: 'provisioning-influx-1/dashboards/jieyue.yaml', content: foldersYaml() },
  ];
}

export function boardPath(language: Language, name: BoardName): string {
  return `boards/${language}/${boardFolders[name]}/${name}.json`;
}

function boardFiles(language: Language, timeZone: string): GeneratedFile[] {
  const context = boardContext(language, timeZone);
  return boardNames.map((name) => ({
    path: boardPath(language, name),
    content: `${JSON.stringify(boardMakers[name](context), null, 2)}\n`,
  }));
}
