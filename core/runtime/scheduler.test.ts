// On a real registry's leases; the book of runs is a map here.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { silentLogger } from './logger.ts';
import { Metrics } from './metrics.ts';
import {
  type Job,
  type JobRun,
  JobScheduler,
  NothingYet,
  type RunBook,
  type SchedulerOptions,
} from './scheduler.ts';

let world: TestRegistry;
let book: RunBook & { readonly runs: Map<string, number> };
let metrics: Metrics;
const schedulers: JobScheduler[] = [];

beforeEach(async () => {
  world = await testRegistry();
  metrics = new Metrics();
  const runs = new Map<string, number>();
  book = {
    runs,
    lastSuccess: async (job) => runs.get(job),
    succeeded: async (job, startedAt) => void runs.set(job, startedAt),
  };
});
afterEach(async () => {
  for (const scheduler of schedulers.splice(0)) await scheduler.stop();
  await world.end();
});

const never = '0 0 1 1 *';

function schedulerOf(jobs: readonly Job[], more: Partial<SchedulerOptions> = {}): JobScheduler {
  const scheduler = new JobScheduler({
    jobs,
    timeZone: 'Asia/Shanghai',
    leases: world.registry.leases,
    book,
    holder: 'one',
    clock: world.clock,
    log: silentLogger,
    metrics: more.holder === undefined ? metrics : new Metrics(),
    firstRetryMs: 5,
    ...more,
  });
  schedulers.push(scheduler);
  return scheduler;
}

function job(name: string, run: Job['run'], at = never): Job {
  return { name, at, setting: `jobs.${name}At`, run };
}

/** Opens when told. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('scheduled jobs', () => {
  it('that were never done are done at the start, in their order, and are not done again by the next process', async () => {
    const done: string[] = [];
    const jobs = ['a', 'b'].map((name) => job(name, async () => void done.push(name)));
    await schedulerOf(jobs).start();
    await expect.poll(() => done).toEqual(['a', 'b']);
    await expect.poll(() => book.runs.size).toBe(2);
    const another = schedulerOf(jobs, { holder: 'two' });
    await another.start();
    await another.stop();
    expect(done).toEqual(['a', 'b']);
  });

  it('come by their schedule', async () => {
    let runs = 0;
    book.runs.set('a', 0);
    const count = job('a', async () => void runs++, '* * * * * *');
    world.clock.at = Date.now();
    const ticking = vi.spyOn(world.clock, 'now').mockImplementation(() => Date.now());
    await schedulerOf([count]).start();
    await expect.poll(() => runs, { timeout: 5_000 }).toBeGreaterThan(0);
    ticking.mockRestore();
  });

  it('are done by one process at a time, whatever times meet', async () => {
    let [inside, most, runs] = [0, 0, 0];
    const { opened, open } = gate();
    const slow = job('a', async () => {
      runs++;
      most = Math.max(most, ++inside);
      await opened;
      inside--;
    });
    const [one, two] = [schedulerOf([slow]), schedulerOf([slow], { holder: 'two' })];
    const first = one.run('a');
    await expect.poll(() => inside).toBe(1);
    expect(await two.run('a')).toBe('skipped');
    const again = one.run('a');
    open();
    expect(await Promise.all([first, again])).toEqual(['success', 'success']);
    expect([most, runs]).toEqual([1, 1]);
    expect(await two.run('a')).toBe('success');
  });

  it('that another process did for this minute are not done a second time', async () => {
    let runs = 0;
    const jobs = [job('a', async () => void runs++)];
    const minute = world.clock.at;
    world.clock.at += 300;
    expect(await schedulerOf(jobs).run('a', { since: minute })).toBe('success');
    expect(await schedulerOf(jobs, { holder: 'two' }).run('a', { since: minute })).toBe('skipped');
    expect(await schedulerOf(jobs, { holder: 'two' }).run('a', { since: minute + 60_000 })).toBe('success');
    expect(runs).toBe(2);
  });

  it('that find nothing to work on are not done, and are tried again until they do', async () => {
    let [runs, there] = [0, false];
    const first: boolean[] = [];
    const waiting = job('a', async ({ lastSuccess }) => {
      runs++;
      first.push(lastSuccess === undefined);
      if (!there) throw new NothingYet('no reading');
    });
    const scheduler = schedulerOf([waiting]);
    await scheduler.start();
    await expect.poll(() => runs).toBeGreaterThan(1);
    expect(book.runs.size).toBe(0);
    expect(await metrics.text()).toContain('job_runs_total{job="a",outcome="waiting"}');
    there = true;
    await expect.poll(() => book.runs.size).toBe(1);
    await scheduler.stop();
    expect(first).not.toContain(false);
  });

  it('know whether somebody asked for the run', async () => {
    const asked: boolean[] = [];
    const scheduler = schedulerOf([job('a', async (run) => void asked.push(run.asked))]);
    expect(scheduler.jobs).toEqual(['a']);
    await scheduler.run('a');
    await scheduler.run('a', { asked: true });
    expect(asked).toEqual([false, true]);
  });

  it('that fail are counted and tried again, at once only while they never succeeded', async () => {
    let runs = 0;
    const failing = job('a', async () => {
      if (++runs < 3) throw new Error('InfluxDB does not answer');
    });
    const scheduler = schedulerOf([failing]);
    await scheduler.start();
    await expect.poll(() => book.runs.has('a')).toBe(true);
    runs = 0;
    expect(await scheduler.run('a')).toBe('failed');
    const text = await metrics.text();
    expect(text).toContain('jieyue_job_runs_total{job="a",outcome="failed"} 3');
    expect(text).toContain('jieyue_job_runs_total{job="a",outcome="success"} 1');
    expect(text).toContain('jieyue_job_seconds_count{job="a"} 4');
    expect(text).toContain(`jieyue_job_last_success_timestamp_seconds{job="a"} ${world.clock.at / 1000}`);
  });

  it('leave off when the scheduler stops, which waits for them', async () => {
    let [begun, ended] = [false, false];
    const { opened, open } = gate();
    const long = job('a', async ({ mayGoOn }) => {
      begun = true;
      await opened;
      try {
        await mayGoOn();
      } finally {
        ended = true;
      }
    });
    const scheduler = schedulerOf([long]);
    const run = scheduler.run('a');
    await expect.poll(() => begun).toBe(true);
    const stopped = scheduler.stop().then(() => ended);
    open();
    expect(await stopped).toBe(true);
    expect(await run).toBe('ended');
    expect(book.runs.size).toBe(0);
    await scheduler.stop();
    expect(await scheduler.run('a')).toBe('ended');
  });

  it('that stood still for longer than their lease must not write over a successor', async () => {
    const { opened, open } = gate();
    let wrote = 0;
    const stalling = job('a', async ({ mayGoOn }) => {
      await opened;
      await mayGoOn();
      wrote++;
    });
    const one = schedulerOf([stalling]);
    const late = one.run('a');
    await expect
      .poll(async () => (await world.registry.leases.acquire('job.a', 'x', 1)) === undefined)
      .toBe(true);
    world.clock.at += 61_000;
    expect(await schedulerOf([job('a', async () => undefined)], { holder: 'two' }).run('a')).toBe('success');
    open();
    expect(await late).toBe('ended');
    expect(wrote).toBe(0);
  });

  it('know whether another process came between two of their runs', async () => {
    const seen: boolean[] = [];
    const note = job('a', async ({ undisturbed }: JobRun) => void seen.push(undisturbed));
    const one = schedulerOf([note]);
    await one.run('a');
    await one.run('a');
    await schedulerOf([job('a', async () => undefined)], { holder: 'two' }).run('a');
    await one.run('a');
    await one.run('a');
    expect(seen).toEqual([false, true, false, true]);
  });

  it('have a time, or the start says by name which has none', async () => {
    const scheduler = schedulerOf([job('a', async () => undefined, '99 3 * * *')]);
    await expect(scheduler.start()).rejects.toThrow('jobs.aAt "99 3 * * *"');
  });
});
