// Follows dirty marks: one holder of the lease recomputes what changed and clears each mark at the version it read.
import type { Calendar } from '../../core/domain/time.ts';
import type { Lease, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { sleep } from '../../core/runtime/clock.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { leftAfterMs } from '../announcement.ts';
import { Follower } from './follower.ts';
import { type RollupLimits, rollupLimits } from './limits.ts';
import { Outage } from './outage.ts';

export interface RollupWorkerOptions {
  readonly store: TelemetryStore;
  readonly registry: Pick<Registry, 'leases' | 'marks' | 'points' | 'rollupChanges'>;
  readonly calendar: Calendar;
  /** Names this process among the holders of the lease. */
  readonly holder: string;
  /** Pause between passes when there is nothing more to follow. */
  readonly everyMs: number;
  /** While this says true, passes leave most of the time to others. */
  readonly busy: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** For tests. */
  readonly limits?: Partial<RollupLimits>;
}

const leaseName = 'rollups';
/** Short: after a crash the next holder waits this long, and rollups are promised within ten seconds. */
const leaseMs = 6_000;
/** While there is other work, passes take this share of the time at most, but never rest longer than this. */
const busyShare = 0.15;
const longestBusyPauseMs = 4_000;
const busyCheckMs = 100;
const failedPauseMs = 1_000;
/** How often it is asked whether a process died between announcing marks and confirming them. */
const leftEveryMs = 10_000;

export class RollupWorker implements Service {
  readonly name = 'rollups';
  readonly #options: RollupWorkerOptions;
  readonly #follower: Follower;
  readonly #lag: ReturnType<Metrics['gauge']>;
  readonly #behind: ReturnType<Metrics['gauge']>;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #lease: Lease | undefined;
  #fence = -1;
  #askedForLeftAt = Number.NEGATIVE_INFINITY;
  #backlog: { series: number; oldestAt: number | null } = { series: 0, oldestAt: null };

  constructor(options: RollupWorkerOptions) {
    this.#options = options;
    this.#lag = options.metrics.gauge(
      'rollup_lag_seconds',
      'Age of the oldest change that rollups do not show yet.',
    );
    this.#behind = options.metrics.gauge(
      'rollup_series_behind',
      'Series with changes that rollups do not show yet.',
    );
    Object.assign(this.#behind, { collect: () => this.#measureBacklog(options.clock.now()) });
    this.#follower = new Follower({
      ...options,
      limits: { ...rollupLimits, ...options.limits },
      mayWrite: () => this.#mayWrite(),
      stopping: () => this.#stop.signal.aborted,
    });
  }

  async start(): Promise<void> {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    if (this.#lease !== undefined) await this.#options.registry.leases.release(this.#lease);
    this.#lease = undefined;
  }

  /** Series that wait, and since when; as of the last look. */
  get backlog(): { series: number; oldestAt: number | null } {
    return this.#backlog;
  }

  /** Follows all marks that can be followed now; for tests and commands. @returns how many passes had work. */
  async settle(): Promise<number> {
    let passes = 0;
    while (await this.#pass()) passes++;
    return passes;
  }

  async #run(): Promise<void> {
    const { clock, everyMs, log } = this.#options;
    const outage = new Outage(log);
    while (!this.#stop.signal.aborted) {
      const startedAt = clock.now();
      let more = false;
      let failed = false;
      try {
        if (await this.#holdLease()) more = await this.#pass();
        outage.over();
      } catch (error) {
        failed = true;
        outage.failed(error);
      }
      const took = clock.now() - startedAt;
      const pause = failed ? Math.max(failedPauseMs, everyMs) : more ? 0 : everyMs;
      await sleep(pause, this.#stop.signal);
      await this.#yieldWhileBusy(took, pause);
    }
  }

  /** Leaves the machine to ingest for a multiple of what the pass took, or until there is no other work. */
  async #yieldWhileBusy(took: number, rested: number): Promise<void> {
    const { busy } = this.#options;
    const until = Math.min(longestBusyPauseMs, took / busyShare) - rested;
    for (let waited = 0; waited < until && busy() && !this.#stop.signal.aborted; waited += busyCheckMs) {
      await sleep(busyCheckMs, this.#stop.signal);
    }
  }

  async #holdLease(): Promise<boolean> {
    const { registry, holder, clock } = this.#options;
    if (this.#lease !== undefined && this.#lease.expiresAt - clock.now() > (leaseMs * 2) / 3) return true;
    this.#lease = await registry.leases.acquire(leaseName, holder, leaseMs);
    if (this.#lease !== undefined && this.#lease.fence !== this.#fence) {
      // Another holder may have followed marks in between: what is remembered here may be behind.
      this.#follower.forget();
      this.#fence = this.#lease.fence;
    }
    return this.#lease !== undefined;
  }

  /** The fence: a worker that stood still for longer than its lease must not write over a successor. */
  async #mayWrite(): Promise<boolean> {
    const { registry, holder } = this.#options;
    const lease = this.#lease;
    if (lease === undefined || (await registry.leases.holds(lease))) return true;
    // It ran out. The fence rises with every holder: if it rose once, by us, nobody was between.
    const again = await registry.leases.acquire(leaseName, holder, leaseMs);
    if (again === undefined || again.fence > lease.fence + 1) return false;
    this.#lease = again;
    this.#fence = again.fence;
    return true;
  }

  /** @returns whether the next one is worth while at once. */
  async #pass(): Promise<boolean> {
    await this.#confirmLeft();
    await this.#measureBacklog(this.#options.clock.now());
    return this.#follower.pass();
  }

  /** Rows whose process died before it could confirm their marks are followed all the same. */
  async #confirmLeft(): Promise<void> {
    const { store, registry, clock, log } = this.#options;
    const now = clock.now();
    if (store.marks !== undefined || now - this.#askedForLeftAt < leftEveryMs) return;
    this.#askedForLeftAt = now;
    const left = await registry.marks.confirmLeft(now - leftAfterMs);
    if (left > 0) log.info({ announcements: left }, 'rollups: marks that a dead process left are followed');
  }

  async #measureBacklog(now: number): Promise<void> {
    const { store, registry } = this.#options;
    const [facts, data] = [await registry.marks.backlog(), await store.marks?.backlog()];
    const oldest = [facts.oldestAt, data?.oldestAt ?? null].filter((at) => at !== null);
    this.#backlog = {
      series: facts.series + (data?.series ?? 0),
      oldestAt: oldest.length > 0 ? Math.min(...oldest) : null,
    };
    this.#behind.set(this.#backlog.series);
    this.#lag.set(this.#backlog.oldestAt === null ? 0 : Math.max(0, now - this.#backlog.oldestAt) / 1000);
  }
}
