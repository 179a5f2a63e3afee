// What costs a connection, and that it costs no other; what is gathered; the start and the stop.
import { EventEmitter, once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { expect, it } from 'vitest';
import { encodeFrame } from '../../../core/domain/fleet/jt808/frame.ts';
import { encodeLocation } from '../../../core/domain/fleet/jt808/location.ts';
import { batchBody, messageIds, replyResults } from '../../../core/domain/fleet/jt808/messages.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { jt808SourceSchema } from '../../../core/runtime/jt808-config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { jt808Secret, phoneOf, startJt808, until } from '../../../core/testing/jt808-source.ts';
import { Jt808Source } from './source.ts';

const { ok } = replyResults;
const ts = Date.UTC(2026, 9, 1, 2);
const place = { ts, lat: 30.5, lon: 114.25 };
const heartbeat = encodeFrame({ id: messageIds.heartbeat, version: '2013', phone: phoneOf(1), serial: 9 });

it('bad frames, half frames and garbage cost themselves; the frames around them are answered', async () => {
  const { enter, source, rows } = await startJt808();
  const terminal = await enter(1);
  const broken = heartbeat.slice();
  broken[5] = (broken[5] ?? 0) ^ 1;
  for (const noise of [broken, heartbeat.subarray(0, 9), Buffer.from('~garbage~'), Buffer.alloc(3_000, 1)]) {
    terminal.socket.write(noise);
    expect(await terminal.askLocation({ ...place, ts: ts + rows.length * 1_000 })).toBe(ok);
  }
  expect(rows).toHaveLength(4);
  const { badFrames } = source.counters;
  expect(badFrames).toMatchObject({ checksum: 1, oversized: 1 });
  expect(badFrames['too-short'] + badFrames.length).toBe(2);
});

it.each([
  ['noise without a frame', Buffer.alloc(100_000, 0x55)],
  ['bad frames', Buffer.from(`~${'0123456789abcdef~'.repeat(200)}`)],
  ['bad escapes', Buffer.from(`~${'}}~'.repeat(200)}`)],
])('a flood of %s costs its connection, no other', async (_, flood) => {
  const { enter, connect, source } = await startJt808();
  const [good, mad, stranger] = [await enter(1), await enter(2), await connect(3)];
  mad.socket.write(flood);
  stranger.socket.write(flood);
  await Promise.all([mad.closed, stranger.closed]);
  expect(source.counters.unruly).toBe(2);
  expect(await good.askLocation(place)).toBe(ok);
  expect(await (await enter(2)).askLocation(place)).toBe(ok);
});

it('who does not authenticate in time is closed, heartbeats or dribbled bytes notwithstanding', async () => {
  const { connect, source, enter } = await startJt808({ settings: { authWithinMs: 600 } });
  const good = await enter(3);
  const [mute, beating, dribbling] = [await connect(1), await connect(1), await connect(2)];
  const timer = setInterval(() => {
    beating.send(messageIds.heartbeat);
    dribbling.socket.write(Uint8Array.of(0x30));
  }, 20);
  await Promise.all([mute.closed, beating.closed, dribbling.closed]);
  clearInterval(timer);
  expect(source.counters.idle).toBe(3);
  expect(await good.askLocation(place)).toBe(ok);
});

it('an authenticated terminal that is silent, or sends half a frame byte by byte, is closed', async () => {
  const { enter, source } = await startJt808({ settings: { idleMs: 800 } });
  const [mute, dribbling, good] = [await enter(1), await enter(2), await enter(3)];
  dribbling.socket.write(Uint8Array.of(0x7e));
  const timer = setInterval(() => {
    dribbling.socket.write(Uint8Array.of(0x30));
    good.send(messageIds.heartbeat);
  }, 20);
  await Promise.all([mute.closed, dribbling.closed]);
  expect(source.counters.idle).toBe(2);
  expect(await good.askLocation(place)).toBe(ok);
  clearInterval(timer);
});

it('a terminal that does not read its answers is closed, and others are answered', async () => {
  const { enter, source } = await startJt808({ settings: { framesPerSecond: 1e6 } });
  const [slow, good] = [await enter(1), await enter(2)];
  slow.socket.pause();
  const beats = Buffer.concat(new Array(4_000).fill(heartbeat));
  while (source.counters.slowReaders === 0) {
    slow.socket.write(beats);
    expect(await good.ask(messageIds.heartbeat)).toBe(ok);
  }
  slow.socket.resume();
  await slow.closed;
  expect(await good.askLocation(place)).toBe(ok);
});

it('a second connection of a terminal takes the place of the first', async () => {
  const { enter, connect, source } = await startJt808();
  const first = await enter(1);
  // A registration is none yet: whoever states a phone number throws nobody out.
  const stranger = await connect(1);
  await stranger.register();
  expect(await stranger.authenticate('wrong')).toBe(1);
  expect(await first.askLocation(place)).toBe(ok);
  const second = await enter(1);
  await first.closed;
  expect(source.counters.replaced).toBe(1);
  expect(await second.askLocation(place)).toBe(ok);
});

it('connections beyond the limits, in all or of an address, are closed at once', async () => {
  for (const settings of [{ maxConnections: 2 }, { maxPerAddress: 2 }]) {
    const { enter, connect, source } = await startJt808({ settings });
    const [one, two] = [await enter(1), await enter(2)];
    const third = await connect(3);
    await third.closed;
    expect(source.counters.refusedConnections).toBe(1);
    expect(source.health().fault).toMatch(/connections are refused: 2 open, 2 from 127.0.0.1/);
    two.close();
    await two.closed;
    // Its place is free once the source has seen it go.
    await until(() => expect(source.counters.connections).toBe(2));
    await expect
      .poll(async () => (await connect(3)).register(), { timeout: 5_000 })
      .toMatchObject({ result: 0 });
    expect(await one.askLocation(place)).toBe(ok);
  }
});

it('a connection beyond its rate is read more slowly, and loses nothing', async () => {
  const { enter, source, rows } = await startJt808({ settings: { framesPerSecond: 100 } });
  const [eager, good] = [await enter(1), await enter(2)];
  const serials = Array.from({ length: 1_040 }, (_, at) =>
    eager.sendLocation({ ...place, ts: ts + at * 1_000 }),
  );
  await until(() => expect(source.counters.paused).toBeGreaterThan(0));
  expect(await good.askLocation(place)).toBe(ok);
  expect(await eager.resultOf(serials.at(-1) ?? -1)).toBe(ok);
  expect(rows).toHaveLength(1_041);
});

it('positions of many connections that come together go to the sink together', async () => {
  const { enter, rows, calls } = await startJt808({ terminals: 50, settings: { gatherMs: 50 } });
  const terminals = await Promise.all(Array.from({ length: 50 }, (_, at) => enter(at + 1)));
  const results = await Promise.all(
    terminals.flatMap((terminal) =>
      [0, 1, 2, 3].map((at) => terminal.askLocation({ ...place, ts: ts + at * 1_000 })),
    ),
  );
  expect(results.every((result) => result === ok)).toBe(true);
  expect(rows).toHaveLength(200);
  expect(calls()).toBeLessThan(20);
});

it('while the outbox is slow no more than the limit waits, and in the end all is kept and answered', async () => {
  const disk = new EventEmitter();
  let [open, largest] = [false, 0];
  const { enter, source, rows } = await startJt808({
    terminals: 20,
    settings: { framesPerSecond: 1e6 },
    sink: async (taken) => {
      largest = Math.max(largest, taken.length);
      if (!open) await once(disk, 'open');
    },
  });
  const terminals = await Promise.all(Array.from({ length: 20 }, (_, at) => enter(at + 1)));
  const bodies = Array.from({ length: 30 }, (_, at) => encodeLocation({ ...place, ts: ts + at * 1_000 }));
  const batch = batchBody(bodies);
  const last = terminals.map((terminal) => {
    const serials = Array.from({ length: 100 }, () => terminal.send(messageIds.batch, batch));
    return terminal.resultOf(serials.at(-1) ?? -1);
  });
  await until(() => expect(source.counters.paused).toBe(1));
  // 60 000 rows were sent; those of the pieces that were being read come on top of the limit.
  expect(source.waitingRows).toBeGreaterThanOrEqual(20_000);
  expect(source.waitingRows).toBeLessThan(20_000 + 64 * 30);
  expect(rows).toEqual([]);
  open = true;
  expect(disk.emit('open')).toBe(true);
  expect(await Promise.all(last)).toEqual(new Array(20).fill(ok));
  expect(rows).toHaveLength(60_000);
  // Calls that take a moment, not seconds, however much waits.
  expect(largest).toBeGreaterThan(1_900);
  expect(largest).toBeLessThanOrEqual(2_000);
  expect(source.waitingRows).toBe(0);
});

it('at the stop what was read is kept and answered, then nobody is let in', async () => {
  const { enter, source, rows, port } = await startJt808({ settings: { gatherMs: 1_000 } });
  const terminal = await enter(1);
  const answer = terminal.askLocation(place);
  await until(() => expect(source.waitingRows).toBe(1));
  await Promise.all([source.stop(), source.stop()]);
  expect(await answer).toBe(ok);
  expect(rows).toHaveLength(1);
  await terminal.closed;
  const socket = connectSocket(port, '127.0.0.1');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

it('a port that is taken, or a secret that is missing, is said at the start; the stop survives it', async () => {
  const { port } = await startJt808();
  const settings = {
    type: 'jt808',
    name: 'second',
    host: '127.0.0.1',
    terminals: [{ phone: '1', plate: 'A' }],
  };
  const make = (more: object) =>
    new Jt808Source(jt808SourceSchema.parse({ ...settings, ...more }), {
      clock: systemClock,
      log: silentLogger,
    });
  const taken = make({ port, codeSecret: jt808Secret });
  await expect(taken.start(() => Promise.resolve())).rejects.toMatchObject({
    code: 'source.read',
    message: expect.stringContaining(`cannot listen at 127.0.0.1:${port}`),
  });
  await taken.stop();
  const bare = make({ port: 0, codeSecretFile: '/nowhere/secret' });
  await expect(bare.start(() => Promise.resolve())).rejects.toMatchObject({ code: 'config.missing' });
  await bare.stop();
});
