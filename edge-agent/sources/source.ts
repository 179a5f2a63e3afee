// What a source of rows is: a protocol on one side, a sink that makes rows durable on the other.
import type { SourceHealth, WirePosition, WireReading } from '../../core/domain/telemetry.ts';

/**
 * Resolves when the rows are durable in the outbox; rows in one call are committed together, so hand over what was
 * read in one go. May be called again before the last call resolved.
 * @throws JieyueError `outbox.full` or `outbox.disk` when the outbox refuses them (the agent has counted and reported the
 * loss: go on polling; a source that can read again later, such as a file, stops and tries again), `row.*` when a row
 * violates the wire schema (a fault of the source).
 */
export type Sink = (readings: readonly WireReading[], positions?: readonly WirePosition[]) => Promise<void>;

/** One file per protocol implements this; constructors do no I/O, `stop()` may be called at any time and twice. */
export interface Source {
  /** Name from the configuration, unique within the agent. */
  readonly name: string;
  /** The configuration's `type`, e.g. `modbus-tcp`. */
  readonly protocol: string;
  /** Begins to read and returns; devices that do not answer are a matter of `health`, not of an error here. */
  start(sink: Sink): Promise<void>;
  /** Ends all timers and sockets; resolves when no further call of the sink will be made. */
  stop(): Promise<void>;
  /** Cheap and synchronous; asked for at every status message. */
  health(): SourceHealth;
  /** What it counted since its start, by kind, in kebab-case; for metrics. */
  counts?(): Readonly<Record<string, number>>;
}
