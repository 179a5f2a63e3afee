// What Grafana reads when it starts: its data sources and where its boards lie.
// Values come from its environment (grafana/grafana, pkg/services/provisioning/values/values.go,
// 03d9862a11fa9db1790da9ae5bc3577700e7fe61; `$__file{}`: pkg/setting/expanders.go).
import { stringify } from 'yaml';
import { databaseSuffixes } from '../../core/domain/series.ts';
import type { Language } from '../../core/domain/texts.ts';
import { boardFolders, type FolderName } from './house/board-ids.ts';
import { type BoardDatabase, dataSource } from './query/sources.ts';
import { boardText } from './texts.ts';

/** Variables of Grafana's environment that these files name. */
export const grafanaEnvironment = {
  /** `http://influxdb:8086`; the name that services have for it too. */
  url: 'JIEYUE_STORE_INFLUX_URL',
  /** 1.x: a user that reads the two databases. */
  user: 'JIEYUE_GRAFANA_INFLUX_USER',
  password: 'JIEYUE_GRAFANA_INFLUX_PASSWORD',
} as const;

/** 2.x: the file of a token that reads readings and figures, and never positions. */
export const tokenFile = '/etc/jieyue/tokens/boards';

/** Where Grafana finds boards: one language's folder is mounted here. */
export const boardsPath = '/etc/jieyue/boards';
/** For GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH. */
export const homeBoardPath = `${boardsPath}/${boardFolders.home}/home.json`;

const databases: readonly BoardDatabase[] = ['figures', 'readings'];
const header = '# Written by `npm run boards`; change dashboards/grafana/provisioning.ts instead.\n';

/**
 * @param version of InfluxDB: 2 takes a token, 1 user and password
 * @param prefix of the names of databases (`store.influx.prefix`)
 */
export function dataSourcesYaml(version: 1 | 2, prefix: string): string {
  return (
    header +
    stringify({
      apiVersion: 1,
      datasources: databases.map((part) => ({
        name: `Jieyue ${part}`,
        ...dataSource(part),
        access: 'proxy',
        url: env('url'),
        isDefault: part === 'figures',
        editable: false,
        ...(version === 1 ? { user: env('user') } : {}),
        jsonData: {
          version: 'InfluxQL',
          dbName: `${prefix}_${databaseSuffixes[part]}`,
          httpMode: 'POST',
          timeInterval: '1m',
          ...(version === 2 ? { httpHeaderName1: 'Authorization' } : {}),
        },
        secureJsonData:
          version === 2 ? { httpHeaderValue1: `Token $__file{${tokenFile}}` } : { password: env('password') },
      })),
    })
  );
}

/** A provider for each folder; boards are changed in the repository, not in Grafana. */
export function foldersYaml(): string {
  const folders = [...new Set<FolderName>(Object.values(boardFolders))];
  return (
    header +
    stringify({
      apiVersion: 1,
      providers: folders.map((folder) => ({
        name: `jieyue-${folder}`,
        orgId: 1,
        folder: folderTitle(folder),
        folderUid: `jieyue-${folder}`,
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 60,
        options: { path: `${boardsPath}/${folder}` },
      })),
    })
  );
}

/** In both languages, since one file serves both. */
function folderTitle(folder: FolderName): string {
  const title = (language: Language) => boardText(language, `folder.${folder}`);
  return `${title('zh-CN')} ${title('en')}`;
}

function env(name: keyof typeof grafanaEnvironment): string {
  return `\${${grafanaEnvironment[name]}}`;
}
