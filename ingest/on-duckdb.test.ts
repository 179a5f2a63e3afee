// The whole way with nothing faked: agent credentials of the SQLite registry, embedded broker, ingest, DuckDB.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import { TestClient } from '../core/testing/ingest/broker-kit.ts';
import { TestAgent } from '../core/testing/ingest/ingest-kit.ts';
import { testRegistry } from '../core/testing/test-registry.ts';
import { EmbeddedBroker } from './broker/embedded-broker.ts';
import { Ingest } from './ingest.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('what is acknowledged stands in DuckDB with its marks, and what is refused in the registry', async () => {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-ingest-'));
  ends.push(() => rmSync(home, { recursive: true, force: true }));
  const common = { clock: systemClock, log: silentLogger };
  const { registry, end } = await testRegistry();
  ends.push(end);
  await registry.agents.create('a', 'a long password');
  const store = await openStore(loadConfig({ environment: {}, overrides: { home } }), common);
  ends.push(() => store.stop());
  await store.start();
  const metrics = new Metrics();
  const broker = new EmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    agents: registry.agents,
    internal: { user: 'ingest', password: 'x' },
    metrics,
    ...common,
  });
  ends.push(() => broker.stop());
  await broker.start();
  const url = `mqtt://127.0.0.1:${broker.address().port}`;
  const sizes = { queueRows: 200_000, queueBytes: 1e8, writeRows: 50_000 };
  const ingest = new Ingest({
    store,
    registry,
    url,
    user: 'ingest',
    password: 'x',
    metrics,
    ...sizes,
    ...common,
  });
  ends.push(() => ingest.stop());
  await ingest.start();
  await ingest.ready();

  const refused = connectAsync(url, { username: 'a', password: 'wrong', reconnectPeriod: 0 }, false);
  await expect(refused).rejects.toThrow(/authorized/);
  const joined = await connectAsync(url, { username: 'a', password: 'a long password' }, false);
  const agent = new TestAgent('a', new TestClient(joined));
  ends.push(() => agent.client.end());
  await agent.client.subscribe('jieyue/v1/a/ack');

  const ts = Date.UTC(2025, 0);
  const rows = Array.from({ length: 3_000 }, (_, i) => ['m1', 'electricity', ts + i * 1_000, i]);
  rows[7] = ['m1', 'electricity', ts, 'seven'];
  await agent.send(
    JSON.stringify({ id: 'b1', sentAt: ts, readings: rows, positions: [['c1', ts, 30, 104, 0, 0, {}]] }),
  );
  expect(await agent.answered('b1')).toMatchObject({
    rejectedCount: 1,
    rejected: [{ index: 7, code: 'row.value' }],
  });

  const series = store.findSeries('a/m1', 'electricity') ?? -1;
  const slice = await store.readings(series, ts, ts + 1e9, 10_000);
  expect(slice.ts.length).toBe(2_999);
  expect([slice.ts[8], slice.value[8]]).toEqual([ts + 9_000, 9]);
  expect(await store.positions('a/c1', ts, ts + 1, 10)).toHaveLength(1);
  const marks = (await store.marks?.pending(10)) ?? (await registry.marks.pending(10));
  expect(marks).toMatchObject([{ point: 'a/m1', quantity: 'electricity' }]);
  const kept = await registry.rejects.list({ limit: 10 });
  expect(kept).toMatchObject([{ agent: 'a', row: JSON.stringify(['m1', 'electricity', ts, 'seven']) }]);
});
