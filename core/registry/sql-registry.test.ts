import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import {
  by,
  electricPoint,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../testing/test-registry.ts';
import { migrations } from './migrate.ts';
import { createRegistry } from './sql-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const libsql = createRequire(import.meta.url).resolve('libsql');

function unopened(path: string) {
  return createRegistry({ path, calendar: testCalendar, clock: test.clock, log: silentLogger });
}

/** A process of its own that holds the write lock of the file for a while. */
async function lockHolder(ms: number) {
  const script = `const db = new (require(${JSON.stringify(libsql)}))(${JSON.stringify(test.path)});
    db.exec('begin immediate'); console.log('locked');
    setTimeout(() => { db.exec('rollback'); db.close(); }, ${ms});`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { ended };
}

describe('the registry', () => {
  it('opens nothing before it is started, and may be stopped before, after and twice', async () => {
    const path = join(dirname(test.path), 'deep', 'er', 'registry.sqlite');
    const registry = unopened(path);
    await registry.stop();
    await registry.stop();
    expect(() => statSync(path)).toThrow();
    const other = unopened(path);
    await other.start();
    await other.start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await other.stop();
    await other.stop();
    await expect(other.institutions.list(jan)).rejects.toThrow();
  });

  it('says what is wrong with a file that is none of its own, and can be stopped then', async () => {
    const folder = dirname(test.path);
    const junk = join(folder, 'junk.sqlite');
    writeFileSync(junk, 'no database at all '.repeat(1_000));
    mkdirSync(join(folder, 'folder.sqlite'));
    for (const path of [junk, join(folder, 'folder.sqlite'), join(junk, 'registry.sqlite')]) {
      const registry = unopened(path);
      await expect(registry.start()).rejects.toMatchObject({
        code: 'registry.unavailable',
        message: expect.stringContaining(path),
      });
      await registry.stop();
    }
  });

  it('has everything again after it was stopped and opened anew', async () => {
    await test.registry.points.register(electricPoint('a/p', { installation: { serial: '1' } }), by);
    await test.registry.agents.create('a', 'secret');
    const { key } = await test.registry.principals.create('li', [{ role: 'admin', institution: null }]);
    const lease = await test.registry.leases.acquire('rollup', 'one', 1_000);
    await test.registry.stop();
    const again = await test.another();
    expect(await again.points.get('a/p', jan)).toMatchObject({ name: 'a/p' });
    expect(await again.agents.verify('a', 'secret')).toBe(true);
    expect(await again.principals.byKey(key)).toMatchObject({ name: 'li' });
    expect(lease && (await again.leases.holds(lease))).toBe(true);
    expect(await again.marks.backlog()).toMatchObject({ series: 1 });
  });

  it('shows at once to one process what another wrote', async () => {
    const other = await test.another();
    await test.registry.points.register(electricPoint('a/p'), by);
    expect(await other.points.keysOfAgent('a')).toEqual(new Set(['a/p']));
    await other.points.register(electricPoint('a/q'), by);
    expect(await test.registry.points.keysOfAgent('a')).toEqual(new Set(['a/p', 'a/q']));
  });

  it('is migrated once when many start at once on a new file', async () => {
    const path = join(dirname(test.path), 'many.sqlite');
    const many = Array.from({ length: 8 }, () => unopened(path));
    await Promise.all(many.map((registry) => registry.start()));
    await Promise.all(many.map((registry, n) => registry.points.register(electricPoint(`a/${n}`), by)));
    for (const registry of many) expect((await registry.points.keysOfAgent('a')).size).toBe(8);
    await Promise.all(many.map((registry) => registry.stop()));
  });

  it('refuses a file of a newer program, naming both versions', async () => {
    await test.registry.stop();
    const database = new Database(test.path);
    database
      .prepare('insert into kysely_migration values (?, ?)')
      .run(['0100-later', '2030-01-01T00:00:00Z']);
    database.close();
    const registry = unopened(test.path);
    const known = Object.keys(migrations).length;
    await expect(registry.start()).rejects.toMatchObject({
      code: 'registry.version',
      message: expect.stringContaining(`version 100, this program knows version ${known}`),
      details: { found: 100, known },
    });
    await registry.stop();
  });

  it('loses nothing when many write at once through several connections', async () => {
    const all = [test.registry, await test.another(), await test.another()];
    const rounds = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all(
      all.flatMap(({ points, marks }, r) =>
        rounds.flatMap((n) => [
          points.register(electricPoint(`r${r}/p${n}`, { expectedIntervalMs: 60_000 }), by),
          marks.add([{ point: 'x/y', quantity: null, from: r, to: n }]),
        ]),
      ),
    );
    expect((await test.registry.points.list({ at: jan, limit: 1_000 })).length).toBe(60);
    expect(await test.registry.marks.pending(1_000)).toHaveLength(120);
  });

  it('waits for another process that writes', async () => {
    const { ended } = await lockHolder(300);
    const registering = test.registry.points.register(electricPoint('a/p'), by);
    const marking = (await test.another()).marks.add([{ point: 'a/p', quantity: null, from: 0, to: 1 }]);
    await Promise.all([registering, marking, ended]);
    expect(await test.registry.points.keysOfAgent('a')).toEqual(new Set(['a/p']));
  });

  it('gives up with a coded error when the wait is too long, and works on afterwards', async () => {
    const impatient = await test.another({ busyTimeoutMs: 50 });
    const { ended } = await lockHolder(700);
    await expect(impatient.points.register(electricPoint('a/p'), by)).rejects.toMatchObject({
      code: 'registry.unavailable',
      message: expect.stringContaining('locked by another process for 50 ms'),
    });
    expect(await impatient.points.keysOfAgent('a')).toEqual(new Set());
    await ended;
    await impatient.points.register(electricPoint('a/p'), by);
    expect(await impatient.points.keysOfAgent('a')).toEqual(new Set(['a/p']));
  });
});
