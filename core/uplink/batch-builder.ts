// The open batch: encoded rows are put together until a limit is reached, then frozen into the payload that goes on the wire.
import type { EncodedRows } from './rows.ts';

/** What `{"id","sentAt","readings":[…],"positions":[…]}` takes besides the rows, with an id of 64 characters. */
const envelopeBytes = 160;

/** A state to come back to when a commit fails. */
export interface Mark {
  readonly readings: number;
  readonly positions: number;
  readonly rows: number;
  readonly minTs: number;
  readonly maxTs: number;
}

export class BatchBuilder {
  readonly #maxRows: number;
  readonly #maxBytes: number;
  #readings = '';
  #positions = '';
  #minTs = Number.POSITIVE_INFINITY;
  #maxTs = Number.NEGATIVE_INFINITY;
  #ts: number[] = [];
  #prints: number[] = [];

  /** Holds at most `maxRows` rows and `maxBytes` bytes of payload. */
  constructor(maxRows: number, maxBytes: number) {
    this.#maxRows = maxRows;
    this.#maxBytes = maxBytes;
  }

  get rows(): number {
    return this.#ts.length;
  }

  /** Bytes that the payload will have at most. */
  get bytes(): number {
    return this.rows === 0 ? 0 : envelopeBytes + this.#readings.length + this.#positions.length;
  }

  get full(): boolean {
    return this.rows >= this.#maxRows;
  }

  /** Epoch ms of the earliest and the latest row; infinite when there is none. */
  get minTs(): number {
    return this.#minTs;
  }
  get maxTs(): number {
    return this.#maxTs;
  }

  /** Time and key fingerprint of each row. */
  get ts(): readonly number[] {
    return this.#ts;
  }
  get prints(): readonly number[] {
    return this.#prints;
  }

  /** Takes row `index` of `rows` (readings first, then positions); false when it does not fit any more. */
  add(rows: EncodedRows, index: number): boolean {
    const ts = rows.ts[index];
    const print = rows.prints[index];
    const reading = rows.readings[index];
    const text = reading ?? rows.positions[index - rows.readings.length];
    if (ts === undefined || print === undefined || text === undefined) return true;
    if (
      this.full ||
      envelopeBytes + this.#readings.length + this.#positions.length + text.length + 1 > this.#maxBytes
    ) {
      return false;
    }
    if (reading === undefined) this.#positions += this.#positions === '' ? text : `,${text}`;
    else this.#readings += this.#readings === '' ? text : `,${text}`;
    this.#ts.push(ts);
    this.#prints.push(print);
    if (ts < this.#minTs) this.#minTs = ts;
    if (ts > this.#maxTs) this.#maxTs = ts;
    return true;
  }

  /** The payload of the rows so far. */
  encode(id: string, sentAt: number): Buffer {
    return Buffer.from(
      `{"id":${JSON.stringify(id)},"sentAt":${sentAt},"readings":[${this.#readings}],"positions":[${this.#positions}]}`,
    );
  }

  mark(): Mark {
    return {
      readings: this.#readings.length,
      positions: this.#positions.length,
      rows: this.rows,
      minTs: this.#minTs,
      maxTs: this.#maxTs,
    };
  }

  /** The rows added since `mark` (taken of this builder, not cleared since), as the inside of two JSON arrays. */
  since(mark: Pick<Mark, 'readings' | 'positions'>): { readings: string; positions: string } {
    const tail = (text: string, from: number) => text.slice(from > 0 && text.length > from ? from + 1 : from);
    return {
      readings: tail(this.#readings, mark.readings),
      positions: tail(this.#positions, mark.positions),
    };
  }

  /** A builder of the same limits with the rows up to `mark`. */
  upTo(mark: Mark): BatchBuilder {
    const copy = new BatchBuilder(this.#maxRows, this.#maxBytes);
    copy.#readings = this.#readings.slice(0, mark.readings);
    copy.#positions = this.#positions.slice(0, mark.positions);
    copy.#ts = this.#ts.slice(0, mark.rows);
    copy.#prints = this.#prints.slice(0, mark.rows);
    copy.#minTs = mark.minTs;
    copy.#maxTs = mark.maxTs;
    return copy;
  }
}
