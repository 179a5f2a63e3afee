// Status messages of agents: checked, kept in the registry, and turned into alarms.
import { type AgentStatus, statusSchema } from '../core/domain/telemetry.ts';
import type { Clock } from '../core/runtime/clock.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { IngestRegistry } from './ports.ts';

/** Agents whose status may wait; of one agent only the newest does. A further agent's is dropped and counted. */
const maxWaiting = 20_000;
const lateMs = 10 * 60_000;

export class StatusDesk {
  readonly #registry: Pick<IngestRegistry, 'agents'>;
  readonly #alarms: AlarmDesk;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: IngestMetrics;
  readonly #waiting = new Map<string, { payload: Buffer; receivedAt: number }>();
  /** `at` of the newest status of each agent. */
  readonly #newest = new Map<string, number>();
  #work: Promise<void> | undefined;

  constructor(options: {
    registry: Pick<IngestRegistry, 'agents'>;
    alarms: AlarmDesk;
    clock: Clock;
    log: Logger;
    metrics: IngestMetrics;
  }) {
    this.#registry = options.registry;
    this.#alarms = options.alarms;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#metrics = options.metrics;
  }

  /** Takes a status as it came; returns at once. An empty payload is a retained status taken back. */
  offer(agent: string, payload: Buffer): void {
    if (payload.length === 0) return;
    if (this.#waiting.size >= maxWaiting && !this.#waiting.has(agent)) {
      this.#metrics.discarded.inc({ reason: 'status-queue-full' });
      return;
    }
    this.#waiting.set(agent, { payload: Buffer.from(payload), receivedAt: this.#clock.now() });
    this.#work ??= this.#drain();
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #drain(): Promise<void> {
    // What arrives with the same read is looked at together.
    await new Promise((resolve) => setImmediate(resolve));
    for (const [agent, { payload, receivedAt }] of this.#waiting) {
      this.#waiting.delete(agent);
      const status = readStatus(payload);
      if (status === undefined) {
        this.#metrics.discarded.inc({ reason: 'status-malformed' });
        this.#log.warn({ agent, bytes: payload.length }, 'status not understood');
        continue;
      }
      if (this.#isLate(agent, status)) {
        this.#metrics.discarded.inc({ reason: 'status-late' });
        continue;
      }
      try {
        await this.#registry.agents.putStatus(agent, status, receivedAt);
      } catch (error) {
        this.#metrics.discarded.inc({ reason: 'status-not-kept' });
        this.#log.error({ err: error, agent }, 'status could not be kept');
      }
      this.#raise(agent, status);
    }
    this.#work = undefined;
  }

  /**
   * Whether a newer status of this agent came before: one sent again after a lost connection. A last will is as old as
   * its connection and still counts, and so does a status that is very much older: then the agent's clock was put back.
   */
  #isLate(agent: string, status: AgentStatus): boolean {
    if (status.state === 'offline') return false;
    const newest = this.#newest.get(agent) ?? Number.NEGATIVE_INFINITY;
    if (status.at < newest && newest - status.at < lateMs) return true;
    this.#newest.set(agent, status.at);
    return false;
  }

  /** A last will tells what was true when the agent connected: it is kept, and says nothing about alarms. */
  #raise(agent: string, status: AgentStatus): void {
    if (status.state === 'offline') return;
    const { quarantinedBatches: batches, outbox } = status;
    if (batches > 0) {
      const message = `agent ${agent} has put ${batches} batches aside that found no answer: see its log, then /api/v1/rejects`;
      this.#alarms.raise('quarantine', agent, message);
    } else {
      this.#alarms.clear('quarantine', agent);
    }
    if (outbox.nearFull) {
      const message = `the outbox of agent ${agent} holds ${outbox.bytes} of ${outbox.limitBytes} bytes: new rows will be refused when it is full`;
      this.#alarms.raise('outbox-near-full', agent, message);
    } else {
      this.#alarms.clear('outbox-near-full', agent);
    }
    if (outbox.fault !== undefined) {
      const message = `agent ${agent} cannot write its outbox and has refused ${outbox.refusedRows} rows since it started: ${outbox.fault}`;
      this.#alarms.raise('outbox-disk', agent, message);
    } else {
      this.#alarms.clear('outbox-disk', agent);
    }
  }
}

function readStatus(payload: Buffer): AgentStatus | undefined {
  try {
    return statusSchema.parse(JSON.parse(payload.toString('utf8')));
  } catch {
    return undefined;
  }
}
