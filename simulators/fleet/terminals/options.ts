// What a JT/T 808 terminal is told, and what it counts.
import type { Clock } from '../../../core/runtime/clock.ts';
import type { Sent } from '../driving/transport.ts';
import type { ProtocolVersion } from '../plan/types.ts';
import type { Pace } from './pace.ts';

export interface Jt808TerminalOptions {
  readonly host: string;
  readonly port: number;
  readonly phone: string;
  readonly version: ProtocolVersion;
  readonly plate: string;
  /** In order of sending; taken as the pace and the window allow. */
  readonly positions: Iterable<Sent>;
  readonly pace: Pace;
  readonly clock: Clock;
  /** Code to authenticate with; without it the terminal registers and takes the one that it is given. */
  readonly code?: string;
  /** Messages under way at most; default 8. */
  readonly window?: number;
  /** Positions in a batch; default 20, which fits into one frame. More go in several packages. */
  readonly batch?: number;
  /** An answer is waited for so long; default 15 s. After five times the connection is given up. */
  readonly retryMs?: number;
  /** Default 60 s. */
  readonly heartbeatMs?: number;
  /** Before it connects again; default 2 s. */
  readonly reconnectMs?: number;
}

export interface TerminalCounts {
  connections: number;
  /** Positions, of messages acknowledged. */
  acknowledged: number;
  /** Messages sent again. */
  resent: number;
  /** Messages that the platform called bad or unsupported: they are not sent again. */
  refused: number;
}
