// A vehicle terminal for tests: speaks JT/T 808 over a real socket, well or badly, and remembers what it was answered.
import { connect, type Socket } from 'node:net';
import { bodyOf, decodeFrame, encodeFrame, encodeMessage, type Frame } from '../domain/fleet/jt808/frame.ts';
import { FrameSplitter } from '../domain/fleet/jt808/frames.ts';
import { encodeLocation, type LocationReport } from '../domain/fleet/jt808/location.ts';
import {
  authBody,
  messageIds,
  readGeneralReply,
  readRegisterReply,
  registerBody,
} from '../domain/fleet/jt808/messages.ts';

export interface TestTerminalOptions {
  readonly port: number;
  readonly phone: string;
  readonly version?: '2013' | '2019';
}

export class TestTerminal {
  readonly phone: string;
  readonly version: '2013' | '2019';
  readonly socket: Socket;
  /** Frames of the platform, bodies copied. */
  readonly answers: { readonly frame: Frame; readonly body: Uint8Array }[] = [];
  readonly closed: Promise<void>;
  #serial = 0;
  #waiters: (() => void)[] = [];

  private constructor(socket: Socket, { phone, version = '2013' }: TestTerminalOptions) {
    this.socket = socket;
    this.phone = phone;
    this.version = version;
    const splitter = new FrameSplitter();
    socket.on('data', (chunk) => {
      for (const bytes of splitter.push(chunk)) {
        const frame = decodeFrame(bytes);
        if (typeof frame === 'string') throw new Error(`the platform sent a bad frame: ${frame}`);
        this.answers.push({ frame, body: bodyOf(frame) });
      }
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        this.#wake();
      });
    });
  }

  static async connect(options: TestTerminalOptions): Promise<TestTerminal> {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    const terminal = new TestTerminal(socket, options);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return terminal;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Sends one frame and returns its serial. */
  send(id: number, body?: Uint8Array): number {
    const { phone, version } = this;
    const serial = this.#next();
    this.socket.write(encodeFrame({ id, version, phone, serial }, body));
    return serial;
  }

  sendLocation(report: LocationReport): number {
    return this.send(messageIds.location, encodeLocation(report));
  }

  /** The frames of a message in packages, and the serial of the first; nothing is sent. */
  packagesOf(id: number, body: Uint8Array, packageBytes: number): { wires: Uint8Array[]; serial: number } {
    const { phone, version } = this;
    const serial = this.#serial;
    const wires = encodeMessage({ id, version, phone, serial }, body, packageBytes);
    this.#serial += wires.length;
    return { wires, serial };
  }

  /** Sends and waits for the general reply: its result, or `closed`. */
  ask(id: number, body?: Uint8Array): Promise<number | 'closed'> {
    return this.resultOf(this.send(id, body));
  }

  async askLocation(report: LocationReport): Promise<number | 'closed'> {
    return this.resultOf(this.sendLocation(report));
  }

  async resultOf(serial: number): Promise<number | 'closed'> {
    const reply = await this.#until(() => {
      for (const { frame, body } of this.answers) {
        const general = frame.id === messageIds.generalReply ? readGeneralReply(body) : undefined;
        if (general?.serial === serial) return general;
      }
      return undefined;
    });
    return reply?.result ?? 'closed';
  }

  async register(plate = '', edition = this.version): Promise<{ result: number; code: string } | 'closed'> {
    const serial = this.send(messageIds.register, registerBody(edition, { plate }));
    const reply = await this.#until(() => {
      for (const { frame, body } of this.answers) {
        const told = frame.id === messageIds.registerReply ? readRegisterReply(body) : undefined;
        if (told?.serial === serial) return told;
      }
      return undefined;
    });
    return reply === undefined ? 'closed' : { result: reply.result, code: reply.code };
  }

  authenticate(code: string): Promise<number | 'closed'> {
    return this.ask(messageIds.authenticate, authBody(this.version, code));
  }

  /** The first frame of this id, when it comes; `undefined` when the connection is closed before. */
  answer(id: number): Promise<{ readonly frame: Frame; readonly body: Uint8Array } | undefined> {
    return this.#until(() => this.answers.find(({ frame }) => frame.id === id));
  }

  #next(): number {
    const serial = this.#serial;
    this.#serial = (serial + 1) & 0xffff;
    return serial;
  }

  async #until<T>(find: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = find();
      if (found !== undefined || this.socket.closed) return found;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
