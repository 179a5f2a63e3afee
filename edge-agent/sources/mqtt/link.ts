// The connection to a local broker: MQTT 3.1.1, a session that the broker keeps, own back-off, and acknowledgements sent when the
// rows are durable and not when a message was read.
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';

export interface LinkOptions {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The certificate's text (PEM). */
  readonly ca?: Buffer | undefined;
  readonly filters: readonly string[];
  readonly firstRetryMs: number;
  readonly random: () => number;
}

export interface LinkEvents {
  /** Connected and subscribed. */
  up(): void;
  /** Not connected, or not let in; tried again. */
  down(reason: string): void;
  /** `ack` tells the broker that the message is kept; without it, it comes again after the next connection (QoS 1). */
  message(packet: IPublishPacket, ack: () => void): void;
  /** Whether to read on after this message; else nothing more is read until `readOn`. */
  mayReadOn(): boolean;
}

const connectTimeoutMs = 10_000;
const keepaliveS = 60;
const lastRetryMs = 60_000;
const farewellMs = 1_000;
/** The library sends its acknowledgement unless the handler fails; a failure has no other effect (mqtt 5.16, handlers/publish). */
const ackLater = new Error('acknowledged when the rows are durable');

export class MqttLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #client: MqttClient | undefined;
  #up = false;
  #stopped = true;
  #paused = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Lets the library go on to the next packet. */
  #held: (() => void) | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get connected(): boolean {
    return this.#up;
  }

  /** Nothing more is read at the moment. */
  get held(): boolean {
    return this.#held !== undefined || this.#paused;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    this.#readOn();
    if (this.#up) {
      this.#up = false;
      // Behind the acknowledgements that are on their way.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, farewellMs);
        client.end(false, {}, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.#drop(client);
  }

  /** There is no room for a long time: go, so that the broker keeps what comes, until `readOn`. */
  pause(): void {
    if (this.#stopped || this.#paused) return;
    this.#paused = true;
    clearTimeout(this.#timer);
    if (this.#client) this.#drop(this.#client);
    this.#up = false;
  }

  /** After `mayReadOn` said no, or `pause`. */
  readOn(): void {
    this.#readOn();
    if (!this.#paused || this.#stopped) return;
    this.#paused = false;
    this.#connect();
  }

  #readOn(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }

  #connect(): void {
    const { url, clientId, username, password, ca } = this.#options;
    let client: MqttClient;
    try {
      client = mqtt.connect(url, {
        protocolVersion: 4,
        clean: false,
        clientId,
        keepalive: keepaliveS,
        connectTimeout: connectTimeoutMs,
        reconnectPeriod: 0,
        resubscribe: false,
        writeCache: false,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (error) {
      this.#retry(reasonOf(error));
      return;
    }
    this.#client = client;
    let reason = 'the connection was closed';
    client.handleMessage = (packet, next) => this.#take(client, packet, next);
    client.on('connect', () => this.#subscribe(client));
    client.on('error', (error) => {
      reason = reasonOf(error);
    });
    client.on('close', () => this.#failed(client, reason));
  }

  #subscribe(client: MqttClient): void {
    client.subscribe([...this.#options.filters], { qos: 1 }, (error, granted) => {
      if (client !== this.#client || this.#stopped) return;
      const refused = granted?.find(({ qos }) => qos === 128)?.topic;
      if (error || refused !== undefined) {
        this.#failed(client, refused === undefined ? reasonOf(error) : `it does not allow ${refused}`);
        return;
      }
      this.#failures = 0;
      this.#up = true;
      this.#events.up();
    });
  }

  #take(client: MqttClient, packet: IPublishPacket, next: (error?: Error) => void): void {
    const goOn = () => next(packet.qos > 0 ? ackLater : undefined);
    if (client !== this.#client || this.#stopped) {
      goOn();
      return;
    }
    this.#events.message(packet, () => this.#acknowledge(client, packet));
    if (this.#events.mayReadOn()) goOn();
    else this.#held = goOn;
  }

  /** PUBACK. The library has no call for it; a packet of four bytes, written whole, stands between its own. */
  #acknowledge(client: MqttClient, { qos, messageId }: IPublishPacket): void {
    if (qos === 0 || messageId === undefined) return;
    if (client !== this.#client || !client.connected) return;
    client.stream.write(Buffer.of(0x40, 2, messageId >> 8, messageId & 0xff));
  }

  #failed(client: MqttClient, reason: string): void {
    if (client !== this.#client) return;
    this.#drop(client);
    this.#up = false;
    if (!this.#stopped) this.#retry(reason);
  }

  #drop(client: MqttClient): void {
    this.#client = undefined;
    this.#held = undefined;
    client.end(true);
    client.stream?.destroy();
  }

  #retry(reason: string): void {
    this.#events.down(reason);
    const { firstRetryMs, random } = this.#options;
    const pause = Math.min(firstRetryMs * 2 ** this.#failures++, lastRetryMs) * (1 - random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#stopped && !this.#paused) this.#connect();
    }, pause);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 4 || code === 5) return 'it refuses the user or the password';
  return error instanceof Error ? error.message || String(code) : String(error);
}
