import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WireReading } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { type ModbusSourceConfig, modbusSourceSchema } from '../../../core/runtime/config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import {
  exceptionAnswer,
  type ModbusReply,
  type ModbusRequest,
  ModbusServer,
} from '../../../core/testing/modbus-server.ts';
import type { Sink } from '../source.ts';
import { ModbusSource } from './source.ts';

const everyMs = 60;
const maps = {
  meter: [
    { quantity: 'electricity', address: 0, type: 'uint32', scale: 0.01 },
    { quantity: 'power', address: 10, type: 'uint16', scale: 0.1 },
    { quantity: 'voltage', address: 500, type: 'uint16' },
  ],
  one: [{ quantity: 'water', address: 7, type: 'uint16', table: 'input' }],
};

const servers: ModbusServer[] = [];
const sources: ModbusSource[] = [];
const warnings: Error[] = [];
const noteWarning = (warning: Error) => warnings.push(warning);
let rows: WireReading[] = [];
const collect: Sink = async (readings) => {
  rows.push(...readings);
};

beforeEach(() => {
  rows = [];
  warnings.length = 0;
  process.on('warning', noteWarning);
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  process.off('warning', noteWarning);
  expect(warnings).toEqual([]);
});

describe('ModbusSource', () => {
  it('reads all quantities of a device and stamps them with the start of their poll', async () => {
    const server = await serve();
    const source = await run({ devices: [device('A1', server)] });
    await vi.waitFor(() => expect(rows.length).toBeGreaterThanOrEqual(9));

    const [first] = rows;
    const poll = rows.slice(0, 3);
    expect(poll).toEqual([
      ['A1', 'electricity', first?.[2], 0.01],
      ['A1', 'power', first?.[2], 1],
      ['A1', 'voltage', first?.[2], 500],
    ]);
    expect(new Set(rows.map(([, , ts]) => ts)).size).toBe(rows.length / 3);
    expect(rows.every(([, , ts]) => Number.isInteger(ts))).toBe(true);
    expect(server.accepted).toBe(1);
    expect(source.health()).toMatchObject({ state: 'ok', devices: 1, devicesSilent: 0, fault: null });
    expect(source.health().lastReadAt).toBe(rows.at(-1)?.[2]);
  });

  it('polls the devices of a gateway in turn over one connection, never two at once', async () => {
    let open = 0;
    let most = 0;
    const server = await serve({
      register: (request) => request.unit,
      reply: async (_, right) => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setTimeout(resolve, 1));
        open--;
        return right;
      },
    });
    const units = [1, 2, 3, 4, 5];
    await run({ devices: units.map((unit) => ({ ...device(`W${unit}`, server), unit, map: 'one' })) });
    await vi.waitFor(() => expect(rows.length).toBeGreaterThanOrEqual(20));

    expect(most).toBe(1);
    expect(server.accepted).toBe(1);
    expect(rows.every(([point, , , value]) => point === `W${value}`)).toBe(true);
    expect(new Set(rows.map(([point]) => point)).size).toBe(units.length);
  });

  it('goes on with other hosts while one does not answer, and asks the silent one ever more seldom', async () => {
    const deaf = await serve({ reply: () => 'silence' });
    const well = await serve();
    const source = await run({ devices: [device('deaf', deaf), { ...device('well', well), map: 'one' }] });
    await vi.waitFor(() => expect(deaf.requests.length).toBeGreaterThanOrEqual(5), 5_000);

    const health = source.health();
    expect(health).toMatchObject({ state: 'degraded', devices: 2, devicesSilent: 1 });
    expect(health.fault).toContain(`deaf at 127.0.0.1:${deaf.port} unit 1: no answer within 100 ms`);
    expect(well.requests.length).toBeGreaterThan(2 * deaf.requests.length);
    expect(rows.every(([point]) => point === 'well')).toBe(true);
  });

  const misdeeds: Record<string, (request: ModbusRequest, right: Buffer) => ModbusReply> = {
    'refuses with an exception': (request) => exceptionAnswer(request, 2),
    'reports through its gateway that it does not answer': (request) => exceptionAnswer(request, 11),
    'answers as another unit': (_, right) => changed(right, (b) => b.writeUInt8(9, 6)),
    'refuses as another unit': (request) => changed(exceptionAnswer(request, 2), (b) => b.writeUInt8(9, 6)),
    'answers another transaction': (_, right) => changed(right, (b) => b.writeUInt16BE(40_000, 0)),
    'answers another function': (_, right) => changed(right, (b) => b.writeUInt8(6, 7)),
    'answers under another protocol': (_, right) => changed(right, (b) => b.writeUInt16BE(1, 2)),
    'answers with fewer registers': (_, right) =>
      changed(right.subarray(0, -2), (b) => {
        b.writeUInt16BE(b.length - 6, 4);
        b.writeUInt8(b.length - 9, 8);
      }),
    'counts more bytes than it sends': (_, right) => changed(right, (b) => b.writeUInt8(b.length - 7, 8)),
    'counts fewer bytes than it sends': (_, right) => changed(right, (b) => b.writeUInt8(0, 8)),
    'sends an empty frame': (_, right) => changed(right.subarray(0, 6), (b) => b.writeUInt16BE(0, 4)),
    'sends half a frame': (_, right) => right.subarray(0, right.length >> 1),
    'sends noise': () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'floods the line': () => Buffer.alloc(1_000_000, 0xff),
    'ends the connection': () => 'close',
    'breaks the connection': () => 'reset',
    'does not answer': () => 'silence',
  };
  for (const [misdeed, reply] of Object.entries(misdeeds)) {
    it(`a device that ${misdeed} costs its own poll only, and is in order again when it answers well`, async () => {
      let bad = true;
      const gateway = await serve({
        register: (request) => request.unit,
        reply: (request, right) => (bad && request.unit === 2 ? reply(request, right) : right),
      });
      const units = [1, 2, 3];
      const source = await run({
        devices: units.map((unit) => ({ ...device(`U${unit}`, gateway), unit, map: 'one', timeoutMs: 50 })),
      });
      await vi.waitFor(() => {
        expect(source.counters.faults).toBeGreaterThanOrEqual(2);
        expect(rows.filter(([point]) => point === 'U1').length).toBeGreaterThanOrEqual(3);
        expect(rows.filter(([point]) => point === 'U3').length).toBeGreaterThanOrEqual(3);
      }, 10_000);
      expect(rows.some(([point]) => point === 'U2')).toBe(false);
      expect(rows.every(([point, , , value]) => point === `U${value}`)).toBe(true);
      const health = source.health();
      expect(health.state).toBe('degraded');
      expect(health.fault).toContain(`U2 at 127.0.0.1:${gateway.port} unit 2: `);

      bad = false;
      await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'ok', fault: null }), 10_000);
      expect(rows.some(([point]) => point === 'U2')).toBe(true);
      expect(gateway.sockets.size).toBeLessThanOrEqual(1);
    });
  }

  it('keeps the values of the requests that a device does not refuse', async () => {
    const server = await serve({
      reply: (request, right) => (request.address === 500 ? exceptionAnswer(request, 2) : right),
    });
    const source = await run({ devices: [device('A1', server)] });
    await vi.waitFor(() => expect(rows.length).toBeGreaterThanOrEqual(4));
    expect(new Set(rows.map(([, quantity]) => quantity))).toEqual(new Set(['electricity', 'power']));
    expect(source.health()).toMatchObject({ state: 'degraded', devicesSilent: 0 });
    expect(source.health().fault).toContain('Modbus exception 2');
    expect(source.health().fault).toContain('holding registers 500 to 500');
    expect(server.accepted).toBe(1);
  });

  it('sends no reading for a value that is none, and says which register', async () => {
    const server = await serve({ register: (_, address) => (address < 2 ? 0x7fc0 : 1) });
    const source = await run({
      maps: {
        meter: [
          { quantity: 'electricity', address: 0, type: 'float32' },
          { quantity: 'power', address: 2, type: 'uint16' },
        ],
      },
      devices: [device('A1', server)],
    });
    await vi.waitFor(() => expect(rows.length).toBeGreaterThanOrEqual(2));
    expect(rows.every(([, quantity]) => quantity === 'power')).toBe(true);
    expect(source.counters.noValues).toBeGreaterThanOrEqual(2);
    expect(source.health().fault).toContain(
      'no value for electricity: the device reports NaN (holding register 0)',
    );
  });

  it('opens the connection anew, at no cost of a poll, when the device has closed an idle one', async () => {
    let requests = 0;
    // Each connection answers once; the next request finds it closed.
    const server = await serve({ reply: (_, right) => (++requests % 2 === 0 ? 'close' : right) });
    const source = await run({ devices: [{ ...device('A1', server), map: 'one' }] });
    await vi.waitFor(() => expect(source.counters.readings).toBeGreaterThanOrEqual(4));
    expect(server.accepted).toBeGreaterThanOrEqual(4);
    expect(source.counters.faults).toBe(0);
  });

  it('fails all devices of a line at once while nothing listens, and polls them again soon after it does', async () => {
    const place = await serve();
    const { port } = place;
    await place.stop();
    const units = Array.from({ length: 8 }, (_, index) => index + 1);
    const source = await run({
      devices: units.map((unit) => ({ ...device(`U${unit}`, place, port), unit, map: 'one' })),
    });
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 8 }));
    expect(source.health().fault).toMatch(/no connection: .*ECONNREFUSED/);
    servers.push(await ModbusServer.start({ port }));
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'ok', devicesSilent: 0 }), 5_000);
  });

  it('skips and counts polls that are due while the last one is not over', async () => {
    const server = await serve({
      reply: async (_, right) => {
        await new Promise((resolve) => setTimeout(resolve, everyMs * 2.5));
        return right;
      },
    });
    const source = await run({ devices: [{ ...device('slow', server), map: 'one', timeoutMs: 5_000 }] });
    await vi.waitFor(() => {
      expect(source.counters.skipped).toBeGreaterThanOrEqual(4);
      expect(source.health().fault).toContain('a poll was skipped');
    });
    expect(source.counters.polls).toBeLessThanOrEqual(source.counters.skipped);
    expect(source.counters.readings).toBeGreaterThanOrEqual(1);
  });

  it('holds at most one poll of a device while the sink does not answer', async () => {
    const server = await serve();
    let calls = 0;
    const source = await run({ devices: [device('A1', server), device('A2', server)] }, () => {
      calls++;
      return new Promise(() => {});
    });
    await vi.waitFor(() => expect(source.counters.skipped).toBeGreaterThanOrEqual(6));
    expect(calls).toBe(2);
  });

  it('goes on polling when the sink refuses, and tells in its health', async () => {
    const server = await serve();
    let refuse = true;
    const source = await run({ devices: [device('A1', server)] }, async (readings) => {
      if (refuse) throw new Error('no room');
      await collect(readings);
    });
    await vi.waitFor(() => expect(source.counters.polls).toBeGreaterThanOrEqual(3));
    expect(source.health()).toMatchObject({ state: 'degraded', fault: expect.stringContaining('no room') });
    refuse = false;
    await vi.waitFor(() => expect(source.health().state).toBe('ok'));
    expect(rows.length).toBeGreaterThan(0);
  });

  it('stops in the middle of a request, leaves no socket and calls the sink no more', async () => {
    const server = await serve({ reply: () => 'silence' });
    const source = await run({ devices: [{ ...device('A1', server), timeoutMs: 60_000 }] });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    expect(server.sockets.size).toBe(1);
    await Promise.all([source.stop(), source.stop()]);
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(rows).toEqual([]);
    expect(source.health().state).toBe('stopped');
  });

  it('may be stopped before it was started', async () => {
    const server = await serve();
    const source = new ModbusSource(configured({ devices: [device('A1', server)] }), deps);
    await source.stop();
    await source.start(collect);
    expect(source.health().state).toBe('stopped');
    expect(server.accepted).toBe(0);
  });
});

const deps = { clock: systemClock, random: () => 0.5, log: silentLogger };
type Input = Omit<Partial<ModbusSourceConfig>, 'devices' | 'maps'> & { devices: unknown[]; maps?: unknown };

/** By the schema, but with a period that a test has time for. */
function configured(input: Input): ModbusSourceConfig {
  return { ...modbusSourceSchema.parse({ type: 'modbus-tcp', name: 'meters', maps, ...input }), everyMs };
}

async function run(input: Input, sink: Sink = collect): Promise<ModbusSource> {
  const source = new ModbusSource(configured(input), deps);
  sources.push(source);
  await source.start(sink);
  return source;
}

async function serve(options: Parameters<typeof ModbusServer.start>[0] = {}): Promise<ModbusServer> {
  const server = await ModbusServer.start(options);
  servers.push(server);
  return server;
}

function device(point: string, server: ModbusServer, port = server.port) {
  return { point, host: '127.0.0.1', port, unit: 1, timeoutMs: 100, map: 'meter' };
}

function changed(frame: Buffer, change: (copy: Buffer) => unknown): Buffer {
  const copy = Buffer.from(frame);
  change(copy);
  return copy;
}
