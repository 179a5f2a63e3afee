// Every panel's queries, filled in as Grafana fills them, on a real InfluxDB that holds a city.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neverSentMs } from '../../core/domain/board-series.ts';
import { Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import type { AnswerSeries } from '../../core/store/influx/answer.ts';
import type { InfluxStore } from '../../core/store/influx/influx-store.ts';
import { type BoardCity, boardCity, poison, sharedNames } from '../../core/testing/board-city.ts';
import {
  askAsGrafana,
  expectAnswer,
  fillingOf,
  panelTargets,
  rowsOf,
} from '../../core/testing/board-panels.ts';
import { boardId } from '../../core/testing/board-states.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { influxAt } from '../../core/testing/open-influx.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { type BoardPanel, boardNames, committedBoard, panelsOf, variablesOf } from './committed-boards.ts';
import { type Filling, fillQuery, type VariableValue, variableOptions } from './fill.ts';
import type { InfluxQlTarget } from './query/influxql-query.ts';

const timeZone = 'Asia/Shanghai';
const calendar = new Calendar(timeZone);
const now = calendar.parse('2026-06-17T10:00:00') ?? 0;
const folder = fileURLToPath(new URL('.', import.meta.url));
const program = requireServer('influxd', installInfluxDb);

const targets = panelTargets(folder);

describe.skipIf(program === undefined)('panels on InfluxDB', () => {
  const server = new InfluxServer(program ?? '');
  let store: InfluxStore;
  let city: BoardCity;
  let point: string;

  beforeAll(async () => {
    await server.start();
    store = influxAt('jieyue', (database) => server.options(database), { timeZone });
    await store.start();
    city = boardCity({ now, timeZone });
    await store.boards.write(city.rows);
    point = city.points.find((key) => key.endsWith('.main')) ?? '';
    await writeReadings(store, point);
  });

  afterAll(async () => {
    await store?.stop();
    await server.remove();
  });

  it.each(targets)(
    '$name: $title answers with its columns, and with nothing that is not known',
    async (which) => {
      const series = await ask(which.target, filling(which.name, which.panel));
      expectAnswer(which, series);
      for (const { rows } of series) expect(rows.flat()).not.toContain(poison);
    },
  );

  it('also answers for all institutions and all buildings, where a board offers that', async () => {
    let asked = 0;
    for (const { name, panel, target, board } of targets) {
      const all = variablesOf(board).filter(({ includeAll }) => includeAll === true);
      if (!all.some((variable) => target.query.includes(`{${variable.name}:`))) continue;
      const given = Object.fromEntries(
        all.map((variable) => [variable.name, { all: variable.allValue ?? '' }]),
      );
      expect((await ask(target, filling(name, panel, given))).length, panel.title).toBeGreaterThan(0);
      asked++;
    }
    expect(asked).toBeGreaterThan(5);
  });

  it('offers in each variable the names, with ids behind them that queries take', async () => {
    let asked = 0;
    for (const name of boardNames) {
      for (const variable of variablesOf(committedBoard(folder, 'zh-CN', name))) {
        if (variable.type !== 'query' || variable.regex === undefined) continue;
        const { query } = variable.query as { query: string };
        const options = variableOptions(await labels(query), variable.regex);
        const ids = { institution: city.institutions, building: city.buildings, point: city.points }[
          variable.name as 'institution' | 'building' | 'point'
        ];
        expect(options.length, variable.name).toBeGreaterThan(0);
        for (const { text, value } of options) {
          expect(ids, variable.name).toContain(value);
          expect(text).toMatch(/\p{Script=Han}/u);
          expect(text).not.toContain(value);
        }
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(8);
  });

  it('offers the top institution first, whatever its name sorts after', async () => {
    for (const name of boardNames) {
      if (!variablesOf(committedBoard(folder, 'zh-CN', name)).some((one) => one.name === 'institution'))
        continue;
      const options = await optionsOf(name, 'institution');
      expect(options[0], name).toEqual({ text: '云江市', value: boardId('institution', 'yunjiang') });
    }
    const names = (await optionsOf('home', 'institution')).map(({ text }) => text);
    expect(names.toSorted()[0]).toBe('一中');
    // Each after the one that is above it.
    expect(names.indexOf('一中')).toBe(names.indexOf('市教育局') + 1);
  });

  it('offers years that are known and their months, the newest first', async () => {
    const values = async (variable: string) =>
      (await optionsOf('home', variable, undefined)).map(({ value }) => value);
    expect(await values('period')).toEqual(['2026', '2025']);
    expect(await values('month')).toEqual(
      ['06', '05', '04', '03', '02', '01'].map((month) => `2026-${month}`),
    );
  });

  it('offers no institution that is no more', async () => {
    const options = await optionsOf('home', 'institution');
    expect(options.map(({ value }) => value).sort()).toEqual([...city.institutions].sort());
  });

  it('offers the buildings below the chosen institution, by names that may hold what parts names from ids', async () => {
    const options = await optionsOf('building', 'building', boardId('institution', 'jyj'));
    expect(options).toEqual([{ text: expect.stringContaining('|一期'), value: expect.any(String) }]);
  });

  it('would be seen to show what is not known: such rows are there', async () => {
    const [series] = await send(
      `SELECT count("value") FROM "consumption" WHERE "known" = 0 AND "value" = ${poison}`,
      'jieyue_figures',
    );
    expect(series?.rows[0]?.[1]).toBeGreaterThan(10);
  });

  it.each([
    ['plan', 'progress'],
    ['plan', 'contribution'],
    ['plan_years', 'value'],
    ['sectors', 'change'],
    ['quotas', 'distance'],
    ['indicators', 'last_year'],
    ['quality', 'tree_coverage'],
    ['balances', 'residual_share'],
  ])('would be seen to show what is not known of accounts: %s %s', async (measurement, column) => {
    const query = `SELECT count("${column}") FROM "${measurement}" WHERE "${column}" = ${poison}`;
    const [series] = await send(query, 'jieyue_figures');
    expect(series?.rows[0]?.[1]).toBeGreaterThan(3);
  });

  it('shows of two institutions with one name both, in a matrix too', async () => {
    const panel = panelsOf(committedBoard(folder, 'zh-CN', 'quality')).find(({ transformations }) =>
      transformations?.some(({ id }) => id === 'groupingToMatrix'),
    );
    if (panel === undefined) throw new Error('there is no matrix');
    const [series] = await Promise.all(panel.targets.map((target) => ask(target, filling('quality', panel))));
    const [one] = series ?? [];
    const [shown, period] = ['shown', 'period'].map((name) => one?.columns.indexOf(name) ?? -1);
    const cells = one?.rows.map((row) => `${row[shown ?? -1]} ${row[period ?? -1]}`) ?? [];
    expect(cells.length).toBeGreaterThan(20);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('takes back what proved not to be so', async () => {
    const { target, panel } = find('quality', '"findings"', 'table');
    const [series] = await ask(target, filling('quality', panel));
    const [all] = await send(
      `SELECT count("since") FROM "findings" WHERE "period" = '2026-06'`,
      'jieyue_figures',
    );
    expect(series?.rows.length).toBeGreaterThan(5);
    expect(series?.rows.length).toBeLessThan(Number(all?.rows[0]?.[1]));
  });

  it.each([`x$/ OR "kind" =~ /.*`, `x' OR '' = '`, '.*', '[', '\\'])(
    'asks nothing else for the hostile value %s',
    async (value) => {
      const { target, panel } = find('home', '"bucket" = \'year\'', 'table');
      expect(await ask(target, filling('home', panel, { institution: value }))).toEqual([]);
    },
  );

  const periodical = targets.filter(({ target }) => /"bucket" = '(?:year|month)'/.test(target.query));
  const ranges = [
    ['24 hours', now - dayMs, now],
    ['30 days', now - 30 * dayMs, now],
    ['two years', now - 730 * dayMs, now],
    ['some days of last year', now - 400 * dayMs, now - 396 * dayMs],
  ] as const;

  it.each(periodical)('$name: $title shows the chosen year or month in any range of time', async (which) => {
    const filled = filling(which.name, which.panel);
    const usual = await ask(which.target, filled);
    expectAnswer(which, usual);
    for (const [range, from, to] of ranges)
      expect(await ask(which.target, { ...filled, from, to }), range).toEqual(usual);
    for (const { columns, rows } of usual) {
      const of = columns.indexOf('of');
      // One row of each thing, although two years stand there; of months one each.
      const keys = rows.map((row) => row[of === -1 ? 0 : of]);
      expect(new Set(keys).size).toBe(rows.length);
    }
    const before = { period: '2025', month: '2025-11' };
    const lastYear = await ask(which.target, filling(which.name, which.panel, before));
    expect(lastYear).not.toEqual(usual);
  });

  it('has such panels for every kind of thing', () => {
    expect(periodical.length).toBeGreaterThan(25);
  });

  it.each([
    ['home', 'institution', '"bucket" = \'year\''],
    ['home', 'institution', '"bucket" = \'month\''],
    ['institution', 'building', '"bucket" = \'year\''],
  ] as const)('%s: shows each %s of those with one name, where %s', async (board, kind, part) => {
    const panels = panelsOf(committedBoard(folder, 'zh-CN', board)).filter(({ targets: [first] }) =>
      [part, '"name"', "'electricity'"].every((text) => first?.query.includes(text)),
    );
    expect(panels.length).toBeGreaterThan(0);
    for (const panel of panels) {
      const shown = (await rowsOfPanel(board, panel)).filter((row) => row['name'] === sharedNames[kind]);
      expect(shown.length, panel.title).toBe(2);
      expect(new Set(shown.map((row) => row['of'])).size, panel.title).toBe(2);
      expect(new Set(shown.map((row) => row['value'])).size, panel.title).toBe(2);
      for (const row of shown)
        expect([typeof row['value'], typeof row['last_year']], panel.title).toEqual(['number', 'number']);
    }
  });

  it('shows nights also where nothing is there to compare them with, and no ratio of another night', async () => {
    const panel = panelsOf(committedBoard(folder, 'zh-CN', 'building')).find(
      ({ type, targets: [first] }) => type === 'table' && first?.query.includes('"nights"'),
    );
    if (panel === undefined) throw new Error('there is no table of nights');
    const top = { institution: boardId('institution', 'yunjiang') };
    const shown = await rowsOfPanel('building', panel, top);
    expect(shown.map((row) => row['building']).toSorted()).toEqual(city.buildings.toSorted());
    const having = (column: string) =>
      shown.filter((row) => row[column] !== undefined).map((row) => row['building']);
    expect(having('value').length).toBe(city.buildings.length);
    expect(having('ratio').toSorted()).toEqual(city.buildings.toSpliced(0, 1).toSorted());
    expect(having('usual').toSorted()).toEqual(city.buildings.toSpliced(1, 1).toSorted());
    for (const row of shown) expect(Object.values(row)).not.toContain(poison);
  });

  it('shows a month of which nothing is known as not covered, instead of leaving it out', async () => {
    const { target, panel } = find('institution', 'SELECT "coverage"');
    const series = await ask(target, filling('institution', panel, { period: '2025' }));
    const [electricity] = series.filter(({ tags }) => tags['carrier'] === 'electricity');
    expect(electricity?.rows.map((row) => row[1])).toContain(0);
    expect(electricity?.rows.length).toBe(8);
  });

  it('lists a meter as silent while its newest state says so, not because an older one did', async () => {
    const { target, panel } = find('meters', '"contact"');
    const [series] = await ask(target, filling('meters', panel));
    const column = (name: string) => series?.rows.map((row) => row[series.columns.indexOf(name)]);
    expect(column('point')?.toSorted()).toEqual([city.points[3], city.points[11]].toSorted());
    expect(column('contact')?.toSorted()).toEqual(['', '王师傅 0724-0000']);
    expect(column('agent')).toEqual(column('point')?.map((key) => String(key).split('/')[0]));
  });

  it('puts what never sent before all other silent meters, and says so in words', async () => {
    const { target, panel } = find('meters', '"contact"');
    const [series] = await ask(target, filling('meters', panel));
    const silences = series?.rows.map((row) => Number(row[series.columns.indexOf('silent_ms')])) ?? [];
    expect(silences.toSorted((a, b) => b - a)).toEqual([neverSentMs, 5 * hourMs]);
    const { sortBy } = panel.options as { sortBy: { displayName: string; desc: boolean }[] };
    const overrides = panel.fieldConfig?.overrides ?? [];
    const properties = overrides.find(({ matcher }) => matcher.options === 'silent_ms')?.properties ?? [];
    const property = (id: string) => properties.find((one) => one.id === id)?.value;
    expect(sortBy).toEqual([{ displayName: property('displayName'), desc: true }]);
    expect(property('mappings')).toEqual([
      { type: 'range', options: { from: neverSentMs, to: null, result: { text: '从未上报', index: 0 } } },
    ]);
    const headings = ['contact', 'agent'].map(
      (name) => overrides.find(({ matcher }) => matcher.options === name)?.properties[0]?.value,
    );
    expect(headings).toEqual(['联系人', '采集网关']);
  });

  it.each([
    ['meters', 'last("points_silent")'],
    ['home', 'last("points_silent")'],
    ['home', 'max("points_silent")'],
  ] as const)('%s: counts by %s the silent meters of the chosen institution alone', async (board, part) => {
    const { target, panel } = find(board, part);
    const of = async (institution: VariableValue) =>
      (await ask(target, filling(board, panel, { institution })))[0]?.rows.at(-1)?.[1];
    const all = variablesOf(committedBoard(folder, 'zh-CN', board)).find(({ includeAll }) => includeAll);
    if (all !== undefined) expect(await of({ all: all.allValue ?? '' })).toBe(2);
    expect(await of(boardId('institution', 'yunjiang'))).toBe(2);
    expect(await of(boardId('institution', 'jgswj'))).toBe(2);
    expect(await of(boardId('institution', 'tsg'))).toBe(0);
  });

  it('compares the institutions right below the chosen one, and not those below them', async () => {
    const { target, panel } = find('home', '"bucket" = \'year\'', 'table');
    const [series] = await ask(target, filling('home', panel));
    const at = series?.columns.indexOf('name') ?? -1;
    const shown = series?.rows.map((row) => row[at]);
    expect(shown).toContain('市教育局');
    expect(shown).not.toContain('一中');
    expect(shown).not.toContain('云江市');
  });

  it('gives hours of the day in their order, and workdays apart from rest days', async () => {
    const { target, panel } = find('building', '"day" = \'workday\'');
    const series = await ask(target, filling('building', panel));
    expect(series.map(({ tags }) => tags['hour'])).toEqual(
      Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
    );
  });

  function find(name: (typeof boardNames)[number], part: string, format?: string) {
    const found = targets.find(
      (which) =>
        which.name === name &&
        which.target.query.includes(part) &&
        (format === undefined || which.target.resultFormat === format),
    );
    if (found === undefined) throw new Error(`no panel of ${name} asks ${part}`);
    return found;
  }

  function filling(
    name: (typeof boardNames)[number],
    panel: BoardPanel,
    given: Readonly<Record<string, VariableValue>> = {},
  ): Filling {
    const variables = {
      institution: city.institutions[0] ?? '',
      building: city.buildings[0] ?? '',
      carrier: 'electricity',
      indicator: 'energyPerPerson',
      basis: 'metered',
      period: '2026',
      month: '2026-06',
      point,
      ...given,
    };
    return fillingOf(committedBoard(folder, 'zh-CN', name), panel, { now, timeZone, variables });
  }

  async function rowsOfPanel(
    name: (typeof boardNames)[number],
    panel: BoardPanel,
    given: Readonly<Record<string, VariableValue>> = {},
  ) {
    return rowsOf(
      panel,
      await Promise.all(panel.targets.map((target) => ask(target, filling(name, panel, given)))),
    );
  }

  function ask(target: InfluxQlTarget, filled: Filling): Promise<readonly AnswerSeries[]> {
    const database = `jieyue_${target.datasource.uid?.replace('jieyue-', '')}`;
    return send(fillQuery(target.query, filled), database);
  }

  async function optionsOf(name: (typeof boardNames)[number], variableName: string, institution?: string) {
    const variable = variablesOf(committedBoard(folder, 'zh-CN', name)).find(
      (one) => one.name === variableName,
    );
    if (variable === undefined) throw new Error(`${name} has no variable ${variableName}`);
    const { query } = variable.query as { query: string };
    return variableOptions(await labels(query, institution), variable.regex);
  }

  async function labels(query: string, institution = city.institutions[0] ?? ''): Promise<string[]> {
    const chosen = {
      from: 0,
      to: now,
      intervalMs: 60_000,
      variables: { institution, building: city.buildings[0] ?? '', period: '2026' },
    };
    const series = await send(fillQuery(query, chosen), 'jieyue_figures');
    return series.flatMap(({ rows }) => rows.map((row) => String(row[1])));
  }

  function send(query: string, database: string): Promise<readonly AnswerSeries[]> {
    return askAsGrafana(server.url, database, query);
  }
});

/** A week of readings of one point by the quarter of an hour, its hours, and what was left out. */
async function writeReadings(store: InfluxStore, key: string): Promise<void> {
  const from = now - 8 * dayMs;
  const length = Math.floor((now - from) / 900_000);
  const series = store.series(key as Parameters<InfluxStore['series']>[0], 'electricity');
  await store.write(
    {
      series: Array.from({ length }, () => series),
      ts: Array.from({ length }, (_, index) => from + index * 900_000),
      value: Array.from({ length }, (_, index) => 1_000 + index / 4),
      length,
    },
    [],
    [],
  );
  const window = { from, to: now };
  const hours = calendar.starts(calendar.ceil(from, 'hour'), now, 'hour').map((ts, index) => ({
    ts,
    value: index % 5 === 3 ? null : 1,
    min: null,
    max: null,
    measuredMs: hourMs,
    estimatedMs: 0,
  }));
  const exclusion = { ts: now - dayMs, until: now - dayMs, code: 'spike', value: 9e9, withheld: 0 } as const;
  await store.replaceRollups([
    {
      series,
      windows: {
        hour: { ...window, rows: hours },
        day: { ...window, rows: [] },
        month: { ...window, rows: [] },
      },
      exclusionWindow: { ...window, rows: [exclusion] },
    },
  ]);
}
