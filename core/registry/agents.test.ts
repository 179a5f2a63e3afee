import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentStatus } from '../domain/telemetry.ts';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { hashPassword, matches } from './passwords.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

function status(at: number): AgentStatus {
  const outbox = {
    rows: 0,
    batches: 0,
    bytes: 0,
    limitBytes: 1,
    oldestTs: null,
    nearFull: false,
    refusedRows: 0,
  };
  return { state: 'online', at, version: '1', outbox, quarantinedBatches: 0, sources: [] };
}

describe('agents', () => {
  it('prove themselves by their password, changed and disabled at once, also in another process', async () => {
    const { agents } = test.registry;
    const other = (await test.another()).agents;
    await agents.create('school-7', 'secret');
    for (const { verify } of [agents, other]) {
      expect(await verify('school-7', 'secret')).toBe(true);
      expect(await verify('school-7', 'secret')).toBe(true);
      expect(await verify('school-7', 'Secret')).toBe(false);
      expect(await verify('school-8', 'secret')).toBe(false);
      expect(await verify('school-7\0', 'secret')).toBe(false);
    }
    await agents.setPassword('school-7', 'better');
    expect(await other.verify('school-7', 'secret')).toBe(false);
    expect(await other.verify('school-7', 'better')).toBe(true);
    await agents.disable('school-7');
    expect(await other.verify('school-7', 'better')).toBe(false);
    expect(await agents.list()).toEqual([{ id: 'school-7', createdAt: test.clock.at, disabled: true }]);
    await agents.enable('school-7');
    expect(await other.verify('school-7', 'better')).toBe(true);
  });

  it('are refused under a name that is taken, malformed or a service’s own, and without a password', async () => {
    const { agents } = test.registry;
    await agents.create('a', 'secret');
    await expect(agents.create('a', 'other')).rejects.toMatchObject({ code: 'agent.exists' });
    expect(await agents.verify('a', 'secret')).toBe(true);
    for (const id of ['', 'a/b', 'a b', '#', 'x'.repeat(65), 'ingest', 'api']) {
      await expect(agents.create(id, 'secret')).rejects.toMatchObject({ code: 'registry.invalid' });
    }
    await expect(agents.create('b', '')).rejects.toMatchObject({ code: 'registry.invalid' });
    for (const change of [agents.disable, agents.enable, (id: string) => agents.setPassword(id, 'x')]) {
      await expect(change('c')).rejects.toMatchObject({ code: 'registry.not-found' });
    }
  });

  it('stand in the password file unless they are disabled', async () => {
    const { agents } = test.registry;
    expect(await agents.passwordFile()).toBe('');
    await agents.create('b', 'secret');
    await agents.create('a', 'secret');
    await agents.create('c', 'secret');
    await agents.disable('c');
    expect(await agents.passwordFile()).toMatch(/^a:\$7\$101\$\S{16}\$\S{88}\nb:\$7\$101\$\S{16}\$\S{88}\n$/);
  });

  it('keep the status received last, and are listed also without one', async () => {
    const { agents } = test.registry;
    await agents.create('a', 'secret');
    await agents.create('b', 'secret');
    await agents.putStatus('a', status(1), 100);
    await agents.putStatus('a', status(2), 200);
    await agents.putStatus('a', status(1), 150);
    await agents.putStatus('elsewhere', status(3), 300);
    expect(await agents.states()).toEqual([
      { agent: 'a', status: status(2), receivedAt: 200 },
      { agent: 'b', status: null, receivedAt: null },
      { agent: 'elsewhere', status: status(3), receivedAt: 300 },
    ]);
  });
});

describe('a password hash', () => {
  it('matches its password alone; text that is no hash matches nothing', async () => {
    const hash = await hashPassword('节约', Buffer.alloc(12, 1), 200);
    expect(hash).toMatch(/^\$7\$200\$AQEBAQEBAQEBAQEB\$\S{88}$/);
    expect(await matches('节约', hash)).toBe(true);
    expect(await matches('节', hash)).toBe(false);
    for (const text of [
      '',
      '$7$',
      hash.replace('$7$', '$6$'),
      '$7$0$AQEB$AQEB',
      '$7$1$AQEB$AQEB',
      `${hash}$`,
    ]) {
      expect(await matches('节约', text)).toBe(false);
    }
  });
});
