// The connection to the broker: MQTT 3.1.1, clean session, own back-off. Each attempt is a client of its own, so that nothing
// the library keeps in memory from an earlier connection is sent behind our back: the outbox alone decides what is sent again.
import mqtt, { type MqttClient } from 'mqtt';
import { JieyueError } from '../domain/errors.ts';
import { topic } from '../domain/topics.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { backOff } from './back-off.ts';
import { LogGate } from './log-gate.ts';

export interface ReconnectSettings {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Pause after the broker refused the credentials for the first time: it may not have read them yet. */
  readonly credentialsFirstMs: number;
  /** Longest pause after a refusal; each is twice as long as the one before. */
  readonly credentialsMs: number;
}
export const defaultReconnect: ReconnectSettings = {
  firstMs: 500,
  maxMs: 30_000,
  credentialsFirstMs: 2_000,
  credentialsMs: 60_000,
};

export interface LinkOptions {
  readonly agent: string;
  readonly url: string;
  readonly password: string;
  readonly ca?: Buffer | string | undefined;
  readonly reconnect: ReconnectSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

export interface LinkEvents {
  /** The payload of the last will, retained on the status topic when the connection breaks. */
  will(): string;
  /** Connected and subscribed to `ack`. */
  up(): void;
  down(): void;
  /** A message on the `ack` topic. */
  ack(payload: Buffer): void;
  /** The broker does not let the agent in (`agent.credentials`); told at each attempt. */
  refused(fault: JieyueError): void;
}

const connectTimeoutMs = 10_000;
const keepaliveS = 60;
/** How long `stop` waits for the farewell. */
const farewellMs = 1_000;
/** CONNACK codes of MQTT 3.1.1: bad user name or password, not authorized. */
const refusedCodes: readonly unknown[] = [4, 5];

export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #unreachable: LogGate;
  readonly #refused: LogGate;
  #client: MqttClient | undefined;
  #up = false;
  #stopped = true;
  #failures = 0;
  /** Refusals of the credentials, one after the other. */
  #refusals = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#unreachable = new LogGate(60_000, () => options.clock.now());
    this.#refused = new LogGate(15 * 60_000, () => options.clock.now());
  }

  get connected(): boolean {
    return this.#up;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Publishes `farewell` on the status topic if connected, and disconnects; may be called twice. */
  async stop(farewell: string): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    if (this.#up) {
      await within(farewellMs, (done) => this.publish('status', farewell, { retain: true, done }));
      this.#goDown();
      await within(farewellMs, (done) => client.end(false, {}, done));
    }
    this.#drop(client);
  }

  /**
   * Publishes at QoS 1. Only while connected: the library would keep it in memory otherwise. `done` is called when the broker has
   * taken it, which proves nothing about storage, or not at all when the connection breaks.
   */
  publish(
    kind: 'batch' | 'status',
    payload: Buffer | string,
    options: { retain?: boolean; done?: () => void } = {},
  ): void {
    const client = this.#client;
    if (!client || !this.#up) return;
    client.publish(
      topic(this.#options.agent, kind),
      payload,
      { qos: 1, retain: options.retain ?? false },
      (error) => {
        if (!error && client === this.#client) options.done?.();
      },
    );
  }

  /** The connection is of no use (nothing passes): break it and come again. */
  reset(reason: string): void {
    this.#options.log.warn({ url: this.#safeUrl() }, `connection given up: ${reason}`);
    this.#failed(this.#client);
  }

  /** Something came through: the next break is a new one, tried again at once. */
  healthy(): void {
    this.#failures = 0;
  }

  #connect(): void {
    const { agent, url, password, ca } = this.#options;
    let client: MqttClient;
    try {
      client = mqtt.connect(url, {
        protocolVersion: 4,
        clean: true,
        // Stable: a new connection ends the old one at the broker, so that nothing of the old one arrives after it.
        clientId: agent,
        username: agent,
        password,
        keepalive: keepaliveS,
        connectTimeout: connectTimeoutMs,
        reconnectPeriod: 0,
        resubscribe: false,
        // The library would prepare 65 536 buffers, 8 MB, for packet numbers.
        writeCache: false,
        will: {
          topic: topic(agent, 'status'),
          payload: Buffer.from(this.#events.will()),
          qos: 1,
          retain: true,
        },
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (error) {
      this.#report(error);
      this.#retry(this.#pause());
      return;
    }
    this.#client = client;
    let pause: number | undefined;
    client.on('connect', () => {
      sendAtOnce(client.stream);
      client.subscribe(topic(agent, 'ack'), { qos: 1 }, (error, granted) => {
        if (client !== this.#client || this.#stopped) return;
        if (error || granted?.some(({ qos }) => qos === 128)) {
          pause = this.#report(
            error ?? new JieyueError('agent.credentials', `agent "${agent}" may not read its ack topic`),
          );
          this.#failed(client, pause);
          return;
        }
        this.#unreachable.reset();
        this.#refused.reset();
        this.#refusals = 0;
        this.#up = true;
        this.#options.log.info({ url: this.#safeUrl() }, 'connected to the broker');
        this.#events.up();
      });
    });
    client.on('message', (_topic, payload) => {
      if (client === this.#client && this.#up) this.#events.ack(payload);
    });
    client.on('error', (error) => {
      if (client !== this.#client || this.#stopped) return;
      pause = this.#report(error);
    });
    client.on('close', () => this.#failed(client, pause));
  }

  #failed(client: MqttClient | undefined, pause?: number): void {
    if (!client || client !== this.#client) return;
    if (this.#up && !this.#stopped)
      this.#options.log.warn({ url: this.#safeUrl() }, 'connection to the broker lost');
    this.#drop(client);
    this.#goDown();
    if (!this.#stopped) this.#retry(pause ?? this.#pause());
  }

  #goDown(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#events.down();
  }

  #drop(client: MqttClient): void {
    if (this.#client === client) this.#client = undefined;
    client.end(true);
    // A polite end that still waits for its answers would keep the socket.
    client.stream?.destroy();
  }

  #retry(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#stopped) this.#connect();
    }, ms);
  }

  #pause(): number {
    this.#failures += 1;
    const { firstMs, maxMs } = this.#options.reconnect;
    return backOff(this.#failures, firstMs, maxMs, this.#options.random);
  }

  /** Logs a fault, rarely; returns the pause it calls for when that is not the usual one. */
  #report(error: unknown): number | undefined {
    const { agent, log, random, reconnect } = this.#options;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (refusedCodes.includes(code) || code === 'agent.credentials') {
      const fault = new JieyueError(
        'agent.credentials',
        `the broker ${this.#safeUrl()} refuses agent "${agent}": unknown agent or wrong password; create it or correct the password`,
      );
      this.#refused.pass((suppressed) => log.error({ code: fault.code, suppressed }, fault.message));
      this.#events.refused(fault);
      this.#refusals += 1;
      return backOff(this.#refusals, reconnect.credentialsFirstMs, reconnect.credentialsMs, random);
    }
    const reason = error instanceof Error ? error.message || String(code) : String(error);
    this.#unreachable.pass((suppressed) =>
      log.warn(
        { code: 'broker.unreachable', suppressed },
        `the broker ${this.#safeUrl()} cannot be reached (${reason}); rows stay in the outbox and sending goes on when it answers`,
      ),
    );
    return undefined;
  }

  /** Without a user or password that someone may have written into the address. */
  #safeUrl(): string {
    return this.#options.url.replace(/\/\/[^/@]*@/, '//');
  }
}

/** Without this the system holds small packets back for up to 40 ms, and a window full of them with it (five times slower). */
function sendAtOnce(stream: object): void {
  if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
}

/** Waits for `work` to call back, for `ms` at most. */
function within(ms: number, work: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    work(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
