// A seeded fuzz of the wire: whatever comes, ingest neither falls over nor loses its place, and good batches go through.
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embedded, type TestBroker } from '../core/testing/ingest/broker-kit.ts';
import { IngestKit, type TestAgent } from '../core/testing/ingest/ingest-kit.ts';
import { connectPacket, publishPacket, subscribePacket } from '../core/testing/ingest/wire.ts';

const seed = 20_250_601;

/** mulberry32: small, seeded, good enough to shake bytes. */
function randomOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const ts = Date.UTC(2025, 0);
const scraps = [
  'null',
  '1e999',
  '{}',
  '[[',
  ']',
  '"',
  ',',
  '"__proto__":1,',
  '\\u0000',
  '-',
  '9'.repeat(400),
  '\u0000',
];

function goodBatch(id: string, random: (below: number) => number): string {
  const readings = Array.from({ length: 1 + random(6) }, (_, i) => [
    `m${i}`,
    'electricity',
    ts + i,
    random(1000),
  ]);
  const positions = Array.from({ length: random(2) }, () => ['c1', ts, 30, 104, 10, 90, { satellites: 7 }]);
  return JSON.stringify({ id, sentAt: ts, readings, positions });
}

/** Flips, inserts, removes, doubles and cuts, some of it with scraps that JSON readers dislike. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = bytes;
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(result.length + 1);
    const before = result.subarray(0, at);
    const after = result.subarray(at);
    const kind = random(6);
    if (kind === 0) result = Buffer.concat([before, Buffer.from([random(256)]), after.subarray(1)]);
    else if (kind === 1)
      result = Buffer.concat([before, Buffer.from(scraps[random(scraps.length)] ?? ''), after]);
    else if (kind === 2) result = Buffer.concat([before, after.subarray(random(20))]);
    else if (kind === 3) result = Buffer.concat([before, before.subarray(-random(30)), after]);
    else if (kind === 4) result = before;
    else result = Buffer.concat([before, Buffer.from([random(256), random(256)]), after]);
  }
  return result;
}

describe('a fuzz of the wire', () => {
  let broker: TestBroker;
  let kit: IngestKit;
  let agent: TestAgent;
  beforeAll(async () => {
    broker = await embedded();
    kit = await new IngestKit(broker).start();
    agent = await kit.agent('a');
  });
  afterAll(async () => {
    await agent.client.end();
    await kit.ingest.stop();
    await broker.end();
  });

  test('with broken batches leaves the connection alone, refuses or stores each, and good ones get through', async () => {
    const random = randomOf(seed);
    for (let n = 0; n < 1_500; n++) {
      await agent.send(mutate(Buffer.from(goodBatch(`f${n}`, random)), random));
      if (n % 100 === 99) await agent.sendGood(`good-${n}`, ts + n);
    }
    expect(agent.client.closed).toBe(0);
    expect(await kit.count('discarded_total', 'fault')).toBe(0);
    // Nothing that is stored is out of its form.
    for (const [key, value] of kit.store.rows) {
      expect(key).toMatch(/^a\/[A-Za-z0-9._-]{1,64} [a-z_]+ \d{12,13}$/);
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('with noise and broken packets at the port ends those connections and no other', async () => {
    const random = randomOf(seed + 1);
    for (let n = 0; n < 150; n++) {
      const packets = [
        connectPacket('a'),
        subscribePacket('jieyue/v1/a/ack'),
        publishPacket('jieyue/v1/a/batch', goodBatch(`t${n}`, random)),
      ];
      const noise = Buffer.from(Array.from({ length: 1 + random(300) }, () => random(256)));
      const bytes = n % 3 === 0 ? noise : mutate(Buffer.concat(packets), random);
      await new Promise<void>((resolve) => {
        const socket = createConnection(broker.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.once('close', () => resolve());
        socket.resume();
        socket.end(bytes);
      });
    }
    expect(agent.client.closed).toBe(0);
    expect((await agent.sendGood('after-noise')).ids).toEqual(['after-noise']);
    expect(await kit.count('broker_connected')).toBe(1);
  });
});
