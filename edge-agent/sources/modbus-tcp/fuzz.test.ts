// Seeded fuzz: a device whose answers are mutated at random. What the source emits is held against a strict reading of
// the bytes that were really sent, written here anew.
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WireReading } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { modbusSourceSchema } from '../../../core/runtime/config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import {
  exceptionAnswer,
  type ModbusReply,
  type ModbusRequest,
  ModbusServer,
} from '../../../core/testing/modbus-server.ts';
import { ModbusSource } from './source.ts';

const exchanges = 600;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('modbus-tcp under mutated answers', () => {
  for (const seed of [1, 20_240_229, 0xc0ffee]) {
    it(`emits nothing that a valid answer to its request did not say, and lives on (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const said = new Set<number>();
      const mad = await serve({
        register: () => Math.floor(random() * 0x1_0000),
        reply: (request, right) => {
          const reply = mutate(request, right, random);
          if (Buffer.isBuffer(reply)) noteValues(request, reply, said);
          return reply;
        },
      });
      const sane = await serve({ register: (_, address) => address });
      const rows: WireReading[] = [];
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      process.on('warning', note);

      const config = modbusSourceSchema.parse({
        type: 'modbus-tcp',
        name: 'fuzz',
        maps: {
          mad: [
            { quantity: 'electricity', address: 100, type: 'uint32' },
            { quantity: 'water', address: 110, type: 'uint32', table: 'input' },
          ],
          sane: [{ quantity: 'gas', address: 5, type: 'uint16' }],
        },
        devices: [
          ...[1, 2, 3].map((unit) => ({ point: `mad${unit}`, unit, port: mad.port, map: 'mad', ...fast })),
          { point: 'sane', port: sane.port, map: 'sane', ...fast },
        ],
      });
      const source = new ModbusSource(
        { ...config, everyMs: 4, devices: config.devices.map((device) => ({ ...device, timeoutMs: 15 })) },
        { clock: systemClock, random: () => 1, log: silentLogger },
      );
      stops.push(() => source.stop());
      await source.start(async (readings) => {
        rows.push(...readings);
      });
      await vi.waitFor(() => expect(mad.requests.length).toBeGreaterThanOrEqual(exchanges), {
        timeout: 18_000,
        interval: 20,
      });
      await source.stop();
      process.off('unhandledRejection', note);
      process.off('warning', note);

      const fromMad = rows.filter(([point]) => point !== 'sane');
      expect(fromMad.length).toBeGreaterThan(20);
      expect(fromMad.filter(([, , , value]) => !said.has(value))).toEqual([]);
      const fromSane = rows.filter(([point]) => point === 'sane');
      expect(fromSane.length).toBeGreaterThan(20);
      expect(fromSane.every(([, , , value]) => value === 5)).toBe(true);
      expect(source.counters.faults).toBeGreaterThan(50);
      expect(unhandled).toEqual([]);
      await vi.waitFor(() => expect(mad.sockets.size + sane.sockets.size).toBe(0));
    });
  }
});

const fast = { host: '127.0.0.1', timeoutMs: 50 };

async function serve(options: Parameters<typeof ModbusServer.start>[0]): Promise<ModbusServer> {
  const server = await ModbusServer.start(options);
  stops.push(() => server.stop());
  return server;
}

function mutate(request: ModbusRequest, right: Buffer, random: () => number): ModbusReply {
  const pick = (below: number) => Math.floor(random() * below);
  const copy = Buffer.from(right);
  switch (pick(12)) {
    case 0: {
      for (let flips = 1 + pick(4); flips > 0; flips--) {
        const at = pick(copy.length);
        copy.writeUInt8(copy.readUInt8(at) ^ (1 << pick(8)), at);
      }
      return copy;
    }
    case 1:
      return copy.subarray(0, 1 + pick(copy.length));
    case 2:
      return Buffer.from(Array.from({ length: 1 + pick(300) }, () => pick(256)));
    case 3:
      return Buffer.concat([copy, Buffer.from(Array.from({ length: 1 + pick(20) }, () => pick(256)))]);
    case 4:
      return Buffer.concat([copy, copy]);
    case 5:
      // The header alone is touched.
      copy.writeUInt8(pick(256), pick(9));
      return copy;
    case 6:
      return exceptionAnswer(request, pick(256));
    case 7: {
      // An answer to the transaction before, then the right one.
      const stale = Buffer.from(copy);
      stale.writeUInt16BE((request.transaction + 0xffff) & 0xffff, 0);
      stale.fill(0xaa, 9);
      return Buffer.concat([stale, copy]);
    }
    case 8:
      return (['silence', 'close', 'reset'] as const)[pick(3)] ?? 'silence';
    default:
      return right;
  }
}

/** The values of every complete, correct answer to `request` among the frames of `bytes`. */
function noteValues(request: ModbusRequest, bytes: Buffer, said: Set<number>): void {
  for (let at = 0; at + 6 <= bytes.length; ) {
    const end = at + 6 + bytes.readUInt16BE(at + 4);
    const whole = end <= bytes.length && end === at + 9 + request.count * 2;
    if (
      whole &&
      bytes.readUInt16BE(at) === request.transaction &&
      bytes.readUInt16BE(at + 2) === 0 &&
      bytes.readUInt8(at + 6) === request.unit &&
      bytes.readUInt8(at + 7) === request.functionCode &&
      bytes.readUInt8(at + 8) === request.count * 2
    ) {
      said.add(bytes.readUInt32BE(at + 9));
    }
    at = end;
  }
}

/** mulberry32 */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
