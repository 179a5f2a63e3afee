// What arrived and is not in the outbox yet: gathered, handed to the sink together, tried again, and only then acknowledged.
import { setTimeout as wait } from 'node:timers/promises';
import { isJieyueError } from '../../../core/domain/errors.ts';
import type { WirePosition, WireReading } from '../../../core/domain/telemetry.ts';
import { sleep } from '../../../core/runtime/clock.ts';
import type { Sink } from '../source.ts';

export interface Arrival {
  readonly readings: readonly WireReading[];
  readonly positions: readonly WirePosition[];
  /** Bytes of the message, for the limit. */
  readonly bytes: number;
  /** Called once, when the rows are durable. */
  readonly done: () => void;
}

export interface InboxOptions {
  /** What arrives within this time goes to the sink together, ms. */
  readonly gatherMs: number;
  readonly firstRetryMs: number;
  readonly random: () => number;
  /** Messages and bytes that wait at most; the rule for when it is full is the caller's, by `full`. */
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** The inbox has room again after it was full. */
  readonly onRoom: () => void;
  /** Rows are durable. */
  readonly onKept: () => void;
  /** The sink refused; it is tried again. */
  readonly onRefused: (error: unknown) => void;
}

const lastRetryMs = 60_000;
/** Messages in one call of the sink at most. */
const groupMessages = 5_000;
/** How long `stop` waits for the sink. */
const farewellMs = 2_000;

export class Inbox {
  readonly #options: InboxOptions;
  readonly #abort = new AbortController();
  #waiting: Arrival[] = [];
  #messages = 0;
  #bytes = 0;
  #wasFull = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** No more should be added until `onRoom`. */
  get full(): boolean {
    return this.#messages >= this.#options.maxMessages || this.#bytes >= this.#options.maxBytes;
  }

  /** The sink refused what it was given last. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Messages whose rows are not durable yet. */
  get waiting(): number {
    return this.#messages;
  }

  start(sink: Sink): void {
    this.#running ??= this.#run(sink);
  }

  add(arrival: Arrival): void {
    if (this.#abort.signal.aborted) return;
    this.#waiting.push(arrival);
    this.#messages++;
    this.#bytes += arrival.bytes;
    this.#wasFull ||= this.full;
    this.#wake?.();
  }

  /** Hands over what waits, once, and waits two seconds for it at most; afterwards the sink is not called again. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    await Promise.race([this.#running, wait(farewellMs, undefined, { ref: false })]);
  }

  async #run(sink: Sink): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
      await sleep(this.#options.gatherMs, signal);
      const group = this.#waiting.splice(0, groupMessages);
      if (group.length > 0) await this.#deliver(sink, group);
    }
    // The last of it, unless it is being refused: what is not acknowledged comes again.
    if (!this.#failing && this.#waiting.length > 0) await this.#deliver(sink, this.#waiting.splice(0));
  }

  async #deliver(sink: Sink, group: readonly Arrival[]): Promise<void> {
    const { signal } = this.#abort;
    const readings = group.flatMap((each) => each.readings);
    const positions = group.flatMap((each) => each.positions);
    for (let pause = this.#options.firstRetryMs; ; pause = Math.min(pause * 2, lastRetryMs)) {
      try {
        await sink(readings, positions);
        break;
      } catch (error) {
        this.#failing = true;
        this.#options.onRefused(error);
        // A fault of the rows is not mended by another try; the agent takes such rows out, so this is for sinks that do not.
        if (isJieyueError(error) && error.code.startsWith('row.')) break;
      }
      if (signal.aborted) return;
      await sleep(pause * (1 - this.#options.random() / 2), signal);
      if (signal.aborted) return;
    }
    this.#failing = false;
    this.#messages -= group.length;
    for (const { bytes, done } of group) {
      this.#bytes -= bytes;
      done();
    }
    this.#options.onKept();
    if (
      this.#wasFull &&
      this.#messages <= this.#options.maxMessages / 2 &&
      this.#bytes <= this.#options.maxBytes / 2
    ) {
      this.#wasFull = false;
      this.#options.onRoom();
    }
  }
}
