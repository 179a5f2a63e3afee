import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { silentLogger } from '../runtime/logger.ts';
import { openStore } from './open-store.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const deps = { clock: systemClock, log: silentLogger };

it('opens the configured engine under home, or at the configured path', async () => {
  for (const [overrides, file] of [
    [{ home }, join(home, 'telemetry.duckdb')],
    [{ home, 'store.path': join(home, 'other.duckdb') }, join(home, 'other.duckdb')],
  ] as const) {
    const store = await openStore(loadConfig({ environment: {}, overrides }), deps);
    expect(existsSync(file)).toBe(false); // a constructor does no I/O
    await store.start();
    expect(store.engine).toBe('duckdb');
    expect(existsSync(file)).toBe(true);
    await store.stop();
  }
});

it('refuses a store whose days are those of another time zone, and says which', async () => {
  const storeIn = (tz: string) => openStore(loadConfig({ environment: {}, overrides: { home, tz } }), deps);
  for (const tz of ['Asia/Shanghai', 'Asia/Shanghai']) {
    const store = await storeIn(tz);
    await store.start();
    await store.stop();
  }
  const other = await storeIn('Europe/Berlin');
  await expect(other.start()).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringMatching(/"Europe\/Berlin".*telemetry\.duckdb.*set tz to "Asia\/Shanghai"/),
  });
  await other.stop();
  const again = await storeIn('Asia/Shanghai'); // the refused one has let go of the file
  await again.start();
  await again.stop();
});
