// The source `mqtt`: vehicles and meters that publish JSON to a local broker.
import { readFileSync } from 'node:fs';
import type { IPublishPacket } from 'mqtt';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { SourceHealth } from '../../../core/domain/telemetry.ts';
import type { Clock } from '../../../core/runtime/clock.ts';
import { readSecret } from '../../../core/runtime/config.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import type { MqttSourceConfig } from '../../../core/runtime/position-config.ts';
import { FaultTally } from '../fault-tally.ts';
import type { Sink, Source } from '../source.ts';
import { Inbox } from './inbox.ts';
import { MqttLink } from './link.ts';
import { type MessageFault, MessageReader } from './message.ts';

export interface MqttTimes {
  readonly gatherMs: number;
  readonly firstRetryMs: number;
  /** So long the connection is merely not read while there is no room; then it is given up until there is. */
  readonly holdMs: number;
  readonly maxMessages: number;
}
const defaultTimes: MqttTimes = { gatherMs: 20, firstRetryMs: 500, holdMs: 5_000, maxMessages: 10_000 };
const maxBytes = 32 * 1024 * 1024;
/** Names that are counted; more are not told apart. */
const maxDevices = 100_000;

/**
 * At most 10 000 messages and 32 MiB wait for the outbox. When it is full no more is read: first by leaving the connection unread,
 * after five seconds by giving it up; the broker keeps QoS 1 messages for our session, within its own limits.
 */
export class MqttSource implements Source {
  readonly name: string;
  readonly protocol = 'mqtt';
  readonly #config: MqttSourceConfig;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #times: MqttTimes;
  readonly #reader: MessageReader;
  readonly #tally: FaultTally<MessageFault | 'broker' | 'outbox'>;
  readonly #inbox: Inbox;
  readonly #devices = new Set<string>();
  #link: MqttLink | undefined;
  #hold: NodeJS.Timeout | undefined;
  #lastReadAt: number | null = null;
  #down: string | null = null;
  #stopped = false;
  #stopping: Promise<void> | undefined;

  constructor(
    config: MqttSourceConfig,
    deps: { clock: Clock; random: () => number; log: Logger },
    times: Partial<MqttTimes> = {},
  ) {
    this.name = config.name;
    this.#config = config;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#log = deps.log;
    this.#times = { ...defaultTimes, ...times };
    this.#reader = new MessageReader(config.topics);
    this.#tally = new FaultTally(config.name, deps.log);
    this.#inbox = new Inbox({
      ...this.#times,
      maxBytes,
      random: deps.random,
      onRoom: () => this.#readOn(),
      onKept: () => {
        this.#lastReadAt = this.#clock.now();
      },
      onRefused: (error) => this.#blame('outbox', `waiting for room in the outbox (${messageOf(error)})`),
    });
  }

  /** @throws JieyueError `config.missing` for a password file or certificate that cannot be read. */
  async start(sink: Sink): Promise<void> {
    if (this.#stopped || this.#link) return;
    const { url, username, clientId = `jieyue-${this.name}`, ca } = this.#config;
    this.#link = new MqttLink(
      {
        url,
        clientId,
        username,
        password: readSecret(this.#config),
        ca: ca === undefined ? undefined : certificate(ca),
        filters: this.#reader.filters,
        firstRetryMs: this.#times.firstRetryMs,
        random: this.#random,
      },
      {
        up: () => {
          this.#down = null;
          this.#log.info({ source: this.name, url }, 'connected to the local broker');
        },
        down: (reason) => {
          this.#down = `the broker ${url} cannot be reached: ${reason}`;
          this.#blame('broker', this.#down);
        },
        message: (packet, ack) => this.#take(packet, ack),
        mayReadOn: () => this.#mayReadOn(),
      },
    );
    this.#inbox.start(sink);
    this.#link.start();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#hold);
    await this.#inbox.stop();
    await this.#link?.stop();
  }

  health(): SourceHealth {
    const now = this.#clock.now();
    const connected = this.#link?.connected ?? false;
    const fault = this.#down ?? this.#tally.text(now);
    const impaired = !connected ? 'silent' : fault === null && !this.#inbox.failing ? 'ok' : 'degraded';
    return {
      name: this.name,
      protocol: this.protocol,
      state: this.#stopped || this.#link === undefined ? 'stopped' : impaired,
      devices: this.#devices.size,
      devicesSilent: connected ? 0 : this.#devices.size,
      lastReadAt: this.#lastReadAt,
      fault,
    };
  }

  counts(): Record<string, number> {
    return this.#tally.counts();
  }

  /** Messages that nothing could be taken from are acknowledged too: they would be the same the next time. */
  #take(packet: IPublishPacket, ack: () => void): void {
    if (this.#stopped) return;
    const at = this.#clock.now();
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const { topic, retain } = packet;
    const { readings, positions, faults } = this.#reader.read({ topic, payload, retained: retain, at });
    for (const { kind, message } of faults) this.#tally.add(kind, message, at);
    for (const [point] of [...readings, ...positions]) {
      if (this.#devices.size < maxDevices) this.#devices.add(point);
    }
    if (readings.length + positions.length === 0) ack();
    else this.#inbox.add({ readings, positions, bytes: payload.length, done: ack });
  }

  #mayReadOn(): boolean {
    if (!this.#inbox.full) return true;
    this.#hold ??= setTimeout(() => {
      if (!this.#inbox.full || this.#stopped) return;
      this.#down = 'not connected, for the outbox takes no rows: the broker keeps what comes meanwhile';
      this.#blame('outbox', this.#down);
      this.#link?.pause();
    }, this.#times.holdMs);
    return false;
  }

  #readOn(): void {
    clearTimeout(this.#hold);
    this.#hold = undefined;
    this.#link?.readOn();
  }

  #blame(kind: 'broker' | 'outbox', message: string): void {
    this.#tally.add(kind, message, this.#clock.now());
  }
}

function certificate(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new JieyueError('config.missing', `the certificate ${path} cannot be read`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
