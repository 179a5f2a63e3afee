// Messages that come in several frames, put together. [JT/T 808 §4.4.3, §8.4]
import type { Frame, HeaderVersion } from './frame.ts';

export interface PackageLimits {
  /** Messages under way at the same time; beyond, the one that was quiet longest gives way. */
  readonly messages: number;
  /** Packages that a message may have. */
  readonly packages: number;
  /** Bytes of all messages under way; beyond, the ones that were quiet longest give way. */
  readonly bytes: number;
  /** A message ends unfinished so long after its last package, ms. */
  readonly keepMs: number;
  /** What is missing is asked for after so long a quiet, and again after as long, ms. */
  readonly askAfterMs: number;
  /** How often at most. */
  readonly asks: number;
}

export const packageLimits: PackageLimits = {
  messages: 4,
  packages: 256,
  bytes: 256 * 1_024,
  keepMs: 60_000,
  askAfterMs: 5_000,
  asks: 3,
};

export interface PackageCounts {
  completed: number;
  /** Messages that ended unfinished, by time or to make room. */
  dropped: number;
  /** Packages that no limit allows. */
  refused: number;
  /** Packages that were there already: ignored. */
  repeated: number;
}

export interface WholeMessage {
  readonly body: Uint8Array;
  /** Of each package, in order: each wants its answer. */
  readonly serials: readonly number[];
}

/** What to ask for by 8003. */
export interface MissingPackages {
  readonly version: HeaderVersion;
  /** Serial of the message's first package. */
  readonly serial: number;
  readonly numbers: readonly number[];
}

interface Open {
  readonly id: number;
  readonly version: HeaderVersion;
  readonly first: number;
  readonly parts: (Uint8Array | undefined)[];
  have: number;
  bytes: number;
  lastAt: number;
  askedAt: number;
  asks: number;
}

/** One per connection. The packages of a message have consecutive serials, and one that is sent again is the same frame. */
export class PackageStore {
  readonly counts: PackageCounts = { completed: 0, dropped: 0, refused: 0, repeated: 0 };
  readonly #limits: PackageLimits;
  #open: Open[] = [];
  #bytes = 0;

  constructor(limits: PackageLimits = packageLimits) {
    this.#limits = limits;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages under way. */
  get size(): number {
    return this.#open.length;
  }

  /**
   * Takes a frame with `packages` (a copy of its body) at `now`, epoch ms: the whole message if it was the last one missing,
   * `waiting`, or `refused` where it is beyond the limits.
   */
  take(frame: Frame, now: number): WholeMessage | 'waiting' | 'refused' {
    const { id, version, serial, packages } = frame;
    const length = frame.end - frame.start;
    if (packages === undefined || packages.total > this.#limits.packages || length > this.#limits.bytes) {
      this.counts.refused++;
      return 'refused';
    }
    this.#expire(now);
    const { total, number } = packages;
    const first = (serial - number + 1) & 0xffff;
    let message = this.#open.find((other) => other.id === id && other.first === first);
    if (message !== undefined && message.parts.length !== total) {
      this.#drop(message);
      message = undefined;
    }
    if (message === undefined) {
      if (this.#open.length >= this.#limits.messages) this.#dropQuietest();
      const parts = new Array<Uint8Array | undefined>(total).fill(undefined);
      message = { id, version, first, parts, have: 0, bytes: 0, lastAt: now, askedAt: now, asks: 0 };
      this.#open.push(message);
    }
    message.lastAt = now;
    if (message.parts[number - 1] !== undefined) {
      this.counts.repeated++;
      return 'waiting';
    }
    while (this.#bytes + length > this.#limits.bytes && this.#open.length > 1) this.#dropQuietest(message);
    if (this.#bytes + length > this.#limits.bytes) {
      this.#drop(message);
      this.counts.refused++;
      return 'refused';
    }
    message.parts[number - 1] = frame.bytes.slice(frame.start, frame.end);
    message.have++;
    message.bytes += length;
    this.#bytes += length;
    if (message.have < total) return 'waiting';
    this.#remove(message);
    this.counts.completed++;
    return {
      body: joined(message),
      serials: message.parts.map((_, index) => (first + index) & 0xffff),
    };
  }

  /** What to ask for at `now`; lets go of what is too old. Call it now and then. */
  due(now: number): MissingPackages[] {
    this.#expire(now);
    const { askAfterMs, asks } = this.#limits;
    const due = this.#open.filter(
      (message) => message.asks < asks && now - Math.max(message.lastAt, message.askedAt) >= askAfterMs,
    );
    return due.map((message) => {
      message.asks++;
      message.askedAt = now;
      const numbers = message.parts.flatMap((part, index) => (part === undefined ? [index + 1] : []));
      return { version: message.version, serial: message.first, numbers: numbers.slice(0, 255) };
    });
  }

  #expire(now: number): void {
    for (const message of this.#open) if (now - message.lastAt > this.#limits.keepMs) this.#drop(message);
  }

  #dropQuietest(except?: Open): void {
    let quietest: Open | undefined;
    for (const message of this.#open)
      if (message !== except && (quietest === undefined || message.lastAt < quietest.lastAt))
        quietest = message;
    if (quietest !== undefined) this.#drop(quietest);
  }

  #drop(message: Open): void {
    this.#remove(message);
    this.counts.dropped++;
  }

  #remove(message: Open): void {
    this.#open = this.#open.filter((other) => other !== message);
    this.#bytes -= message.bytes;
  }
}

function joined(message: Open): Uint8Array {
  const body = new Uint8Array(message.bytes);
  let at = 0;
  for (const part of message.parts) {
    if (part === undefined) continue;
    body.set(part, at);
    at += part.length;
  }
  return body;
}
