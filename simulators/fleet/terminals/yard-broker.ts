// A small MQTT broker (aedes), as a vendor's gateway has one, for cars that publish and an agent that listens. On this machine alone.
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export class YardBroker {
  readonly name = 'broker of published cars';
  readonly #sockets = new Set<Socket>();
  readonly #wantedPort: number;
  #broker: Aedes | undefined;
  #server: Server | undefined;

  /** @param port 0: a free one */
  constructor(port = 0) {
    this.#wantedPort = port;
  }

  /** @throws RangeError before it was started */
  get url(): string {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) throw new RangeError(`${this.name} does not listen`);
    return `mqtt://127.0.0.1:${address.port}`;
  }

  /** @throws the system's error where the port is taken */
  async start(): Promise<void> {
    const broker = await Aedes.createBroker();
    this.#broker = broker;
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#wantedPort, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    const [broker, server] = [this.#broker, this.#server];
    this.#broker = undefined;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const socket of this.#sockets) socket.destroy();
    if (broker) await new Promise<void>((resolve) => broker.close(resolve));
    await closed;
  }
}
