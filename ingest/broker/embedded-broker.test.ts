import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { limits } from '../../core/domain/telemetry.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { client, embedded, type TestBroker, TestClient } from '../../core/testing/ingest/broker-kit.ts';
import { passwords } from '../../core/testing/ingest/passwords.ts';
import { connectPacket, publishPacket, subscribePacket } from '../../core/testing/ingest/wire.ts';
import { Doorkeeper } from './admission.ts';
import { EmbeddedBroker } from './embedded-broker.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(...options: Parameters<typeof embedded>): Promise<TestBroker> {
  const broker = await embedded(...options);
  ends.push(() => broker.end());
  return broker;
}
async function joinAs(broker: TestBroker, user: string, options: Parameters<typeof client>[2] = {}) {
  const joined = await client(broker, user, options);
  ends.push(() => joined.end());
  return joined;
}
async function count(broker: TestBroker, name: string): Promise<number> {
  const metric = await broker.metrics.registry.getSingleMetric(`jieyue_broker_${name}`)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}
/** A bare connection; `ended` resolves when the broker has cut it. */
function bare(broker: TestBroker): { socket: Socket; ended: Promise<void> } {
  const socket = createConnection(broker.port, '127.0.0.1');
  ends.push(() => socket.destroy());
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.resume();
  return { socket, ended };
}
const hello = connectPacket('a');

describe('limits', () => {
  test('a batch that is too long arrives cut short, longer than a batch may be, and the connection lives on', async () => {
    const broker = await start();
    const ingest = await joinAs(broker, 'ingest');
    await ingest.subscribe('jieyue/v1/+/batch');
    const a = await joinAs(broker, 'a');
    await a.publish('jieyue/v1/a/batch', Buffer.alloc(3 * 1024 * 1024, 'x'));
    await a.publish('jieyue/v1/a/batch', 'next');
    await ingest.message(({ payload }) => payload === 'next');
    const [first] = ingest.received;
    expect(first?.payload.length).toBeGreaterThan(limits.batchBytes);
    expect(first?.payload.length).toBeLessThan(limits.batchBytes + 8_192);
    expect(a.closed).toBe(0);
  });

  test('a packet that announces 200 MB ends its connection at once, before its bytes come', async () => {
    const broker = await start();
    const { socket, ended } = bare(broker);
    socket.write(hello);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(Buffer.from([0x32, 0x80, 0xc2, 0xd7, 0x5f]));
    await ended;
    expect(await count(broker, 'cut_connections_total')).toBe(1);
  });

  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['noise', Buffer.from('f00ba4deadbeef0102030405060708', 'hex')],
    ['a publish before connect', publishPacket('t', 'x')],
  ])('%s at the port ends that connection and no other', async (_case, bytes) => {
    const broker = await start();
    const a = await joinAs(broker, 'a');
    const { socket, ended } = bare(broker);
    socket.write(bytes);
    await ended;
    await a.publish('jieyue/v1/a/batch', 'x');
    expect(a.closed).toBe(0);
  });

  test('a connection that does not say who it is ends after a while', async () => {
    const broker = await start({ connectTimeoutMs: 30 });
    await bare(broker).ended;
  });

  test('connections beyond the limit are closed and counted; when one goes, another may come', async () => {
    const broker = await start({ maxConnections: 2 });
    const a = await joinAs(broker, 'a');
    await joinAs(broker, 'b');
    await bare(broker).ended;
    expect(await count(broker, 'refused_connections_total')).toBe(1);
    await a.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await joinAs(broker, 'a');
    expect(await count(broker, 'connections')).toBe(2);
  });

  test('a session that shall outlive its connection is treated as clean', async () => {
    const broker = await start();
    const ingest = await joinAs(broker, 'ingest');
    for (const round of ['first', 'second']) {
      const { socket, ended } = bare(broker);
      socket.write(connectPacket('a', { clean: false }));
      const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      // CONNACK: no session present, accepted
      expect([...answer]).toEqual([0x20, 2, 0, 0]);
      socket.write(subscribePacket('jieyue/v1/a/ack'));
      await new Promise((resolve) => socket.once('data', resolve));
      const delivered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
      await ingest.publish('jieyue/v1/a/ack', `live ${round}`);
      expect((await delivered).toString()).toContain(`live ${round}`);
      socket.destroy();
      await ended;
      await ingest.publish('jieyue/v1/a/ack', 'while away');
    }
  });

  test('only a status is retained, not a batch', async () => {
    const broker = await start();
    const a = await joinAs(broker, 'a');
    await a.publish('jieyue/v1/a/batch', 'batch', true);
    await a.publish('jieyue/v1/a/status', 'status', true);
    await a.publish('jieyue/v1/a/status', Buffer.alloc(65 * 1024), true);
    const ingest = await joinAs(broker, 'ingest');
    await ingest.subscribe('jieyue/v1/+/batch');
    await ingest.subscribe('jieyue/v1/+/status');
    await a.publish('jieyue/v1/a/batch', 'end');
    await ingest.message(({ payload }) => payload === 'end');
    await ingest.message(({ payload }) => payload === 'status');
    expect(ingest.received.map(({ payload }) => payload).sort()).toEqual(['end', 'status']);
    expect(await count(broker, 'refused_total')).toBe(1);
  });

  test('an agent that does not read holds up nobody else, and loses what is too much for it', async () => {
    const broker = await start({ maxQueuedPerClient: 50, drainTimeoutMs: 60_000 });
    const { socket } = bare(broker);
    socket.write(hello);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(subscribePacket('jieyue/v1/a/ack'));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const ingest = await joinAs(broker, 'ingest');
    const b = await joinAs(broker, 'b');
    await b.subscribe('jieyue/v1/b/ack');
    const long = 'x'.repeat(60_000);
    // Far more than the kernel takes for a reader that does not read.
    await Promise.all(Array.from({ length: 300 }, () => ingest.publish('jieyue/v1/a/ack', long)));
    await ingest.publish('jieyue/v1/b/ack', 'for b');
    await b.message(({ payload }) => payload === 'for b');
    expect(await count(broker, 'dropped_total')).toBeGreaterThan(0);
    expect(ingest.closed).toBe(0);
  });

  test('a second connection of the same agent and client id takes over from the first', async () => {
    const broker = await start();
    const first = await joinAs(broker, 'a', { clientId: 'x' });
    const closed = new Promise<void>((resolve) => first.mqtt.once('close', () => resolve()));
    const second = await joinAs(broker, 'a', { clientId: 'x' });
    await closed;
    await second.publish('jieyue/v1/a/batch', 'x');
    expect(second.closed).toBe(0);
  });
});

describe('passwords', () => {
  test('are checked only so many at a time; a connection beyond is told to come again', async () => {
    let open: (right: boolean) => void = () => {};
    const slow = new Promise<boolean>((resolve) => {
      open = resolve;
    });
    const doorkeeper = new Doorkeeper(
      { agents: { verify: () => slow }, internal: { user: 'ingest', password: 'x' } },
      1,
    );
    const first = doorkeeper.admit('a', 'p');
    expect(await doorkeeper.admit('b', 'p')).toMatchObject({ refused: 'busy' });
    open(true);
    expect(await first).toEqual({ user: { kind: 'agent', id: 'a' } });
  });

  test('that cannot be checked now do not count as wrong', async () => {
    const broken = { verify: () => Promise.reject(new Error('registry away')) };
    const doorkeeper = new Doorkeeper({ agents: broken, internal: { user: 'ingest', password: 'x' } }, 1);
    expect(await doorkeeper.admit('a', 'p')).toMatchObject({ refused: 'unavailable' });
  });

  test('of ingest are never asked of the registry', async () => {
    const yes = { verify: () => Promise.resolve(true) };
    const doorkeeper = new Doorkeeper({ agents: yes, internal: { user: 'ingest', password: 'x' } }, 1);
    expect(await doorkeeper.admit('ingest', 'y')).toMatchObject({ refused: 'credentials' });
    expect(await doorkeeper.admit('ingest', 'x')).toEqual({ user: { kind: 'internal' } });
  });
});

describe('TLS', () => {
  test('is spoken on a second port with the configured certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jieyue-tls-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const;
    const request =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...request.split(' '), ...names], { stdio: 'pipe' });
    const metrics = new Metrics();
    const broker = new EmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      tls: { cert, key, port: 0 },
      agents: { verify: async (id, password) => passwords[id] === password },
      internal: { user: 'ingest', password: 'ingest-secret' },
      clock: systemClock,
      log: silentLogger,
      metrics,
    });
    ends.push(() => broker.stop());
    await broker.start();
    const url = `mqtts://127.0.0.1:${broker.address().tlsPort}`;
    await expect(client({ url }, 'a')).rejects.toThrow(/self-signed/);
    const a = await client({ url }, 'a', { ca: readFileSync(cert) });
    ends.push(() => a.end());
    await a.subscribe('jieyue/v1/a/ack');
    const ingest = await client({ url: `mqtt://127.0.0.1:${broker.address().port}` }, 'ingest');
    ends.push(() => ingest.end());
    await ingest.subscribe('jieyue/v1/+/batch');
    await a.publish('jieyue/v1/a/batch', 'x'.repeat(100_000));
    await ingest.message(({ payload }) => payload.length === 100_000);
    await ingest.publish('jieyue/v1/a/ack', 'y'.repeat(100_000));
    await a.message(({ payload }) => payload.length === 100_000);
    expect(a).toBeInstanceOf(TestClient);
  });

  test('without a readable certificate the broker does not start and says which file', async () => {
    await expect(
      embedded({ tls: { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem', port: 0 } }),
    ).rejects.toThrow(/\/nowhere\/cert.pem/);
  });
});

describe('start and stop', () => {
  test('a port that is taken is named in a coded error, and stop cleans up after it', async () => {
    const first = await start();
    const second = new EmbeddedBroker({
      host: '127.0.0.1',
      port: first.port,
      agents: { verify: async () => false },
      internal: { user: 'ingest', password: 'x' },
      clock: systemClock,
      log: silentLogger,
      metrics: new Metrics(),
    });
    await expect(second.start()).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(String(first.port)),
    });
    await second.stop();
    await second.stop();
  });

  test('stop ends every connection, also one that never said who it is', async () => {
    const broker = await embedded();
    const a = await client(broker, 'a');
    const { ended } = bare(broker);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await broker.end();
    await ended;
    await a.end();
  });
});
