// Ingest over real sockets, on the embedded broker and on a real Mosquitto.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../core/domain/telemetry.ts';
import { embedded, mosquitto, type TestBroker } from '../core/testing/ingest/broker-kit.ts';
import { storeAway } from '../core/testing/ingest/fakes.ts';
import { IngestKit, type TestAgent, until } from '../core/testing/ingest/ingest-kit.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { mosquittoAcl } from './broker/mosquitto.ts';

const folder = join(import.meta.dirname, 'bad-input');
/** What comes of a case: which rows are refused and how many are stored, or the code under which it is only counted. */
type Expected = { rejected: [string, number, string][]; stored: number } | { unanswered: string };

const program = requireServer('mosquitto', 'apt-get install mosquitto');
const brokers: (readonly [name: string, start: () => Promise<TestBroker>])[] = [
  ['the embedded broker', embedded],
];
if (program !== undefined) brokers.push(['mosquitto', () => mosquitto(program)]);

describe.each(brokers)('on %s', (name, start) => {
  let broker: TestBroker;
  let kit: IngestKit;
  let agent: TestAgent;
  beforeAll(async () => {
    broker = await start();
    kit = await new IngestKit(broker).start();
    agent = await kit.agent('a');
  });
  afterAll(async () => {
    await agent.client.end();
    await kit.ingest.stop();
    await broker.end();
  });

  test.each(readdirSync(folder))('%s is refused by code; the same connection goes on', async (name) => {
    const payload = readFileSync(join(folder, name, 'input.bin'));
    const expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected;
    // Each case calls its batch `case`; ids are told apart by giving each its own.
    const id = `case-${name}`.slice(0, 60);
    const own = Buffer.from(
      payload
        .toString('latin1')
        .replace('"id":"case"', `"id":"${id}"`)
        .replace('"id": "case"', `"id": "${id}"`),
      'latin1',
    );
    kit.store.rows.clear();
    kit.store.positionRows.clear();
    const code = 'unanswered' in expected ? expected.unanswered : expected.rejected[0]?.[2];
    const before = await kit.count('rejected_total', code);
    await agent.send(own);
    if ('unanswered' in expected) {
      await agent.sendGood(`after-${name}`);
      expect((await kit.count('rejected_total', code)) - before).toBe(1);
      expect(agent.acks.flatMap(({ ids }) => ids)).not.toContain(id);
    } else {
      const ack = await agent.answered(id);
      expect(ack.rejected.map(({ list, index, code }) => [list, index, code])).toEqual(expected.rejected);
      expect(ack.rejectedCount).toBe(expected.rejected.length);
      expect(kit.store.rows.size + kit.store.positionRows.size).toBe(expected.stored);
      await agent.sendGood(`after-${name}`);
      expect(await kit.count('rejected_total', code)).toBeGreaterThan(before);
    }
    expect(agent.client.closed).toBe(0);
  });

  test.each([
    ['a little too long', limits.batchBytes + 100],
    ['600 KiB', 600 * 1024],
    ['1 MiB', 1024 * 1024 - 100],
  ])('a batch of %s is refused by code and the connection goes on', async (_case, bytes) => {
    const id = `long-${bytes}`;
    await agent.send(`{"id":"${id}","sentAt":1,"x":"${'x'.repeat(bytes)}"}`);
    expect((await agent.answered(id)).rejected).toMatchObject([
      { list: 'batch', index: -1, code: 'batch.too-large' },
    ]);
    await agent.sendGood(`after-${id}`);
    expect(agent.client.closed).toBe(0);
  });

  test('a batch of 12 MiB is not stored, and the connection goes on', async () => {
    await agent.send(Buffer.from(`{"id":"huge","sentAt":1,"x":"${'x'.repeat(12 * 1024 * 1024)}"}`));
    await agent.sendGood('after-huge');
    expect(agent.client.closed).toBe(0);
    // Mosquitto drops such a message before it reaches ingest.
    const answer = agent.acks.find(({ ids }) => ids.includes('huge'));
    if (name === 'the embedded broker') expect(answer?.rejected).toMatchObject([{ code: 'batch.too-large' }]);
  });

  test('messages to a wrong topic or in the name of another agent go nowhere, and the connection goes on', async () => {
    const payload = JSON.stringify({
      id: 'stray',
      sentAt: 1,
      readings: [['m1', 'electricity', Date.UTC(2025, 0), 1]],
    });
    kit.store.rows.clear();
    for (const topic of ['jieyue/v1/b/batch', 'jieyue/v1/a/ack', 'jieyue/v1/a/batches', 'nonsense']) {
      await agent.client.publish(topic, payload);
    }
    await agent.sendGood('after-stray');
    expect([...kit.store.rows.keys()]).toEqual([expect.stringContaining('a/good')]);
    expect(agent.client.closed).toBe(0);
  });

  test('statuses reach the registry, and raise and end their alarms', async () => {
    const at = Date.now();
    const status = (state: string, quarantinedBatches: number, nearFull: boolean, later = 0) =>
      JSON.stringify({
        state,
        at: at + later,
        version: '1',
        outbox: {
          ...{ rows: 0, batches: 0, bytes: 9, limitBytes: 10, oldestTs: null, nearFull, refusedRows: 0 },
          ...(nearFull ? { fault: 'no space left' } : {}),
        },
        quarantinedBatches,
        sources: [],
      });
    const open = () =>
      [...kit.registry.open.keys()].filter((alarm) => !alarm.startsWith('clock-fault')).sort();
    await agent.send('rubbish', 'status');
    await until(async () => (await kit.count('discarded_total', 'status-malformed')) === 1);
    await agent.send(status('online', 2, true, 1_000), 'status');
    await until(() => open().length === 3);
    expect(open()).toEqual(['outbox-disk a', 'outbox-near-full a', 'quarantine a']);
    // An older one, sent again after a lost connection, changes nothing.
    await agent.send(status('online', 0, false, 0), 'status');
    await until(async () => (await kit.count('discarded_total', 'status-late')) === 1);
    expect(open()).toHaveLength(3);
    // A last will is kept, and is silent about alarms.
    await agent.send(status('offline', 0, false, -5_000), 'status');
    await until(() => kit.registry.statuses.get('a')?.state === 'offline');
    expect(open()).toHaveLength(3);
    await agent.send(status('online', 0, false, 2_000), 'status');
    await until(() => open().length === 0);
  });
});

describe('when things break', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  async function system(options: ConstructorParameters<typeof IngestKit>[1] = {}) {
    const broker = await embedded();
    ends.push(() => broker.end());
    const kit = await new IngestKit(broker, options).start();
    ends.push(() => kit.ingest.stop());
    const agent = await kit.agent('a');
    ends.push(() => agent.client.end());
    return { broker, kit, agent };
  }

  test('a batch sent again without DUP, its acknowledgement lost, is acknowledged again and stored once', async () => {
    const { kit, agent } = await system();
    await agent.sendGood('b1', Date.UTC(2025, 0));
    agent.client.received.length = 0;
    await agent.sendGood('b1', Date.UTC(2025, 0));
    expect(kit.store.writes).toBe(1);
    expect(await kit.count('duplicates_total', 'acknowledged')).toBe(1);
  });

  test('while the store is away the broker connection stays alive and nothing is acknowledged', async () => {
    const { kit, agent } = await system({ queueRows: 1_000 });
    kit.store.failure = storeAway();
    const rows = Array.from({ length: 500 }, (_, i) => [`meter-${i}`, 'electricity', Date.UTC(2025, 0), 1]);
    for (let n = 0; n < 20; n++) {
      await agent.send(JSON.stringify({ id: `b${n}`, sentAt: 1, readings: rows }));
    }
    expect(agent.acks).toEqual([]);
    expect(await kit.count('broker_connected')).toBe(1);
    kit.store.failure = undefined;
    await until(async () => {
      const answered = new Set(agent.acks.flatMap(({ ids }) => ids)).size;
      return answered === 20 - (await kit.count('discarded_total', 'queue-full'));
    });
  });

  test('after the broker went and came again ingest subscribes anew', async () => {
    const { broker, kit } = await system();
    await broker.end();
    await until(() => !kit.ingest.connected);
    const again = await embedded({ port: broker.port });
    ends.push(() => again.end());
    await until(() => kit.ingest.connected);
    const agent = await kit.agent('b');
    ends.push(() => agent.client.end());
    expect((await agent.sendGood('after')).ids).toEqual(['after']);
  });

  test('ingest starts before its broker and is ready when it comes', async () => {
    const first = await embedded();
    await first.end();
    const kit = new IngestKit(first);
    ends.push(() => kit.ingest.stop());
    await kit.ingest.start();
    expect(kit.ingest.connected).toBe(false);
    const broker = await embedded({ port: first.port });
    ends.push(() => broker.end());
    await kit.ingest.ready();
    expect(kit.ingest.connected).toBe(true);
  });

  test('stop is safe before start, twice, and with a broker that is away', async () => {
    const broker = await embedded();
    const kit = new IngestKit(broker);
    await kit.ingest.stop();
    const other = await new IngestKit(broker).start();
    await broker.end();
    await other.ingest.stop();
    await other.ingest.stop();
  });

  test.skipIf(program === undefined)(
    'a topic that a broker without our rules lets through is refused by code',
    async () => {
      const open = await mosquitto(program ?? '', `${mosquittoAcl(['ingest'])}\nuser b\ntopic write #\n`);
      ends.push(() => open.end());
      const kit = await new IngestKit(open).start();
      ends.push(() => kit.ingest.stop());
      const agent = await kit.agent('b');
      ends.push(() => agent.client.end());
      await agent.client.publish('jieyue/v1/no agent/batch', '{"id":"stray"}');
      await agent.sendGood('after');
      await until(() => kit.registry.kept.length === 1);
      expect(kit.registry.kept[0]?.rejection).toMatchObject({ code: 'batch.wrong-topic' });
      expect(kit.registry.kept[0]?.rejection.message).toContain('jieyue/v1/no agent/batch');
    },
  );
});
