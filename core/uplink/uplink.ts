// The uplink: whoever sends readings pushes them here. Durable before the push resolves, sent until acknowledged.
import { isJieyueError, JieyueError } from '../domain/errors.ts';
import {
  type Ack,
  ackSchema,
  type SourceHealth,
  type WirePosition,
  type WireReading,
} from '../domain/telemetry.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { defaultReconnect, Link, type ReconnectSettings } from './link.ts';
import { LogGate } from './log-gate.ts';
import { Outbox, type OutboxDepth } from './outbox.ts';
import type { BatchRow } from './outbox-db.ts';
import { encodeRows } from './rows.ts';
import { defaultResend, type ResendSettings, Sender } from './sender.ts';
import { StatusReporter } from './status.ts';
import { uplinkMetrics } from './uplink-metrics.ts';

export interface UplinkOptions {
  /** Also the MQTT user name and client id. */
  readonly agent: string;
  /** mqtt:// or mqtts:// */
  readonly url: string;
  readonly password: string;
  /** Certificate authority (PEM) of an mqtts broker that the system does not know. */
  readonly ca?: Buffer | string | undefined;
  readonly outbox: {
    readonly path: string;
    /** At this many bytes new rows are refused; older ones are never dropped. */
    readonly limitBytes: number;
    /** What quarantined batches may take of it; default a quarter. */
    readonly quarantineBytes?: number;
  };
  /** Batches in flight at most. */
  readonly window: number;
  /** A partial batch is frozen after this, or later when it could not be sent anyway; a full one at once. */
  readonly flushEveryMs: number;
  /** Rows per batch at most (5 000 and 512 KiB are the limits of the wire). */
  readonly batchRows: number;
  readonly version: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  readonly resend?: Partial<ResendSettings> | undefined;
  readonly reconnect?: Partial<ReconnectSettings> | undefined;
}

export interface UplinkDepth extends OutboxDepth {
  readonly nearFull: boolean;
}

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** After a fault of the disk, how often what could not be written is tried again. */
const retryDiskMs = 1_000;

export class Uplink implements Service {
  readonly name: string;
  readonly #o: UplinkOptions;
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #sender: Sender;
  readonly #status: StatusReporter;
  readonly #metrics: ReturnType<typeof uplinkMetrics> | undefined;
  readonly #rejectedLog: LogGate;
  readonly #diskLog: LogGate;
  readonly #rejectedListeners: ((ack: Ack) => void)[] = [];
  readonly #refusedListeners: ((fault: JieyueError) => void)[] = [];
  readonly #waiters = new Set<Waiter>();
  #flushTimer: NodeJS.Timeout | undefined;
  #flushDue = false;
  #diskTimer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(options: UplinkOptions) {
    this.#o = options;
    this.name = `uplink ${options.agent}`;
    const { agent, clock, random, log, window } = options;
    const now = () => clock.now();
    this.#metrics = options.metrics && uplinkMetrics(options.metrics);
    this.#rejectedLog = new LogGate(60_000, now);
    this.#diskLog = new LogGate(60_000, now);
    this.#outbox = new Outbox({ ...options.outbox, batchRows: options.batchRows, clock, random });
    this.#outbox.onChange(() => this.#changed());
    this.#link = new Link(
      { ...options, reconnect: { ...defaultReconnect, ...options.reconnect } },
      {
        will: () => JSON.stringify(this.#status.message('offline')),
        up: () => this.#linkUp(),
        down: () => this.#linkDown(),
        ack: (payload) => this.#acked(payload),
        refused: (fault) => {
          for (const listener of this.#refusedListeners) listener(fault);
        },
      },
    );
    this.#status = new StatusReporter({
      version: options.version,
      now,
      depth: () => this.#outbox.depth(),
      publish: (payload) => this.#publishStatus(payload),
    });
    this.#sender = new Sender({
      outbox: this.#outbox,
      link: this.#link,
      window,
      resend: { ...defaultResend, ...options.resend },
      random,
      log,
      onSent: (again) => {
        this.#metrics?.sent.inc({ agent });
        if (again) this.#metrics?.resent.inc({ agent });
      },
      onIdle: () => {
        if (this.#flushDue) this.#freeze();
      },
    });
  }

  /** @throws JieyueError `outbox.disk` when the outbox cannot be opened. A broker that does not answer is no error. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#outbox.open();
    this.#running = true;
    this.#link.start();
    this.#changed();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#diskTimer);
    this.#flushTimer = undefined;
    this.#diskTimer = undefined;
    this.#sender.stop();
    await this.#link.stop(JSON.stringify(this.#status.message('offline')));
    this.#outbox.close();
    for (const waiter of this.#waiters) {
      waiter.reject(
        new JieyueError('broker.unreachable', `${this.name} was stopped before its outbox was drained`),
      );
    }
    this.#waiters.clear();
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  /**
   * Resolves when the rows are durable in the outbox; all of them or none.
   * @throws JieyueError `outbox.full`, `outbox.disk` (the rows are counted as refused), `row.*` for the first row that violates the
   * wire schema (`details`: `list`, `index`).
   */
  async push(readings: readonly WireReading[], positions: readonly WirePosition[] = []): Promise<void> {
    const { agent } = this.#o;
    const count = readings.length + positions.length;
    const rows = encodeRows(readings, positions);
    try {
      await this.#outbox.append(rows);
    } catch (error) {
      if (isJieyueError(error)) {
        this.#metrics?.refused.inc({ agent }, count);
        this.#diskLog.pass((suppressed) =>
          this.#o.log.error({ code: error.code, suppressed }, error.message),
        );
      }
      throw error;
    }
    this.#metrics?.pushed.inc({ agent }, count);
  }

  /**
   * Freezes what is open and resolves when all that was pushed so far is acknowledged (or quarantined).
   * Rejects with the signal's reason, or when the uplink is stopped.
   */
  drained(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      this.#outbox.freeze();
      // Open rows that could not be frozen (a full disk) get the next seq.
      const upTo = this.#outbox.lastSeq + (this.#outbox.openRows > 0 ? 1 : 0);
      const abort = () => waiter.reject(signal?.reason);
      const settle = (end: (reason?: unknown) => void) => (reason?: unknown) => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
        end(reason);
      };
      const waiter: Waiter = { upTo, resolve: settle(() => resolve()), reject: settle(reject) };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      this.#checkDrained();
    });
  }

  depth(): UplinkDepth {
    return { ...this.#outbox.depth(), nearFull: this.#status.nearFull };
  }

  /** Who asks the sources for their health; it goes into `status`. */
  setSourceHealth(provider: () => readonly SourceHealth[]): void {
    this.#status.setSources(provider);
  }

  /** Called with each acknowledgement that refuses rows. */
  onRejected(listener: (ack: Ack) => void): void {
    this.#rejectedListeners.push(listener);
  }

  /**
   * Called each time the broker does not let the agent in (`agent.credentials`). An agent that runs for years tries again; who
   * waits for the end of a file need not.
   */
  onRefusedByBroker(listener: (fault: JieyueError) => void): void {
    this.#refusedListeners.push(listener);
  }

  /** The batches that were set aside. */
  quarantined(): (BatchRow & { readonly id: string })[] {
    return this.#outbox.quarantined();
  }

  /** Sends the quarantined batches again; returns how many. @throws JieyueError `outbox.disk` */
  requeueQuarantined(): number {
    return this.#outbox.requeueQuarantined();
  }

  /** Bounds the outbox's file, see `OutboxDb.limitPages`: a full disk, for tests. */
  limitPages(pages: number): void {
    this.#outbox.limitPages(pages);
  }

  #acked(payload: Buffer): void {
    const { agent, log } = this.#o;
    const ack = readAck(payload);
    if (!ack) {
      this.#metrics?.badAcks.inc({ agent });
      this.#rejectedLog.pass((suppressed) =>
        log.warn({ suppressed }, 'an acknowledgement could not be read: ignored'),
      );
      return;
    }
    this.#link.healthy();
    const seqs = ack.ids.map((id) => this.#outbox.seqOf(id)).filter((seq) => seq !== undefined);
    this.#metrics?.acked.inc({ agent }, seqs.length);
    this.#sender.answered(seqs);
    this.#watchFullness();
    if (ack.rejectedCount > 0 || ack.rejected.length > 0) this.#rejected(ack);
    this.#checkDrained();
  }

  #rejected(ack: Ack): void {
    const { agent, log } = this.#o;
    const count = Math.max(ack.rejectedCount, ack.rejected.length);
    const [first] = ack.rejected;
    this.#metrics?.rejected.inc({ agent }, count);
    this.#rejectedLog.pass((suppressed) =>
      log.warn(
        { code: first?.code, count, suppressed },
        `ingest refused ${count} rows; first: ${first?.message ?? 'no reason'}`,
      ),
    );
    for (const listener of this.#rejectedListeners) listener(ack);
  }

  #linkUp(): void {
    this.#metrics?.connected.set({ agent: this.#o.agent }, 1);
    this.#status.linkUp();
    this.#sender.linkUp();
  }

  #linkDown(): void {
    this.#metrics?.connected.set({ agent: this.#o.agent }, 0);
    this.#status.linkDown();
    this.#sender.linkDown();
  }

  #publishStatus(payload: string): void {
    const { agent } = this.#o;
    const { rows, bytes, quarantined } = this.#outbox.depth();
    this.#metrics?.rows.set({ agent }, rows);
    this.#metrics?.bytes.set({ agent }, bytes);
    this.#metrics?.quarantined.set({ agent }, quarantined);
    this.#link.publish('status', payload, { retain: true });
  }

  /** The outbox has committed, or failed to. */
  #changed(): void {
    if (!this.#running) return;
    const { log, flushEveryMs } = this.#o;
    const { openRows, fault, undeleted } = this.#outbox;
    this.#watchFullness();
    if (openRows === 0) this.#flushDue = false;
    else if (!this.#flushDue) this.#flushTimer ??= setTimeout(() => this.#flush(), flushEveryMs);
    if (fault) this.#diskLog.pass((suppressed) => log.error({ code: fault.code, suppressed }, fault.message));
    if (fault && (undeleted > 0 || this.#waiters.size > 0))
      this.#diskTimer ??= setTimeout(() => this.#retryDisk(), retryDiskMs);
    this.#checkDrained();
    this.#sender.kick();
  }

  #watchFullness(): void {
    const { log, outbox } = this.#o;
    const { bytes } = this.#outbox;
    const numbers = { bytes, limitBytes: outbox.limitBytes };
    if (!this.#status.watch(bytes, outbox.limitBytes)) return;
    if (this.#status.nearFull) {
      log.warn(numbers, 'the outbox is over 80 % full: at the limit new rows are refused');
    } else {
      log.info(numbers, 'the outbox is below 70 % again');
      this.#diskLog.reset();
    }
  }

  /** The partial batch has waited long enough; it goes when the sender has nothing else to send, full batches first. */
  #flush(): void {
    this.#flushTimer = undefined;
    this.#flushDue = true;
    this.#sender.kick();
  }

  #freeze(): void {
    this.#flushDue = false;
    this.#outbox.freeze();
  }

  #retryDisk(): void {
    this.#diskTimer = undefined;
    if (this.#waiters.size > 0) this.#outbox.freeze();
    this.#outbox.retryDeletions();
  }

  #checkDrained(): void {
    if (this.#waiters.size === 0) return;
    const oldest = this.#outbox.oldestSeq;
    for (const waiter of [...this.#waiters]) {
      const open = this.#outbox.openRows > 0 && waiter.upTo > this.#outbox.lastSeq;
      if (oldest > waiter.upTo && !open) waiter.resolve();
    }
  }
}

function readAck(payload: Buffer): Ack | undefined {
  try {
    const parsed = ackSchema.safeParse(JSON.parse(payload.toString()));
    return parsed.success ? (parsed.data as Ack) : undefined;
  } catch {
    return undefined;
  }
}
