// The load generator: many agents in one process, each a connection with its window, paced together.
import { type Clock, systemClock } from '../../core/runtime/clock.ts';
import { LoadAgent } from './agent.ts';
import { Latencies } from './latency.ts';
import type { LoadOptions } from './options.ts';
import type { AgentLedger } from './workload.ts';

export interface LoadSummary {
  /** Rows and batches that were sent, and of these, acknowledged. */
  readonly sentRows: number;
  readonly sentBatches: number;
  readonly ackedRows: number;
  readonly ackedBatches: number;
  /** Rows that ingest refused; their batches count as acknowledged. */
  readonly rejectedRows: number;
  readonly unacknowledgedBatches: number;
  readonly resends: number;
  readonly reconnects: number;
  /** Acknowledgements of batches that were not in flight any more (or never). */
  readonly strayAcks: number;
  /** From the first batch sent to the last acknowledgement. */
  readonly seconds: number;
  /** Acknowledged, per second of that time. */
  readonly rowsPerSecond: number;
  readonly messagesPerSecond: number;
  /** From the first sending of a batch to its acknowledgement. */
  readonly latencyMs: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
  /** Why a connection ended last, if one did. */
  readonly fault: string | null;
}

const tickMs = 5;
const timeoutCheckMs = 500;
/** A paced generator that fell behind catches up by this much at most. */
const burstMs = 250;

export class LoadGenerator {
  readonly #options: LoadOptions;
  readonly #clock: Clock;
  readonly #monotonic: () => number;
  readonly #agents: readonly LoadAgent[];
  readonly #latencies = new Latencies();
  readonly #timers: NodeJS.Timeout[] = [];
  #sentRows = 0;
  #allowance = 0;
  #lastTick = 0;
  #firstSentAt: number | undefined;
  #lastAckAt = 0;
  #producing = true;
  #finish: (() => void) | undefined;
  #finished: Promise<void> | undefined;

  /** Opens nothing yet. `monotonic`: ms, default the process's own. */
  constructor(options: LoadOptions, runtime: { clock?: Clock; monotonic?: () => number } = {}) {
    this.#options = options;
    this.#clock = runtime.clock ?? systemClock;
    this.#monotonic = runtime.monotonic ?? (() => performance.now());
    const started = this.#clock.now();
    const startTs = options.startTs ?? Math.floor((started - 300 * 86_400_000) / 3_600_000) * 3_600_000;
    const share = Math.floor((options.rows ?? Infinity) / options.agents.length);
    this.#agents = options.agents.map(
      ({ id, password }, index) =>
        new LoadAgent({
          url: options.url,
          id,
          password,
          run: `${options.run ?? started.toString(36)}-${index.toString(36)}`,
          workload: {
            seed: options.seed + index,
            points: options.points,
            startTs,
            stepMs: options.stepMs,
            late: options.late,
          },
          batchRows: options.batchRows,
          window: options.window,
          ackTimeoutMs: options.ackTimeoutMs,
          maxRows:
            options.rows === undefined
              ? Infinity
              : share + (index < options.rows % options.agents.length ? 1 : 0),
          clock: this.#clock,
          monotonic: this.#monotonic,
          latencies: this.#latencies,
          allowance: () => (this.#producing ? this.#allowance : 0),
          produced: (rows) => this.#produced(rows),
          progressed: () => this.#progressed(),
        }),
    );
  }

  /** Connects and sends until the rows are out or the duration is over, then waits for what is in flight. */
  async run(): Promise<LoadSummary> {
    try {
      this.start();
      await this.#finished;
    } finally {
      this.stop();
    }
    return this.summary();
  }

  /** Begins; use `run` unless the end is decided elsewhere. */
  start(): void {
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#lastTick = this.#monotonic();
    this.#allowance = this.#options.rowsPerSecond === undefined ? Infinity : 0;
    this.#timers.push(setInterval(() => this.#tick(), tickMs));
    this.#timers.push(setInterval(() => this.#checkTimeouts(), timeoutCheckMs));
    if (this.#options.durationMs !== undefined) {
      this.#timers.push(setTimeout(() => this.finish(), this.#options.durationMs));
    }
    for (const agent of this.#agents) agent.connect();
  }

  /** Produces nothing more and ends when all is acknowledged, or after `drainMs`. */
  finish(): void {
    if (!this.#producing) return;
    this.#producing = false;
    this.#timers.push(setTimeout(() => this.#finish?.(), this.#options.drainMs));
    this.#progressed();
  }

  /** Ends at once; safe before `start` and twice. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    for (const agent of this.#agents) agent.end();
    this.#producing = false;
    this.#finish?.();
  }

  summary(): LoadSummary {
    const sum = (pick: (agent: LoadAgent) => number): number =>
      this.#agents.reduce((total, agent) => total + pick(agent), 0);
    const ackedRows = sum(({ totals }) => totals.ackedRows);
    const ackedBatches = sum(({ totals }) => totals.ackedBatches);
    const seconds = Math.max(0, this.#lastAckAt - (this.#firstSentAt ?? this.#lastAckAt)) / 1000;
    return {
      sentRows: this.#sentRows,
      sentBatches: sum(({ totals }) => totals.sentBatches),
      ackedRows,
      ackedBatches,
      rejectedRows: sum(({ totals }) => totals.rejectedRows),
      unacknowledgedBatches: sum(({ inFlight }) => inFlight),
      resends: sum(({ totals }) => totals.resends),
      reconnects: sum(({ totals }) => totals.reconnects),
      strayAcks: sum(({ totals }) => totals.strayAcks),
      seconds,
      rowsPerSecond: seconds > 0 ? ackedRows / seconds : 0,
      messagesPerSecond: seconds > 0 ? ackedBatches / seconds : 0,
      latencyMs: {
        p50: this.#latencies.percentile(0.5),
        p95: this.#latencies.percentile(0.95),
        p99: this.#latencies.percentile(0.99),
        max: this.#latencies.max,
      },
      fault: this.#agents.find(({ fault }) => fault !== undefined)?.fault?.message ?? null,
    };
  }

  /** What was sent, compactly: `ledgerRows` writes it out. Complete once nothing is unacknowledged. */
  ledger(): AgentLedger[] {
    return this.#agents.map(({ ledger }) => ledger);
  }

  /** Breaks all connections off; they come back by themselves. For tests. */
  breakConnections(): void {
    for (const agent of this.#agents) agent.breakConnection();
  }

  #tick(): void {
    const now = this.#monotonic();
    const { rowsPerSecond } = this.#options;
    if (rowsPerSecond !== undefined) {
      const most = Math.max(this.#options.batchRows, (rowsPerSecond * burstMs) / 1000);
      this.#allowance = Math.min(most, this.#allowance + (rowsPerSecond * (now - this.#lastTick)) / 1000);
    }
    this.#lastTick = now;
    for (const agent of this.#agents) agent.pump();
  }

  #checkTimeouts(): void {
    for (const agent of this.#agents) agent.checkTimeouts();
  }

  #produced(rows: number): void {
    this.#firstSentAt ??= this.#monotonic();
    this.#sentRows += rows;
    this.#allowance -= rows;
  }

  #progressed(): void {
    this.#lastAckAt = this.#monotonic();
    const exhausted = !this.#producing || this.#agents.every((agent) => agent.done);
    if (exhausted && this.#agents.every((agent) => agent.inFlight === 0)) this.#finish?.();
  }
}
