// Which batch is sent when. Half of the window serves the newest batches, half the oldest; what finds no answer is sent again,
// later each time; what finds none while others do is set aside.
import type { Logger } from '../runtime/logger.ts';
import { backOff } from './back-off.ts';
import { maxUndeleted, type Outbox } from './outbox.ts';
import type { BatchRow } from './outbox-db.ts';
import { TroubleBook } from './trouble.ts';
import { AdaptiveWindow } from './window.ts';

export interface ResendSettings {
  /** How long an answer may take once the broker has the batch. */
  readonly answerMs: number;
  /** Pause before the second try; doubled from try to try, up to `maxMs`, spread by chance. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** While nothing at all is answered, one batch is tried after pauses that grow up to this. */
  readonly probeMaxMs: number;
  /** So many times without an answer while others find theirs, and the batch is set aside. */
  readonly quarantineAfter: number;
  /** The connection is given up when the broker takes nothing for so long. */
  readonly stallMs: number;
}
export const defaultResend: ResendSettings = {
  answerMs: 3_000,
  firstMs: 1_000,
  maxMs: 60_000,
  probeMaxMs: 10_000,
  quarantineAfter: 5,
  stallMs: 120_000,
};

/** What the sender needs of the connection. */
export interface Carrier {
  readonly connected: boolean;
  publish(kind: 'batch', payload: Buffer, options: { done: () => void }): void;
  reset(reason: string): void;
}

export interface SenderOptions {
  readonly outbox: Outbox;
  readonly link: Carrier;
  /** Batches in flight at most. */
  readonly window: number;
  readonly resend: ResendSettings;
  readonly random: () => number;
  readonly log: Logger;
  readonly onSent: (again: boolean) => void;
  /** Nothing is left to send and there is room: a partial batch may go. */
  readonly onIdle: () => void;
}

type Half = 'oldest' | 'newest';

interface Flight {
  readonly seq: number;
  readonly bytes: number;
  readonly half: Half;
  /** Of all batches, when this one was sent. */
  readonly answeredBefore: number;
  readonly unansweredBefore: number;
  /** The broker has it; only then the time for the answer runs. */
  taken: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Bytes handed to the connection that the broker has not taken: more would delay keep-alive on a slow line. */
const untakenLimit = 512 * 1024;

export class Sender {
  readonly #o: SenderOptions;
  readonly #window: AdaptiveWindow;
  readonly #flights = new Map<number, Flight>();
  readonly #trouble = new TroubleBook(() => this.kick());
  #untakenBytes = 0;
  #answered = 0;
  #unanswered = 0;
  /** Tries in a row without any answer to anyone; the next one waits for the probe timer. */
  #silence = 0;
  #probeTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #lastHalf: Half = 'oldest';
  #running = false;
  #kicked = false;

  constructor(options: SenderOptions) {
    this.#o = options;
    this.#window = new AdaptiveWindow(options.window);
  }

  linkUp(): void {
    this.#running = true;
    this.#window.restart();
    this.#trouble.connected();
    this.kick();
  }

  linkDown(): void {
    this.#running = false;
    this.#endSilence();
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    const flights = [...this.#flights.values()];
    this.#flights.clear();
    this.#untakenBytes = 0;
    for (const { timer } of flights) clearTimeout(timer);
    const suspect = flights.find(({ taken }) => !taken);
    if (suspect) this.#suspect(suspect);
  }

  /** No timer is left; what is in flight stays in the outbox. */
  stop(): void {
    this.linkDown();
    this.#trouble.clear();
  }

  /** Ingest has answered for these batches of the outbox; unknown ones were answered before. */
  answered(seqs: readonly number[]): void {
    let known = 0;
    for (const seq of seqs) {
      this.#forget(seq);
      if (!this.#o.outbox.acknowledge(seq)) continue;
      known += 1;
      this.#window.answered();
    }
    this.#answered += known;
    if (known > 0) this.#endSilence();
    this.kick();
  }

  /** Looks for something to send, once per turn of the event loop. */
  kick(): void {
    if (this.#kicked || !this.#running) return;
    this.#kicked = true;
    setImmediate(() => {
      this.#kicked = false;
      if (this.#running && this.#o.link.connected) this.#fill();
    });
  }

  #fill(): void {
    if (this.#probeTimer || this.#o.outbox.undeleted > maxUndeleted) return;
    const window = this.#window.size;
    if (this.#flights.size >= window || this.#untakenBytes >= untakenLimit) return;
    let newest = 0;
    for (const { half } of this.#flights.values()) if (half === 'newest') newest += 1;
    const limit = window + this.#trouble.resting;
    const queues: Partial<Record<Half, BatchRow[]>> = {};
    const take = (half: Half) => {
      queues[half] ??= this.#candidates(half, limit);
      return this.#take(queues[half]);
    };
    while (this.#flights.size < window && this.#untakenBytes < untakenLimit) {
      const half = this.#nextHalf(window, newest);
      const batch = take(half) ?? take(half === 'newest' ? 'oldest' : 'newest');
      if (!batch) {
        this.#o.onIdle();
        return;
      }
      if (half === 'newest') newest += 1;
      this.#lastHalf = half;
      this.#send(batch, half);
    }
  }

  #nextHalf(window: number, newest: number): Half {
    if (window === 1) return this.#lastHalf === 'newest' ? 'oldest' : 'newest';
    return newest < Math.ceil(window / 2) ? 'newest' : 'oldest';
  }

  /** Of the first `limit` waiting batches in this order, those that may be sent now. */
  #candidates(half: Half, limit: number): BatchRow[] {
    const { outbox } = this.#o;
    const found = outbox.waiting(half, limit).filter(({ seq }) => this.#free(seq));
    const ready = found.filter(({ after }) => after === 0 || after < outbox.oldestSeq);
    if (this.#silence > 0) {
      // Not the same one again and again: perhaps another finds an answer.
      ready.sort((a, b) => this.#trouble.attempts(a.seq) - this.#trouble.attempts(b.seq));
    }
    return ready;
  }

  #free(seq: number): boolean {
    return !this.#flights.has(seq) && !this.#trouble.rests(seq);
  }

  #take(queue: BatchRow[]): BatchRow | undefined {
    for (;;) {
      const batch = queue.shift();
      if (!batch) return undefined;
      if (!this.#free(batch.seq)) continue;
      if (batch.after === 0 || !this.#o.outbox.followsQuarantined(batch)) return batch;
      this.#setAside(batch.seq, 'it changes a row of a quarantined batch');
    }
  }

  #send({ seq }: BatchRow, half: Half): void {
    const { outbox, link, onSent, resend } = this.#o;
    const payload = outbox.payload(seq);
    if (!payload) return;
    const flight: Flight = {
      seq,
      bytes: payload.length,
      half,
      answeredBefore: this.#answered,
      unansweredBefore: this.#unanswered,
      taken: false,
      timer: undefined,
    };
    this.#flights.set(seq, flight);
    this.#untakenBytes += flight.bytes;
    this.#stallTimer ??= this.#watchStall();
    onSent(this.#trouble.attempts(seq) > 0);
    const done = () => {
      flight.taken = true;
      this.#untakenBytes -= flight.bytes;
      clearTimeout(this.#stallTimer);
      this.#stallTimer = this.#untakenBytes > 0 ? this.#watchStall() : undefined;
      // The answer may have come first.
      if (this.#flights.get(seq) === flight) {
        flight.timer = setTimeout(() => this.#timeOut(flight), resend.answerMs);
      }
      this.kick();
    };
    link.publish('batch', payload, { done });
  }

  #watchStall(): NodeJS.Timeout {
    const { link, resend } = this.#o;
    return setTimeout(() => {
      this.#stallTimer = undefined;
      link.reset(`the broker took nothing for ${resend.stallMs / 1000} s`);
    }, resend.stallMs);
  }

  /** No answer came in time: counts it, and decides how it goes on with this batch and with all. */
  #timeOut(flight: Flight): void {
    const { outbox, resend, random, log } = this.#o;
    this.#flights.delete(flight.seq);
    const others = this.#answered - flight.answeredBefore;
    const alike = this.#unanswered - flight.unansweredBefore;
    this.#unanswered += 1;
    const trouble = this.#trouble.of(flight.seq);
    trouble.attempts += 1;
    trouble.answeredAt = this.#answered;
    log.debug({ batch: outbox.idOf(flight.seq), attempts: trouble.attempts, others }, 'no answer to a batch');
    if (others === 0) {
      this.#probeLater();
    } else {
      // "While others do" means most of them: where many find no answer, ingest is flooded and the batch is not to blame.
      if (others >= alike) trouble.strikes += 1;
      else this.#window.congested();
      this.#restOrSetAside(flight.seq, backOff(trouble.attempts, resend.firstMs, resend.maxMs, random));
    }
    this.kick();
  }

  /** The connection broke. The broker takes batches in order, so the first that it did not take may be why. */
  #suspect(flight: Flight): void {
    const { resend, random } = this.#o;
    const trouble = this.#trouble.of(flight.seq);
    trouble.attempts += 1;
    if (this.#answered > (trouble.answeredAt ?? flight.answeredBefore)) trouble.strikes += 1;
    trouble.answeredAt = this.#answered;
    trouble.pauseAtConnect = backOff(trouble.attempts, resend.firstMs, resend.maxMs, random);
    this.#restOrSetAside(flight.seq, trouble.pauseAtConnect);
  }

  #restOrSetAside(seq: number, pauseMs: number): void {
    const { strikes } = this.#trouble.of(seq);
    if (strikes < this.#o.resend.quarantineAfter) this.#trouble.rest(seq, pauseMs);
    else this.#setAside(seq, `${strikes} times it found no answer while others did`);
  }

  #setAside(seq: number, reason: string): void {
    const { outbox, log, resend } = this.#o;
    const batch = outbox.idOf(seq);
    if (outbox.quarantine(seq)) {
      this.#trouble.forget(seq);
      log.error(
        { batch },
        `batch ${batch} is quarantined: ${reason}; it stays in the outbox until it is requeued`,
      );
      return;
    }
    const trouble = this.#trouble.of(seq);
    if (!trouble.reported) {
      log.error(
        { batch },
        `batch ${batch} belongs in quarantine (${reason}), which has no room: tried again later`,
      );
    }
    trouble.reported = true;
    this.#trouble.rest(seq, resend.maxMs);
  }

  #probeLater(): void {
    this.#window.silent();
    if (this.#probeTimer) return;
    const { resend, random } = this.#o;
    this.#silence += 1;
    this.#probeTimer = setTimeout(
      () => {
        this.#probeTimer = undefined;
        this.kick();
      },
      backOff(this.#silence, resend.firstMs, resend.probeMaxMs, random),
    );
  }

  #endSilence(): void {
    this.#silence = 0;
    clearTimeout(this.#probeTimer);
    this.#probeTimer = undefined;
  }

  #forget(seq: number): void {
    const flight = this.#flights.get(seq);
    if (flight) clearTimeout(flight.timer);
    this.#flights.delete(seq);
    this.#trouble.forget(seq);
  }
}
