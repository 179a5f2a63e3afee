import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { silentLogger } from '../runtime/logger.ts';
import { openStore } from './open-store.ts';

it('opens the configured engine under home, or at the configured path', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
  const deps = { clock: systemClock, log: silentLogger };
  for (const [overrides, file] of [
    [{ home }, join(home, 'telemetry.duckdb')],
    [{ home, 'store.path': join(home, 'other.duckdb') }, join(home, 'other.duckdb')],
  ] as const) {
    const store = openStore(loadConfig({ environment: {}, overrides }), deps);
    expect(existsSync(file)).toBe(false); // a constructor does no I/O
    await store.start();
    expect(store.engine).toBe('duckdb');
    expect(existsSync(file)).toBe(true);
    await store.stop();
  }
  await rm(home, { recursive: true, force: true });
});
