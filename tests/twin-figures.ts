// Every figure there is, asked of one engine: what two engines must answer alike. A new capability adds a line to `figures`.

import { Accounting } from '../api/accounting/accounting.ts';
import { monthQuality } from '../api/accounting/month-quality.ts';
import { monthOf } from '../api/accounting/periods.ts';
import { IndicatorJob } from '../api/jobs/accounting/indicators.ts';
import { PlanJob } from '../api/jobs/accounting/plan.ts';
import { QuotaJob } from '../api/jobs/accounting/quotas.ts';
import { buckets } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { carrierNames, quantityEntry } from '../core/domain/units.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import type { BoardStore } from '../core/store/port.ts';
import type { Twin } from '../core/testing/twin-city.ts';

export interface Figure {
  readonly name: string;
  /** Answers of every shape; numbers are compared by value, all else by equality. */
  readonly ask: (twin: Twin) => Promise<unknown>;
}

export const figures: readonly Figure[] = [
  { name: 'institutions, buildings and points', ask: directory },
  ...buckets.flatMap((bucket) => [
    { name: `consumption of institutions by ${bucket}`, ask: consumptionOf('institution', bucket) },
    { name: `consumption of buildings by ${bucket}`, ask: consumptionOf('building', bucket) },
    { name: `consumption of points by ${bucket}`, ask: consumptionOf('point', bucket) },
  ]),
  { name: 'latest values', ask: eachPoint((twin, point) => twin.get(`/points/${point}/latest`)) },
  {
    name: 'exclusions',
    ask: eachPoint((twin, point) => twin.get(`/points/${point}/exclusions`, wholeTime(twin))),
  },
  { name: 'readings', ask: eachSeries((twin, series) => twin.store.readings(series, 0, farAway, 1_000_000)) },
  {
    name: 'hours, as stored',
    ask: eachSeries((twin, series) => twin.store.rollupWindows('hour', [{ series, from: 0, to: farAway }])),
  },
  {
    name: 'days, as stored',
    ask: eachSeries((twin, series) => twin.store.rollupWindows('day', [{ series, from: 0, to: farAway }])),
  },
  {
    name: 'months, as stored',
    ask: eachSeries((twin, series) => twin.store.rollupWindows('month', [{ series, from: 0, to: farAway }])),
  },
  {
    name: 'exclusions, as stored',
    ask: eachSeries((twin, series) => twin.store.exclusionWindows([{ series, from: 0, to: farAway }])),
  },
  { name: 'series of boards about accounts', ask: accountSeries },
  { name: 'data quality by month', ask: dataQuality },
  { name: 'the oldest reading', ask: eachSeries((twin, series) => twin.store.oldestTs([series])) },
];

/** Of the last fourteen months, the one that runs among them. */
async function dataQuality({ store, registry, meters: { city } }: Twin): Promise<unknown> {
  const { calendar } = city.days;
  const clock = { now: () => city.to };
  const log = silentLogger;
  const accounting = new Accounting({ store, registry, calendar, clock, log, metrics: new Metrics() });
  const answers: unknown[] = [];
  let at = city.to;
  for (let count = 0; count < 14; count++) {
    const { institutions } = await monthQuality(
      { store, registry, calendar, accounting },
      monthOf(at, calendar),
    );
    answers.push(institutions);
    at = calendar.floor(at, 'month') - 1;
  }
  await accounting.stop();
  return answers;
}

/** What the jobs of accounts would write for boards over this engine. */
async function accountSeries({ store, registry, meters: { city } }: Twin): Promise<unknown> {
  const written: Record<string, unknown> = {};
  const boards: BoardStore = {
    async write(rows) {
      for (const { measurement, tags, ts, fields } of rows)
        written[`${measurement} ${Object.values(tags).join(' ')} ${ts}`] = fields;
    },
    keys: async () => [],
  };
  const { calendar } = city.days;
  const given = { store, registry, calendar, clock: { now: () => city.to }, log: silentLogger };
  const accounting = new Accounting({ ...given, metrics: new Metrics() });
  const deps = { ...given, boards, accounting };
  const run = {
    startedAt: city.to,
    lastSuccess: undefined,
    undisturbed: false,
    asked: true,
    mayGoOn: async () => undefined,
  };
  const { year } = monthOf(city.to - 1, calendar);
  const years = { first: year, last: year };
  for (const job of [new IndicatorJob(deps), new PlanJob(deps), new QuotaJob(deps)])
    await job.write(run, years);
  return written;
}

const farAway = 4_000_000_000_000;

interface Listed {
  readonly institutions: readonly { readonly id: string }[];
  readonly buildings: readonly { readonly id: string }[];
}

async function directory(twin: Twin) {
  const { institutions } = (await twin.get('/institutions')) as Pick<Listed, 'institutions'>;
  const { buildings } = (await twin.get('/buildings')) as Pick<Listed, 'buildings'>;
  return { institutions, buildings, points: await twin.get('/points', { limit: '1000' }) };
}

/** Of everything of the kind and every carrier, over the city's whole time, hour by hour or year by year. */
function consumptionOf(
  kind: 'institution' | 'building' | 'point',
  bucket: (typeof buckets)[number],
): Figure['ask'] {
  return async (twin) => {
    const answers: Record<string, unknown> = {};
    for (const [id, carriers] of await idsOf(twin, kind)) {
      for (const carrier of carriers) {
        const query = { [kind]: id, carrier, bucket, ...wholeTime(twin, bucket) };
        answers[`${id} ${carrier}`] = await twin.get('/consumption', query);
      }
    }
    return answers;
  };
}

type Carriers = readonly string[];

async function idsOf(twin: Twin, kind: 'institution' | 'building' | 'point'): Promise<[string, Carriers][]> {
  const { points } = twin.meters.city;
  const ofCity = carrierNames.filter((carrier) =>
    points.some(({ quantities }) => quantities.some((name) => quantityEntry(name)?.carrier === carrier)),
  );
  const { institutions, buildings } = await directory(twin);
  if (kind === 'institution') return institutions.map(({ id }) => [id, ofCity]);
  if (kind === 'building') return buildings.map(({ id }) => [id, ofCity]);
  return points.map(({ agent, point, quantities }) => [
    pointKey(agent, point),
    quantities.flatMap((name) => quantityEntry(name)?.carrier ?? []),
  ]);
}

/** From the first to the last day of the city, on edges of the bucket. */
function wholeTime({ meters: { city } }: Twin, bucket: (typeof buckets)[number] = 'day') {
  const { calendar } = city.days;
  const from = calendar.format(calendar.floor(city.from, bucket));
  const to = calendar.format(calendar.ceil(city.to, bucket));
  return { from, to };
}

function eachPoint(ask: (twin: Twin, point: string) => Promise<unknown>): Figure['ask'] {
  return async (twin) => {
    const answers: Record<string, unknown> = {};
    for (const { agent, point } of twin.meters.city.points) {
      const key = pointKey(agent, point);
      answers[key] = await ask(twin, encodeURIComponent(key));
    }
    return answers;
  };
}

function eachSeries(ask: (twin: Twin, series: number) => Promise<unknown>): Figure['ask'] {
  return async (twin) => {
    const answers: Record<string, unknown> = {};
    for (const { agent, point, quantities } of twin.meters.city.points) {
      for (const quantity of quantities) {
        const series = twin.store.findSeries(pointKey(agent, point), quantity);
        answers[`${agent}/${point} ${quantity}`] = series === undefined ? null : await ask(twin, series);
      }
    }
    return answers;
  };
}
