// The ingest service: subscribes at the broker, hands every message to the pipeline at once, and sends acknowledgements.
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { JieyueError } from '../core/domain/errors.ts';
import { parseTopic, topic, topicFilter } from '../core/domain/topics.ts';
import type { Clock } from '../core/runtime/clock.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { type IngestMetrics, ingestMetrics } from './ingest-metrics.ts';
import { Pipeline } from './pipeline.ts';
import type { IngestRegistry, IngestStore } from './ports.ts';
import { StatusDesk } from './status-desk.ts';

export interface IngestOptions {
  readonly store: IngestStore;
  readonly registry: IngestRegistry;
  /** mqtt:// or mqtts:// */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Path of the certificate (PEM) of the authority that signed the broker's; default: the system's. */
  readonly ca?: string | undefined;
  /** Rows (estimated by size) and bytes that wait at most; a batch beyond is discarded unacknowledged and counted. */
  readonly queueRows: number;
  readonly queueBytes: number;
  /** Rows that one store write takes at most. */
  readonly writeRows: number;
  /** Several ingest workers share the batches of one group; the broker must know shared subscriptions (aedes does not). */
  readonly sharedGroup?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Acknowledgements that the broker has not confirmed; beyond, one is dropped, since its batch comes again. */
const maxUnconfirmedAcks = 2_000;
const reconnectMs = 1_000;
const goodbyeMs = 2_000;

export class Ingest implements Service {
  readonly name = 'ingest';
  readonly #options: IngestOptions;
  readonly #metrics: IngestMetrics;
  readonly #alarms: AlarmDesk;
  readonly #statuses: StatusDesk;
  readonly #pipeline: Pipeline;
  #client: MqttClient | undefined;
  #working: Promise<void> | undefined;
  #unconfirmed = 0;
  #gathering = false;
  #connected = false;
  #markReady: () => void = () => {};
  readonly #ready = new Promise<void>((resolve) => {
    this.#markReady = resolve;
  });

  constructor(options: IngestOptions) {
    const { store, registry, clock, log } = options;
    this.#options = options;
    this.#metrics = ingestMetrics(options.metrics);
    this.#alarms = new AlarmDesk({ registry, clock, log });
    this.#statuses = new StatusDesk({ registry, alarms: this.#alarms, clock, log, metrics: this.#metrics });
    this.#pipeline = new Pipeline({
      store,
      registry,
      alarms: this.#alarms,
      publishAck: (agent, payload) => this.#publishAck(agent, payload),
      queueRows: options.queueRows,
      queueBytes: options.queueBytes,
      writeRows: options.writeRows,
      clock,
      log,
      metrics: this.#metrics,
    });
  }

  /** Begins to work; does not wait for the broker, which may come later and go and come again. See `ready()`. */
  async start(): Promise<void> {
    const { url, user, password, ca, log } = this.#options;
    const authority = ca === undefined ? {} : { ca: readAuthority(ca) };
    await this.#alarms.load().catch((error: unknown) => {
      log.error({ err: error }, 'open alarms could not be read; those that ended meanwhile stay open');
    });
    this.#metrics.storeUp.set(1);
    this.#setConnected(false);
    this.#working = this.#pipeline.run().catch((error: unknown) => {
      log.fatal({ err: error }, 'ingest stopped working: nothing is acknowledged until it is started again');
    });
    const client = connect(url, {
      ...authority,
      username: user,
      password,
      protocolVersion: 4,
      // What was sent while ingest was away comes again from its agents: no session, no queue at the broker.
      clean: true,
      resubscribe: false,
      keepalive: 30,
      reconnectPeriod: reconnectMs,
      reconnectOnConnackError: true,
      connectTimeout: 10_000,
    });
    this.#client = client;
    // Queue and return: while this callback is open, MQTT.js answers no ping and takes no further message.
    client.handleMessage = (packet, done) => {
      this.#gatherWrites(client);
      this.#take(packet);
      done();
    };
    let told = false;
    client.on('connect', () => {
      // Acknowledgements are small and waited for: they must not wait for more to send along.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      told = false;
      this.#unconfirmed = 0;
      this.#subscribe(client);
    });
    client.on('close', () => this.#setConnected(false));
    client.on('error', (error) => {
      // Each attempt fails with the same words: once is enough until it worked again.
      if (!told)
        log.error({ reason: error.message, url: withoutSecrets(url), user }, 'broker refuses ingest');
      told = true;
    });
    client.on('offline', () => {
      if (!told) log.warn({ url: withoutSecrets(url) }, 'broker does not answer; ingest tries on');
      told = true;
    });
  }

  /** True while ingest is subscribed at the broker. */
  get connected(): boolean {
    return this.#connected;
  }

  /** What ingest waits for, for people: nothing is acknowledged until it is there. Empty while all is well. */
  get waits(): readonly string[] {
    return [...(this.#connected ? [] : ['the broker']), ...this.#pipeline.waits];
  }

  /** Resolves when ingest was subscribed for the first time. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Whether batches wait or are being written: work that can wait should. */
  get busy(): boolean {
    return this.#pipeline.busy;
  }

  /** Takes nothing more, finishes and acknowledges the write under way, drops the rest unacknowledged. */
  async stop(): Promise<void> {
    this.#pipeline.stop();
    await this.#working;
    await this.#statuses.settled();
    await this.#alarms.settled();
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    await new Promise<void>((resolve) => {
      // A broker that does not confirm the last acknowledgements is not waited for.
      const timer = setTimeout(() => client.end(true, {}, () => resolve()), goodbyeMs);
      client.end(!client.connected, {}, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#metrics.connected.set(connected ? 1 : 0);
  }

  /** What is written while one turn's messages are taken (a PUBACK each) goes out in one system call. */
  #gatherWrites({ stream }: MqttClient): void {
    if (this.#gathering) return;
    this.#gathering = true;
    stream.cork();
    setImmediate(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  #take(packet: IPublishPacket): void {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const parsed = parseTopic(packet.topic);
    if (parsed?.kind === 'batch') this.#pipeline.offer(parsed.agent, payload);
    else if (parsed?.kind === 'status') this.#statuses.offer(parsed.agent, payload);
    else this.#refuseTopic(packet.topic, payload);
  }

  /** Only a broker without our rules lets such a topic through. */
  #refuseTopic(name: string, payload: Buffer): void {
    const message = `${JSON.stringify(name.slice(0, 100))} is not jieyue/v1/{agent}/batch with an agent id of A-Z a-z 0-9 . _ -`;
    this.#pipeline.refuseUnreadable('-', { code: 'batch.wrong-topic', message }, payload);
  }

  #subscribe(client: MqttClient): void {
    const { sharedGroup, log, url } = this.#options;
    const share = sharedGroup === undefined ? '' : `$share/${sharedGroup}/`;
    const filters = [`${share}${topicFilter('batch')}`, topicFilter('status')];
    client.subscribe(filters, { qos: 1 }, (error, granted) => {
      const refused = granted?.filter((grant) => grant.qos > 2).map((grant) => grant.topic) ?? [];
      if (error || refused.length > 0) {
        const topics = refused.length > 0 ? refused : filters;
        log.error(
          { reason: error?.message, topics },
          'broker refuses the subscription: check the rights of ingest',
        );
        return;
      }
      this.#setConnected(true);
      log.info({ url: withoutSecrets(url), filters }, 'ingest is subscribed');
      this.#markReady();
    });
  }

  #publishAck(agent: string, payload: string): void {
    const client = this.#client;
    if (client?.connected !== true || this.#unconfirmed >= maxUnconfirmedAcks) {
      this.#metrics.acksDropped.inc();
      return;
    }
    this.#unconfirmed++;
    client.publish(topic(agent, 'ack'), payload, { qos: 1 }, (error) => {
      this.#unconfirmed = Math.max(0, this.#unconfirmed - 1);
      if (error) this.#metrics.acksDropped.inc();
    });
  }
}

function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new JieyueError('config.missing', `certificate ${file} cannot be read`, { cause: error });
  }
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
