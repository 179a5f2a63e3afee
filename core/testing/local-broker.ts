// A broker (aedes) as it stands in a yard or a boiler house, for tests of the source `mqtt`: publishes what a test says, and counts
// the acknowledgements.
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export class LocalBroker {
  /** Who connected, with which user and password. */
  readonly logins: { readonly client: string; readonly user: string; readonly password: string }[] = [];
  /** Messages that a subscriber acknowledged (QoS 1). */
  acknowledged = 0;
  refuse = false;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.#broker?.connectedClients ?? 0;
  }

  /** Listens; after `stop`, on the same port again, without memory of sessions. */
  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate: (client, user, password, done) => {
        this.logins.push({ client: client.id, user: user ?? '', password: password?.toString() ?? '' });
        done(this.refuse ? Object.assign(new Error('refused'), { returnCode: 4 }) : null, !this.refuse);
      },
    });
    broker.on('ack', () => {
      this.acknowledged++;
    });
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
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
    const [broker, server] = [this.#broker, this.#server];
    this.#broker = undefined;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.cut();
    if (broker) await new Promise<void>((resolve) => broker.close(resolve));
    this.cut();
    await closed;
  }

  /** Breaks all connections; sessions stay. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As a device would; an object is sent as JSON. Resolves when the broker has routed it. */
  async publish(
    topic: string,
    message: unknown,
    { qos = 1, retain = false }: { qos?: 0 | 1; retain?: boolean } = {},
  ): Promise<void> {
    const payload =
      typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
    await new Promise<void>((resolve, reject) => {
      this.#broker?.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}
