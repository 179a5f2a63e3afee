// What a terminal may say and what it is answered: registration, authentication, then positions. No sockets here.
import { type Datum, toWgs84 } from '../../../core/domain/fleet/datum.ts';
import {
  encodeFrame,
  type Frame,
  type FrameHeader,
  type HeaderVersion,
} from '../../../core/domain/fleet/jt808/frame.ts';
import { decodeLocation, toPosition } from '../../../core/domain/fleet/jt808/location.ts';
import {
  batchKinds,
  eachOfBatch,
  generalReplyBody,
  messageIds,
  readAuthentication,
  readRegistration,
  registerReplyBody,
  registerResults,
  replyResults,
  resendRequestBody,
} from '../../../core/domain/fleet/jt808/messages.ts';
import { PackageStore } from '../../../core/domain/fleet/jt808/packages.ts';
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import type { Jt808Counters } from './counters.ts';
import type { Intake } from './intake.ts';
import type { Terminal, Terminals } from './terminals.ts';

export interface SessionHost {
  readonly terminals: Terminals;
  readonly intake: Pick<Intake, 'add'>;
  readonly counters: Jt808Counters;
  readonly datum: Datum;
  readonly now: () => number;
  readonly send: (wire: Uint8Array) => void;
  /** Closes the connection once the answers are sent. */
  readonly end: () => void;
  readonly authenticated: (terminal: Terminal) => void;
  /** A fault for people: what, of whom. */
  readonly blame: (message: string) => void;
}

/** A message, its packages put together. */
interface Message {
  readonly id: number;
  readonly version: HeaderVersion;
  readonly phone: string;
  readonly serials: readonly number[];
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Messages of terminals that are answers themselves: not answered. */
const answers: ReadonlySet<number> = new Set([messageIds.terminalReply, 0x0104, 0x0107, 0x0201]);

export class Session {
  readonly #host: SessionHost;
  readonly #packages = new PackageStore();
  #terminal: Terminal | undefined;
  #serial = 0;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** Who has authenticated. */
  get terminal(): Terminal | undefined {
    return this.#terminal;
  }

  /** Takes a frame; false where it was refused as none of this terminal's, which a connection may do a few times only. */
  handle(frame: Frame): boolean {
    const { counters, now } = this.#host;
    const terminal = this.#terminal;
    if (terminal === undefined) return this.#handleStranger(frame);
    if (frame.phone !== terminal.phone) {
      counters.unauthenticated++;
      return false;
    }
    terminal.lastHeardAt = now();
    if (frame.encryption !== 0) {
      counters.unsupported++;
      this.#reply(messageOf(frame), replyResults.unsupported);
    } else if (frame.packages === undefined) this.#dispatch(messageOf(frame), terminal);
    else {
      const taken = this.#packages.take(frame, now());
      if (taken === 'refused') this.#reply(messageOf(frame), replyResults.failed);
      else if (taken !== 'waiting') {
        const { body, serials } = taken;
        this.#dispatch({ ...messageOf(frame), bytes: body, start: 0, end: body.length, serials }, terminal);
      }
    }
    return true;
  }

  /** Asks for packages that are missing. */
  tick(): void {
    const phone = this.#terminal?.phone;
    if (phone === undefined) return;
    for (const { version, serial, numbers } of this.#packages.due(this.#host.now())) {
      const body = resendRequestBody(version, serial, numbers);
      this.#send({ id: messageIds.resendRequest, version, phone }, body);
    }
  }

  /** Before authentication: registration, authentication, heartbeat, nothing else. */
  #handleStranger(frame: Frame): boolean {
    const message = messageOf(frame);
    if (frame.packages === undefined && frame.encryption === 0) {
      if (frame.id === messageIds.register) return this.#register(message);
      if (frame.id === messageIds.authenticate) return this.#authenticate(message);
      if (frame.id === messageIds.heartbeat) {
        this.#reply(message, replyResults.ok);
        return true;
      }
    }
    this.#host.counters.unauthenticated++;
    if (!answers.has(frame.id)) this.#reply(message, replyResults.failed);
    return false;
  }

  #dispatch(message: Message, terminal: Terminal): void {
    const { id } = message;
    if (id === messageIds.location) this.#location(message, terminal);
    else if (id === messageIds.batch) this.#batch(message, terminal);
    else if (id === messageIds.heartbeat) this.#reply(message, replyResults.ok);
    else if (id === messageIds.register) this.#register(message);
    else if (id === messageIds.authenticate) this.#authenticate(message);
    else if (id === messageIds.logout) {
      this.#terminal = undefined;
      this.#reply(message, replyResults.ok);
    } else if (!answers.has(id)) {
      this.#host.counters.unsupported++;
      this.#reply(message, replyResults.unsupported);
    }
  }

  #register({ bytes, start, end, version, phone, serials: [serial = 0] }: Message): boolean {
    const { terminals, counters, blame, end: hangUp } = this.#host;
    const terminal = terminals.find(phone);
    const stated = readRegistration(bytes, start, end, version);
    let result: number = registerResults.ok;
    if (terminal === undefined) {
      counters.unknownTerminals++;
      blame(unknown(phone, counters.unknownTerminals));
      result = registerResults.unknownTerminal;
    } else if (terminal.byHand) {
      // It is registered by its code, which it has: it may show it next.
      counters.failedAuthentications++;
      blame(`terminal ${phone} asked to register and was refused: its code is set by hand, and told nobody`);
      result = registerResults.terminalTaken;
    } else if (terminal.plate !== undefined && stated?.plate !== terminal.plate) {
      counters.failedAuthentications++;
      blame(`terminal ${phone} registered for another plate than the configured one and was refused`);
      result = registerResults.unknownCar;
    }
    const code = terminal === undefined ? '' : terminals.codeFor(terminal);
    this.#send({ id: messageIds.registerReply, version, phone }, registerReplyBody(serial, result, code));
    const mayStay = result === registerResults.ok || result === registerResults.terminalTaken;
    if (!mayStay) hangUp();
    return result === registerResults.ok;
  }

  #authenticate(message: Message): boolean {
    const { terminals, counters, blame, end: hangUp, now, authenticated } = this.#host;
    const { bytes, start, end, version, phone } = message;
    const terminal = terminals.find(phone);
    const shown = readAuthentication(bytes, start, end, version);
    if (terminals.isRight(terminal, shown?.code ?? '') && terminal !== undefined) {
      this.#terminal = terminal;
      terminal.lastHeardAt = now();
      authenticated(terminal);
      this.#reply(message, replyResults.ok);
      return true;
    }
    if (terminal === undefined) {
      counters.unknownTerminals++;
      blame(unknown(phone, counters.unknownTerminals));
    } else {
      counters.failedAuthentications++;
      blame(`terminal ${phone} showed a wrong code and was refused`);
    }
    this.#terminal = undefined;
    this.#reply(message, replyResults.failed);
    hangUp();
    return false;
  }

  #location(message: Message, terminal: Terminal): void {
    const rows: WirePosition[] = [];
    this.#read(message.bytes, message.start, message.end, terminal, rows);
    if (rows.length === 0) this.#reply(message, replyResults.bad);
    else this.#keep(message, rows, false);
  }

  /** A location that is refused costs itself; the batch is bad where nothing of it can be used. */
  #batch(message: Message, terminal: Terminal): void {
    const rows: WirePosition[] = [];
    const outline = eachOfBatch(message.bytes, message.start, message.end, (start, end) =>
      this.#read(message.bytes, start, end, terminal, rows),
    );
    if (outline === undefined || outline.malformed) this.#host.counters.malformed++;
    if (rows.length > 0) this.#keep(message, rows, outline?.kind === batchKinds.blindZone);
    else {
      const empty = outline !== undefined && !outline.malformed && outline.found === 0;
      this.#reply(message, empty ? replyResults.ok : replyResults.bad);
    }
  }

  #read(bytes: Uint8Array, start: number, end: number, terminal: Terminal, rows: WirePosition[]): void {
    const { counters, datum, blame } = this.#host;
    const location = decodeLocation(bytes, start, end);
    if (typeof location === 'string') {
      counters.refusedPositions[location]++;
      blame(`terminal ${terminal.phone}: a position was refused: its ${location} cannot be`);
      return;
    }
    counters.malformed += location.malformedItems;
    const row = toPosition(terminal.point, location);
    if (datum !== 'wgs84') {
      const { lat, lon } = toWgs84(datum, row[2], row[3]);
      [row[2], row[3]] = [lat, lon];
    }
    rows.push(row);
  }

  /** The answer is given when the rows are durable; otherwise the terminal is told to send them again. */
  #keep(message: Message, rows: readonly WirePosition[], late: boolean): void {
    const { intake, counters } = this.#host;
    intake.add(rows, (kept) => {
      if (kept) counters.positions += rows.length;
      else counters.unkept += rows.length;
      if (kept && late) counters.latePositions += rows.length;
      this.#reply(message, kept ? replyResults.ok : replyResults.failed);
    });
  }

  #reply({ id, version, phone, serials }: Message, result: number): void {
    for (const serial of serials) {
      this.#send({ id: messageIds.generalReply, version, phone }, generalReplyBody(serial, id, result));
    }
  }

  #send(header: Omit<FrameHeader, 'serial'>, body: Uint8Array): void {
    this.#host.send(encodeFrame({ ...header, serial: this.#serial }, body));
    this.#serial = (this.#serial + 1) & 0xffff;
  }
}

function messageOf({ id, version, phone, serial, bytes, start, end }: Frame): Message {
  return { id, version, phone, serials: [serial], bytes, start, end };
}

function unknown(phone: string, soFar: number): string {
  return `terminal ${phone} is not known and was refused (${soFar} such so far); list it under terminals`;
}
