// Series of accounts on a real InfluxDB, each number against what the API answers for its institution.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sector, sectorIn } from '../../../core/domain/accounting/classes.ts';
import { figureByGroup } from '../../../core/domain/accounting/figures-by-group.ts';
import type { Quality } from '../../../core/domain/accounting/quality.ts';
import type { BoardMeasurementName } from '../../../core/domain/board-series.ts';
import { noSector } from '../../../core/domain/board-series-accounts.ts';
import { configSchema } from '../../../core/runtime/config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { Metrics } from '../../../core/runtime/metrics.ts';
import type { JobScheduler } from '../../../core/runtime/scheduler.ts';
import { InfluxConnection } from '../../../core/store/influx/connection.ts';
import type { BoardStore, TelemetryStore } from '../../../core/store/port.ts';
import { type AccountingWorld, accountingWorld, points } from '../../../core/testing/accounting-world.ts';
import { InfluxServer, installInfluxDb } from '../../../core/testing/influx-server.ts';
import { influxAt } from '../../../core/testing/open-influx.ts';
import { days, trialPlan } from '../../../core/testing/plan-world.ts';
import { requireServer } from '../../../core/testing/real-server.ts';
import { by, midnight, testCalendar } from '../../../core/testing/test-registry.ts';
import { planProgress } from '../../accounting/plan-progress.ts';
import { quotaPlace } from '../../accounting/quota-place.ts';
import { createBoardJobs } from '../board-jobs.ts';

type Row = Readonly<Record<string, string | number | null>>;

const influxd = requireServer('influxd', installInfluxDb);
const calendar = testCalendar;

const quotaSet = {
  name: { 'zh-CN': '试行定额', en: 'Trial quotas' },
  standard: 'T-1',
  coefficients: 'gbt2589-2020',
  boundary: 'statutory',
  levels: [
    { 'zh-CN': '约束值', en: 'constraint' },
    { 'zh-CN': '引导值', en: 'guidance' },
  ],
  rows: [{ indicator: 'electricityPerPerson', limits: [30, 20] }],
};

describe.skipIf(influxd === undefined)('series of accounts', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: AccountingWorld;
  let connection: InfluxConnection;
  let jobs: JobScheduler;
  let qualities: readonly Quality[];
  /** Measurements of the rows written. */
  const wrote: string[] = [];

  beforeAll(async () => {
    await server.start();
    const store = influxAt('accounts', (database) => server.options(database), { timeZone: calendar.zone });
    connection = new InfluxConnection(server.options('accounts_figures'));
    world = await accountingWorld({ store });
    const { registry, accounting, clock, ids } = world;
    const validFrom = midnight('2023-01-01');
    await registry.definitions.record('plan', 'trial', trialPlan, by);
    await registry.definitions.record('quota', 'trial', quotaSet, by);
    await registry.facts.record(
      [
        { entity: ids.city, attribute: 'plan', validFrom, value: 'trial' },
        { entity: ids.city, attribute: 'quota', validFrom, value: 'trial' },
        { entity: ids.west, attribute: 'name', validFrom: midnight('2024-06-01'), value: 'East' },
        { entity: ids.east, attribute: 'sector', validFrom, value: 'education' },
        { entity: ids.west, attribute: 'sector', validFrom, value: 'health' },
        { entity: ids.west, attribute: 'sector', validFrom: midnight('2024-07-01'), value: 'culture' },
      ],
      by,
    );
    for (const [point, own] of [
      [points.east, [10, 8, 9]],
      [points.west, [6, 6, 5]],
      [points.piles, [0, 0, 0]],
      [points.shared, [4, 4, 3]],
    ] as const) {
      await world.putDays(point, '2023-01-01', days(own[0], 365));
      await world.putDays(point, '2024-01-01', days(own[1], 366));
      await world.putDays(point, '2025-01-01', days(own[2], 59));
    }
    clock.at = midnight('2025-03-01');
    const boards: BoardStore = {
      ...store.boards,
      keys: (measurement) => store.boards.keys(measurement),
      write(written) {
        wrote.push(...written.map(({ measurement }) => measurement));
        return store.boards.write(written);
      },
    };
    const port = new Proxy<TelemetryStore>(store, {
      get(target, name) {
        const member: unknown = name === 'boards' ? boards : Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const made = createBoardJobs(
      {
        store: port,
        registry,
        accounting,
        calendar,
        clock,
        log: silentLogger,
        metrics: new Metrics(),
      },
      {
        times: configSchema.parse({}).jobs,
        holder: 'this',
        quality: async () => ({ institutions: qualities }),
      },
    );
    if (made === undefined) throw new Error('the engine has no boards');
    jobs = made;
  }, 60_000);

  afterAll(async () => {
    await world?.end();
    connection?.close();
    await server.remove();
  });

  beforeEach(() => {
    qualities = [];
  });

  const run = async (...names: readonly string[]) => {
    for (const name of names) expect(await jobs.run(name), name).toBe('success');
  };

  async function rows(measurement: BoardMeasurementName, where: string): Promise<readonly Row[]> {
    const found: Row[] = [];
    await connection.each(
      [`SELECT * FROM "${measurement}" WHERE ${where}`],
      ({ columns, rows: answered }) => {
        for (const row of answered)
          found.push(Object.fromEntries(columns.map((name, index) => [name, row[index] as Row[string]])));
      },
    );
    return found;
  }

  /** The number where it is known. */
  const shown = (row: Row | undefined, name: string, flag = `${name}_known`) =>
    row?.[flag] === 1 ? row[name] : null;

  it('stand in the plan where the API says, rank by rank, for the year that runs and those before', async () => {
    await run('plans', 'account-history');
    const { accounting, registry, ids } = world;
    let compared = 0;
    for (const institution of [ids.city, ids.east, ids.west]) {
      for (const year of [2024, 2025]) {
        const asked = await planProgress({ accounting, registry, calendar }, { institution, year });
        for (const one of asked?.indicators ?? []) {
          const { place, projection, yearToDate, projected } = one;
          const [row] = await rows(
            'plan',
            `"institution" = '${institution}' AND "indicator" = '${one.target.indicator}' AND "period" = '${year}'`,
          );
          expect(row?.['plan']).toBe('trial');
          expect(row?.['target_change']).toBe(one.target.change);
          expect(shown(row, 'base')).toBe(one.base.value);
          expect(shown(row, 'value', 'known')).toBe(one.figure.value);
          expect(shown(row, 'line')).toBe(place.line);
          expect(shown(row, 'gap')).toBe(place.gap);
          expect(shown(row, 'progress')).toBe(place.progress);
          expect(row?.['state']).toBe(place.state);
          expect(row?.['reason']).toBe(place.reason ?? '');
          expect(shown(row, 'change_last')).toBe(yearToDate.lastYear?.change ?? null);
          expect(shown(row, 'change_base')).toBe(yearToDate.baseYear?.change ?? null);
          expect(row?.['so_far_base']).toBe(yearToDate.baseYear?.value ?? 0);
          expect(shown(row, 'projected')).toBe(asked?.running === true ? projection.value : null);
          if (asked?.running === true) {
            expect(shown(row, 'projected_low', 'interval_known')).toBe(projection.interval?.low ?? null);
            expect(shown(row, 'projected_high', 'interval_known')).toBe(projection.interval?.high ?? null);
            expect(shown(row, 'projected_code')).toBe(
              { 'on-line': 2, behind: 1, 'far-behind': 0, 'not-known': null }[
                projected?.state ?? 'not-known'
              ],
            );
          }
          compared++;
        }
      }
    }
    expect(compared).toBe(6);
    const of2024 = await rows('plan', `"period" = '2024' AND "parent" = '${ids.city}'`);
    const ranks = new Map(of2024.map((row) => [row['institution'], row]));
    expect(ranks.get(ids.east)).toMatchObject({ rank: 1, ranked: 2, rank_known: 1, name: 'East' });
    expect(ranks.get(ids.west)).toMatchObject({ rank: 2, ranked: 2, rank_known: 1, name: 'East' });
    // Two of one name below the same institution.
    expect(
      of2024
        .filter((row) => row['rank_known'] === 1)
        .map((row) => row['shown'])
        .toSorted(),
    ).toEqual(['East（City）', 'East（City） 2']);
  });

  it('take what stands below an institution apart by sector, as the API does', async () => {
    const { accounting, ids } = world;
    const told = await rows('sectors', `"institution" = '${ids.city}' AND "period" = '2024'`);
    const { totals, window } = await accounting.open({
      indicators: ['electricityPerPerson'],
      period: { from: midnight('2024-01-01'), to: midnight('2025-01-01') },
      institution: ids.city,
    });
    const place = totals.book.institutions.findIndex(({ id }) => id === ids.city);
    const asked = figureByGroup(totals, 'electricityPerPerson', place, window, (one, month) => {
      const institution = totals.book.institutions[one];
      return institution && sectorIn(institution, month);
    });
    expect(told.map((row) => row['sector']).toSorted()).toEqual(
      [...asked.keys()].map((sector) => sector ?? noSector).toSorted(),
    );
    expect(told.length).toBeGreaterThan(1);
    let known = 0;
    for (const row of told) {
      const figure = asked.get(row['sector'] === noSector ? undefined : (row['sector'] as Sector));
      expect(shown(row, 'value', 'known')).toBe(figure?.value ?? null);
      expect(row['institutions']).toBe(figure?.members.size);
      if (shown(row, 'change') === null) continue;
      known++;
      expect(row['change']).toBeCloseTo(Number(row['value']) / Number(row['last_year']) - 1, 9);
    }
    expect(known).toBeGreaterThan(0);
    // Whoever has nobody below has no rows.
    expect(await rows('sectors', `"institution" = '${ids.east}'`)).toEqual([]);
  });

  it('tell whose part of the gap above is the largest', async () => {
    const { accounting, registry, ids } = world;
    const asked = await planProgress(
      { accounting, registry, calendar },
      { institution: ids.city, year: 2025 },
    );
    const parts =
      asked?.indicators[0]?.gap?.parts.filter(({ institution }) => institution !== ids.city) ?? [];
    const told = await rows(
      'plan',
      `"period" = '2025' AND "parent" = '${ids.city}' AND "contribution_known" = 1`,
    );
    expect(told.length).toBe(2);
    for (const { institution, contribution } of parts)
      expect(told.find((row) => row['institution'] === institution)?.['contribution']).toBe(contribution);
  });

  it('draw the years since the base year beside the straight line, up to the plan’s end', async () => {
    const { accounting, ids } = world;
    const told = await rows('plan_years', `"institution" = '${ids.east}' AND "seen" = '2025'`);
    expect(told.map((row) => row['period'])).toEqual(['2023', '2024', '2025']);
    const [first, second, third] = told;
    const year = async (from: string, to: string) => {
      const { figures } = await accounting.figures({
        institution: ids.east,
        indicators: ['electricityPerPerson'],
        period: { from: midnight(from), to: midnight(to) },
      });
      return figures[0]?.value;
    };
    expect(shown(first, 'value', 'known')).toBe(await year('2023-01-01', '2024-01-01'));
    expect(shown(second, 'value', 'known')).toBe(await year('2024-01-01', '2025-01-01'));
    // The year that runs is no year yet: its end is projected.
    expect([third?.['known'], third?.['projected_known']]).toEqual([0, 1]);
    const base = Number(first?.['value']);
    expect(told.map((row) => row['line'])).toEqual([base, base * 0.9, base * 0.8]);
  });

  it('give figures by month, twelve months and year as the API answers them, beside the same a year before', async () => {
    await run('figures');
    const { accounting, ids } = world;
    const told = await rows(
      'indicators',
      `"institution" = '${ids.east}' AND "indicator" = 'energyPerPerson' AND "basis" = 'metered'`,
    );
    const period = {
      month: (at: string) => [midnight(`${at}-01`), calendar.next(midnight(`${at}-01`), 'month')],
      twelve: (at: string) => {
        const start = midnight(`${at}-01`);
        return [midnight(`${Number(at.slice(0, 4)) - 1}${at.slice(4)}-01`), start].map((each) =>
          calendar.next(each, 'month'),
        );
      },
    };
    let known = 0;
    for (const row of told) {
      const at = String(row['period']);
      if (row['bucket'] === 'year' || at < '2024') continue;
      const [from = 0, to = 0] = period[row['bucket'] === 'month' ? 'month' : 'twelve'](at);
      const { figures } = await accounting.figures({
        institution: ids.east,
        indicators: ['energyPerPerson'],
        period: { from, to },
        terms: { basis: 'metered' },
      });
      expect(shown(row, 'value', 'known'), `${row['bucket']} ${at}`).toBe(figures[0]?.value);
      if (figures[0]?.value !== null) known++;
    }
    expect(known).toBeGreaterThan(20);
    const february = told.find((row) => row['period'] === '2025-02' && row['bucket'] === 'month');
    const before = told.find((row) => row['period'] === '2024-02' && row['bucket'] === 'month');
    expect(february?.['last_year']).toBe(before?.['value']);
    expect(february?.['change']).toBeCloseTo(Number(february?.['value']) / Number(before?.['value']) - 1, 12);
    // Nobody was billed, so that there is nothing to say of it.
    expect(await rows('indicators', `"basis" = 'billed'`)).toEqual([]);
    // The month that runs is not shown beside whole ones.
    expect(told.map((row) => row['period'])).not.toContain('2025-03');
  });

  it('give the level reached in the quota as the API does, of whole years only', async () => {
    await run('quotas', 'account-history');
    const { accounting, registry, ids } = world;
    for (const institution of [ids.city, ids.east, ids.west]) {
      for (const year of [2024, 2025]) {
        const asked = await quotaPlace({ accounting, registry, calendar }, { institution, year });
        const [row] = await rows('quotas', `"institution" = '${institution}' AND "period" = '${year}'`);
        const [place] = asked?.places ?? [];
        expect(row?.['state']).toBe(place?.place.state);
        expect(row?.['known']).toBe(place?.place.state === 'not-known' ? 0 : 1);
        expect(shown(row, 'value')).toBe(place?.figure.value);
        const next = place?.place.next ?? null;
        expect(shown(row, 'to_go', 'next_known')).toBe(next === null ? null : place?.place.toNext);
        expect(row?.['reached_en']).toBe(
          place?.place.reached == null ? '' : quotaSet.levels[place.place.reached]?.en,
        );
      }
    }
    const [east] = await rows('quotas', `"institution" = '${ids.east}' AND "period" = '2024'`);
    expect(east).toMatchObject({
      state: 'over-mildest',
      next_zh: '约束值',
      last_year_known: 1,
      limits_known: 1,
    });
    expect((await rows('quotas', `"period" = '2025' AND "known" = 1`)).length).toBe(0);
  });

  it('write what has changed alone', async () => {
    const { registry, ids } = world;
    await run('plans', 'quotas', 'figures');
    wrote.length = 0;
    await run('plans', 'quotas', 'figures');
    expect(wrote).toEqual([]);
    const validFrom = midnight('2025-02-01');
    const facts = [{ entity: ids.west, attribute: 'name', validFrom, value: 'West again' }];
    await registry.facts.record(facts, by);
    await run('plans', 'quotas', 'figures');
    expect(new Set(wrote)).toEqual(new Set(['plan', 'quotas']));
    expect((await rows('plan', `"institution" = '${ids.west}' AND "period" = '2025'`))[0]?.['shown']).toBe(
      'West again',
    );
  });

  it('tell data quality of each institution and of the tree, and take back what proved not to be', async () => {
    const { ids } = world;
    const start = midnight('2025-03-01');
    const of = (institution: string, score: number | null, findings: Quality['findings']): Quality => ({
      institution,
      score,
      parts: { coverage: 0.5, denominators: 1 },
      coverage: 0.5,
      estimatedShare: null,
      balances: [
        {
          point: points.east,
          parent: 10,
          children: null,
          residual: null,
          residualShare: null,
          verdict: 'cannot-say',
        },
      ],
      findings,
    });
    const silent = {
      kind: 'silent',
      subject: { kind: 'point', id: points.east },
      since: 5,
      value: null,
    } as const;
    qualities = [of(ids.east, 80, [silent]), of(ids.west, 60, []), of(ids.city, null, [])];
    await run('quality');
    const [city] = await rows('quality', `"institution" = '${ids.city}' AND time = ${start}ms`);
    expect(city).toMatchObject({
      score_known: 0,
      tree_score: 70,
      tree_scored: 2,
      tree_findings: 1,
      tree_coverage: 0.5,
      part_coverage: 0.5,
      part_bills_known: 0,
      estimated_share_known: 0,
      period: '2025-03',
    });
    const open = () => rows('findings', `"open" = 1 AND time = ${start}ms`);
    expect(await open()).toMatchObject([
      {
        finding: 'silent',
        subject: points.east,
        subject_name: 'East',
        since: 5,
        told: '',
        way_out: 'silent',
        institution: ids.east,
      },
    ]);
    expect(
      (await rows('balances', `"institution" = '${ids.east}' AND "period" = '2025-02'`))[0],
    ).toMatchObject({
      above: 10,
      above_known: 1,
      residual_known: 0,
      verdict: 'cannot-say',
      open: 1,
    });
    qualities = [of(ids.east, 90, [])];
    await run('quality');
    expect(await open()).toEqual([]);
    expect((await rows('findings', `"open" = 0 AND time = ${start}ms`)).length).toBe(1);
  });
});
