// Seeded fuzz: what terminals say, mutated. Nothing may throw, nothing may grow, no row may break the wire's schema.
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, encodeMessage } from '../../../core/domain/fleet/jt808/frame.ts';
import { escapeFrame, FrameSplitter } from '../../../core/domain/fleet/jt808/frames.ts';
import { encodeLocation } from '../../../core/domain/fleet/jt808/location.ts';
import {
  authBody,
  batchBody,
  messageIds,
  registerBody,
  replyResults,
} from '../../../core/domain/fleet/jt808/messages.ts';
import { positionSchema, type WirePosition } from '../../../core/domain/telemetry.ts';
import { jt808SourceSchema } from '../../../core/runtime/jt808-config.ts';
import { jt808Secret, phoneOf, startJt808 } from '../../../core/testing/jt808-source.ts';
import { seeded } from '../../../core/testing/uplink-rows.ts';
import { newCounters } from './counters.ts';
import { Session } from './session.ts';
import { Terminals } from './terminals.ts';

const ts = Date.UTC(2026, 9, 1, 2);
const terminals = [{ phone: phoneOf(1) }, { phone: phoneOf(2) }];

describe('mutated messages', () => {
  it.each([1, 808, 20_260_229])('are taken or refused, never thrown at (seed %i, 10 000 frames)', (seed) => {
    const random = seeded(seed);
    const config = jt808SourceSchema.parse({
      type: 'jt808',
      name: 'cars',
      codeSecret: jt808Secret,
      register: 'phone-only',
      terminals,
    });
    const known = new Terminals(config);
    known.load();
    const counters = newCounters();
    const rows: WirePosition[] = [];
    const answers: Uint8Array[] = [];
    let now = ts;
    const session = new Session({
      terminals: known,
      counters,
      datum: 'gcj02',
      now: () => now,
      send: (wire) => answers.push(wire),
      end: () => undefined,
      authenticated: () => undefined,
      blame: () => undefined,
      intake: {
        add: (more, settle) => {
          rows.push(...more);
          settle(random() < 0.9);
        },
      },
    });
    const terminal = known.find(phoneOf(1));
    const code = terminal === undefined ? '' : known.codeFor(terminal);
    const enter = encodeFrame(headerOf(messageIds.authenticate, 1), authBody('2013', code));
    for (let at = 0; at < 10_000; at++) {
      now += 500;
      if (session.terminal === undefined) handle(session, enter);
      for (const wire of messageOf(random, at))
        handle(session, random() < 0.3 ? wire : mutate(wire, random, true));
      session.tick();
    }
    expect(rows.length).toBeGreaterThan(1_000);
    for (const row of rows) expect(positionSchema.safeParse(row).error).toBeUndefined();
    expect(rows.every(([point]) => point === phoneOf(1))).toBe(true);
    const splitter = new FrameSplitter();
    for (const wire of answers)
      for (const frame of splitter.push(wire)) expect(decodeFrame(frame)).toMatchObject({ encryption: 0 });
    expect(counters.unsupported).toBeGreaterThan(0);
    expect(Object.values(counters.refusedPositions).filter((count) => count > 0).length).toBeGreaterThan(3);
  });
});

it('mutated streams cost their connections at most', async () => {
  const random = seeded(42);
  const { enter, source, rows } = await startJt808({ settings: { framesPerSecond: 1e6 }, terminals: 2 });
  const good = await enter(2);
  let [serial, sent, lives] = [1, 0, 0];
  while (sent < 3_000) {
    const mad = await enter(1);
    lives++;
    while (!mad.socket.closed && sent < 3_000) {
      const wires = messageOf(random, serial++).map((wire) =>
        random() < 0.5 ? wire : mutate(wire, random, false),
      );
      const stream = Buffer.concat(wires);
      const cut = Math.floor(random() * stream.length);
      mad.socket.write(stream.subarray(0, cut));
      mad.socket.write(stream.subarray(cut));
      sent += wires.length;
      if (random() < 0.1) await new Promise((resolve) => setImmediate(resolve));
    }
    mad.close();
  }
  expect(lives).toBeGreaterThan(1);
  expect(await good.askLocation({ ts, lat: 30, lon: 114 })).toBe(replyResults.ok);
  expect(source.waitingRows).toBe(0);
  for (const row of rows) expect(positionSchema.safeParse(row).error).toBeUndefined();
});

function handle(session: Session, wire: Uint8Array): void {
  for (const bytes of new FrameSplitter().push(wire)) {
    const frame = decodeFrame(bytes);
    if (typeof frame !== 'string') session.handle(frame);
  }
}

function headerOf(id: number, serial: number, version: '2013' | '2019' = '2013') {
  return { id, version, phone: phoneOf(1), serial: serial & 0xffff };
}

/** Any message that a terminal may send, of either version, some in packages. */
function messageOf(random: () => number, serial: number): Uint8Array[] {
  const version = random() < 0.5 ? '2013' : '2019';
  const location = () =>
    encodeLocation({
      ts: ts + Math.floor(random() * 1e6) * 1_000,
      lat: random() * 180 - 90,
      lon: random() * 360 - 180,
      speedKmh: random() * 200,
      courseDeg: Math.floor(random() * 360),
      odometerKm: random() * 1e5,
      items: [{ id: Math.floor(random() * 256), value: new Uint8Array(Math.floor(random() * 40)) }],
    });
  const kinds: [number, () => Uint8Array][] = [
    [messageIds.location, location],
    [messageIds.batch, () => batchBody(Array.from({ length: 1 + Math.floor(random() * 12) }, location), 1)],
    [messageIds.heartbeat, () => new Uint8Array(0)],
    [messageIds.register, () => registerBody(version, { plate: '鄂A12345' })],
    [messageIds.authenticate, () => authBody(version, 'no code')],
    [messageIds.logout, () => new Uint8Array(0)],
    [Math.floor(random() * 0x10000), location],
  ];
  const [id, bodyOf] = kinds[Math.floor(random() * (random() < 0.8 ? 2 : kinds.length))] ??
    kinds[0] ?? [0, location];
  return encodeMessage(headerOf(id, serial * 8, version), bodyOf(), 100 + Math.floor(random() * 900));
}

/** Flips, cuts, repeats or inserts bytes; with `repaired` the checksum is right again, so that the change is looked at. */
function mutate(wire: Uint8Array, random: () => number, repaired: boolean): Uint8Array {
  const [content = new Uint8Array(1)] = new FrameSplitter().push(wire);
  let bytes = repaired ? [...content.subarray(0, -1)] : [...wire];
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    // Mostly behind the header, where the values are.
    const at = Math.floor((random() < 0.7 ? 0.3 + 0.7 * random() : random()) * bytes.length);
    const kind = random();
    if (kind < 0.7) bytes[at] = Math.floor(random() * 256);
    else if (kind < 0.8) bytes = bytes.slice(0, at);
    else if (kind < 0.9) bytes.splice(at, 0, ...bytes.slice(at, at + 20));
    else bytes.splice(at, Math.floor(random() * 20));
  }
  if (!repaired) return Uint8Array.from(bytes);
  // Where the length changed, the header says so in half of the cases.
  if (bytes.length > 12 && random() < 0.5) {
    const header = ((bytes[2] ?? 0) & 0x40 ? 17 : 12) + ((bytes[2] ?? 0) & 0x20 ? 4 : 0);
    const body = Math.max(0, bytes.length - header) & 0x3ff;
    bytes[2] = ((bytes[2] ?? 0) & 0xfc) | (body >> 8);
    bytes[3] = body & 0xff;
  }
  return escapeFrame(
    Uint8Array.of(
      ...bytes,
      bytes.reduce((sum, byte) => sum ^ byte, 0),
    ),
  );
}
