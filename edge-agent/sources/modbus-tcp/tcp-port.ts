// The transport under modbus-serial: one TCP socket and the framing of Modbus TCP (MBAP).
// Not the library's own: that one keeps the last 256 answers of every connection in memory, takes a frame whatever its
// protocol identifier is, and leaves a request unanswered when the connection ends.
import { EventEmitter } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** Transaction, protocol, length: two bytes each; then the unit and the PDU, `length` bytes together. */
const headerBytes = 6;
/** Unit, function and at least one byte; unit and the longest PDU [Modbus Messaging on TCP/IP V1.0b §3.1.3, §4.1]. */
const minLength = 3;
const maxLength = 254;

type OpenCallback = (error?: Error) => void;

/**
 * What modbus-serial expects of a port: `open`, `close`, `destroy`, `write`, `isOpen` and the event `data`, in frames of
 * Modbus RTU (unit, PDU, CRC). One request at a time; an answer to any other is ignored.
 */
export class TcpPort extends EventEmitter {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #connectTimeoutMs: number;
  readonly #onEnd: (reason: Error) => void;
  #socket: Socket | undefined;
  #open = false;
  #ended = false;
  #transaction = 0;
  /** The transaction that waits for its answer, and its unit. */
  #pending: { transaction: number; unit: number } | undefined;
  #received: Buffer = Buffer.alloc(0);

  /** `onEnd` is called once, when the connection has failed, was ended by the other side or was destroyed. */
  constructor(
    target: { readonly host: string; readonly port: number },
    connectTimeoutMs: number,
    onEnd: (reason: Error) => void,
  ) {
    super();
    this.#target = target;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#onEnd = onEnd;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  open(callback: OpenCallback): void {
    const socket = createConnection({ ...this.#target, noDelay: true });
    this.#socket = socket;
    const timer = setTimeout(() => {
      this.#end(new Error(`no connection within ${this.#connectTimeoutMs} ms`));
    }, this.#connectTimeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      if (this.#ended) return;
      this.#open = true;
      callback();
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => {
      clearTimeout(timer);
      this.#end(new Error('the connection was closed by the device'));
    });
  }

  /** Takes a frame of Modbus RTU and sends it as one of Modbus TCP. */
  write(frame: Buffer): void {
    if (this.#socket === undefined || !this.#open) return;
    this.#transaction = (this.#transaction + 1) & 0xffff;
    this.#pending = { transaction: this.#transaction, unit: frame.readUInt8(0) };
    const body = frame.subarray(0, -2);
    const header = Buffer.alloc(headerBytes);
    header.writeUInt16BE(this.#transaction, 0);
    header.writeUInt16BE(body.length, 4);
    this.#socket.write(Buffer.concat([header, body]));
  }

  close(callback?: OpenCallback): void {
    this.destroy(callback);
  }

  destroy(callback?: OpenCallback): void {
    this.#end(new Error('the connection was closed'));
    callback?.();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (!this.#ended && this.#received.length >= headerBytes) {
      const protocol = this.#received.readUInt16BE(2);
      const length = this.#received.readUInt16BE(4);
      if (protocol !== 0 || length < minLength || length > maxLength) {
        this.#end(new GarbledError(`the answer is not Modbus TCP (protocol ${protocol}, length ${length})`));
        return;
      }
      const end = headerBytes + length;
      if (this.#received.length < end) return;
      const transaction = this.#received.readUInt16BE(0);
      const body = this.#received.subarray(headerBytes, end);
      this.#received = this.#received.subarray(end);
      this.#answer(transaction, body);
    }
  }

  #answer(transaction: number, body: Buffer): void {
    const pending = this.#pending;
    if (pending?.transaction !== transaction) return;
    this.#pending = undefined;
    const unit = body.readUInt8(0);
    if (unit !== pending.unit) {
      this.#end(new GarbledError(`unit ${unit} answers in place of unit ${pending.unit}`));
      return;
    }
    const frame = Buffer.alloc(body.length + 2);
    body.copy(frame);
    frame.writeUInt16LE(crc16(body), body.length);
    this.emit('data', frame);
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#open = false;
    this.#pending = undefined;
    this.#received = Buffer.alloc(0);
    this.#socket?.destroy();
    this.#onEnd(reason);
  }
}

/** The other side sent what no device that speaks Modbus TCP sends. */
export class GarbledError extends Error {}

/** The check sum of Modbus RTU, which the library asks of every frame. */
function crc16(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
