import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { batchSchema, type WireReading } from '../../core/domain/telemetry.ts';
import { parseTopic, topic } from '../../core/domain/topics.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { FakeIngest } from '../../core/testing/fake-ingest.ts';
import { freePort, listens, requireServer } from '../../core/testing/real-server.ts';
import { LoadGenerator } from './generator.ts';
import { Latencies } from './latency.ts';
import { parseLoadOptions } from './options.ts';
import { type AgentLedger, ledgerRows, Rows, seriesNames } from './workload.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function ingest(password = 'secret'): Promise<FakeIngest> {
  const fake = new FakeIngest({ password });
  ends.push(() => fake.stop());
  await fake.start();
  return fake;
}

function generator(url: string, options: Record<string, unknown>): LoadGenerator {
  const agents = ['a-1', 'a-2'].map((id) => ({ id, password: 'secret' }));
  const load = new LoadGenerator(parseLoadOptions({ url, agents, points: 70, ...options }));
  ends.push(() => load.stop());
  return load;
}

function sorted(rows: Iterable<readonly unknown[]>): string[] {
  return Array.from(rows, (row) => JSON.stringify(row)).sort();
}

function expectLedger(
  fake: FakeIngest,
  ledgers: readonly AgentLedger[],
  repeats: 'none' | 'repeats allowed' = 'none',
): void {
  for (const ledger of ledgers) {
    const arrived = sorted(
      fake.arrivals.filter(({ agent }) => agent === ledger.agent).flatMap(({ batch }) => batch.readings),
    );
    expect(repeats === 'none' ? arrived : [...new Set(arrived)]).toEqual(sorted(ledgerRows(ledger)));
  }
}

describe('the load generator against an embedded broker', () => {
  test('sends exactly the rows of its ledger, valid and in batches of the size asked for', async () => {
    const fake = await ingest();
    const load = generator(fake.url, { rows: 3_017, batchRows: 100 });
    const summary = await load.run();
    expect(summary).toMatchObject({
      sentRows: 3_017,
      ackedRows: 3_017,
      unacknowledgedBatches: 0,
      resends: 0,
      fault: null,
    });
    expect(summary.sentBatches).toBe(32);
    expect(summary.latencyMs.p50).toBeGreaterThan(0);
    expectLedger(fake, load.ledger());
  });

  test('sends single rows, and late ones scattered over a year without a repetition', async () => {
    const fake = await ingest();
    const late = { share: 0.4, stepMs: 600_000, offsetMs: 7_000 };
    const load = generator(fake.url, { rows: 1_500, batchRows: 1, window: 200, late });
    await load.run();
    expectLedger(fake, load.ledger());
    const [first] = load.ledger();
    expect(first?.lateRows).toBe(300);
    const rows = [...ledgerRows(first as AgentLedger)];
    expect(new Set(rows.map(([point, , ts]) => `${point} ${ts}`)).size).toBe(rows.length);
  });

  test('keeps to its pace', async () => {
    const fake = await ingest();
    const load = generator(fake.url, { rowsPerSecond: 4_000, durationMs: 500, batchRows: 10 });
    const summary = await load.run();
    expect(summary.sentRows).toBeGreaterThan(200);
    expect(summary.sentRows).toBeLessThanOrEqual(4_000 * (summary.seconds + 0.3));
    expect(summary.unacknowledgedBatches).toBe(0);
  });

  test('sends again what is not acknowledged, the same batch by the same id', async () => {
    const fake = await ingest();
    fake.verdict = (_arrival, nth) => (nth === 1 ? 'discard' : 'ack');
    const load = generator(fake.url, { rows: 600, ackTimeoutMs: 100 });
    const summary = await load.run();
    expect(summary).toMatchObject({ ackedRows: 600, unacknowledgedBatches: 0 });
    expect(summary.resends).toBeGreaterThanOrEqual(6);
    const payloads = new Map(fake.arrivals.map(({ agent, id }) => [`${agent} ${id}`, new Set<string>()]));
    for (const { agent, id, payload } of fake.arrivals) payloads.get(`${agent} ${id}`)?.add(payload);
    expect([...payloads.values()].every(({ size }) => size === 1)).toBe(true);
    expectLedger(fake, load.ledger(), 'repeats allowed');
  });

  test('comes back after a broken line and loses nothing', async () => {
    const fake = await ingest();
    let cut = false;
    fake.verdict = () => {
      if (!cut && fake.arrivals.length === 5) {
        cut = true;
        fake.cut();
        return 'discard';
      }
      return 'ack';
    };
    const load = generator(fake.url, { rows: 4_000, window: 4, ackTimeoutMs: 500 });
    const summary = await load.run();
    expect(cut).toBe(true);
    expect(summary.reconnects).toBeGreaterThanOrEqual(1);
    expect(summary.unacknowledgedBatches).toBe(0);
    expectLedger(fake, load.ledger(), 'repeats allowed');
  });

  test('says when its password is refused, and stops at the end of its time', async () => {
    const fake = await ingest('another');
    const load = generator(fake.url, { rows: 10, durationMs: 200, drainMs: 50 });
    const summary = await load.run();
    expect(summary.ackedRows).toBe(0);
    expect(summary.fault).toMatch(/refused/);
  });

  test('counts rows that ingest refuses', async () => {
    const fake = await ingest();
    fake.verdict = () => ({ ack: { rejected: [], rejectedCount: 3 } });
    const summary = await generator(fake.url, { rows: 400 }).run();
    expect(summary).toMatchObject({ ackedBatches: 4, rejectedRows: 12 });
  });
});

const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');
describe.skipIf(mosquitto === undefined)('the load generator against Mosquitto', () => {
  test('reaches a subscriber through it with every row', async () => {
    const port = await freePort();
    const broker = spawn(mosquitto ?? '', ['-p', String(port)], { stdio: 'ignore' });
    ends.push(() => broker.kill());
    await expect.poll(() => listens(port), { timeout: 10_000 }).toBe(true);
    const url = `mqtt://127.0.0.1:${port}`;
    const subscriber = await connectAsync(url, { reconnectPeriod: 50 });
    ends.push(() => subscriber.endAsync(true));
    const rows: WireReading[] = [];
    subscriber.on('message', (name, payload) => {
      const { id, readings } = batchSchema.parse(JSON.parse(payload.toString()));
      rows.push(...readings);
      subscriber.publish(topic(parseTopic(name)?.agent ?? '', 'ack'), JSON.stringify({ ids: [id] }), {
        qos: 1,
      });
    });
    await subscriber.subscribeAsync(topic('+', 'batch'), { qos: 1 });
    const load = generator(url, { rows: 5_000 });
    const summary = await load.run();
    expect(summary.unacknowledgedBatches).toBe(0);
    expect(sorted(rows)).toEqual(sorted(load.ledger().flatMap((ledger) => [...ledgerRows(ledger)])));
  });
});

describe('the workload', () => {
  test('names points as the field does, all different', () => {
    const names = seriesNames(5_000).map(({ point }) => point);
    expect(new Set(names).size).toBe(5_000);
    expect(names.every((name) => /^[A-Za-z0-9._-]{15,25}$/.test(name))).toBe(true);
  });

  test('lets a series rise with time, late rows included, and nothing lie in the future', () => {
    const rows = new Rows({
      seed: 1,
      points: 3,
      startTs: 1_700_000_000_000,
      stepMs: 15_000,
      late: { share: 0.5, spanMs: 86_400_000, stepMs: 60_000, offsetMs: 0 },
    });
    const times = Array.from({ length: 300 }, (_, row) =>
      row < 150 ? rows.lateTs(3 * row) : rows.freshTs(3 * (row - 150)),
    ).sort((a, b) => a - b);
    const cents = times.map((ts) => rows.cents(0, ts));
    expect(cents).toEqual([...cents].sort((a, b) => a - b));
    expect(Math.max(...times.slice(0, 150))).toBeLessThan(1_700_000_000_000);
  });

  test('waits for the clock rather than send a row from the future', async () => {
    const fake = await ingest();
    const startTs = systemClock.now() - 60_000;
    const load = generator(fake.url, { durationMs: 200, startTs, stepMs: 20_000, batchRows: 7 });
    const summary = await load.run();
    expect(summary.sentRows).toBe(2 * 4 * 70);
  });
});

describe('the load generator as a process', () => {
  const main = fileURLToPath(new URL('../../dist/simulators/load/main.js', import.meta.url));
  const start = (options: unknown) => {
    const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
    ends.push(() => child.kill());
    child.stdin.end(JSON.stringify(options));
    return text(child.stdout).then((lines) =>
      lines
        .trim()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line)),
    );
  };

  test('reads its options from standard input and answers in lines of JSON', async () => {
    const fake = await ingest();
    const lines = await start({ url: fake.url, agents: [{ id: 'a-1', password: 'secret' }], rows: 1_000 });
    expect(lines[0]).toMatchObject({ type: 'ready' });
    const done = lines.at(-1);
    expect(done).toMatchObject({ type: 'done', ackedRows: 1_000, unacknowledgedBatches: 0 });
    expectLedger(fake, done?.['ledger'] as AgentLedger[]);
  });

  test('says what is wrong with them', async () => {
    const lines = await start({ url: 'mqtt://127.0.0.1:1', agents: [] });
    expect(lines).toEqual([
      { type: 'error', code: 'config.invalid', message: expect.stringContaining('agents') },
    ]);
  });
});

test('options that are wrong are listed by path', () => {
  expect(() => parseLoadOptions({ url: 'x', agents: [], rows: 1, batchRows: 9_999 })).toThrow(
    /agents[\s\S]*batchRows/,
  );
  expect(() => parseLoadOptions({ url: 'x', agents: [{ id: 'a', password: 'b' }] })).toThrow(
    /rows or durationMs/,
  );
});

test('latencies keep their percentiles within a bucket', () => {
  const latencies = new Latencies();
  expect(latencies.percentile(0.5)).toBeNull();
  for (let ms = 1; ms <= 1_000; ms++) latencies.record(ms);
  expect(latencies.percentile(0.5)).toBeGreaterThanOrEqual(500);
  expect(latencies.percentile(0.5)).toBeLessThan(525);
  expect(latencies.percentile(1)).toBe(1_000);
});
