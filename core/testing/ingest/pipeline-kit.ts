// A pipeline on fakes, with a clock that stands still until it is moved, for tests that need no broker.

import { AlarmDesk } from '../../../ingest/alarm-desk.ts';
import { ingestMetrics } from '../../../ingest/ingest-metrics.ts';
import { Pipeline } from '../../../ingest/pipeline.ts';
import { type Ack, ackSchema } from '../../domain/telemetry.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { FakeRegistry, FakeStore } from './fakes.ts';

export const startOfTest = Date.UTC(2025, 5, 1);

export class PipelineKit {
  readonly store: FakeStore;
  readonly registry: FakeRegistry;
  readonly acks: { agent: string; ack: Ack }[] = [];
  readonly metrics = new Metrics();
  readonly alarms: AlarmDesk;
  readonly pipeline: Pipeline;
  now = startOfTest;
  #running: Promise<void> | undefined;

  constructor(
    options: {
      store?: FakeStore;
      registry?: FakeRegistry;
      queueRows?: number;
      queueBytes?: number;
      writeRows?: number;
    } = {},
  ) {
    this.store = options.store ?? new FakeStore();
    this.registry = options.registry ?? new FakeRegistry();
    const clock = { now: () => this.now };
    this.alarms = new AlarmDesk({ registry: this.registry, clock, log: silentLogger });
    this.pipeline = new Pipeline({
      store: this.store,
      registry: this.registry,
      alarms: this.alarms,
      publishAck: (agent, payload) =>
        this.acks.push({ agent, ack: ackSchema.parse(JSON.parse(payload)) as Ack }),
      queueRows: options.queueRows ?? 200_000,
      queueBytes: options.queueBytes ?? 64 * 1024 * 1024,
      writeRows: options.writeRows ?? 50_000,
      clock,
      log: silentLogger,
      metrics: ingestMetrics(this.metrics),
    });
  }

  run(): this {
    this.#running = this.pipeline.run();
    return this;
  }

  async stop(): Promise<void> {
    this.pipeline.stop();
    await this.#running;
    await this.alarms.settled();
  }

  /** Sends a batch (an object, or text as it is) and returns at once. */
  offer(agent: string, batch: unknown): void {
    this.pipeline.offer(agent, Buffer.from(typeof batch === 'string' ? batch : JSON.stringify(batch)));
  }

  /** Sends a batch and resolves with the acknowledgement that names it. */
  async send(agent: string, batch: { id: string } & Record<string, unknown>): Promise<Ack> {
    const before = this.acks.length;
    this.offer(agent, batch);
    return this.answered(agent, batch.id, before);
  }

  async answered(agent: string, id: string, from = 0): Promise<Ack> {
    for (;;) {
      const found = this.acks.slice(from).find((sent) => sent.agent === agent && sent.ack.ids.includes(id));
      if (found !== undefined) {
        await this.alarms.settled();
        return found.ack;
      }
      await turn();
    }
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await turn();
  }

  /** The sum of a metric over its labels, or of those with this label value. */
  async count(name: string, label?: string): Promise<number> {
    const metric = await this.metrics.registry.getSingleMetric(`jieyue_ingest_${name}`)?.get();
    const values = metric?.values ?? [];
    return values
      .filter((entry) => label === undefined || Object.values(entry.labels).includes(label))
      .reduce((sum, entry) => sum + entry.value, 0);
  }
}

let lastId = 0;

/** A batch with a fresh id. */
export function batchOf(
  readings: readonly unknown[],
  positions: readonly unknown[] = [],
): { id: string; sentAt: number; readings: readonly unknown[]; positions: readonly unknown[] } {
  lastId++;
  return { id: `batch-${lastId}`, sentAt: startOfTest, readings, positions };
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
