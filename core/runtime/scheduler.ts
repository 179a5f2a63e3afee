// Scheduled jobs: by cron, under a lease each, so that one process at a time does a job; counted, logged, tried again.
import { type ScheduledTask, schedule } from 'node-cron';
import { JieyueError } from '../domain/errors.ts';
import { type Clock, sleep } from './clock.ts';
import type { Service } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export interface Job {
  readonly name: string;
  /** Five fields of cron, in the scheduler's time zone. */
  readonly at: string;
  /** The path of `at` in the configuration, for messages. */
  readonly setting: string;
  /** @throws NothingYet, JobEnded */
  run(run: JobRun): Promise<void>;
}

/** What a job knows of its run. */
export interface JobRun {
  /** Epoch ms. */
  readonly startedAt: number;
  /** When the newest successful run began, in whatever process; `undefined` where none is known. */
  readonly lastSuccess: number | undefined;
  /** No other process has done this job since this one did: what it remembers of its last run still holds. */
  readonly undisturbed: boolean;
  /** Somebody asked for this run: nothing that was done before is relied on. */
  readonly asked: boolean;
  /**
   * To be asked before each write.
   * @throws JobEnded where the scheduler stops, or another process has taken the job over.
   */
  mayGoOn(): Promise<void>;
}

/** Not a failure: the job must leave off, and the next run does it again. */
export class JobEnded extends Error {}

/** Not a failure: there is nothing to work on yet. The run is not recorded as done, so that the next one is the first. */
export class NothingYet extends Error {}

/** Where it is remembered when jobs were done, beyond the end of a process. */
export interface RunBook {
  lastSuccess(job: string): Promise<number | undefined>;
  succeeded(job: string, startedAt: number): Promise<void>;
}

interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: number;
}
/** As in the registry. */
export interface Leases {
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  holds(lease: Lease): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

export interface SchedulerOptions {
  /** In the order in which those that never were done are done at the start. */
  readonly jobs: readonly Job[];
  readonly timeZone: string;
  readonly leases: Leases;
  readonly book: RunBook;
  /** Names this process among the holders of leases. */
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /**
   * Pause before a job that never succeeded is tried again, doubled each time up to a quarter of an hour, or to two minutes
   * while there is nothing to work on. Default 30 s.
   */
  readonly firstRetryMs?: number;
}

/**
 * - `success`; `failed`: logged, tried at the next time;
 * - `waiting`: there is nothing to work on yet;
 * - `skipped`: another process does it, or did it for this time;
 * - `ended`: the scheduler stopped, or the lease was lost.
 */
export type Outcome = 'success' | 'failed' | 'waiting' | 'skipped' | 'ended';

export interface RunOptions {
  readonly since?: number;
  readonly asked?: boolean;
}

/** Renewed while a job runs; after a crash another process may take the job over when this has passed. */
const leaseMs = 60_000;
const renewMs = 15_000;
const longestRetryMs = 15 * 60_000;
/** While there is nothing to work on: it may come at any time, and looking costs little. */
const longestWaitMs = 2 * 60_000;
const seconds = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000];

export class JobScheduler implements Service {
  readonly name = 'jobs';
  readonly #options: SchedulerOptions;
  readonly #tasks: ScheduledTask[] = [];
  readonly #running = new Map<string, Promise<Outcome>>();
  /** Fence of this process's last run of each job. */
  readonly #fences = new Map<string, number>();
  readonly #stop = new AbortController();
  #first: Promise<void> | undefined;
  readonly #runs: ReturnType<Metrics['counter']>;
  readonly #seconds: ReturnType<Metrics['histogram']>;
  readonly #succeededAt: ReturnType<Metrics['gauge']>;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#runs = metrics.counter('job_runs_total', 'Runs of scheduled jobs.', ['job', 'outcome']);
    this.#seconds = metrics.histogram('job_seconds', 'How long runs of jobs took.', seconds, ['job']);
    this.#succeededAt = metrics.gauge(
      'job_last_success_timestamp_seconds',
      'When the newest successful run of a job began.',
      ['job'],
    );
  }

  /** Names of all jobs. */
  get jobs(): readonly string[] {
    return this.#options.jobs.map(({ name }) => name);
  }

  /** Returns at once; jobs that never were done begin now. @throws JieyueError `config.invalid` for a time that is none. */
  async start(): Promise<void> {
    for (const job of this.#options.jobs) this.#tasks.push(this.#scheduled(job));
    this.#first ??= this.#doWhatWasNeverDone();
  }

  /** Ends what runs at its next write and waits for it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const task of this.#tasks.splice(0)) await task.destroy();
    await this.#first;
    await Promise.all(this.#running.values());
  }

  /**
   * Does a job now, unless it is being done here already. Never fails: see `Outcome`.
   * @param how.since skips it where it was done, by any process, from then on
   * @param how.asked see `JobRun`
   */
  run(name: string, how: RunOptions = {}): Promise<Outcome> {
    const job = this.#options.jobs.find((candidate) => candidate.name === name);
    if (job === undefined) throw new Error(`there is no job "${name}"`);
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    const run = this.#run(job, how).finally(() => this.#running.delete(name));
    this.#running.set(name, run);
    return run;
  }

  #scheduled(job: Job): ScheduledTask {
    const { timeZone, log } = this.#options;
    try {
      return schedule(
        job.at,
        // Another process that is a little ahead may be through already: the minute is done once.
        ({ date }) => this.run(job.name, { since: Math.floor(date.getTime() / 60_000) * 60_000 }),
        { timezone: timeZone, noOverlap: true, suppressMissedWarning: true, logger: quiet(log) },
      );
    } catch (error) {
      throw new JieyueError(
        'config.invalid',
        `${job.setting} "${job.at}": ${messageOf(error)}; use five fields of cron, such as 10 3 * * *`,
        { cause: error },
      );
    }
  }

  async #doWhatWasNeverDone(): Promise<void> {
    const { jobs, firstRetryMs = 30_000 } = this.#options;
    let left = jobs;
    for (let pause = firstRetryMs; ; pause *= 2) {
      const again: Job[] = [];
      let longest = longestWaitMs;
      for (const job of left) {
        if (this.#stop.signal.aborted) return;
        // Done by anyone at any time is done.
        const outcome = await this.run(job.name, { since: Number.NEGATIVE_INFINITY });
        if (outcome !== 'success') again.push(job);
        if (outcome !== 'success' && outcome !== 'waiting') longest = longestRetryMs;
      }
      pause = Math.min(pause, longest);
      left = await this.#neverDone(again);
      if (left.length === 0) return;
      await sleep(pause, this.#stop.signal);
    }
  }

  async #neverDone(jobs: readonly Job[]): Promise<readonly Job[]> {
    const left: Job[] = [];
    for (const job of jobs) if (!(await this.#wasDone(job))) left.push(job);
    return left;
  }

  async #wasDone(job: Job): Promise<boolean> {
    try {
      return (await this.#options.book.lastSuccess(job.name)) !== undefined;
    } catch {
      return false;
    }
  }

  async #run(job: Job, how: RunOptions): Promise<Outcome> {
    const { clock, log } = this.#options;
    const startedAt = clock.now();
    let outcome: Outcome;
    try {
      outcome = await this.#runUnderLease(job, startedAt, how);
    } catch (error) {
      outcome = error instanceof JobEnded ? 'ended' : error instanceof NothingYet ? 'waiting' : 'failed';
      if (outcome === 'waiting')
        log.debug({ job: job.name, why: messageOf(error) }, 'a job has nothing to do yet');
      else if (outcome === 'ended') log.info({ job: job.name, why: messageOf(error) }, 'a job left off');
      else log.error({ err: error, job: job.name }, 'a job failed; it is tried again at its next time');
    }
    const ms = clock.now() - startedAt;
    this.#runs.inc({ job: job.name, outcome });
    if (outcome !== 'skipped') this.#seconds.observe({ job: job.name }, ms / 1000);
    if (outcome === 'success') {
      this.#succeededAt.set({ job: job.name }, startedAt / 1000);
      log.info({ job: job.name, ms }, 'a job is done');
    }
    return outcome;
  }

  async #runUnderLease(job: Job, startedAt: number, { since, asked = false }: RunOptions): Promise<Outcome> {
    const { leases, book, holder } = this.#options;
    if (this.#stop.signal.aborted) throw new JobEnded('the scheduler stops');
    const name = `job.${job.name}`;
    let lease = await leases.acquire(name, holder, leaseMs);
    if (lease === undefined) return 'skipped';
    const { fence } = lease;
    const renewal = setInterval(() => {
      leases.acquire(name, holder, leaseMs).then(
        (renewed) => {
          // A higher fence is another tenure: it had run out, and somebody else may have been there.
          lease = renewed?.fence === fence ? renewed : undefined;
        },
        () => {
          // It holds as long as it holds: asked before each write.
        },
      );
    }, renewMs);
    try {
      const lastSuccess = await book.lastSuccess(job.name);
      if (lastSuccess !== undefined && since !== undefined && lastSuccess >= since) return 'skipped';
      const undisturbed = this.#fences.get(job.name) === fence - 1;
      // Until it is through, what is remembered of this run is worth nothing.
      this.#fences.delete(job.name);
      const mayGoOn = async () => {
        if (this.#stop.signal.aborted) throw new JobEnded('the scheduler stops');
        if (lease === undefined || !(await leases.holds(lease)))
          throw new JobEnded('the lease was lost: another process may do the job');
      };
      await job.run({ startedAt, lastSuccess, undisturbed, asked, mayGoOn });
      await mayGoOn();
      await book.succeeded(job.name, startedAt);
      this.#fences.set(job.name, fence);
      return 'success';
    } finally {
      clearInterval(renewal);
      if (lease !== undefined) await leases.release(lease);
    }
  }
}

/** The library's own log goes to ours. */
function quiet(log: Logger) {
  const debug = (message: unknown) => log.debug({ message: messageOf(message) }, 'cron');
  return { info: debug, warn: debug, error: debug, debug };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
