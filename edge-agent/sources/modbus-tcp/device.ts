// What the source knows of a device (its settings, its place in time, how it is) and of the line that leads to it.
import type { ModbusDevice } from '../../../core/runtime/config.ts';
import { Connection } from './connection.ts';
import type { Plan, PollResult } from './poll.ts';

export class Device {
  readonly config: ModbusDevice;
  readonly plan: Plan;
  readonly line: Line;
  /** Its slots are `phase + k × everyMs`. */
  readonly phase: number;
  timer: NodeJS.Timeout | undefined;
  lastSlot: number | undefined;
  /** Waits for its turn, is being polled, or its last rows are not durable yet: one poll at a time. */
  busy = false;
  /** Polls without any answer, in a row. */
  failures = 0;
  lastReadAt: number | null = null;
  /** Kind and words of what is wrong now. */
  fault: { readonly kind: FaultKind; readonly message: string; readonly at: number } | undefined;

  constructor(config: ModbusDevice, plan: Plan, line: Line, phase: number) {
    this.config = config;
    this.plan = plan;
    this.line = line;
    this.phase = phase;
  }

  /** `point at host:port unit n`, for messages. */
  get label(): string {
    const { point, host, port, unit } = this.config;
    return `${point} at ${host}:${port} unit ${unit}`;
  }

  get silent(): boolean {
    return this.fault !== undefined && isSilence(this.fault.kind);
  }
}

/** The devices behind one host:port (a meter, or a gateway with many) share a connection. */
export class Line {
  readonly connection: Connection;
  /** Waiting devices, first come first served; at most all devices of the line, each once (`Device.busy`). */
  readonly waiting: Device[] = [];
  /** A device is being polled, or the line waits for a free place among the parallel ones. */
  scheduled = false;
  /** The last attempt found no connection. */
  down = false;

  constructor(host: string, port: number) {
    this.connection = new Connection(host, port);
  }
}

/** `late`: a poll was skipped because the one before was not over. */
export type FaultKind = NonNullable<PollResult['fault']>['kind'] | 'late';

export function isSilence(kind: FaultKind): boolean {
  return kind === 'silent' || kind === 'connect';
}
