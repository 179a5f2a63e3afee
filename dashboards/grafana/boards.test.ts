// The boards as they are committed: what the definitions say, sound in themselves and with each other.
import { fileURLToPath } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { indicatorNames, indicators } from '../../core/domain/accounting/indicators.ts';
import { accountingSeries } from '../../core/domain/board-series-accounts.ts';
import { fleetMeasurements } from '../../core/domain/board-series-fleet.ts';
import { itemNames, items } from '../../core/domain/energy/items.ts';
import { languages } from '../../core/domain/texts.ts';
import { carrierNames, carriers, quantities, quantityNames } from '../../core/domain/units.ts';
import { boardNames, committedBoard, committedText, panelsOf, variablesOf } from './committed-boards.ts';
import { vehicleFindings } from './definitions/vehicles.ts';
import { defaultOptions, generatedFiles } from './files.ts';
import { boardFolders, uidOf } from './house/board-ids.ts';
import { ofCarrierLastYear } from './house/by-carrier.ts';
import { gridWidth } from './house/layout.ts';
import { boardTag } from './house/links.ts';
import { cornerOf } from './house/matrix.ts';
import { variableNames } from './house/variable-names.ts';
import { boardsPath, homeBoardPath, tokenFile } from './provisioning.ts';
import { dataSource, type Source, sources } from './query/sources.ts';
import { queryNames } from './query-names.ts';
import { type BoardTextKey, boardText, boardTexts } from './texts.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const everyBoard = languages.flatMap((language) => boardNames.map((name) => ({ language, name })));
const generated = generatedFiles();
const series: readonly Source[] = Object.values(sources);
const accountMeasurements = new Map(
  Object.values({ ...accountingSeries, ...fleetMeasurements }).map(({ name, fields }) => [
    name as string,
    Object.keys(fields),
  ]),
);
/** The flag of a field, where it has one: its own, or that of those it stands with. */
const sharedFlags: Readonly<Record<string, string>> = {
  value: '(?:value_)?known',
  change: '(?:change|gap)_known',
  so_far_last: 'change_last_known',
  last_year: '(?:last_year|change_last)_known',
  so_far_base: 'change_base_known',
  base_year: 'change_base_known',
  projected_low: 'interval_known',
  projected_high: 'interval_known',
  state_code: '(?:state_)?known',
  limit_mildest: 'limits_known',
  limit_strictest: 'limits_known',
  next_limit: 'next_known',
  distance: 'next_known',
  to_go: 'next_known',
};
function flagOf(fields: readonly string[], column: string): string | undefined {
  return sharedFlags[column] ?? (fields.includes(`${column}_known`) ? `${column}_known` : undefined);
}
function cornerNames(options: unknown): { row: string; column: string } {
  const { rowField, columnField } = options as { rowField: string; columnField: string };
  return { row: rowField, column: columnField };
}
const board = ({ language, name }: (typeof everyBoard)[number]): Dashboard =>
  committedBoard(folder, language, name);

describe('the committed files', () => {
  it.each(generated)('$path is what `npm run boards` writes', ({ path, content }) => {
    const committed = committedText(folder, path);
    if (path.endsWith('.json')) expect(JSON.parse(committed)).toEqual(JSON.parse(content));
    else expect(committed).toBe(content);
  });

  it('ask the same in every language', () => {
    for (const name of boardNames) {
      const [first, ...others] = languages.map((language) =>
        panelsOf(committedBoard(folder, language, name)).map(({ targets, id, gridPos }) => ({
          id,
          gridPos,
          queries: targets.map(({ query }) => query),
        })),
      );
      for (const other of others) expect(other, name).toEqual(first);
    }
  });

  it('can be made in another time zone, for other databases, in one language', () => {
    const files = generatedFiles({ languages: ['en'], timeZone: 'Asia/Urumqi', prefix: 'district' });
    expect(files.filter(({ path }) => path.startsWith('boards/')).map(({ path }) => path)).toContain(
      'boards/en/energy/home.json',
    );
    expect(files.some(({ path }) => path.includes('zh-CN'))).toBe(false);
    expect(files.find(({ path }) => path.endsWith('home.json'))?.content).toContain('"Asia/Urumqi"');
    expect(files.find(({ path }) => path.includes('datasources'))?.content).toContain('district_figures');
  });
});

describe.each(everyBoard)('$name in $language', (which) => {
  it('has its uid, the tag of the menu, and the time zone that days are cut in', () => {
    const { uid, tags, timezone, links } = board(which);
    expect(uid).toBe(uidOf(which.name));
    expect(tags).toEqual([boardTag]);
    expect(timezone).toBe(defaultOptions.timeZone);
    expect(links?.map(({ type, keepTime }) => [type, keepTime])).toEqual([['dashboards', true]]);
  });

  it('gives each panel an id of its own and a place where no other is', () => {
    const panels = board(which).panels ?? [];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, number | undefined>();
    for (const { id, gridPos } of panels) {
      if (gridPos === undefined) throw new Error(`panel ${id} has no place`);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(gridWidth);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `panels at ${x} ${y}`).toBeUndefined();
          taken.set(`${x} ${y}`, id);
        }
      }
    }
  });

  it('says of each panel what it shows and of which data source', () => {
    for (const { title, description, targets, datasource, fieldConfig, id } of panelsOf(board(which))) {
      expect(title, `panel ${id}`).toBeTruthy();
      expect(description?.length ?? 0, title).toBeGreaterThan(10);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (const target of targets) expect(target.datasource, title).toEqual(datasource);
      // The table of Grafana 12 takes overrides for granted (public/app/plugins/panel/table/migrations.ts).
      expect(fieldConfig?.defaults, title).toBeDefined();
      expect(fieldConfig?.overrides, title).toBeInstanceOf(Array);
    }
  });

  it('asks only for measurements, tags and fields that exist, of the database that holds them', () => {
    const targets = panelsOf(board(which)).flatMap((panel) => panel.targets);
    const variables = variablesOf(board(which)).filter(({ type }) => type === 'query');
    const asked = [
      ...targets.map(({ query, datasource }) => ({ query, uid: datasource.uid })),
      ...variables.map(({ query, datasource }) => ({
        query: (query as { query: string }).query,
        uid: datasource?.uid,
      })),
    ];
    expect(asked.length).toBeGreaterThan(0);
    for (const { query, uid } of asked) {
      const names = queryNames(query);
      const source = series.find(({ name }) => name === names.measurement);
      if (source === undefined) throw new Error(`no measurement ${names.measurement}: ${query}`);
      expect(uid, query).toBe(dataSource(source.database).uid);
      const known = [...source.tags, ...Object.keys(source.fields)];
      for (const name of names.asked) expect(known, query).toContain(name);
      for (const tag of names.groupedBy) expect(source.tags, query).toContain(tag);
    }
  });

  it('never shows what is not known as a number', () => {
    const flags: Readonly<Record<string, string>> = {
      value: 'known',
      // Coverage always is: where nothing is known, it is 0.
      estimated_share: 'known',
      last_year: '(?:last_year|change)_known',
      change: 'change_known',
      usual: 'usual_known',
      ratio: 'ratio_known',
      least_hour: 'known',
    };
    for (const { targets } of panelsOf(board(which))) {
      for (const { query } of targets) {
        const { measurement, asked } = queryNames(query);
        const ofAccounts = accountMeasurements.get(measurement);
        if (
          ofAccounts === undefined &&
          !['consumption', 'nights', 'day_hours', 'hours'].includes(measurement)
        )
          continue;
        for (const column of asked) {
          const flag = ofAccounts === undefined ? flags[column] : flagOf(ofAccounts, column);
          if (flag !== undefined) expect(query).toMatch(new RegExp(`"${flag}" = 1`));
        }
      }
    }
  });

  it('shows years and months by its variables, and everything else in the range of time', () => {
    const own = variablesOf(board(which)).map(({ name }) => name);
    for (const { title, type, timeFrom, targets } of panelsOf(board(which))) {
      for (const { query } of targets) {
        const ofAccounts = accountMeasurements.has(queryNames(query).measurement);
        const byPeriod = ofAccounts || /"bucket" = '(?:year|month)'/.test(query);
        // Years of a plan are those seen from the chosen one.
        expect(/"(?:period|seen)" =~ /.test(query), title).toBe(byPeriod);
        expect(query.includes('$timeFilter'), title).toBe(!byPeriod);
        if (!byPeriod) continue;
        expect(own, title).toContain('period');
        // What lies outside the board's range would be outside of a graph over time.
        expect([type, timeFrom], title).not.toContain('timeseries');
        expect(timeFrom, title).toBeUndefined();
      }
    }
  });

  it('names in titles only variables that it has', () => {
    const own = variablesOf(board(which)).map(({ name }) => name);
    for (const { title = '' } of board(which).panels ?? [])
      for (const [, name] of title.matchAll(/\$(\w+)/g)) expect(own, title).toContain(name);
  });

  it('makes one row of several queries by ids and hours, never by names', () => {
    for (const { title, targets, transformations = [] } of panelsOf(board(which))) {
      if (!transformations.some(({ id }) => id === 'merge')) continue;
      const columns = targets.map(({ query }) => {
        const names = queryNames(query);
        return [...new Set([...names.columns, ...names.groupedBy])];
      });
      const shared = columns.flat().filter((name, index, all) => all.indexOf(name) !== index);
      const keys = [...new Set(shared)];
      expect(keys.length, title).toBe(1);
      expect(['of', 'building', 'hour', 'institution', 'point', 'sector'], title).toContain(keys[0]);
      for (const list of columns) expect(list, title).toContain(keys[0]);
    }
    for (const { transformations = [], title } of panelsOf(board(which)))
      for (const { id, options } of transformations) {
        expect(['merge', 'organize', 'sortBy', 'groupingToMatrix'], title).toContain(id);
        // Headings of a matrix are names: only those that tell things apart.
        if (id === 'groupingToMatrix') expect(options).toMatchObject({ rowField: 'shown' });
      }
  });

  it('has a word in its language for every value of a tag that names a series', () => {
    const english = which.language === 'en';
    const values: Readonly<Record<string, Readonly<Record<string, { zh: string; en: string }>>>> = {
      carrier: carriers,
      item: items,
      quantity: quantities,
      indicator: indicators,
      finding: Object.fromEntries(
        Object.entries(vehicleFindings).map(([kind, words]) => [kind, { zh: words['zh-CN'], en: words.en }]),
      ),
    };
    /** Hours are numbers; agents are called by their ids. */
    const themselves = ['hour', 'agent'];
    for (const { title, targets, fieldConfig } of panelsOf(board(which))) {
      for (const { alias = '' } of targets) {
        const tag = /\$tag_(\w+)/.exec(alias)?.[1];
        if (tag === undefined || themselves.includes(tag)) continue;
        const words = values[tag];
        if (words === undefined) throw new Error(`no words for the tag ${tag} in ${title}`);
        for (const [value, { zh, en }] of Object.entries(words)) {
          const shown = alias.replace(`$tag_${tag}`, value);
          const override = fieldConfig?.overrides?.find(({ matcher }) => matcher.options === shown);
          const name = override?.properties.find(({ id }) => id === 'displayName')?.value;
          expect(name, `${title}: ${shown}`).toContain(english ? en : zh);
        }
      }
    }
  });

  it('groups tables by one tag at most, and fills variables in where Grafana escapes them', () => {
    for (const { targets } of panelsOf(board(which))) {
      for (const { query, resultFormat } of targets) {
        if (resultFormat === 'table')
          expect(queryNames(query).groupedBy.length, query).toBeLessThanOrEqual(1);
        const used = query.match(/\$\{?\w+/g) ?? [];
        const escaped = query.match(/=~ \/\^?\$\{\w+:regex\}[$-]?\//g) ?? [];
        const macros = query.match(/\$timeFilter|\$__interval/g) ?? [];
        expect(used.length, query).toBe(escaped.length + macros.length);
      }
    }
  });

  it('names in overrides, joins and sorting only what its queries answer with', () => {
    const lists: readonly string[] = [
      ...carrierNames,
      ...carrierNames.map((name) => ofCarrierLastYear.replace('$tag_carrier', name)),
      ...quantityNames,
      ...itemNames,
      ...indicatorNames,
      ...Object.keys(vehicleFindings),
      ...indicatorNames.flatMap((name) =>
        ['last year', 'line', 'projected'].map((beside) => `${name} ${beside}`),
      ),
    ];
    for (const panel of panelsOf(board(which))) {
      const names = panel.targets.map(({ query }) => queryNames(query));
      const columns = names.flatMap(({ columns: own, groupedBy }) => [...own, ...groupedBy]);
      const aliases = panel.targets.map(({ alias }) => alias ?? '');
      const refs = panel.targets.map(({ refId }) => refId);
      const overrides = panel.fieldConfig?.overrides ?? [];
      const corners = (panel.transformations ?? []).flatMap(({ id, options: matrix }) =>
        id === 'groupingToMatrix' ? [cornerOf(cornerNames(matrix))] : [],
      );
      const offered = ['Time', ...columns, ...aliases, ...lists, ...refs, ...corners];
      for (const { matcher } of overrides) expect(offered, panel.title).toContain(matcher.options);
      const titles = overrides.flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'displayName').map(({ value }) => value as string),
      );
      const options = panel.options as { sortBy?: { displayName: string }[]; xField?: string };
      for (const { displayName } of options.sortBy ?? []) expect(titles, panel.title).toContain(displayName);
      if (options.xField !== undefined) expect(['Time', ...columns], panel.title).toContain(options.xField);
      for (const { id, options: sorting } of panel.transformations ?? []) {
        if (id !== 'sortBy') continue;
        for (const { field } of (sorting as { sort: { field: string }[] }).sort)
          expect(columns, panel.title).toContain(field);
      }
    }
  });

  it('links to boards that exist, with variables that they have and columns that the row has', () => {
    const own = variablesOf(board(which)).map(({ name }) => name);
    const urls = panelsOf(board(which)).flatMap((panel) => {
      const columns = panel.targets.flatMap(({ query }) => {
        const names = queryNames(query);
        return [...names.columns, ...names.groupedBy];
      });
      const text = JSON.stringify(panel.fieldConfig ?? {});
      return [...text.matchAll(/"url":"([^"]*)"/g)].map((match) => ({ url: match[1] ?? '', columns }));
    });
    if (which.name !== 'pipeline' && which.name !== 'point') expect(urls.length).toBeGreaterThan(0);
    for (const { url, columns } of urls) {
      const [, uid, query = ''] = /^\/d\/([\w-]+)\?(.*)$/.exec(url) ?? [];
      const target = boardNames.find((name) => uidOf(name) === uid);
      if (target === undefined) throw new Error(`no board ${uid}: ${url}`);
      const theirs = variablesOf(committedBoard(folder, which.language, target)).map(({ name }) => name);
      for (const part of query.split('&')) {
        if (part === `\${__url_time_range}`) continue;
        const same = /^\$\{(\w+):queryparam\}$/.exec(part)?.[1];
        const [, name, column] = /^var-(\w+)=\$\{__data\.fields\.(\w+):percentencode\}$/.exec(part) ?? [];
        expect(theirs, url).toContain(same ?? name);
        if (same !== undefined) expect(own, url).toContain(same);
        else expect(columns, url).toContain(column);
      }
    }
  });

  it('knows its variables, each of those that come before it', () => {
    const names = variablesOf(board(which)).map(({ name }) => name);
    expect(variableNames.filter((name) => names.includes(name)).length).toBe(names.length);
    const used = JSON.stringify(panelsOf(board(which))).matchAll(/\$\{(\w+):regex\}/g);
    for (const [, name] of used) expect(names).toContain(name);
    for (const [index, { query }] of variablesOf(board(which)).entries()) {
      for (const [, name] of JSON.stringify(query).matchAll(/\$\{(\w+):regex\}/g))
        expect(names.slice(0, index)).toContain(name);
    }
  });
});

describe('texts', () => {
  const keys = Object.keys(boardTexts) as BoardTextKey[];

  it.each(keys)('%s exists in both languages, and is used', (key) => {
    const [zh, en] = boardTexts[key];
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toMatch(/\p{Script=Han}/u);
    expect(en.length).toBeGreaterThan(0);
    for (const language of languages) {
      const files = generated.filter(
        ({ path }) => path.startsWith(`boards/${language}/`) || path.startsWith('provisioning/'),
      );
      const text = JSON.stringify(boardText(language, key)).slice(1, -1);
      expect(
        files.some(({ content }) => content.includes(text)),
        key,
      ).toBe(true);
    }
  });

  it('leaves no Chinese in the English boards', () => {
    for (const name of boardNames)
      expect(JSON.stringify(committedBoard(folder, 'en', name)), name).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('provisioning', () => {
  const yaml = (path: string): unknown => parse(committedText(folder, path));

  it('has the data sources that boards name, and none of positions', () => {
    for (const variant of ['provisioning', 'provisioning-influx-1']) {
      const { datasources } = yaml(`${variant}/datasources/jieyue.yaml`) as {
        datasources: { uid: string; type: string; jsonData: { dbName: string; version: string } }[];
      };
      expect(datasources.map(({ uid }) => uid).sort()).toEqual(['jieyue-figures', 'jieyue-readings']);
      expect(datasources.map(({ jsonData }) => jsonData.dbName).sort()).toEqual([
        'jieyue_figures',
        'jieyue_readings',
      ]);
      for (const { type, jsonData } of datasources)
        expect([type, jsonData.version]).toEqual(['influxdb', 'InfluxQL']);
      expect(committedText(folder, `${variant}/datasources/jieyue.yaml`)).not.toContain('positions');
    }
  });

  it('holds no secret: a token is in its file, user and password are in the environment', () => {
    const second = committedText(folder, 'provisioning/datasources/jieyue.yaml');
    expect(second).toContain(`httpHeaderValue1: Token $__file{${tokenFile}}`);
    const first = committedText(folder, 'provisioning-influx-1/datasources/jieyue.yaml');
    expect(first.match(/^ +(user|password): .*$/gm)?.map((line) => line.trim())).toEqual([
      `user: \${JIEYUE_GRAFANA_INFLUX_USER}`,
      `password: \${JIEYUE_GRAFANA_INFLUX_PASSWORD}`,
      `user: \${JIEYUE_GRAFANA_INFLUX_USER}`,
      `password: \${JIEYUE_GRAFANA_INFLUX_PASSWORD}`,
    ]);
  });

  it('has a folder for each folder of boards, the home board among them', () => {
    const { providers } = yaml('provisioning/dashboards/jieyue.yaml') as {
      providers: { options: { path: string }; allowUiUpdates: boolean }[];
    };
    expect(providers.map(({ options }) => options.path).sort()).toEqual(
      [...new Set(Object.values(boardFolders))].map((name) => `${boardsPath}/${name}`).sort(),
    );
    expect(providers.every(({ allowUiUpdates }) => !allowUiUpdates)).toBe(true);
    expect(homeBoardPath).toBe('/etc/jieyue/boards/energy/home.json');
    expect(generated.map(({ path }) => path)).toContain('boards/zh-CN/energy/home.json');
  });
});
