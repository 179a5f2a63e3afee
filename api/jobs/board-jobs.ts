// The jobs that write what Grafana's boards need beyond raw data. Only an engine that boards read has them: else none.
import type { Config } from '../../core/runtime/config.ts';
import { type Job, JobScheduler, NothingYet } from '../../core/runtime/scheduler.ts';
import type { ApiDeps } from '../deps.ts';
import { ConsumptionJobs } from './consumption.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { describe } from './describe.ts';
import { writeNights } from './nights.ts';
import { hasReadings } from './oldest-reading.ts';
import { runBookOf } from './run-book.ts';
import { writeStates } from './states.ts';

export type BoardJobsDeps = Pick<
  ApiDeps,
  'store' | 'registry' | 'calendar' | 'clock' | 'log' | 'metrics' | 'pipeline'
>;

export interface BoardJobsOptions {
  readonly times: Config['jobs'];
  /** Names this process among the holders of leases. */
  readonly holder: string;
  /** Rollups that stand in memory at once. For tests. */
  readonly heldRows?: number;
}

/** @returns `undefined` where no board reads the store's engine. */
export function createBoardJobs(
  { metrics, pipeline, ...deps }: BoardJobsDeps,
  { times, holder, heldRows }: BoardJobsOptions,
): JobScheduler | undefined {
  const { store, registry, calendar, clock, log } = deps;
  if (store.boards === undefined) return undefined;
  const given: BoardJobDeps = { ...deps, boards: store.boards };
  const states = pipeline === undefined ? given : { ...given, pipeline };
  const consumption = new ConsumptionJobs(given, heldRows);
  const jobs: readonly Job[] = [
    job('describe', 'describeAt', (run) => describe(given, run)),
    job('states', 'statesAt', (run) => writeStates(states, run)),
    job(
      'consumption',
      'consumptionAt',
      withReadings((run) => consumption.recent(run)),
    ),
    job(
      'periods',
      'periodsAt',
      withReadings((run) => consumption.periods(run)),
    ),
    job(
      'nights',
      'nightsAt',
      withReadings((run) => writeNights(given, run, 'recent')),
    ),
    job('history', 'historyAt', (run) => consumption.whole(run)),
    job(
      'night-history',
      'historyAt',
      withReadings((run) => writeNights(given, run, 'all')),
    ),
    job('changes', 'consumptionAt', (run) =>
      consumption.changes(run, (points) => writeNights(given, run, points)),
    ),
  ];
  return new JobScheduler({
    jobs,
    timeZone: calendar.zone,
    leases: registry.leases,
    book: runBookOf(store),
    holder,
    clock,
    log,
    metrics,
  });

  /** A first run over a city without readings would leave to the next night what is imported a minute later. */
  function withReadings(run: Job['run']): Job['run'] {
    return async (its) => {
      if (its.lastSuccess === undefined && !(await hasReadings(given, its.startedAt)))
        throw new NothingYet('no reading was ever received of a registered point');
      await run(its);
    };
  }

  function job(name: string, setting: keyof Config['jobs'], run: Job['run']): Job {
    return { name, at: times[setting], setting: `jobs.${setting}`, run };
  }
}
