// Builds whole PUBLISH packets [MQTT 3.1.1 §3.3] with batches in them, cheaply: all that stays the same of a row is bytes
// made once; times and values have a fixed width, so a packet's length is known before it is written.
import { topic } from '../../core/domain/topics.ts';
import type { SeriesName } from './workload.ts';

const slabBytes = 128 * 1024;
const digitZero = 48;
const tsDigits = 13;
const valueBytes = 9;
const batchTail = Buffer.from(']}');

/** A packet's place in a slab; it stays there, frozen, until it is acknowledged. */
export interface Packet {
  readonly slab: Buffer;
  readonly start: number;
  readonly end: number;
  /** Offset of the two bytes of its packet id. */
  readonly packetIdAt: number;
}

export class BatchEncoder {
  readonly #topic: Buffer;
  readonly #idPrefix: Buffer;
  readonly #rows: readonly Buffer[];
  readonly #clockDigits = Buffer.alloc(tsDigits);
  #clockTs = -1;
  #slab = Buffer.alloc(0);
  #at = 0;
  #flushed = 0;
  // The packet under construction.
  #start = 0;
  #packetIdAt = 0;
  #firstRow = true;

  /** Batch ids are `idPrefix` and nine digits. */
  constructor(options: { agent: string; idPrefix: string; series: readonly SeriesName[] }) {
    const name = Buffer.from(topic(options.agent, 'batch'));
    this.#topic = Buffer.concat([Buffer.from([name.length >> 8, name.length & 0xff]), name]);
    this.#idPrefix = Buffer.from(`{"id":"${options.idPrefix}`);
    this.#rows = options.series.map(({ point, quantity }) => Buffer.from(`,["${point}","${quantity}",`));
  }

  /** Bytes that a row of this series takes in a batch, comma included. */
  rowBytes(series: number): number {
    return (this.#rows[series]?.length ?? 0) + tsDigits + 1 + valueBytes + 1;
  }

  /** `rowsBytes`: the sum of `rowBytes` over the rows that will follow. */
  begin(packetId: number, sequence: number, sentAt: number, rowsBytes: number): void {
    const middle = '","sentAt":'.length + tsDigits + ',"readings":['.length;
    // The first row has no comma before it.
    const payload = this.#idPrefix.length + 9 + middle + rowsBytes - 1 + batchTail.length;
    const remaining = this.#topic.length + 2 + payload;
    this.#room(remaining + 5);
    this.#start = this.#at;
    this.#byte(0x32);
    for (let rest = remaining; ; rest >>= 7) {
      if (rest < 128) {
        this.#byte(rest);
        break;
      }
      this.#byte((rest & 127) | 128);
    }
    this.#bytes(this.#topic);
    this.#packetIdAt = this.#at;
    this.#byte(packetId >> 8);
    this.#byte(packetId & 0xff);
    this.#bytes(this.#idPrefix);
    this.#digits(sequence, 9);
    this.#text('","sentAt":');
    this.#time(sentAt);
    this.#text(',"readings":[');
    this.#firstRow = true;
  }

  row(series: number, ts: number, cents: number): void {
    const template = this.#rows[series];
    if (template === undefined) throw new RangeError(`no series ${series}`);
    const slab = this.#slab;
    let at = this.#at;
    for (let index = this.#firstRow ? 1 : 0; index < template.length; index++)
      slab[at++] = template[index] as number;
    this.#firstRow = false;
    this.#at = at;
    this.#time(ts);
    at = this.#at;
    slab[at++] = 0x2c;
    const whole = Math.floor(cents / 100);
    writeDigits(slab, at, whole, 6);
    slab[at + 6] = 0x2e;
    writeDigits(slab, at + 7, cents - whole * 100, 2);
    slab[at + 9] = 0x5d;
    this.#at = at + 10;
  }

  end(): Packet {
    this.#bytes(batchTail);
    return { slab: this.#slab, start: this.#start, end: this.#at, packetIdAt: this.#packetIdAt };
  }

  /** Bytes written since the last call that still have to go out, if any. */
  takeUnsent(): Buffer | undefined {
    if (this.#flushed === this.#at) return undefined;
    const unsent = this.#slab.subarray(this.#flushed, this.#at);
    this.#flushed = this.#at;
    return unsent;
  }

  /** Whether the next packet of this size would need a new slab: take what is unsent first. */
  needsFlush(bytes: number): boolean {
    return this.#flushed < this.#at && this.#at + bytes + 1024 > this.#slab.length;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    if (this.#flushed < this.#at) throw new Error('unsent bytes in a full slab');
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
    this.#at = 0;
    this.#flushed = 0;
  }

  #time(ts: number): void {
    if (ts !== this.#clockTs) {
      writeDigits(this.#clockDigits, 0, Math.floor(ts / 10_000_000), 6);
      writeDigits(this.#clockDigits, 6, ts % 10_000_000, 7);
      this.#clockTs = ts;
    }
    const slab = this.#slab;
    const at = this.#at;
    for (let index = 0; index < tsDigits; index++) slab[at + index] = this.#clockDigits[index] as number;
    this.#at = at + tsDigits;
  }

  #digits(value: number, width: number): void {
    writeDigits(this.#slab, this.#at, value, width);
    this.#at += width;
  }

  #text(text: string): void {
    this.#at += this.#slab.write(text, this.#at, 'latin1');
  }

  #bytes(bytes: Buffer): void {
    bytes.copy(this.#slab, this.#at);
    this.#at += bytes.length;
  }

  #byte(byte: number): void {
    this.#slab[this.#at++] = byte;
  }
}

/** `value` below 2^31, in `width` digits. */
function writeDigits(target: Buffer, at: number, value: number, width: number): void {
  let rest = value | 0;
  for (let index = at + width - 1; index >= at; index--) {
    const next = (rest / 10) | 0;
    target[index] = digitZero + (rest - next * 10);
    rest = next;
  }
}
