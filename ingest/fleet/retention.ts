// Positions are kept as long as the configuration says, and then deleted for good; trips, findings and accounts stay. By one process at
// a time, at night. An engine that cannot delete says so once, with what to set instead.
import { type ScheduledTask, schedule } from 'node-cron';
import { isJieyueError } from '../../core/domain/errors.ts';
import { dayMs } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';

export interface RetentionOptions {
  readonly store: Pick<TelemetryStore, 'dropPositions'>;
  readonly registry: Pick<Registry, 'leases' | 'tracks' | 'fleet'>;
  readonly config: Pick<FleetConfig, 'keepDays' | 'dropAt'>;
  readonly timeZone: string;
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const leaseName = 'positions-retention';
const leaseMs = 3_600_000;

export class Retention implements Service {
  readonly name = 'retention of positions';
  readonly #options: RetentionOptions;
  readonly #dropped: ReturnType<Metrics['counter']>;
  readonly #doneAt: ReturnType<Metrics['gauge']>;
  #task: ScheduledTask | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#dropped = metrics.counter(
      'positions_deleted_total',
      'Positions deleted because they were old enough.',
    );
    this.#doneAt = metrics.gauge(
      'positions_retention_timestamp_seconds',
      'When positions were last looked through for those that are old enough.',
    );
  }

  async start(): Promise<void> {
    const { config, timeZone } = this.#options;
    if (config.keepDays === 0) return;
    this.#task = schedule(config.dropAt, () => this.run(), {
      timezone: timeZone,
      noOverlap: true,
      suppressMissedWarning: true,
    });
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    this.#task = undefined;
    await this.#running;
  }

  /** Does it now, unless it is being done. Failures are logged: the next night tries again. */
  run(): Promise<void> {
    this.#running ??= this.#drop().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #drop(): Promise<void> {
    const { store, registry, config, holder, clock, log } = this.#options;
    if (config.keepDays === 0) return;
    try {
      const lease = await registry.leases.acquire(leaseName, holder, leaseMs);
      if (lease === undefined) return;
      const before = clock.now() - config.keepDays * dayMs;
      const { segments, findings } = await registry.tracks.forgetPlaces(before);
      const { dropped } = await store.dropPositions(before);
      this.#dropped.inc(dropped ?? 0);
      this.#doneAt.set(clock.now() / 1000);
      log.info({ dropped, segments, findings, keepDays: config.keepDays }, 'old positions deleted');
      // So that one stands elsewhere: who can rewrite the log can rewrite all of it.
      const head = await registry.fleet.audit.head();
      if (head !== null)
        log.info(
          { head: `${head.seq}:${head.hash}` },
          'head of the audit log; to be checked by: jieyue audit verify --head',
        );
      await registry.leases.release(lease);
    } catch (error) {
      const message = isJieyueError(error, 'store.unsupported')
        ? 'old positions are not deleted: this engine cannot, see the error'
        : 'old positions could not be deleted; the next night tries again';
      log.error({ err: error }, message);
    }
  }
}
