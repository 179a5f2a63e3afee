// A process of many JT/T 808 terminals: each sends one location, waits for its answer, and sends the next. Options as JSON on the
// command line; prints one line of JSON.
import { connect } from 'node:net';
import { decodeFrame, encodeFrame } from '../core/domain/fleet/jt808/frame.ts';
import { FrameSplitter } from '../core/domain/fleet/jt808/frames.ts';
import { encodeLocation } from '../core/domain/fleet/jt808/location.ts';
import { authBody, messageIds, readGeneralReply } from '../core/domain/fleet/jt808/messages.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { peakMbOf } from './processes.ts';

export interface TerminalsOptions {
  readonly port: number;
  readonly phones: readonly string[];
  readonly code: string;
  /** Of each terminal. */
  readonly positions: number;
  /** Time between the positions of a terminal, as they say it. */
  readonly stepMs: number;
}

export interface TerminalsOutcome {
  readonly type: 'done';
  readonly acknowledged: number;
  readonly seconds: number;
  readonly answerMs: { readonly p50: number; readonly p99: number };
  readonly peakMb: number;
}

const { port, phones, code, positions, stepMs } = JSON.parse(process.argv[2] ?? '{}') as TerminalsOptions;
const answers: number[] = [];
const begin = systemClock.now() - positions * stepMs - 60_000;
let acknowledged = 0;
let ready = 0;
let go: () => void = () => undefined;
const together = new Promise<void>((resolve) => {
  go = resolve;
});

function terminal(phone: string, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const splitter = new FrameSplitter();
    let serial = 0;
    let next = 0;
    let sentAt = 0;
    const header = (id: number) => ({ id, version: '2013' as const, phone, serial: serial++ & 0xffff });
    const send = () => {
      if (next === positions) {
        socket.destroy();
        resolve();
        return;
      }
      const ts = begin + next * stepMs;
      const location = encodeLocation({
        ts: ts - (ts % 1_000),
        lat: 28 + index / 10_000 + next / 20_000,
        lon: 120.7 + index / 10_000,
        speedKmh: 40 + (next % 20),
        courseDeg: 0,
        ignition: true,
        odometerKm: 1_000 + next / 20,
        satellites: 9,
      });
      next++;
      sentAt = performance.now();
      socket.write(encodeFrame(header(messageIds.location), location));
    };
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.on('data', (bytes) => {
      for (const raw of splitter.push(bytes)) {
        const frame = decodeFrame(raw);
        if (typeof frame === 'string' || frame.id !== messageIds.generalReply) continue;
        const reply = readGeneralReply(raw, frame.start, frame.end);
        if (typeof reply === 'string' || reply === undefined) continue;
        if (reply.id === messageIds.authenticate) {
          if (reply.result !== 0) reject(new Error(`terminal ${phone} was refused`));
          if (++ready === phones.length) go();
          void together.then(send);
        } else if (reply.id === messageIds.location) {
          if (reply.result !== 0) {
            reject(new Error(`a position of ${phone} was refused with ${reply.result}`));
            return;
          }
          acknowledged++;
          answers.push(performance.now() - sentAt);
          send();
        }
      }
    });
    socket.once('connect', () =>
      socket.write(encodeFrame(header(messageIds.authenticate), authBody('2013', code))),
    );
  });
}

const all = Promise.all(phones.map(terminal));
await Promise.race([together, all]);
const started = performance.now();
await all;
answers.sort((a, b) => a - b);
const at = (share: number) => answers[Math.floor(share * (answers.length - 1))] ?? Number.NaN;
const outcome: TerminalsOutcome = {
  type: 'done',
  acknowledged,
  seconds: (performance.now() - started) / 1_000,
  answerMs: { p50: at(0.5), p99: at(0.99) },
  peakMb: peakMbOf(process.pid) ?? Number.NaN,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
