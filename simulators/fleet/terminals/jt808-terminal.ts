// A JT/T 808 terminal over TCP: registers, authenticates, reports, and sends again what was not acknowledged.
import { connect, type Socket } from 'node:net';
import {
  decodeFrame,
  encodeMessage,
  type Frame,
  type HeaderVersion,
} from '../../../core/domain/fleet/jt808/frame.ts';
import { FrameSplitter } from '../../../core/domain/fleet/jt808/frames.ts';
import {
  authBody,
  messageIds,
  readGeneralReply,
  readRegisterReply,
  readResendRequest,
  registerBody,
  registerResults,
  replyResults,
} from '../../../core/domain/fleet/jt808/messages.ts';
import { sleep } from '../../../core/runtime/clock.ts';
import { type Message, messagesOf } from './messages.ts';
import type { Jt808TerminalOptions, TerminalCounts } from './options.ts';
import { atOnce } from './pace.ts';
import { type Outstanding, Window } from './window.ts';

const triesAtMost = 5;
const [retryDefaultMs, failedMs] = [15_000, 1_000];

export class Jt808Terminal {
  readonly counts: TerminalCounts = { connections: 0, acknowledged: 0, resent: 0, refused: 0 };
  /** Why it is not connected, if it is not. */
  fault: string | undefined;
  readonly #options: Jt808TerminalOptions;
  readonly #headerVersion: HeaderVersion;
  readonly #messages: Iterator<Message>;
  readonly #window: Window;
  readonly #stopping = new AbortController();
  #next: Message | undefined;
  #exhausted = false;
  #code: string | undefined;
  #serial = 0;
  #socket: Socket | undefined;
  #online = false;
  #spokenAt = 0;
  #wake: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: Jt808TerminalOptions) {
    this.#options = options;
    this.#headerVersion = options.version === '2019' ? '2019' : '2013';
    const gather = options.pace === atOnce;
    this.#messages = messagesOf(options.positions, options.batch ?? 20, gather)[Symbol.iterator]();
    this.#window = new Window(options.window ?? 8);
    this.#code = options.code;
  }

  get phone(): string {
    return this.#options.phone;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when all positions are acknowledged, or it was stopped. */
  async done(): Promise<void> {
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#socket?.destroy();
    this.#wake();
    await this.#running;
  }

  /** Breaks off without a word, as a failing network does; it connects again. */
  dropConnection(): void {
    this.#socket?.destroy();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#session();
      if (this.#finished()) return;
      await sleep(this.#options.reconnectMs ?? 2_000, signal);
    }
  }

  #finished(): boolean {
    return this.#exhausted && this.#window.size === 0;
  }

  /** From connecting to the end of the connection, or of the positions. */
  async #session(): Promise<void> {
    const { host, port } = this.#options;
    const splitter = new FrameSplitter();
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    this.#online = false;
    let open = true;
    socket.on('connect', () => {
      this.counts.connections++;
      this.#enter();
    });
    socket.on('data', (bytes) => {
      splitter.each(bytes, (frame, length) => {
        const decoded = decodeFrame(frame, length);
        if (typeof decoded !== 'string') this.#take(decoded);
      });
      this.#wake();
    });
    socket.on('error', (error) => {
      this.fault = error.message;
    });
    socket.on('close', () => {
      open = false;
      this.#wake();
    });
    while (open && !this.#stopping.signal.aborted) {
      if (this.#online && this.#finished()) break;
      await this.#pause(this.#online ? this.#report() : 1_000);
    }
    this.#online = false;
    if (open) {
      if (!socket.connecting && !this.#stopping.signal.aborted) this.#send(messageIds.logout);
      socket.end();
      socket.destroySoon();
    }
  }

  #enter(): void {
    const { version, plate, phone } = this.#options;
    if (this.#code !== undefined) {
      const imei = `86${phone.padStart(13, '0')}`.slice(0, 15);
      this.#send(
        messageIds.authenticate,
        authBody(this.#headerVersion, this.#code, { imei, software: 'sim-1' }),
      );
      return;
    }
    const terminalId = phone.slice(-7);
    this.#send(
      messageIds.register,
      registerBody(version, { province: 33, city: 300, maker: 'SIMUL', model: 'S-1', terminalId, plate }),
    );
  }

  #take(frame: Frame): void {
    const { bytes, start, end, version } = frame;
    if (frame.id === messageIds.registerReply) {
      const reply = readRegisterReply(bytes, start, end);
      if (reply?.result !== registerResults.ok) this.#deny(`registration refused: ${reply?.result}`);
      else {
        this.#code = reply.code;
        this.#enter();
      }
    } else if (frame.id === messageIds.generalReply) {
      const reply = readGeneralReply(bytes, start, end);
      if (reply?.id === messageIds.authenticate) this.#entered(reply.result);
      else if (reply !== undefined) this.#answered(reply.serial, reply.result);
    } else if (frame.id === messageIds.resendRequest) {
      const request = readResendRequest(bytes, version, start, end);
      const outstanding = request === undefined ? undefined : this.#window.find(request.serial);
      for (const number of request?.numbers ?? []) {
        const wanted = outstanding?.frames[number - 1];
        if (wanted !== undefined) this.#socket?.write(wanted);
      }
    }
  }

  #entered(result: number): void {
    if (result !== replyResults.ok) {
      this.#deny(`authentication refused: ${result}`);
      return;
    }
    this.#online = true;
    this.fault = undefined;
    // What the last connection left without an answer comes first.
    for (const outstanding of this.#window.messages) this.#again(outstanding, 0);
  }

  #deny(fault: string): void {
    this.fault = fault;
    // A code that is not taken any more is asked for anew.
    this.#code = this.#options.code;
    this.#socket?.destroy();
  }

  #answered(serial: number, result: number): void {
    if (result === replyResults.failed) {
      // The platform's own trouble: it is tried again before long, as often as it takes.
      const { clock, retryMs = retryDefaultMs } = this.#options;
      const outstanding = this.#window.find(serial);
      if (outstanding === undefined) return;
      outstanding.at = clock.now() - retryMs + Math.min(retryMs, failedMs);
      outstanding.tries = 0;
      return;
    }
    const done = this.#window.answered(serial);
    if (result !== replyResults.ok) this.counts.refused++;
    else if (done !== undefined) this.counts.acknowledged += done.message.positions;
  }

  /** Sends what is due. @returns after how many ms something may be due again */
  #report(): number {
    const { clock, retryMs = retryDefaultMs, heartbeatMs = 60_000 } = this.#options;
    const now = clock.now();
    let wait = heartbeatMs;
    for (const outstanding of this.#window.messages) {
      const late = now - outstanding.at - retryMs;
      if (late < 0) wait = Math.min(wait, -late);
      else if (outstanding.tries >= triesAtMost) this.#socket?.destroy();
      else this.#again(outstanding, outstanding.tries + 1);
    }
    while (!this.#window.full) {
      const message = this.#peek();
      if (message === undefined) break;
      const early = this.#options.pace.due(message.sentAt) - now;
      if (early > 0) {
        wait = Math.min(wait, early);
        break;
      }
      this.#next = undefined;
      this.#window.add(this.#sent(message));
    }
    if (now - this.#spokenAt >= heartbeatMs) this.#send(messageIds.heartbeat);
    return this.#finished() ? 0 : Math.max(1, wait);
  }

  #peek(): Message | undefined {
    if (this.#next === undefined && !this.#exhausted) {
      const taken = this.#messages.next();
      if (taken.done === true) this.#exhausted = true;
      else this.#next = taken.value;
    }
    return this.#next;
  }

  #sent(message: Message): Outstanding {
    const { serials, frames } = this.#send(message.id, message.body);
    return { message, frames, serials, at: this.#options.clock.now(), tries: 1 };
  }

  #again(outstanding: Outstanding, tries: number): void {
    outstanding.at = this.#options.clock.now();
    outstanding.tries = tries;
    this.counts.resent++;
    for (const frame of outstanding.frames) this.#socket?.write(frame);
  }

  #send(id: number, body?: Uint8Array): { serials: Set<number>; frames: Uint8Array[] } {
    const header = { id, version: this.#headerVersion, phone: this.#options.phone, serial: this.#serial };
    const frames = encodeMessage(header, body);
    const serials = new Set(frames.map((_, index) => (header.serial + index) & 0xffff));
    this.#serial = (this.#serial + frames.length) & 0xffff;
    this.#spokenAt = this.#options.clock.now();
    for (const frame of frames) this.#socket?.write(frame);
    return { serials, frames };
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 60_000));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
