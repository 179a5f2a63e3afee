// What a terminal sent and has no answer for yet.
import type { Message } from './messages.ts';

export interface Outstanding {
  readonly message: Message;
  readonly frames: readonly Uint8Array[];
  /** Of frames without an answer. */
  readonly serials: Set<number>;
  /** Epoch ms of the last attempt, and how many there were on this connection. */
  at: number;
  tries: number;
}

/** At most `limit` messages: a full window stops the terminal, which takes no more of its positions until answers come. */
export class Window {
  readonly limit: number;
  readonly #bySerial = new Map<number, Outstanding>();
  readonly #messages = new Set<Outstanding>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.#messages.size >= this.limit;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** In the order they were added. */
  get messages(): Iterable<Outstanding> {
    return this.#messages;
  }

  add(outstanding: Outstanding): void {
    this.#messages.add(outstanding);
    for (const serial of outstanding.serials) this.#bySerial.set(serial, outstanding);
  }

  find(serial: number): Outstanding | undefined {
    return this.#bySerial.get(serial);
  }

  /** @returns the message, once all of its frames are answered */
  answered(serial: number): Outstanding | undefined {
    const outstanding = this.#bySerial.get(serial);
    if (outstanding === undefined) return undefined;
    this.#bySerial.delete(serial);
    outstanding.serials.delete(serial);
    if (outstanding.serials.size > 0) return undefined;
    this.#messages.delete(outstanding);
    return outstanding;
  }
}
