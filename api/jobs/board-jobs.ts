// The jobs that write what Grafana's boards need beyond raw data. Only an engine that boards read has them: else none.
import { dayKindsWith } from '../../core/domain/workdays.ts';
import type { Config } from '../../core/runtime/config.ts';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import { type Job, type JobRun, JobScheduler, NothingYet } from '../../core/runtime/scheduler.ts';
import { Accounting } from '../accounting/accounting.ts';
import { monthOf } from '../accounting/periods.ts';
import type { ApiDeps } from '../deps.ts';
import { FleetSight } from '../fleet/visibility.ts';
import { IndicatorJob } from './accounting/indicators.ts';
import { oldestYear } from './accounting/oldest-year.ts';
import { PlanJob } from './accounting/plan.ts';
import { type MonthQuality, QualityJob } from './accounting/quality.ts';
import { QuotaJob } from './accounting/quotas.ts';
import { ConsumptionJobs } from './consumption.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { describe } from './describe.ts';
import { FleetJob } from './fleet.ts';
import { writeNights } from './nights.ts';
import { hasReadings } from './oldest-reading.ts';
import { runBookOf } from './run-book.ts';
import { writeStates } from './states.ts';

export type BoardJobsDeps = Pick<
  ApiDeps,
  'store' | 'registry' | 'calendar' | 'clock' | 'log' | 'metrics' | 'pipeline' | 'accounting' | 'fleet'
>;

export interface BoardJobsOptions {
  readonly times: Config['jobs'];
  /** Names this process among the holders of leases. */
  readonly holder: string;
  /** Rollups that stand in memory at once. For tests. */
  readonly heldRows?: number;
  /** What data quality is told by; without it none is written. */
  readonly quality?: MonthQuality;
}

/** Months of data quality that are written again each night, before this month and the last. */
const qualityMonths = 11;

/** Months of vehicles that are written again each night, before this month and the last. */
const vehicleMonths = 22;

/** @returns `undefined` where no board reads the store's engine. */
export function createBoardJobs(
  { metrics, pipeline, accounting, fleet = fleetSchema.parse({}), ...deps }: BoardJobsDeps,
  { times, holder, heldRows, quality }: BoardJobsOptions,
): JobScheduler | undefined {
  const { store, registry, calendar, clock, log } = deps;
  if (store.boards === undefined) return undefined;
  const days = dayKindsWith(new Map(Object.entries(fleet.days)));
  const given: BoardJobDeps = { ...deps, boards: store.boards, dayKindOf: days };
  const states = pipeline === undefined ? given : { ...given, pipeline };
  const consumption = new ConsumptionJobs(given, heldRows);
  // Whoever has none that is followed asks one that looks for changes at each question.
  const accounts = { ...given, accounting: accounting ?? new Accounting({ ...deps, metrics }) };
  const figures = { recent: new IndicatorJob(accounts), past: new IndicatorJob(accounts) };
  const plans = { recent: new PlanJob(accounts), past: new PlanJob(accounts) };
  const quotas = { recent: new QuotaJob(accounts), past: new QuotaJob(accounts) };
  const sight = new FleetSight({ registry, clock, fleet });
  const seen = { ...given, sight };
  const vehicles = { recent: new FleetJob(seen), past: new FleetJob(seen) };
  const yearOf = ({ startedAt }: JobRun) => monthOf(startedAt, calendar).year;
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
    job(
      'figures',
      'accountsAt',
      withInstitutions((run) => figures.recent.write(run, { first: yearOf(run) - 1, last: yearOf(run) })),
    ),
    job(
      'plans',
      'accountsAt',
      withInstitutions((run) => plans.recent.write(run, { first: yearOf(run), last: yearOf(run) })),
    ),
    job(
      'quotas',
      'accountsAt',
      withInstitutions((run) => quotas.recent.write(run, { first: yearOf(run), last: yearOf(run) })),
    ),
    job(
      'account-history',
      'historyAt',
      withInstitutions(async (run) => {
        const first = await oldestYear(given, run.startedAt);
        await plans.past.write(run, { first, last: yearOf(run) - 1 });
        await quotas.past.write(run, { first, last: yearOf(run) - 1 });
        await figures.past.write(run, { first, last: yearOf(run) - 2 });
      }),
    ),
    job(
      'vehicles',
      'accountsAt',
      withInstitutions((run) => vehicles.recent.write(run, { months: 2, before: 0 })),
    ),
    job(
      'vehicle-history',
      'historyAt',
      withInstitutions((run) => vehicles.past.write(run, { months: vehicleMonths, before: 2 })),
    ),
    ...(quality === undefined ? [] : qualityJobs(new QualityJob(accounts, quality))),
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

  /** This month and the last; months before them change with late readings and bills. */
  function qualityJobs(quality: QualityJob): readonly Job[] {
    return [
      job(
        'quality',
        'accountsAt',
        withInstitutions((run) => quality.write(run, { months: 2, before: 0 })),
      ),
      job(
        'quality-history',
        'historyAt',
        withInstitutions((run) => quality.write(run, { months: qualityMonths, before: 2 })),
      ),
    ];
  }

  /** A first run over a city without readings would leave to the next night what is imported a minute later. */
  function withReadings(run: Job['run']): Job['run'] {
    return async (its) => {
      if (its.lastSuccess === undefined && !(await hasReadings(given, its.startedAt)))
        throw new NothingYet('no reading was ever received of a registered point');
      await run(its);
    };
  }

  /** The same of a registry that is filled a minute later. */
  function withInstitutions(run: Job['run']): Job['run'] {
    return async (its) => {
      if (its.lastSuccess === undefined && (await registry.institutions.list(its.startedAt)).length === 0)
        throw new NothingYet('no institution is registered');
      await run(its);
    };
  }

  function job(name: string, setting: keyof Config['jobs'], run: Job['run']): Job {
    return { name, at: times[setting], setting: `jobs.${setting}`, run };
  }
}
