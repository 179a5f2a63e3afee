// One table of rules, run against the embedded broker and against a real Mosquitto with our configuration.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  client,
  embedded,
  mosquitto,
  type TestBroker,
  type TestClient,
} from '../../core/testing/ingest/broker-kit.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { mayPublish, maySubscribe, type User } from './access.ts';

const users: Record<string, User> = {
  ingest: { kind: 'internal' },
  a: { kind: 'agent', id: 'a' },
};

const publishing: readonly (readonly [user: string, topic: string, allowed: boolean])[] = [
  ['a', 'jieyue/v1/a/batch', true],
  ['a', 'jieyue/v1/a/status', true],
  ['a', 'jieyue/v1/a/ack', false],
  ['a', 'jieyue/v1/b/batch', false],
  ['a', 'jieyue/v1/b/status', false],
  ['a', 'jieyue/v1/b/ack', false],
  ['a', 'jieyue/v1/a/batch/x', false],
  ['a', 'jieyue/v2/a/batch', false],
  ['a', 'jieyue/v1/a', false],
  ['a', '/jieyue/v1/a/batch', false],
  ['a', 'anything', false],
  ['a', '$SYS/broker/version', false],
  ['ingest', 'jieyue/v1/a/ack', true],
  ['ingest', 'jieyue/v1/b/ack', true],
  ['ingest', 'jieyue/v1/a/batch', false],
  ['ingest', 'jieyue/v1/a/status', false],
  ['ingest', 'anything', false],
];

const subscribing: readonly (readonly [user: string, filter: string, allowed: boolean])[] = [
  ['a', 'jieyue/v1/a/ack', true],
  ['a', 'jieyue/v1/b/ack', false],
  ['a', 'jieyue/v1/b/batch', false],
  ['a', 'jieyue/v1/a/batch', false],
  ['a', 'jieyue/v1/+/ack', false],
  ['a', 'jieyue/v1/+/batch', false],
  ['a', 'jieyue/v1/#', false],
  ['a', '#', false],
  ['a', '+/+/+/+', false],
  ['a', '$SYS/#', false],
  ['ingest', 'jieyue/v1/+/batch', true],
  ['ingest', 'jieyue/v1/+/status', true],
];

test.each(publishing)('the rules say whether %s may publish to %s: %s', (user, topic, allowed) => {
  expect(mayPublish(users[user] as User, topic)).toBe(allowed);
});
test.each(subscribing)('the rules say whether %s may subscribe to %s: %s', (user, filter, allowed) => {
  expect(maySubscribe(users[user] as User, filter)).toBe(allowed);
});

const program = requireServer('mosquitto', 'apt-get install mosquitto');
const brokers: (readonly [name: string, start: () => Promise<TestBroker>])[] = [
  ['the embedded broker', embedded],
];
if (program !== undefined) brokers.push(['mosquitto', () => mosquitto(program)]);

describe.each(brokers)('%s', (name, start) => {
  let broker: TestBroker;
  const clients: TestClient[] = [];
  const join = async (...options: Parameters<typeof client> extends [unknown, ...infer R] ? R : never) => {
    const joined = await client(broker, ...options);
    clients.push(joined);
    return joined;
  };
  beforeAll(async () => {
    broker = await start();
  });
  afterEach(async () => {
    for (const joined of clients.splice(0)) await joined.end();
  });
  afterAll(() => broker.end());

  test.each(publishing)(
    'takes from %s to %s: delivered %s, and the connection lives on',
    async (user, topic, allowed) => {
      // Whoever may read the topic listens; the last message of a test is one that is surely delivered.
      const ingest = await join('ingest');
      await ingest.subscribe('jieyue/v1/+/batch');
      await ingest.subscribe('jieyue/v1/+/status');
      const b = await join('b');
      await b.subscribe('jieyue/v1/b/ack');
      const a = await join('a');
      await a.subscribe('jieyue/v1/a/ack');
      const sender = user === 'ingest' ? ingest : a;

      await sender.publish(topic, 'question');
      if (user === 'ingest') {
        await ingest.publish('jieyue/v1/a/ack', 'end');
        await ingest.publish('jieyue/v1/b/ack', 'end');
        await Promise.all([a, b].map((agent) => agent.message(({ payload }) => payload === 'end')));
      } else {
        await a.publish('jieyue/v1/a/batch', 'end');
        await ingest.message(({ payload }) => payload === 'end');
        await ingest.publish('jieyue/v1/a/ack', 'end');
        await ingest.publish('jieyue/v1/b/ack', 'end');
        await Promise.all([a, b].map((agent) => agent.message(({ payload }) => payload === 'end')));
      }
      const seen = [ingest, a, b]
        .flatMap(({ received }) => received)
        .filter(({ payload }) => payload === 'question');
      expect(seen.map((message) => message.topic)).toEqual(allowed ? [topic] : []);
      expect(sender.closed).toBe(0);
    },
  );

  test.each(subscribing)(
    'lets %s read %s: %s, and the connection lives on',
    async (user, filter, allowed) => {
      const reader = await join(user);
      const granted = await reader.subscribe(filter);
      // Mosquitto grants any subscription and delivers nothing that may not be read.
      if (name === 'the embedded broker') expect(granted).toBe(allowed ? 1 : 128);
      const others = {
        a: await join(user === 'a' ? 'b' : 'a'),
        ingest: user === 'ingest' ? reader : await join('ingest'),
      };
      const own = user === 'a' ? 'b' : 'a';
      await others.a.publish(`jieyue/v1/${own}/batch`, 'question');
      await others.a.publish(`jieyue/v1/${own}/status`, 'question');
      if (user === 'a') {
        await reader.publish('jieyue/v1/a/batch', 'question');
        for (const agent of ['a', 'b']) await others.ingest.publish(`jieyue/v1/${agent}/ack`, 'question');
        // The last word goes to the reader's own acknowledgements.
        await reader.subscribe('jieyue/v1/a/ack');
        await others.ingest.publish('jieyue/v1/a/ack', 'end');
      } else {
        await reader.subscribe('jieyue/v1/+/batch');
        await others.a.publish(`jieyue/v1/${own}/batch`, 'end');
      }
      await reader.message(({ payload }) => payload === 'end');
      const topics = reader.received
        .filter(({ payload }) => payload === 'question')
        .map(({ topic }) => topic);
      // Mosquitto narrows a wide filter to what its reader may read: his own acknowledgements.
      const foreign =
        name === 'the embedded broker' ? topics : topics.filter((topic) => topic !== 'jieyue/v1/a/ack');
      expect((allowed ? topics : foreign).length > 0).toBe(allowed);
      expect(reader.closed).toBe(0);
    },
  );

  test.each([
    ['a wrong password', 'a', { password: 'wrong' }],
    ['no password', 'a', { password: '' }],
    ['an unknown user', 'nobody', {}],
    ['no user at all', '', { username: '', password: '' }],
    ['the internal user with a wrong password', 'ingest', { password: 'secret-a' }],
    ['a user name with wildcards', '+', { password: 'x' }],
  ])('refuses a connection with %s', async (_case, user, options) => {
    await expect(client(broker, user, options)).rejects.toThrow(/Not authorized|Bad user|closed/i);
  });

  test('keeps the last status of an agent for who subscribes later, and its last will', async () => {
    const will = {
      topic: 'jieyue/v1/b/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    };
    const b = await join('b', { will });
    await b.publish('jieyue/v1/b/status', 'online', true);
    const early = await join('ingest', { clientId: 'early' });
    await early.subscribe('jieyue/v1/+/status');
    expect((await early.message(({ topic }) => topic === will.topic)).payload).toBe('online');
    b.mqtt.stream.destroy();
    await early.message(({ payload }) => payload === 'offline');
    await early.end();
    const late = await join('ingest', { clientId: 'late' });
    await late.subscribe('jieyue/v1/+/status');
    expect(await late.message(({ topic }) => topic === will.topic)).toEqual({
      topic: will.topic,
      payload: 'offline',
      retain: true,
    });
  });

  test('does not let an agent leave a will in the name of another', async () => {
    const ingest = await join('ingest');
    await ingest.subscribe('jieyue/v1/+/status');
    const will = {
      topic: 'jieyue/v1/b/status',
      payload: Buffer.from('forged'),
      qos: 1 as const,
      retain: true,
    };
    // Mosquitto may refuse the connection instead; both keep the message from everybody.
    const a = await client(broker, 'a', { will }).catch(() => undefined);
    a?.mqtt.stream.destroy();
    const b = await join('b');
    await b.publish('jieyue/v1/b/status', 'genuine');
    await ingest.message(({ payload }) => payload === 'genuine');
    await b.publish('jieyue/v1/b/status', 'end');
    await ingest.message(({ payload }) => payload === 'end');
    expect(ingest.received.map(({ payload }) => payload)).not.toContain('forged');
  });

  test('does not let an agent end the connection of another by taking its client id', async () => {
    const a = await join('a', { clientId: 'same' });
    await a.subscribe('jieyue/v1/a/ack');
    const b = await join('b', { clientId: 'same' });
    await b.subscribe('jieyue/v1/b/ack');
    const ingest = await join('ingest');
    await ingest.publish('jieyue/v1/a/ack', 'for a');
    await ingest.publish('jieyue/v1/b/ack', 'for b');
    expect((await a.message(() => true)).payload).toBe('for a');
    expect((await b.message(() => true)).payload).toBe('for b');
    expect([a.closed, b.closed]).toEqual([0, 0]);
  });
});
