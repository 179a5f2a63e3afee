// `jieyue jobs run` beside a real InfluxDB: for whoever has just imported and does not want to wait for the night.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { runJieyue } from '../core/testing/jieyue.ts';
import { influxAt } from '../core/testing/open-influx.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { by, electricPoint, midnight, testCalendar } from '../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('jobs run', () => {
  const server = new InfluxServer(influxd ?? '');
  const home = mkdtempSync(join(tmpdir(), 'jieyue-jobs-'));
  let environment: Record<string, string>;
  beforeAll(async () => {
    await server.start();
    environment = {
      JIEYUE_HOME: home,
      JIEYUE_LANGUAGE: 'en',
      JIEYUE_STORE_ENGINE: 'influx',
      JIEYUE_STORE_INFLUX_URL: server.url,
      JIEYUE_STORE_INFLUX_PREFIX: 'jobs',
    };
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });
  const run = (...args: readonly string[]) => runJieyue(['jobs', 'run', ...args], environment);

  it('names the jobs that there are, says when there is nothing to do, and writes history once there is', async () => {
    const wrong = await run('hystory');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/"hystory".*describe.*history.*changes.*\[config\.invalid\]/);
    expect(await run('history')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do yet'),
    });

    const path = join(home, 'registry.sqlite');
    const registry = createRegistry({
      path,
      calendar: testCalendar,
      clock: systemClock,
      log: silentLogger,
    });
    const store = influxAt('jobs', (database) => server.options(database));
    await registry.start();
    await store.start();
    const validFrom = midnight('2026-01-01');
    const owner = await registry.institutions.create({ name: 'I', parent: null, validFrom }, by);
    const house = await registry.buildings.create({ name: 'H', institution: owner.id, validFrom }, by);
    await registry.points.register(electricPoint('a/p', { building: house.id, validFrom }), by);
    const series = [store.series('a/p', 'electricity')];
    await store.write({ series, ts: [validFrom], value: [0], length: 1 }, [], []);
    expect(await run('history')).toMatchObject({ code: 0, stderr: '', stdout: 'Job history is done\n' });
    // The accounts are there from the first reading on, though no rollup followed it yet.
    expect(await store.boards.keys('consumption')).toContainEqual(
      expect.objectContaining({ of: house.id, kind: 'building', carrier: 'electricity', bucket: 'hour' }),
    );

    await registry.leases.acquire('job.history', 'another', 60_000);
    const busy = await run('history');
    expect(busy).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('another process') });
    await store.stop();
    await registry.stop();
  });
});
