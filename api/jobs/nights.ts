// Nights of every building, electricity and water: the last week every morning, all of them at the first run and by night.

import { setImmediate as breathe } from 'node:timers/promises';
import type { BoardRow } from '../../core/domain/board-series.ts';
import {
  type Night,
  type NightSpan,
  nightOf,
  nightsOf,
  usualNights,
} from '../../core/domain/energy/night.ts';
import { dayMs } from '../../core/domain/time.ts';
import type { Carrier } from '../../core/domain/units.ts';
import type { Membership } from '../../core/registry/registry.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import { tidy } from '../http/numbers.ts';
import { ConsumptionQuery } from '../queries/consumption.ts';
import { BoardWriter } from './board-writer.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { noWords, readPlaces, type Words } from './places.ts';
import { RollupCache } from './rollup-cache.ts';

const carriers = ['electricity', 'water'] as const satisfies readonly Carrier[];
const recentNights = 7;
const historyNights = 25 * 31;
/** Nights that are computed at once: their hours stand in memory. */
const nightsAtOnce = 100;

/**
 * @param which the last seven nights, or every night of 25 months; or those of buildings for which one of these points
 * counts at some time
 */
export async function writeNights(
  deps: BoardJobDeps,
  run: JobRun,
  which: 'recent' | 'all' | ReadonlySet<string>,
): Promise<void> {
  const { registry, boards, log } = deps;
  const writer = new BoardWriter(boards, run, log);
  const cache = new RollupCache(deps.store, deps.calendar);
  const query = new ConsumptionQuery({ ...deps, store: cache });
  const { buildings } = await readPlaces(registry, run.startedAt);
  const written = await boards.keys('nights');
  const spans = nightsBefore(
    deps,
    run.startedAt,
    usualNights + (which === 'recent' ? recentNights : historyNights),
  );
  const membersOf = await membersOfBuildings(deps, spans);
  const gone = written.flatMap(({ building }) => building ?? []).filter((id) => !buildings.has(id));
  for (const building of [...buildings.keys(), ...new Set(gone)]) {
    for (const carrier of carriers) {
      const members = membersOf.get(`${building} ${carrier}`) ?? [];
      if (typeof which === 'object' && !members.some(({ point }) => which.has(point))) continue;
      // What is held needs no waiting for: others want to be served in between.
      await breathe();
      const has = written.some((tags) => tags['building'] === building && tags['carrier'] === carrier);
      const words = buildings.get(building) ?? noWords;
      for await (const nights of nightsOfBuilding(deps, { cache, query }, { members, spans, run })) {
        // Nothing is said of what never was: a building without water has no nights of water.
        const told = has ? nights : nights.filter(({ value }) => value !== null);
        await run.mayGoOn();
        await writer.add(told.map((night) => rowOf(night, building, carrier, words)));
      }
    }
  }
  await writer.end();
}

/** Billing points by building and carrier. */
async function membersOfBuildings(
  { registry }: Pick<BoardJobDeps, 'registry'>,
  spans: readonly NightSpan[],
): Promise<ReadonlyMap<string, readonly Membership[]>> {
  const members = new Map<string, readonly Membership[]>();
  const from = spans[0]?.dayFrom ?? 0;
  for await (const { of, carrier, total } of registry.points.everywhere(from, spans.at(-1)?.to ?? from))
    members.set(`${of} ${carrier}`, total);
  return members;
}

async function* nightsOfBuilding(
  { calendar, store }: BoardJobDeps,
  { cache, query }: { cache: RollupCache; query: ConsumptionQuery },
  asked: { members: readonly Membership[]; spans: readonly NightSpan[]; run: JobRun },
): AsyncGenerator<readonly Night[], void, void> {
  const { members, spans, run } = asked;
  const handles = members.flatMap(({ point, quantity }) => store.findSeries(point, quantity) ?? []);
  const oldest = Math.min(Infinity, ...(await store.oldestTs(handles)).flatMap((ts) => ts ?? []));
  for (let at = usualNights; at < spans.length; at += nightsAtOnce) {
    const here = spans.slice(at - usualNights, at + nightsAtOnce);
    const from = here[0]?.dayFrom ?? 0;
    const to = here.at(-1)?.to ?? 0;
    const hours = new Map<number, number | null>();
    if (to > oldest) {
      const starts = calendar.starts(from, to, 'hour');
      cache.clear();
      await cache.load('hour', handles, from, to);
      const sums = await query.sumsOf({ members, starts, to, bucket: 'hour', asOf: run.startedAt });
      for (const { from: ts, value } of sums.rows()) hours.set(ts, value);
    }
    yield nightsOf(here, (ts) => hours.get(ts) ?? null).slice(usualNights);
  }
}

/** The last `count` nights that are over, ascending. */
function nightsBefore({ calendar }: BoardJobDeps, now: number, count: number): NightSpan[] {
  const spans: NightSpan[] = [];
  for (
    let day = calendar.floor(now, 'day');
    spans.length < count;
    day = calendar.floor(day - dayMs / 24, 'day')
  ) {
    const night = nightOf(day, calendar);
    if (night.to <= now) spans.push(night);
  }
  return spans.reverse();
}

/** What is not known is left out, and said to be so: what stood there before is not to be read. */
function rowOf(
  { ts, value, leastHour, ratio, usual }: Night,
  building: string,
  carrier: Carrier,
  words: Words,
): BoardRow {
  return {
    measurement: 'nights',
    tags: { building, carrier },
    ts,
    fields: {
      value: value === null ? 0 : tidy(value),
      known: value === null ? 0 : 1,
      ...(leastHour === null ? {} : { least_hour: tidy(leastHour) }),
      ...(ratio === null ? {} : { ratio }),
      ratio_known: ratio === null ? 0 : 1,
      ...(usual === null ? {} : { usual: tidy(usual) }),
      usual_known: usual === null ? 0 : 1,
      ...words,
    },
  };
}
