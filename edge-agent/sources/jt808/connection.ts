// One connection: bytes to frames, and the limits that keep a bad one from costing more than itself.
import type { Socket } from 'node:net';
import { decodeFrame } from '../../../core/domain/fleet/jt808/frame.ts';
import { FrameSplitter, frameLimit } from '../../../core/domain/fleet/jt808/frames.ts';
import type { Jt808SourceConfig } from '../../../core/runtime/jt808-config.ts';
import { Session, type SessionHost } from './session.ts';
import type { Terminal } from './terminals.ts';

export interface ConnectionHost extends Omit<SessionHost, 'send' | 'end' | 'authenticated'> {
  readonly config: Pick<Jt808SourceConfig, 'idleMs' | 'authWithinMs' | 'framesPerSecond'>;
  /** A terminal has authenticated; `before` is who had done so on this connection. */
  readonly entered: (terminal: Terminal, connection: Connection, before: Terminal | undefined) => void;
  readonly closed: (connection: Connection, terminal: Terminal | undefined) => void;
}

/** Answers that a terminal has not read, beyond what the system buffers. */
const maxUnsentBytes = 64 * 1_024;
/** A bad frame is one strike, a message out of turn ten; a good frame takes one back. */
const maxStrikes = 50;
/** Bytes without a good frame. */
const maxNoiseBytes = 64 * 1_024;
const burstSeconds = 10;
/** For the last answers to leave. */
const lingerMs = 2_000;

export class Connection {
  readonly address: string;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #session: Session;
  readonly #splitter = new FrameSplitter();
  #terminal: Terminal | undefined;
  #lastGoodAt: number;
  #strangerSince: number;
  #endedAt: number | undefined;
  #strikes = 0;
  #noiseBytes = 0;
  #framesLeft: number;
  #refilledAt: number;
  #held: boolean;
  #throttle: NodeJS.Timeout | undefined;
  #corked = false;

  /** `held`: nothing is read before `hold(false)`. */
  constructor(socket: Socket, address: string, host: ConnectionHost, held: boolean) {
    this.address = address;
    this.#socket = socket;
    this.#host = host;
    this.#held = held;
    const now = host.now();
    this.#lastGoodAt = now;
    this.#strangerSince = now;
    this.#refilledAt = now;
    this.#framesLeft = host.config.framesPerSecond * burstSeconds;
    this.#session = new Session({
      ...host,
      send: (wire) => this.#send(wire),
      end: () => this.end(),
      authenticated: (terminal) => {
        const before = this.#terminal;
        this.#terminal = terminal;
        host.entered(terminal, this, before);
      },
    });
    socket.on('data', (chunk) => this.#data(chunk));
    // The end of a connection is told by `close`, with or without an error before.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#throttle);
      host.closed(this, this.#terminal);
    });
    if (held) socket.pause();
  }

  /** Stops reading while too many rows wait, and goes on. */
  hold(held: boolean): void {
    this.#held = held;
    this.#apply();
  }

  /** Looks at the clock: closes what is idle, asks for missing packages. */
  tick(): void {
    const { config, counters } = this.#host;
    const now = this.#host.now();
    if (this.#endedAt !== undefined) {
      if (now - this.#endedAt > lingerMs) this.#socket.destroy();
      return;
    }
    if (this.#socket.isPaused()) this.#lastGoodAt = now;
    if (this.#held || this.#session.terminal !== undefined) this.#strangerSince = now;
    const late = now - this.#strangerSince > config.authWithinMs;
    if (late || now - this.#lastGoodAt > config.idleMs) {
      counters.idle++;
      this.#socket.destroy();
    } else this.#session.tick();
  }

  /** Closes once the answers are sent; nothing more is taken. */
  end(): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = this.#host.now();
    this.#socket.end();
    // What still comes is read and thrown away, so that the other side sees the answers rather than a reset.
    this.#socket.resume();
  }

  destroy(): void {
    this.#endedAt ??= this.#host.now();
    this.#socket.destroy();
  }

  #data(chunk: Buffer): void {
    if (this.#endedAt !== undefined) return;
    const { counters } = this.#host;
    const { frames, oversized, badEscapes } = this.#splitter.counts;
    this.#noiseBytes += chunk.length;
    this.#splitter.each(chunk, (bytes, length) => this.#frame(bytes, length));
    const split = this.#splitter.counts;
    counters.badFrames.oversized += split.oversized - oversized;
    counters.badFrames.escape += split.badEscapes - badEscapes;
    this.#strikes += split.oversized - oversized + split.badEscapes - badEscapes;
    if (this.#strikes > maxStrikes || this.#noiseBytes > maxNoiseBytes) this.#unruly();
    else this.#spend(Math.max(split.frames - frames, chunk.length / frameLimit));
  }

  #frame(bytes: Uint8Array, length: number): void {
    if (this.#endedAt !== undefined) return;
    const { counters } = this.#host;
    const frame = decodeFrame(bytes, length);
    if (typeof frame === 'string') {
      counters.badFrames[frame]++;
      this.#strikes++;
    } else if (this.#session.handle(frame)) {
      counters.frames++;
      this.#lastGoodAt = this.#host.now();
      this.#noiseBytes = 0;
      if (this.#strikes > 0) this.#strikes--;
    } else this.#strikes += 10;
    if (this.#strikes > maxStrikes) this.#unruly();
  }

  #unruly(): void {
    if (this.#endedAt !== undefined) return;
    this.#host.counters.unruly++;
    this.destroy();
  }

  /** A token per frame: beyond the rate reading pauses, and the system makes the sender wait. */
  #spend(frames: number): void {
    if (this.#endedAt !== undefined) return;
    const { config, counters, now } = this.#host;
    const { framesPerSecond } = config;
    const at = now();
    const gained = (Math.max(0, at - this.#refilledAt) / 1_000) * framesPerSecond;
    this.#refilledAt = at;
    this.#framesLeft = Math.min(framesPerSecond * burstSeconds, this.#framesLeft + gained) - frames;
    if (this.#framesLeft >= 0 || this.#throttle !== undefined) return;
    counters.paused++;
    const wait = Math.ceil((-this.#framesLeft / framesPerSecond) * 1_000);
    this.#throttle = setTimeout(() => {
      this.#throttle = undefined;
      this.#apply();
    }, wait);
    this.#apply();
  }

  #apply(): void {
    if (this.#endedAt !== undefined) return;
    if (this.#held || this.#throttle !== undefined) this.#socket.pause();
    else if (this.#socket.isPaused()) {
      this.#lastGoodAt = this.#host.now();
      this.#socket.resume();
    }
  }

  /** Answers of one turn leave together. */
  #send(wire: Uint8Array): void {
    const socket = this.#socket;
    if (this.#endedAt !== undefined || !socket.writable) return;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        socket.uncork();
        if (socket.writableLength <= maxUnsentBytes || socket.destroyed) return;
        this.#host.counters.slowReaders++;
        this.destroy();
      });
    }
    socket.write(wire);
  }
}
