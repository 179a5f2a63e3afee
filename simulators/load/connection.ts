// A lean MQTT 3.1.1 client over a plain socket: connect, one subscription, PUBLISH packets made elsewhere, keepalive.
// It does the least that a load generator needs, so that the generator is not what a benchmark measures.
import { connect, type Socket } from 'node:net';
import { JieyueError } from '../../core/domain/errors.ts';

const keepAliveS = 60;

export interface ConnectionEvents {
  /** Connected, subscribed, ready to publish. */
  onReady(): void;
  /** A message on the subscribed topic; the buffer is valid during the call only. */
  onMessage(payload: Buffer): void;
  /** All data that arrived together has been handled. */
  onIdle(): void;
  /** Called once; the connection is over. */
  onClose(error: Error | undefined): void;
}

export class LeanConnection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #subscription: string;
  #rest: Buffer | undefined;
  #error: Error | undefined;
  #ping: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    options: { url: string; clientId: string; user: string; password: string; subscription: string },
    events: ConnectionEvents,
  ) {
    const { protocol, hostname, port } = new URL(options.url);
    if (protocol !== 'mqtt:') {
      throw new JieyueError('config.invalid', `the load generator speaks mqtt:// only, not ${protocol}//`);
    }
    this.#events = events;
    this.#subscription = options.subscription;
    this.#socket = connect({ host: hostname, port: Number(port || 1883), noDelay: true });
    this.#socket.on('connect', () => this.#socket.write(connectPacket(options)));
    this.#socket.on('data', (data) => this.#take(data));
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.on('close', () => {
      clearInterval(this.#ping);
      events.onClose(this.#error);
    });
  }

  /** Bytes that the socket has not yet handed to the system. */
  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  send(packets: Buffer): void {
    this.#socket.write(packets);
  }

  /** Says goodbye and closes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.end(Buffer.from([0xe0, 0]));
    this.#socket.destroySoon();
  }

  /** Breaks off without a word, as a failing network does. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    const all = this.#rest === undefined ? data : Buffer.concat([this.#rest, data]);
    let at = 0;
    while (at + 2 <= all.length) {
      let length = 0;
      let head = 1;
      let complete = false;
      while (head <= 4 && at + head < all.length) {
        const byte = all[at + head] ?? 0;
        length += (byte & 127) * 128 ** (head - 1);
        head++;
        if (byte < 128) {
          complete = true;
          break;
        }
      }
      if (!complete || at + head + length > all.length) break;
      this.#packet(all[at] ?? 0, all, at + head, at + head + length);
      at += head + length;
    }
    this.#rest = at === all.length ? undefined : Buffer.from(all.subarray(at));
    this.#events.onIdle();
  }

  #packet(header: number, all: Buffer, start: number, end: number): void {
    switch (header >> 4) {
      case 2:
        this.#connected(all[start + 1] ?? 255);
        return;
      case 3: {
        const qos = (header >> 1) & 3;
        const body = start + 2 + all.readUInt16BE(start);
        if (qos > 0) this.#socket.write(Buffer.from([0x40, 2, all[body] ?? 0, all[body + 1] ?? 0]));
        this.#events.onMessage(all.subarray(qos > 0 ? body + 2 : body, end));
        return;
      }
      case 9:
        if ((all[start + 2] ?? 0x80) >= 0x80) this.#fail('the broker refused the subscription');
        else this.#events.onReady();
        return;
      default:
        // PUBACK says nothing about storage: the ack topic does. PINGRESP needs no answer.
        return;
    }
  }

  #connected(code: number): void {
    if (code !== 0) {
      this.#fail(`the broker refused the connection (return code ${code})`);
      return;
    }
    this.#ping = setInterval(() => this.#socket.write(Buffer.from([0xc0, 0])), (keepAliveS * 1000) / 3);
    const filter = string(this.#subscription);
    this.#socket.write(
      Buffer.concat([Buffer.from([0x82, filter.length + 3, 0, 1]), filter, Buffer.from([1])]),
    );
  }

  #fail(message: string): void {
    this.#error = new JieyueError('agent.credentials', message);
    this.#socket.destroy();
  }
}

function connectPacket(options: { clientId: string; user: string; password: string }): Buffer {
  const body = Buffer.concat([
    string('MQTT'),
    Buffer.from([4, 0xc2, keepAliveS >> 8, keepAliveS & 0xff]),
    string(options.clientId),
    string(options.user),
    string(options.password),
  ]);
  const { length } = body;
  const head = length < 128 ? [0x10, length] : [0x10, (length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.from(head), body]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
