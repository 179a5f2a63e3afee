// An embedded broker (aedes) with a small ingest behind it, for tests of whoever sends: applies batches in the order of their
// arrival, the newest arrival of a key wins, and acknowledges, or not, as the test decides.
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { type Ack, type Batch, batchSchema } from '../domain/telemetry.ts';
import { parseTopic, topic } from '../domain/topics.ts';

/**
 * `ack`: applied and answered; `discard`: as if the queue were full; `silent`: applied, and the answer is lost; `ackAfterMs`:
 * applied, and answered late; `ack` with refusals: answered with them.
 */
export type Verdict =
  | 'ack'
  | 'discard'
  | 'silent'
  | { readonly ackAfterMs: number }
  | { readonly ack: Omit<Ack, 'ids'> };

export interface Arrival {
  readonly agent: string;
  readonly id: string;
  readonly payload: string;
  readonly batch: Batch;
}

export interface FakeIngestOptions {
  readonly password?: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export class FakeIngest {
  /** What happens to the next batch; `nth` counts its arrivals from 1. */
  verdict: (arrival: Arrival, nth: number) => Verdict | Promise<Verdict> = () => 'ack';
  readonly arrivals: Arrival[] = [];
  /** Rows in the order in which they were applied, and the newest per key. */
  readonly rows: unknown[] = [];
  readonly state = new Map<string, string>();
  readonly statuses: { agent: string; retain: boolean; message: unknown }[] = [];
  readonly #options: FakeIngestOptions;
  readonly #sockets = new Set<Socket>();
  readonly #seen = new Map<string, number>();
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #port: number;

  constructor(options: FakeIngestOptions = {}) {
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  get url(): string {
    return `${this.#options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${this.#port}`;
  }

  get broker(): Aedes {
    if (!this.#broker) throw new Error('the fake ingest is not started');
    return this.#broker;
  }

  /** Listens; after `stop`, on the same port again. */
  async start(): Promise<void> {
    const { password, tls } = this.#options;
    const broker = await Aedes.createBroker({
      authenticate: (_client, _user, given, done) => {
        const right = password === undefined || given?.toString() === password;
        done(right ? null : Object.assign(new Error('refused'), { returnCode: 4 }), right);
      },
    });
    broker.on('publish', (packet, client) => {
      if (client) this.#published(packet.topic, packet.payload.toString(), packet.retain);
    });
    const handle = (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    };
    const server = tls
      ? createTlsServer({ ...tls, noDelay: true }, handle)
      : createTcpServer({ noDelay: true }, handle);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address !== null && typeof address !== 'string') this.#port = address.port;
    this.#broker = broker;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const broker = this.#broker;
    const server = this.#server;
    this.#broker = undefined;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.cut();
    if (broker) await new Promise<void>((resolve) => broker.close(resolve));
    // Whoever came in between.
    this.cut();
    await closed;
  }

  /** Breaks all connections, as a bad line does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  publishAck(agent: string, ack: Ack | string): void {
    this.#broker?.publish(
      {
        cmd: 'publish',
        topic: topic(agent, 'ack'),
        payload: typeof ack === 'string' ? ack : JSON.stringify(ack),
        qos: 1,
        retain: false,
        dup: false,
      },
      () => undefined,
    );
  }

  #published(name: string, payload: string, retain: boolean): void {
    const parsed = parseTopic(name);
    if (parsed?.kind === 'status') {
      this.statuses.push({ agent: parsed.agent, retain, message: JSON.parse(payload) });
    } else if (parsed?.kind === 'batch') {
      const batch = batchSchema.parse(JSON.parse(payload));
      void this.#received({ agent: parsed.agent, id: batch.id, payload, batch });
    }
  }

  async #received(arrival: Arrival): Promise<void> {
    const { agent, id, batch } = arrival;
    const nth = (this.#seen.get(id) ?? 0) + 1;
    this.#seen.set(id, nth);
    this.arrivals.push(arrival);
    // A verdict that is there at once is applied at once: the order of arrival is the order of application.
    const given = this.verdict(arrival, nth);
    const verdict = given instanceof Promise ? await given : given;
    if (verdict === 'discard') return;
    for (const row of batch.readings) this.#apply(`${row[0]} ${row[1]} ${row[2]}`, row);
    for (const row of batch.positions) this.#apply(`${row[0]} ${row[1]}`, row);
    if (verdict === 'silent') return;
    const none = { rejected: [], rejectedCount: 0 };
    if (verdict === 'ack') this.publishAck(agent, { ids: [id], ...none });
    else if ('ack' in verdict) this.publishAck(agent, { ids: [id], ...verdict.ack });
    else setTimeout(() => this.publishAck(agent, { ids: [id], ...none }), verdict.ackAfterMs);
  }

  #apply(key: string, row: readonly unknown[]): void {
    this.rows.push(row);
    this.state.set(key, JSON.stringify(row));
  }
}
