// What an engine gets beside its configuration.
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  /** For tests of failure: called before each commit; what it throws makes the write fail. */
  readonly beforeCommit?: (() => void | Promise<void>) | undefined;
}
