// What came from the broker and waits to be looked at. Bounded by bytes and by rows: what does not fit is discarded
// without an answer, counted by the caller, and sent again by its agent.

export interface Arrival {
  readonly agent: string;
  /** The id as far as it could be read without parsing. */
  readonly peekedId: string | undefined;
  readonly payload: Buffer;
  readonly receivedAt: number;
}

/** A row in JSON takes at least about this much; rows of a waiting message are estimated by it. */
const rowBytes = 40;
const envelopeBytes = 80;

export class Inbox {
  readonly #limits: { readonly rows: number; readonly bytes: number };
  #arrivals: Arrival[] = [];
  #next = 0;
  #rows = 0;
  #bytes = 0;
  #bell: (() => void) | undefined;

  constructor(limits: { readonly rows: number; readonly bytes: number }) {
    this.#limits = limits;
  }

  get messages(): number {
    return this.#arrivals.length - this.#next;
  }

  /** Estimated by size: rows are counted exactly only when they are read. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when there is no room. An empty inbox takes one message of any size. */
  offer(arrival: Arrival): boolean {
    const rows = estimatedRows(arrival.payload);
    const bytes = arrival.payload.length;
    const fits = this.#rows + rows <= this.#limits.rows && this.#bytes + bytes <= this.#limits.bytes;
    if (!fits && this.messages > 0) return false;
    this.#rows += rows;
    this.#bytes += bytes;
    this.#arrivals.push({ ...arrival, payload: ownMemory(arrival.payload) });
    this.ring();
    return true;
  }

  take(): Arrival | undefined {
    const arrival = this.#arrivals[this.#next];
    if (arrival === undefined) return undefined;
    this.#next++;
    this.#rows -= estimatedRows(arrival.payload);
    this.#bytes -= arrival.payload.length;
    if (this.#next === this.#arrivals.length || this.#next > 4_096) {
      this.#arrivals = this.#arrivals.slice(this.#next);
      this.#next = 0;
    }
    return arrival;
  }

  /** Resolves at the next arrival or ring. One waiter at a time. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#bell = resolve;
    });
  }

  /** Wakes the waiter: there is something to look at. */
  ring(): void {
    const bell = this.#bell;
    this.#bell = undefined;
    bell?.();
  }
}

function estimatedRows(payload: Buffer): number {
  return Math.max(1, Math.floor((payload.length - envelopeBytes) / rowBytes));
}

/** A small message is a view on a large read buffer, which it would keep alive for as long as it waits. */
function ownMemory(payload: Buffer): Buffer {
  return payload.buffer.byteLength > 2 * payload.length ? Buffer.from(payload) : payload;
}
