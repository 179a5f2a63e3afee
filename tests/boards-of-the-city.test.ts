// The demo city through broker, ingest and rollups into InfluxDB, the scheduled jobs over it, and then every query of every
// panel: what a facility engineer would see, from what was really read. One transient zero is sent besides.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monthQuality } from '../api/accounting/month-quality.ts';
import { createBoardJobs } from '../api/jobs/board-jobs.ts';
import { findingKinds } from '../core/domain/fleet/findings/episodes.ts';
import { Calendar, dayMs, hourMs } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { configSchema } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { askAsGrafana, expectAnswer, fillingOf, panelTargets } from '../core/testing/board-panels.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { citiesOn, sendPast, type Twin } from '../core/testing/twin-city.ts';
import { fillQuery } from '../dashboards/grafana/fill.ts';
import { createDemo } from '../simulators/demo-faults.ts';
import { foundOf } from '../simulators/fleet/found.ts';
import { demoFleet, fleetAgent, fleetPeriod } from '../standalone/demo/fleet.ts';
import { cityInstitutions } from '../standalone/demo/register.ts';
import { registerFleet } from '../standalone/demo/register-fleet.ts';

const influxd = requireServer('influxd', installInfluxDb);
const timeZone = 'Asia/Shanghai';
const calendar = new Calendar(timeZone);
/** A Wednesday, after the nights of a week. */
const to = calendar.parse('2026-06-17T10:00:00') ?? 0;
const meters = createDemo({
  seed: 20_260_101,
  tz: timeZone,
  // Two whole years: quotas are of the last one, beside the one before it.
  from: to - 900 * dayMs,
  hourlyFrom: to - 45 * dayMs,
  to,
  agents: 'per-building',
});
const targets = panelTargets(fileURLToPath(new URL('../dashboards/grafana/', import.meta.url)));

describe.skipIf(influxd === undefined)('boards of the demo city', () => {
  const server = new InfluxServer(influxd ?? '');
  let cities: Awaited<ReturnType<typeof citiesOn>>;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await server.start();
    cities = await citiesOn(meters, [{ JIEYUE_STORE_ENGINE: 'influx', JIEYUE_STORE_INFLUX_URL: server.url }]);
    const city = cities.all[0];
    if (city === undefined) throw new Error('there is no city');
    await sendPast(cities, meters);
    await city.send('jgdl', [['jgdl.main', 'electricity', to - 2 * hourMs, 0]]);
    await city.settled();
    await driveCars(city);
    await runAllJobs(city);
    variables = await chosen(city);
  }, 300_000);
  afterAll(async () => {
    await cities?.end();
    await server.remove();
  });

  it.each(targets)('$name: $title shows what was read', async (which) => {
    const given = { ...variables, ...(await chosenFor(which.name)) };
    const filled = fillingOf(which.board, which.panel, { now: to, timeZone, variables: given });
    const database = `jieyue_${which.target.datasource.uid?.replace('jieyue-', '')}`;
    expectAnswer(which, await askAsGrafana(server.url, database, fillQuery(which.target.query, filled)));
  });

  /** What a board is looked at with, where that is not what all others are. */
  async function chosenFor(board: string): Promise<Readonly<Record<string, string>>> {
    // Bills of a month are due thirty days after it: until then they are no part of its score.
    if (board === 'quality') return { month: '2026-04' };
    return board === 'quotas' ? placed() : {};
  }

  /** A heading of the tree has no quota, nor has a year that runs a level: somebody over the next limit, as the board offers it. */
  async function placed() {
    const where = `"known" = 1 AND "next_known" = 1 AND "change_known" = 1 AND "indicator" = 'energyPerPerson' AND "period" = '2025'`;
    const query = `SELECT "institution", "distance" FROM "quotas" WHERE ${where} LIMIT 1`;
    const [series] = await askAsGrafana(server.url, 'jieyue_figures', query);
    return { institution: String(series?.rows[0]?.[1]), period: '2025' };
  }

  it('shows the consumption that the API answers', async () => {
    const [city] = cities.all;
    const { institution = '' } = variables;
    const asked = await city?.get('/consumption', {
      institution,
      bucket: 'month',
      from: '2026-01-01',
      to: '2026-07-01',
    });
    const { rows } = asked as { rows: { from: string; value: number }[] };
    const [series] = await askAsGrafana(
      server.url,
      'jieyue_figures',
      `SELECT "value" FROM "consumption" WHERE "of" = '${institution}' AND "carrier" = 'electricity' AND "item" = 'total' AND "bucket" = 'month' AND time >= ${calendar.parse('2026-01-01')}ms`,
    );
    expect(series?.rows.length).toBe(6);
    expect(series?.rows.map((row) => row[1])).toEqual(rows.map(({ value }) => value));
  });
});

/** The cars of the demo city, and what the rules find of their tracks, as the worker of tracks writes it. */
async function driveCars({ registry }: Twin): Promise<void> {
  const fleet = demoFleet(20_260_101, fleetPeriod(undefined, to, calendar));
  const { city } = meters;
  await registerFleet(registry, city, fleet, await cityInstitutions(registry, city), to);
  const { segments, episodes } = foundOf(fleet);
  const vehicles = new Map((await registry.fleet.vehicles.list(to)).map(({ plate, id }) => [plate, id]));
  for (const { id, plate, point } of fleet.cars) {
    const vehicle = vehicles.get(plate) ?? null;
    const findings = episodes.flatMap(({ car, finding, start, end }) => {
      const kind = findingKinds.find((each) => each === finding);
      if (car !== id || kind === undefined || start >= to) return [];
      const about = { orders: [], noted: false, evidence: [], open: false };
      return [{ kind, start, end, peak: 1, limit: 0, vehicle, ...about }];
    });
    const driven = (segments.get(id) ?? []).filter(({ start }) => start < to);
    await registry.tracks.replace(pointKey(fleetAgent, point), {
      segmentsFrom: 0,
      segments: driven,
      findingsFrom: 0,
      findings,
    });
  }
}

async function runAllJobs({ store, registry }: Twin): Promise<void> {
  const deps = {
    store,
    registry,
    calendar,
    clock: { now: () => to },
    log: silentLogger,
    metrics: new Metrics(),
  };
  const jobs = createBoardJobs(deps, {
    times: configSchema.parse({}).jobs,
    holder: 'test',
    quality: monthQuality,
  });
  if (jobs === undefined) throw new Error('the engine has no boards');
  for (const name of jobs.jobs) expect(await jobs.run(name), name).toBe('success');
}

/** What a person would choose at the top of the boards. */
async function chosen({ get }: Twin): Promise<Readonly<Record<string, string>>> {
  const { institutions } = (await get('/institutions')) as {
    institutions: { id: string; parent: string | null }[];
  };
  const { buildings } = (await get('/buildings')) as { buildings: { id: string }[] };
  return {
    institution: institutions.find(({ parent }) => parent === null)?.id ?? '',
    building: buildings[0]?.id ?? '',
    carrier: 'electricity',
    indicator: 'energyPerPerson',
    basis: 'metered',
    period: '2026',
    month: '2026-06',
    point: 'jgdl/jgdl.main',
  };
}
