// One agent of the load generator: its rows, its connection, its batches in flight.
//
// Batches in flight are bounded by the window; where it is full, nothing is produced until an acknowledgement or a
// resend makes progress (`inFlight`, `resends`). Rows are never dropped: what is unacknowledged stays in flight.
import { ackSchema } from '../../core/domain/telemetry.ts';
import { topic } from '../../core/domain/topics.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { Random, seedOf } from '../random.ts';
import { LeanConnection } from './connection.ts';
import { BatchEncoder, type Packet } from './encoder.ts';
import type { Latencies } from './latency.ts';
import { type AgentLedger, Rows, type Workload } from './workload.ts';

interface Flight {
  readonly packet: Packet;
  readonly rows: number;
  readonly firstSentAt: number;
  sentAt: number;
}

export interface AgentTotals {
  ackedRows: number;
  ackedBatches: number;
  sentBatches: number;
  rejectedRows: number;
  resends: number;
  reconnects: number;
  strayAcks: number;
}

export interface LoadAgentOptions {
  readonly url: string;
  readonly id: string;
  readonly password: string;
  readonly run: string;
  readonly workload: Workload;
  readonly batchRows: number;
  readonly window: number;
  readonly ackTimeoutMs: number;
  readonly maxRows: number;
  readonly clock: Clock;
  /** Monotonic, ms: for latencies and time-outs. */
  readonly monotonic: () => number;
  readonly latencies: Latencies;
  /** How many rows may be produced now; called before each batch. */
  allowance(): number;
  produced(rows: number): void;
  progressed(): void;
}

const maxBacklogBytes = 4 * 1024 * 1024;
const firstBackoffMs = 100;
const lastBackoffMs = 5_000;

export class LoadAgent {
  readonly totals: AgentTotals = {
    ackedRows: 0,
    ackedBatches: 0,
    sentBatches: 0,
    rejectedRows: 0,
    resends: 0,
    reconnects: 0,
    strayAcks: 0,
  };
  /** Why the last connection ended. */
  fault: Error | undefined;
  readonly #options: LoadAgentOptions;
  readonly #rows: Rows;
  readonly #encoder: BatchEncoder;
  readonly #idPrefix: string;
  readonly #flights = new Map<number, Flight>();
  readonly #random: Random;
  #connection: LeanConnection | undefined;
  #ready = false;
  #ended = false;
  #retry: NodeJS.Timeout | undefined;
  #backoffMs = firstBackoffMs;
  #fresh = 0;
  #late = 0;
  #lateDebt = 0;
  #sequence = 0;
  #packetId = 0;

  constructor(options: LoadAgentOptions) {
    this.#options = options;
    this.#rows = new Rows(options.workload);
    this.#random = new Random(seedOf(options.workload.seed, options.id));
    this.#idPrefix = `${options.run}-`;
    this.#encoder = new BatchEncoder({
      agent: options.id,
      idPrefix: this.#idPrefix,
      series: this.#rows.series,
    });
  }

  get id(): string {
    return this.#options.id;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  get done(): boolean {
    const onlyLate = this.#options.workload.late.share === 1;
    return this.#fresh + this.#late >= this.#options.maxRows || (onlyLate && this.#lateLeft === 0);
  }

  /** Late rows that can still be sent before slots repeat. */
  get #lateLeft(): number {
    return this.#rows.lateCapacity - this.#late;
  }

  get ledger(): AgentLedger {
    return { agent: this.id, workload: this.#options.workload, freshRows: this.#fresh, lateRows: this.#late };
  }

  connect(): void {
    if (this.#ended) return;
    const { url, id, password } = this.#options;
    const connection = new LeanConnection(
      { url, clientId: id, user: id, password, subscription: topic(id, 'ack') },
      {
        onReady: () => {
          this.#ready = true;
          this.#backoffMs = firstBackoffMs;
          this.#resend(() => true);
          this.pump();
        },
        onMessage: (payload) => this.#acknowledged(payload),
        onIdle: () => this.pump(),
        onClose: (error) => {
          this.#ready = false;
          this.fault = error ?? this.fault;
          if (this.#ended) return;
          this.totals.reconnects++;
          this.#retry = setTimeout(() => this.connect(), this.#backoffMs * (0.5 + this.#random.next()));
          this.#backoffMs = Math.min(lastBackoffMs, this.#backoffMs * 2);
        },
      },
    );
    this.#connection = connection;
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
    this.#connection?.end();
  }

  /** Breaks the connection off; it comes back by itself. For tests. */
  breakConnection(): void {
    this.#connection?.destroy();
  }

  /** Sends what window, pace and clock allow. */
  pump(): void {
    const { window, allowance } = this.#options;
    const connection = this.#connection;
    if (connection === undefined || !this.#ready) return;
    while (this.#flights.size < window && !this.done && connection.backlogBytes < maxBacklogBytes) {
      if (allowance() <= 0 || !this.#batch(connection)) break;
    }
    this.#flush(connection);
  }

  /** Sends again what has waited too long for its acknowledgement. */
  checkTimeouts(): void {
    const before = this.#options.monotonic() - this.#options.ackTimeoutMs;
    if (this.#ready) this.#resend((flight) => flight.sentAt < before);
  }

  #batch(connection: LeanConnection): boolean {
    const { workload, batchRows, maxRows, clock, monotonic } = this.#options;
    const now = clock.now();
    this.#lateDebt += workload.late.share;
    const late = this.#lateDebt >= 1 && this.#lateLeft > 0;
    const first = late ? this.#late : this.#fresh;
    let count = Math.min(batchRows, maxRows - this.#fresh - this.#late);
    if (late) count = Math.min(count, this.#lateLeft);
    else while (count > 0 && this.#rows.freshTs(first + count - 1) > now) count--;
    if (count <= 0) {
      this.#lateDebt -= workload.late.share;
      return false;
    }
    if (late) this.#lateDebt -= 1;

    let bytes = 0;
    for (let row = first; row < first + count; row++)
      bytes += this.#encoder.rowBytes(this.#rows.seriesOf(row));
    if (this.#encoder.needsFlush(bytes)) this.#flush(connection);
    const sequence = this.#sequence++;
    this.#encoder.begin(this.#nextPacketId(), sequence, now, bytes);
    for (let row = first; row < first + count; row++) {
      const series = this.#rows.seriesOf(row);
      const ts = late ? this.#rows.lateTs(row) : this.#rows.freshTs(row);
      this.#encoder.row(series, ts, this.#rows.cents(series, ts));
    }
    const sentAt = monotonic();
    this.#flights.set(sequence, { packet: this.#encoder.end(), rows: count, firstSentAt: sentAt, sentAt });
    if (late) this.#late += count;
    else this.#fresh += count;
    this.totals.sentBatches++;
    this.#options.produced(count);
    return true;
  }

  #flush(connection: LeanConnection): void {
    const unsent = this.#encoder.takeUnsent();
    if (unsent !== undefined) connection.send(unsent);
  }

  #resend(due: (flight: Flight) => boolean): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const sentAt = this.#options.monotonic();
    for (const flight of this.#flights.values()) {
      if (!due(flight)) continue;
      const { slab, start, end, packetIdAt } = flight.packet;
      const copy = Buffer.from(slab.subarray(start, end));
      copy.writeUInt16BE(this.#nextPacketId(), packetIdAt - start);
      connection.send(copy);
      flight.sentAt = sentAt;
      this.totals.resends++;
    }
  }

  #acknowledged(payload: Buffer): void {
    const ack = parseAck(payload);
    if (ack === undefined) {
      this.totals.strayAcks++;
      return;
    }
    const now = this.#options.monotonic();
    for (const id of ack.ids) {
      const sequence = id.startsWith(this.#idPrefix) ? Number(id.slice(this.#idPrefix.length)) : -1;
      const flight = this.#flights.get(sequence);
      if (flight === undefined) {
        this.totals.strayAcks++;
        continue;
      }
      this.#flights.delete(sequence);
      this.totals.ackedRows += flight.rows;
      this.totals.ackedBatches++;
      this.#options.latencies.record(now - flight.firstSentAt);
    }
    this.totals.rejectedRows += ack.rejectedCount;
    this.#options.progressed();
  }

  #nextPacketId(): number {
    this.#packetId = (this.#packetId % 0xffff) + 1;
    return this.#packetId;
  }
}

interface AckIds {
  readonly ids: readonly string[];
  readonly rejectedCount: number;
}

/** The two fields that count, checked by hand while they are plain; anything else by the schema. */
function parseAck(payload: Buffer): AckIds | undefined {
  try {
    const raw: unknown = JSON.parse(payload.toString('latin1'));
    if (isPlainAck(raw)) return { ids: raw.ids, rejectedCount: raw.rejectedCount ?? 0 };
    return ackSchema.safeParse(JSON.parse(payload.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function isPlainAck(raw: unknown): raw is { ids: string[]; rejectedCount?: number } {
  if (typeof raw !== 'object' || raw === null || !('ids' in raw) || !Array.isArray(raw.ids)) return false;
  const count = 'rejectedCount' in raw ? raw.rejectedCount : 0;
  return typeof count === 'number' && raw.ids.every((id) => typeof id === 'string');
}
