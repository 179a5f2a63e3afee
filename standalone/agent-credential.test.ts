import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../core/runtime/config.ts';
import { type TestRegistry, testRegistry } from '../core/testing/test-registry.ts';
import { ensureAgent } from './agent-credential.ts';

let place: TestRegistry;
let config: Config;
beforeEach(async () => {
  place = await testRegistry();
  config = loadConfig({ environment: {}, overrides: { home: mkdtempSync(join(tmpdir(), 'jieyue-home-')) } });
});
afterEach(async () => {
  await place.end();
  rmSync(config.home, { recursive: true });
});

describe('the credential of an agent of this home', () => {
  it('is made at first use and kept', async () => {
    const { registry } = place;
    const password = await ensureAgent(config, registry, 'import');
    expect(await registry.agents.verify('import', password)).toBe(true);
    expect(await ensureAgent(config, registry, 'import')).toBe(password);
  });

  it('never replaces the password of an agent that sends from elsewhere', async () => {
    const { registry } = place;
    await registry.agents.create('rsj-main', 'kept on another machine');
    await expect(ensureAgent(config, registry, 'rsj-main')).rejects.toMatchObject({
      code: 'agent.credentials',
      message: expect.stringContaining('jieyue agents reset rsj-main'),
    });
    expect(await registry.agents.verify('rsj-main', 'kept on another machine')).toBe(true);
  });

  it('is not that of a disabled agent', async () => {
    const { registry } = place;
    await ensureAgent(config, registry, 'import');
    await registry.agents.disable('import');
    await expect(ensureAgent(config, registry, 'import')).rejects.toMatchObject({
      code: 'agent.credentials',
      message: expect.stringContaining('disabled'),
    });
  });
});
