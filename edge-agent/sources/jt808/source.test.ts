// The source with real sockets: what terminals say, what they are answered, what reaches the sink.
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeLocation } from '../../../core/domain/fleet/jt808/location.ts';
import {
  batchBody,
  batchKinds,
  messageIds,
  readResendRequest,
  replyResults,
} from '../../../core/domain/fleet/jt808/messages.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { createLogger } from '../../../core/runtime/logger.ts';
import { jt808Secret, phoneOf, startJt808, until } from '../../../core/testing/jt808-source.ts';
import { temporaryFolder } from '../../../core/testing/uplink-rows.ts';

const { ok, failed, bad, unsupported } = replyResults;
const ts = Date.UTC(2026, 9, 1, 2);
const place = { ts, lat: 30.5, lon: 114.25, speedKmh: 36, courseDeg: 90, ignition: true, altitudeM: 20 };
const row = [phoneOf(1), ts, 30.5, 114.25, 36, 90, { ignition: true, fix: true, altitudeM: 20 }];

it.each(['2013', '2019'] as const)(
  'a terminal of %s registers, authenticates and reports',
  async (version) => {
    const { enter, rows, source } = await startJt808();
    const terminal = await enter(1, { version });
    expect(await terminal.askLocation(place)).toBe(ok);
    expect(rows).toEqual([row]);
    expect(await terminal.ask(messageIds.heartbeat)).toBe(ok);
    expect(terminal.answers.every(({ frame }) => frame.version === version)).toBe(true);
    expect(source.counters).toMatchObject({ connections: 1, frames: 4, positions: 1 });
  },
);

it('"ok" is said when the positions are durable, not before', async () => {
  const disk = new EventEmitter();
  const { enter, calls } = await startJt808({
    sink: async () => {
      await once(disk, 'written');
    },
  });
  const terminal = await enter(1);
  const answers = terminal.answers.length;
  const answer = terminal.askLocation(place);
  await until(() => expect(calls()).toBe(1));
  await terminal.ask(messageIds.heartbeat);
  expect(terminal.answers.length).toBe(answers + 1);
  disk.emit('written');
  expect(await answer).toBe(ok);
});

it('when the outbox refuses, the terminal is told so and sends again; the health says it meanwhile', async () => {
  let full = true;
  const { enter, rows, source } = await startJt808({
    sink: () => {
      if (full) throw new Error('the outbox is full');
    },
  });
  const terminal = await enter(1);
  expect(await terminal.askLocation(place)).toBe(failed);
  expect(source.health()).toMatchObject({
    state: 'degraded',
    fault: expect.stringContaining('outbox is full'),
  });
  full = false;
  expect(await terminal.askLocation(place)).toBe(ok);
  expect(rows).toEqual([row]);
  expect(source.counters).toMatchObject({ positions: 1, unkept: 1 });
  expect(source.health().fault).toBeNull();
});

it('a code is the same at each registration and after a restart, another for each phone, and stands in no log', async () => {
  const file = join(temporaryFolder(), 'log');
  const log = createLogger({ level: 'trace', name: 'test', file });
  const told: unknown[] = [];
  for (const index of [1, 1, 2]) {
    const { connect, source } = await startJt808({ log });
    const terminal = await connect(index);
    const answer = await terminal.register();
    if (answer === 'closed') throw new Error('closed');
    expect(await terminal.authenticate(`${answer.code}x`)).toBe(failed);
    const stranger = await connect(99);
    await stranger.register();
    await source.stop();
    told.push(answer.code);
  }
  expect(told[0]).toMatch(/^[\w-]{20}$/);
  expect(told[1]).toBe(told[0]);
  expect(told[2]).not.toBe(told[0]);
  await until(() => expect(readFileSync(file, 'utf8').match(/showed a wrong code/g)).toHaveLength(3));
  const text = readFileSync(file, 'utf8');
  for (const secret of [...told, jt808Secret]) expect(text).not.toContain(secret);
});

it('a code of the configuration is taken without a registration, and a point and plate of its own', async () => {
  const terminals = [{ phone: '013800000001', code: 'set-by-hand', point: 'car-1', plate: '鄂A12345' }];
  const { connect, rows } = await startJt808({ settings: { terminals } });
  const byHand = await connect(1);
  expect(await byHand.authenticate('set-by-hand')).toBe(ok);
  expect(await byHand.askLocation(place)).toBe(ok);
  expect(rows[0]?.[0]).toBe('car-1');
});

it('a code that is set by hand is told nobody, whatever plate a registration states, and its terminal stays connected', async () => {
  const terminals = [
    { phone: phoneOf(1), code: 'set-by-hand', plate: '鄂A12345' },
    { phone: phoneOf(2), plate: '鄂A2' },
  ];
  const { connect, source } = await startJt808({ settings: { terminals, register: 'known-only' } });
  const genuine = await connect(1);
  expect(await genuine.authenticate('set-by-hand')).toBe(ok);
  for (const plate of ['鄂A12345', '鄂A99999', '']) {
    const stranger = await connect(1);
    expect(await stranger.register(plate)).toEqual({ result: 3, code: '' });
    expect(await stranger.authenticate('')).toBe(failed);
    await stranger.closed;
  }
  expect(await genuine.askLocation(place)).toBe(ok);
  // Asking does it no harm either: what it has lets it in.
  expect(await genuine.register('鄂A12345')).toEqual({ result: 3, code: '' });
  expect(await genuine.askLocation(place)).toBe(ok);
  const again = await connect(1);
  expect(await again.register('鄂A12345')).toEqual({ result: 3, code: '' });
  expect(await again.authenticate('set-by-hand')).toBe(ok);
  expect(source.counters).toMatchObject({ failedAuthentications: 8, replaced: 1 });
  expect(source.health().fault).toMatch(/its code is set by hand, and told nobody/);
});

it('a code that was made is told to the plate that is configured alone', async () => {
  const terminals = [{ phone: phoneOf(1), plate: '鄂A12345' }];
  const { connect, source } = await startJt808({ settings: { terminals, register: 'known-only' } });
  const other = await connect(1);
  expect(await other.register('鄂A99999')).toEqual({ result: 2, code: '' });
  await other.closed;
  const right = await connect(1);
  expect(await right.register('鄂A12345')).toMatchObject({
    result: 0,
    code: expect.stringMatching(/^[\w-]{20}$/),
  });
  expect(source.counters.failedAuthentications).toBe(1);
});

it('an unknown terminal is answered with a failure, closed, counted and named in the health', async () => {
  const { connect, source, enter } = await startJt808({ terminals: 1 });
  await enter(1);
  const registering = await connect(77);
  expect(await registering.register()).toEqual({ result: 4, code: '' });
  await registering.closed;
  const authenticating = await connect(78, { version: '2019' });
  expect(await authenticating.authenticate('guess')).toBe(failed);
  await authenticating.closed;
  expect(source.counters).toMatchObject({ unknownTerminals: 2, positions: 0 });
  expect(source.health()).toMatchObject({
    state: 'degraded',
    fault: expect.stringMatching(`terminal ${phoneOf(78)} is not known and was refused \\(2 such so far\\)`),
  });
});

it('a wrong code closes the connection and lets nothing in', async () => {
  const { connect, source, rows } = await startJt808();
  for (const code of ['', 'wrong', 'x'.repeat(200)]) {
    const terminal = await connect(1);
    const late = terminal.authenticate(code);
    terminal.sendLocation(place);
    expect(await late).toBe(failed);
    await terminal.closed;
  }
  expect(source.counters.failedAuthentications).toBe(3);
  expect(rows).toEqual([]);
});

it('before authentication all but registration, authentication and heartbeat is refused', async () => {
  const { connect, source, rows } = await startJt808();
  const terminal = await connect(1);
  expect(await terminal.ask(messageIds.heartbeat)).toBe(ok);
  expect(await terminal.askLocation(place)).toBe(failed);
  expect(await terminal.ask(messageIds.batch, batchBody([encodeLocation(place)]))).toBe(failed);
  expect(await terminal.ask(messageIds.logout)).toBe(failed);
  expect(source.counters.unauthenticated).toBe(3);
  expect(rows).toEqual([]);
  for (let i = 0; i < 10; i++) terminal.sendLocation(place);
  await terminal.closed;
  expect(source.counters.unruly).toBe(1);
});

it('after a logout a terminal is a stranger again, and may come back', async () => {
  const { enter, rows } = await startJt808();
  const terminal = await enter(1);
  expect(await terminal.ask(messageIds.logout)).toBe(ok);
  expect(await terminal.askLocation(place)).toBe(failed);
  const told = await terminal.register();
  expect(await terminal.authenticate(told === 'closed' ? '' : told.code)).toBe(ok);
  expect(await terminal.askLocation(place)).toBe(ok);
  expect(rows).toHaveLength(1);
});

it('one terminal cannot report for another', async () => {
  const { enter, connect, rows, source } = await startJt808();
  const terminal = await enter(1);
  const other = await connect(2);
  const wire = other.packagesOf(messageIds.location, encodeLocation(place), 1_000).wires[0];
  terminal.socket.write(wire ?? '');
  expect(await terminal.ask(messageIds.heartbeat)).toBe(ok);
  expect(source.counters.unauthenticated).toBe(1);
  expect(rows).toEqual([]);
});

it('in a batch a bad position costs itself, and positions sent late are counted', async () => {
  const { enter, rows, source } = await startJt808();
  const terminal = await enter(1);
  const bodies = [place, { ...place, lat: 116.3, ts: ts + 1_000 }, { ...place, ts: ts + 2_000 }].map(
    encodeLocation,
  );
  expect(await terminal.ask(messageIds.batch, batchBody(bodies, batchKinds.blindZone))).toBe(ok);
  expect(rows.map((one) => one[1])).toEqual([ts, ts + 2_000]);
  expect(source.counters).toMatchObject({
    positions: 2,
    latePositions: 2,
    refusedPositions: { latitude: 1 },
  });
  expect(source.health().fault).toContain('latitude');
  expect(await terminal.ask(messageIds.batch, batchBody(bodies.slice(1, 2)))).toBe(bad);
  expect(await terminal.ask(messageIds.batch, batchBody([]))).toBe(ok);
  expect(await terminal.ask(messageIds.batch, Uint8Array.of(0, 1))).toBe(bad);
  expect(await terminal.askLocation({ ...place, lat: 116.3 })).toBe(bad);
  expect(await terminal.ask(0x0900, Uint8Array.of(1))).toBe(unsupported);
});

it('a malformed item costs itself', async () => {
  const { enter, rows, source } = await startJt808();
  const terminal = await enter(1);
  const body = encodeLocation({ ...place, odometerKm: 12.5 });
  expect(await terminal.ask(messageIds.location, Buffer.concat([body, Uint8Array.of(0xe4, 99, 1)]))).toBe(ok);
  expect(rows[0]?.[6]).toMatchObject({ odometerKm: 12.5 });
  expect(source.counters.malformed).toBe(1);
});

it('a message in packages is kept when it is whole; missing packages are asked for', async () => {
  let ahead = 0;
  const { enter, rows } = await startJt808({
    clock: { now: () => systemClock.now() + ahead },
    settings: { authWithinMs: 1_000 },
  });
  const terminal = await enter(1);
  const bodies = Array.from({ length: 30 }, (_, at) => encodeLocation({ ...place, ts: ts + at * 1_000 }));
  const { wires, serial } = terminal.packagesOf(messageIds.batch, batchBody(bodies), 300);
  wires.forEach((wire, at) => {
    if (at !== 1) terminal.socket.write(wire);
  });
  expect(await terminal.ask(messageIds.heartbeat)).toBe(ok);
  expect(rows).toEqual([]);
  ahead = 6_000;
  const request = await terminal.answer(messageIds.resendRequest);
  expect(readResendRequest(request?.body ?? new Uint8Array(), '2013')).toEqual({ serial, numbers: [2] });
  terminal.socket.write(wires[1] ?? '');
  for (let at = 0; at < wires.length; at++) expect(await terminal.resultOf(serial + at)).toBe(ok);
  expect(rows).toHaveLength(30);
});

it('coordinates of a shifted map come out in WGS-84', async () => {
  const { enter, rows } = await startJt808({ settings: { datum: 'gcj02' } });
  const terminal = await enter(1);
  expect(await terminal.askLocation(place)).toBe(ok);
  const [, , lat = 0, lon = 0] = rows[0] ?? [];
  const metres = Math.hypot((lat - 30.5) * 111_195, (lon - 114.25) * 111_195 * Math.cos(0.532));
  expect(metres).toBeGreaterThan(250);
  expect(metres).toBeLessThan(800);
});

it('the health tells terminals that are silent from those that were heard', async () => {
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead };
  const { enter, source } = await startJt808({ terminals: 2, clock });
  expect(source.health()).toMatchObject({ state: 'silent', devices: 2, devicesSilent: 2, lastReadAt: null });
  await enter(1);
  expect(source.health()).toMatchObject({ state: 'degraded', devicesSilent: 1, fault: null });
  await enter(2);
  expect(source.health()).toMatchObject({ state: 'ok', devicesSilent: 0, lastReadAt: expect.any(Number) });
  ahead = 86_400_001;
  expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 2 });
  await source.stop();
  expect(source.health().state).toBe('stopped');
});
