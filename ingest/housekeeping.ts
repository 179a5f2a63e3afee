// What is done at night: rows that a newer arrival replaced are dropped from the store, by one process at a time.
import { type ScheduledTask, schedule } from 'node-cron';
import { JieyueError } from '../core/domain/errors.ts';
import type { Registry } from '../core/registry/registry.ts';
import type { Clock } from '../core/runtime/clock.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { TelemetryStore } from '../core/store/port.ts';

export interface HousekeepingOptions {
  readonly store: Pick<TelemetryStore, 'compact'>;
  readonly registry: Pick<Registry, 'leases'>;
  /** Five fields of cron, in `timeZone`. */
  readonly at: string;
  readonly timeZone: string;
  /** Names this process among the holders of the lease. */
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const leaseName = 'housekeeping';
/** Longer than any compaction takes. */
const leaseMs = 3 * 3_600_000;

export class Housekeeping implements Service {
  readonly name = 'housekeeping';
  readonly #options: HousekeepingOptions;
  readonly #dropped: ReturnType<Metrics['counter']>;
  #task: ScheduledTask | undefined;
  #running: Promise<void> | undefined;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#dropped = options.metrics.counter(
      'store_compacted_rows_total',
      'Superseded rows that were dropped.',
    );
  }

  /** @throws JieyueError `config.invalid` for a time that is none. */
  async start(): Promise<void> {
    const { at, timeZone } = this.#options;
    try {
      this.#task = schedule(at, () => this.run(), {
        timezone: timeZone,
        noOverlap: true,
        suppressMissedWarning: true,
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new JieyueError(
        'config.invalid',
        `ingest.compactAt "${at}": ${why}; use five fields of cron, such as 10 3 * * *`,
      );
    }
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    this.#task = undefined;
    await this.#running;
  }

  /** Does it now, unless it is being done. Failures are logged: the next night tries again. */
  run(): Promise<void> {
    this.#running ??= this.#compact().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #compact(): Promise<void> {
    const { store, registry, holder, clock, log } = this.#options;
    try {
      const lease = await registry.leases.acquire(leaseName, holder, leaseMs);
      if (lease === undefined) return;
      const startedAt = clock.now();
      const { droppedRows } = await store.compact();
      this.#dropped.inc(droppedRows);
      log.info({ droppedRows, ms: clock.now() - startedAt }, 'superseded rows dropped');
      await registry.leases.release(lease);
    } catch (error) {
      log.error({ err: error }, 'compaction failed; the next night tries again');
    }
  }
}
