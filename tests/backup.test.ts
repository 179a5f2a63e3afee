// A city is backed up, lost and restored: registry and InfluxDB, with the commands that docs/install.md names for 1.x.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../core/domain/time.ts';
import type { Registry } from '../core/registry/registry.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { runJieyue, until } from '../core/testing/jieyue.ts';
import { influxAt } from '../core/testing/open-influx.ts';
import { TestProcess } from '../core/testing/processes.ts';
import { freePort, requireServer } from '../core/testing/real-server.ts';
import { by, electricPoint, midnight, testCalendar } from '../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);
const point = 'gateway-1/main';
const from = '2026-01-05';
const to = '2026-01-08';
const run = promisify(execFile);

describe.skipIf(influxd === undefined)('backup and restore of a city', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-backup-'));
  const backup = join(folder, 'backup');
  let influx: InfluxServer;
  let home: string;
  let key: string;
  let institution: string;
  let before: Record<string, unknown>;

  beforeAll(async () => {
    await freshPlace('before');
    await withRegistry(async (registry) => {
      const validFrom = midnight('2026-01-01');
      institution = (await registry.institutions.create({ name: '城', parent: null, validFrom }, by)).id;
      const building = await registry.buildings.create({ name: 'Main', institution, validFrom }, by);
      await registry.points.register(electricPoint(point, { building: building.id, validFrom }), by);
      await registry.agents.create('gateway-1', 'a password');
      const grants = [{ role: 'admin', institution: null }] as const;
      key = (await registry.principals.create('admin', grants)).key;
      const quarters = Array.from({ length: 3 * 96 + 1 }, (_, index) => index);
      await write(registry, (index) => (index === 100 ? 0 : index * 2.5), quarters);
    });
    await rollUp();
    before = await answers();
  }, 60_000);
  afterAll(async () => {
    await influx.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is done while the API runs; what comes later is not in it', async () => {
    const total = before['total'] as { value: number };
    expect(total.value).toBeGreaterThan(700);
    await withApi(async () => {
      await run(influxd ?? '', [
        'backup',
        '-portable',
        '-host',
        influx.backupAddress,
        join(backup, 'influxdb'),
      ]);
      const told = await runJieyue(['backup', join(backup, 'registry')], settings());
      expect(told).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('registry.sqlite') });
    });
    const again = await runJieyue(['backup', join(backup, 'registry')], settings());
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists') });
    await withRegistry(async (registry) => {
      await registry.agents.create('too-late', 'a password');
      await write(registry, () => 10_000, [4 * 96]);
    });
    await rollUp();
  });

  it('gives the same answers after all was lost, also to the keys of before', async () => {
    await influx.remove();
    rmSync(home, { recursive: true });
    await freshPlace('after');
    await run(influxd ?? '', [
      'restore',
      '-portable',
      '-host',
      influx.backupAddress,
      join(backup, 'influxdb'),
    ]);
    const told = await runJieyue(['restore', join(backup, 'registry')], settings());
    expect(told).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(home) });
    expect(await answers()).toEqual(before);
    await withRegistry(async (registry) => {
      expect((await registry.agents.list()).map(({ id }) => id)).toEqual(['gateway-1']);
      expect(await registry.agents.verify('gateway-1', 'a password')).toBe(true);
    });
  });

  it('goes on from there: what arrives again is rolled up', async () => {
    await withRegistry((registry) => write(registry, (index) => index * 2.5, [3 * 96 + 1, 3 * 96 + 2]));
    await rollUp();
    await withApi(async (get) => {
      const path = `/api/v1/consumption?point=${encodeURIComponent(point)}&bucket=day&from=2026-01-08&to=2026-01-09`;
      expect(await get(path)).toMatchObject({ total: { value: 5 } });
    });
  });

  it('does not touch a registry that is in use, nor replace one unasked', async () => {
    // One that this process never opened: libsql keeps a file open until its statements are collected.
    home = join(folder, 'third');
    expect(await runJieyue(['agents', 'create', 'gateway-3'], settings())).toMatchObject({ code: 0 });
    const unasked = await runJieyue(['restore', join(backup, 'registry')], settings());
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
    await withApi(async () => {
      const used = await runJieyue(['restore', '--replace', join(backup, 'registry')], settings());
      expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining('[registry.unavailable]') });
    });
    const replaced = await runJieyue(['restore', '--replace', join(backup, 'registry')], settings());
    expect(replaced).toMatchObject({ code: 0, stdout: expect.stringContaining('.replaced') });
  });

  /** An empty InfluxDB and an empty home. */
  async function freshPlace(name: string): Promise<void> {
    influx = new InfluxServer(influxd ?? '');
    await influx.start();
    home = join(folder, name);
  }

  function settings(): Record<string, string> {
    return {
      JIEYUE_HOME: home,
      JIEYUE_LANGUAGE: 'en',
      JIEYUE_LOG_LEVEL: 'silent',
      JIEYUE_STORE_ENGINE: 'influx',
      JIEYUE_STORE_INFLUX_URL: influx.url,
      // Nobody is there: readings come by `write`.
      JIEYUE_MQTT_URL: 'mqtt://127.0.0.1:9',
    };
  }

  async function withRegistry(work: (registry: Registry) => Promise<void>): Promise<void> {
    const path = join(home, 'registry.sqlite');
    const registry = createRegistry({ path, calendar: testCalendar, clock: systemClock, log: silentLogger });
    await registry.start();
    try {
      await work(registry);
    } finally {
      await registry.stop();
    }
  }

  /** Quarters of an hour since `from`, as ingest writes them: with their marks. */
  async function write(registry: Registry, value: (index: number) => number, indices: readonly number[]) {
    const store = influxAt('jieyue', (database) => influx.options(database));
    await store.start();
    const series = store.series(point, 'electricity');
    const ts = indices.map((index) => midnight(from) + (index * hourMs) / 4);
    await store.write(
      {
        length: ts.length,
        series: Int32Array.from(ts, () => series),
        ts: Float64Array.from(ts),
        value: Float64Array.from(indices, value),
      },
      [],
      [],
    );
    await store.stop();
    const mark = { point, quantity: 'electricity', from: ts[0] ?? 0, to: ts.at(-1) ?? 0 } as const;
    await registry.marks.add([mark]);
  }

  /** Runs ingest until no series waits. */
  async function rollUp(): Promise<void> {
    const ingest = new TestProcess(['standalone/cli.js', 'ingest'], settings());
    await ingest.start(/ingest is running/);
    await withRegistry((registry) => until(async () => (await registry.marks.backlog()).series === 0));
    expect(await ingest.end('SIGTERM')).toBe(0);
  }

  async function withApi(work: (get: (path: string) => Promise<unknown>) => Promise<void>): Promise<void> {
    const port = await freePort();
    const api = new TestProcess(['standalone/cli.js', 'api', '--port', String(port)], settings());
    await api.start(/api is running/);
    try {
      await work(async (path) => {
        const headers = { authorization: `Bearer ${key}` };
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
        expect([path, response.status]).toEqual([path, 200]);
        return response.json();
      });
    } finally {
      await api.end('SIGTERM');
    }
  }

  /** All that is asked about the city, without the times of the answers. */
  async function answers(): Promise<Record<string, unknown>> {
    const all: Record<string, unknown> = {};
    await withApi(async (get) => {
      const range = `from=${from}&to=${to}`;
      const id = encodeURIComponent(point);
      const asked = [
        ...['hour', 'day'].flatMap((bucket) => [
          `/api/v1/consumption?point=${id}&bucket=${bucket}&${range}`,
          `/api/v1/consumption?institution=${institution}&bucket=${bucket}&${range}`,
        ]),
        `/api/v1/points/${point}/readings?quantity=electricity&${range}`,
        `/api/v1/points/${point}/exclusions?quantity=electricity&${range}`,
        '/api/v1/institutions',
        '/api/v1/points',
      ];
      for (const path of asked) {
        const { asOf: _, ...rest } = (await get(path)) as Record<string, unknown>;
        all[path] = rest;
        if (rest['total'] !== undefined) all['total'] ??= rest['total'];
      }
    });
    return all;
  }
});
