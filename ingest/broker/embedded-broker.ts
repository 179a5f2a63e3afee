// The embedded MQTT broker (aedes) with the rules of this system: who gets in, what he may do, and how much of it.
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AuthenticateError, type Client, type ConnectPacket, type PublishPacket } from 'aedes';
import { JieyueError } from '../../core/domain/errors.ts';
import { limits } from '../../core/domain/telemetry.ts';
import { parseTopic } from '../../core/domain/topics.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { mayBeRetained, mayPublish, maySubscribe, type User } from './access.ts';
import { type Credentials, Doorkeeper } from './admission.ts';
import { brokerMetrics } from './broker-metrics.ts';
import { FrameGuard, guardReads } from './frame-guard.ts';
import { TopicBus } from './topic-bus.ts';

export interface EmbeddedBrokerOptions extends Credentials {
  readonly host: string;
  /** 0: a free one; `address()` tells which. */
  readonly port: number;
  /** Paths of PEM files; a second listener beside the plain one. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly port: number } | undefined;
  /** A longer message is cut short to this, which ingest refuses as `batch.too-large`. Default: a batch and 4 KiB. */
  readonly maxPayloadBytes?: number | undefined;
  /** Connections at once, those that have not said who they are included; a further one is closed. Default 5 000. */
  readonly maxConnections?: number | undefined;
  /** Messages that wait for one slow subscriber; a further one is dropped for it and counted. Default 1 000. */
  readonly maxQueuedPerClient?: number | undefined;
  /** Time for a connection to say who it is. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** A subscriber that takes nothing for this long is cut off. Default 10 s. */
  readonly drainTimeoutMs?: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const kibibyte = 1024;
const fixed = {
  /** A packet that announces more than this ends the connection. */
  hardBytes: 16 * 1024 * kibibyte,
  /** CONNECT holds the will, whose payload has at most 64 KiB [MQTT 3.1.1 §3.1.3.3]. */
  connectBytes: 80 * kibibyte,
  statusBytes: 64 * kibibyte,
  /** Bytes that may wait for a subscriber that does not read, an agent or ingest; more are dropped and counted. */
  waitingBytes: 1024 * kibibyte,
  waitingBytesInternal: 64 * 1024 * kibibyte,
  keepaliveSeconds: 1_200,
  passwordChecks: 64,
  /** QoS 2 is not ours; a client that uses it may leave this many messages half-done. */
  inflightQoS2: 16,
};

/** Where refused messages go: nobody can subscribe to it. */
const sink = '$refused';

export class EmbeddedBroker implements Service {
  readonly name = 'broker';
  readonly #options: EmbeddedBrokerOptions;
  readonly #metrics: ReturnType<typeof brokerMetrics>;
  readonly #doorkeeper: Doorkeeper;
  readonly #users = new WeakMap<Client, User>();
  /** Connections whose first refusal stands in the log already. */
  readonly #complained = new WeakSet<Client>();
  readonly #sockets = new Set<Socket>();
  #aedes: Aedes | undefined;
  #plain: Server | undefined;
  #tls: Server | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#metrics = brokerMetrics(options.metrics, () => this.#sockets.size);
    this.#doorkeeper = new Doorkeeper(options, fixed.passwordChecks);
  }

  /** @throws JieyueError `config.missing` without a readable certificate, `config.invalid` when a port is taken. */
  async start(): Promise<void> {
    const { host, port, tls, log } = this.#options;
    const bus = new TopicBus({
      waits: (name) => parseTopic(name)?.kind === 'batch',
      maxPending: this.#options.maxQueuedPerClient ?? 1_000,
      onDropped: (name) => this.#dropped(name),
    });
    const aedes = await Aedes.createBroker({
      mq: bus,
      concurrency: 0,
      connectTimeout: this.#options.connectTimeoutMs ?? 10_000,
      drainTimeout: this.#options.drainTimeoutMs ?? 10_000,
      maxInflightInbound: fixed.inflightQoS2,
      preConnect: (_client, packet, done) => {
        this.#beforeConnect(packet);
        done(null, true);
      },
      authenticate: (client, user, password, done) => {
        this.#authenticate(client, user, password?.toString('utf8'), done).catch((error: unknown) => {
          log.error({ err: error }, 'a connection could not be checked');
        });
      },
      authorizePublish: (client, packet, done) => {
        this.#checkPublish(client, packet);
        done(null);
      },
      authorizeSubscribe: (client, subscription, done) => {
        const user = this.#users.get(client);
        const granted = user !== undefined && maySubscribe(user, subscription.topic);
        if (!granted) this.#refuse(client, 'subscribe', subscription.topic);
        done(null, granted ? subscription : null);
      },
      authorizeForward: (client, packet) => {
        const internal = this.#users.get(client)?.kind === 'internal';
        const limit = internal ? fixed.waitingBytesInternal : fixed.waitingBytes;
        if (client.conn.writableLength <= limit) return packet;
        this.#dropped(packet.topic);
        return null;
      },
    });
    this.#aedes = aedes;
    // The typings of aedes leave this event out; unheard, it would end the process.
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: unknown) => log.error({ err: error }, 'broker'));
    const ended = (client: Client, error: Error) =>
      log.debug({ client: client.id, reason: error.message }, 'connection');
    aedes.on('clientError', ended);
    aedes.on('connectionError', ended);
    this.#plain = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    await this.#listen(this.#plain, host, port);
    if (tls !== undefined) {
      const secure = { cert: readPem(tls.cert), key: readPem(tls.key), minVersion: 'TLSv1.2' } as const;
      this.#tls = createTlsServer({ ...secure, noDelay: true, handshakeTimeout: 10_000 }, (socket) =>
        this.#accept(socket),
      );
      this.#tls.on('tlsClientError', (error) => log.debug({ reason: error.message }, 'TLS handshake'));
      await this.#listen(this.#tls, host, tls.port);
    }
    const { port: listening, tlsPort } = this.address();
    log.info({ host, port: listening, tlsPort }, 'broker listens');
  }

  /** Ports in use. @throws Error before `start()`. */
  address(): { readonly host: string; readonly port: number; readonly tlsPort: number | undefined } {
    const port = portOf(this.#plain);
    if (port === undefined) throw new Error('the broker has not been started');
    return { host: this.#options.host, port, tlsPort: portOf(this.#tls) };
  }

  async stop(): Promise<void> {
    const servers = [this.#plain, this.#tls].filter((server) => server !== undefined);
    const aedes = this.#aedes;
    this.#plain = undefined;
    this.#tls = undefined;
    this.#aedes = undefined;
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    if (aedes !== undefined) await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    const { maxConnections = 5_000, log } = this.#options;
    const aedes = this.#aedes;
    if (aedes === undefined || this.#sockets.size >= maxConnections) {
      this.#metrics.refusedConnections.inc({ reason: 'too-many' });
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const guard = new FrameGuard({
      packetBytes: this.#options.maxPayloadBytes ?? limits.batchBytes + 4 * kibibyte,
      hardBytes: fixed.hardBytes,
      connectBytes: fixed.connectBytes,
    });
    guardReads(socket, guard, (reason) => {
      this.#metrics.cut.inc();
      log.warn({ from: socket.remoteAddress, reason }, 'connection cut');
    });
    aedes.handle(socket);
  }

  /** What a client asks for beyond our limits is taken away; it may connect all the same. */
  #beforeConnect(packet: ConnectPacket): void {
    // Sessions that outlive a connection would queue without a bound; agents resend what is not acknowledged anyway.
    packet.clean = true;
    const keepalive = packet.keepalive ?? 0;
    packet.keepalive = keepalive === 0 ? fixed.keepaliveSeconds : Math.min(keepalive, fixed.keepaliveSeconds);
  }

  async #authenticate(
    client: Client,
    name: string | undefined,
    password: string | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    // Client ids are the client's choice and a second connection of the same id ends the first: within one user that
    // is what MQTT wants, between users it must not happen. Until the user is known the id is one that no one can have.
    const wanted = client.id;
    client.id = `//${wanted}`;
    const admission = await this.#doorkeeper.admit(name, password);
    if ('user' in admission) {
      this.#users.set(client, admission.user);
      client.id = `${name}/${wanted}`;
      done(null, true);
      return;
    }
    const { refused, reason } = admission;
    this.#metrics.refusedConnections.inc({ reason: refused });
    this.#options.log.warn({ user: name, from: remoteAddress(client), reason }, 'connection refused');
    // Return codes of CONNACK: 3 server unavailable, 5 not authorised [MQTT 3.1.1 §3.2.2.3]
    done(Object.assign(new Error(reason), { returnCode: refused === 'credentials' ? 5 : 3 }), null);
  }

  /**
   * Wills come here too, when they are due. A refused message is taken, confirmed (MQTT 3.1.1 knows no other answer) and goes nowhere. An error here would end
   * the connection, and with it what the agent sends rightly.
   */
  #checkPublish(client: Client | null, packet: PublishPacket): void {
    const user = client === null ? undefined : this.#users.get(client);
    const name = packet.topic;
    const tooLong = parseTopic(name)?.kind === 'status' && packet.payload.length > fixed.statusBytes;
    if (user === undefined || tooLong || !mayPublish(user, name)) {
      this.#refuse(client, 'publish', name);
      packet.topic = sink;
      packet.payload = Buffer.alloc(0);
      packet.retain = false;
      return;
    }
    if (packet.retain && !mayBeRetained(user, name)) packet.retain = false;
    this.#metrics.messages.inc();
  }

  #refuse(client: Client | null, action: 'publish' | 'subscribe', name: string): void {
    this.#metrics.refused.inc({ action });
    if (client === null || this.#complained.has(client)) return;
    this.#complained.add(client);
    this.#options.log.warn({ client: client.id, action, topic: name.slice(0, 200) }, 'refused');
  }

  #dropped(name: string): void {
    this.#metrics.dropped.inc();
    this.#options.log.debug({ topic: name }, 'dropped for a slow subscriber');
  }

  #listen(server: Server, host: string, port: number): Promise<void> {
    server.maxConnections = this.#options.maxConnections ?? 5_000;
    server.on('drop', () => this.#metrics.refusedConnections.inc({ reason: 'too-many' }));
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why =
          error.code === 'EADDRINUSE' ? 'is in use; choose another' : `cannot be used: ${error.message}`;
        reject(new JieyueError('config.invalid', `MQTT port ${port} on ${host} ${why}`, { cause: error }));
      });
      server.listen(port, host, () => {
        server.on('error', (error) => this.#options.log.error({ err: error }, 'broker listener'));
        resolve();
      });
    });
  }
}

function portOf(server: Server | undefined): number | undefined {
  const address: AddressInfo | string | null | undefined = server?.address();
  return typeof address === 'object' ? address?.port : undefined;
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new JieyueError('config.missing', `certificate or key ${file} cannot be read`, { cause: error });
  }
}

function remoteAddress(client: Client): string | undefined {
  return 'remoteAddress' in client.conn ? client.conn.remoteAddress : undefined;
}
