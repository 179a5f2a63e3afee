// Ingest on a real broker, with a store and a registry in memory, and an agent that talks to it.

import { Ingest, type IngestOptions } from '../../../ingest/ingest.ts';
import { ackSchema } from '../../domain/telemetry.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { client, type TestBroker, type TestClient } from './broker-kit.ts';
import { FakeRegistry, FakeStore } from './fakes.ts';
import { passwords } from './passwords.ts';

export type WireAck = ReturnType<typeof ackSchema.parse>;

export class IngestKit {
  readonly broker: TestBroker;
  readonly store = new FakeStore();
  readonly registry = new FakeRegistry();
  readonly metrics = new Metrics();
  readonly ingest: Ingest;

  constructor(broker: TestBroker, options: Partial<IngestOptions> = {}) {
    this.broker = broker;
    this.ingest = new Ingest({
      store: this.store,
      registry: this.registry,
      url: broker.url,
      user: 'ingest',
      password: passwords['ingest'] ?? '',
      queueRows: 200_000,
      queueBytes: 64 * 1024 * 1024,
      writeRows: 50_000,
      clock: systemClock,
      log: silentLogger,
      metrics: this.metrics,
      ...options,
    });
  }

  async start(): Promise<this> {
    await this.ingest.start();
    await this.ingest.ready();
    return this;
  }

  /** An agent that listens to its acknowledgements. */
  async agent(id: string): Promise<TestAgent> {
    const joined = await client(this.broker, id);
    await joined.subscribe(`jieyue/v1/${id}/ack`);
    return new TestAgent(id, joined);
  }

  async count(name: string, label?: string): Promise<number> {
    const metric = await this.metrics.registry.getSingleMetric(`jieyue_ingest_${name}`)?.get();
    return (metric?.values ?? [])
      .filter((entry) => label === undefined || Object.values(entry.labels).includes(label))
      .reduce((sum, entry) => sum + entry.value, 0);
  }
}

export class TestAgent {
  readonly id: string;
  readonly client: TestClient;

  constructor(id: string, joined: TestClient) {
    this.id = id;
    this.client = joined;
  }

  get acks(): WireAck[] {
    return this.client.received.map(({ payload }) => ackSchema.parse(JSON.parse(payload)));
  }

  send(payload: Buffer | string, kind = 'batch'): Promise<void> {
    return this.client.publish(`jieyue/v1/${this.id}/${kind}`, payload, kind === 'status');
  }

  /** The first acknowledgement that names the batch. */
  async answered(batch: string): Promise<WireAck> {
    const { payload } = await this.client.message((message) => message.payload.includes(`"${batch}"`));
    return ackSchema.parse(JSON.parse(payload));
  }

  /** A good batch of one reading; resolves when it was acknowledged. */
  async sendGood(batch: string, ts = systemClock.now()): Promise<WireAck> {
    await this.send(JSON.stringify({ id: batch, sentAt: ts, readings: [['good', 'electricity', ts, 1]] }));
    return this.answered(batch);
  }
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
