// What the API is given: everything that it reads, and nothing that it makes itself.
import type { Language } from '../core/domain/texts.ts';
import type { Calendar } from '../core/domain/time.ts';
import type { Registry } from '../core/registry/registry.ts';
import type { Clock } from '../core/runtime/clock.ts';
import type { FleetConfig } from '../core/runtime/fleet-config.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { TelemetryStore } from '../core/store/port.ts';
import type { Accounting } from './accounting/accounting.ts';
import type { StreamLimits } from './fleet/live-feed.ts';

/** How far the rollups are behind the readings. */
export interface RollupBacklog {
  /** Series whose rollups wait to be computed again. */
  readonly series: number;
  /** Since when the oldest of them waits, epoch ms. */
  readonly oldestAt: number | null;
}

export interface ApiDeps {
  readonly store: TelemetryStore;
  readonly registry: Registry;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Language of CSV headings where the caller does not ask for one. */
  readonly language: Language;
  readonly version: string;
  /** Part of the system (`store`, `registry`, `broker`, `ingest`, …) → whether it runs. Shown by /health. */
  ready(): Readonly<Record<string, boolean>>;
  /** Books of energy accounting that are followed; without it each question looks for changes itself. */
  readonly accounting?: Accounting | undefined;
  /** Rules of the fleet; left out: the defaults. */
  readonly fleet?: FleetConfig | undefined;
  /** Streams of live positions; left out: the defaults. */
  readonly streams?: Partial<StreamLimits> | undefined;
  /** Backlog of the rollups; without it the marks of store and registry are counted. */
  pipeline?: () => Promise<{ readonly rollupBacklog: RollupBacklog }>;
}
