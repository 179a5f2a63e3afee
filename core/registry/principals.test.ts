import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Grant } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

describe('principals', () => {
  it('are found by their key, with their grants; the key itself is not kept', async () => {
    const { principals, institutions } = test.registry;
    const input = { name: 'School', parent: null, validFrom: midnight('2024-01-01') };
    const school = (await institutions.create(input, by)).id;
    const grants: Grant[] = [
      { role: 'energy-manager', institution: school },
      { role: 'viewer', institution: null },
    ];
    const { principal, key } = await principals.create('li', grants);
    expect(key).toMatch(/^jy_[A-Za-z0-9_-]{43}$/);
    expect(principal).toMatchObject({ name: 'li', grants });
    expect(await principals.byKey(key)).toEqual(principal);
    await test.registry.stop();
    expect(readFileSync(test.path).includes(key)).toBe(false);
  });

  it('without grants are found too', async () => {
    const { principals } = test.registry;
    const { principal, key } = await principals.create('nobody', []);
    expect(await principals.byKey(key)).toEqual({ ...principal, grants: [] });
  });

  it('are not found by a key that is another, malformed or revoked', async () => {
    const { principals } = test.registry;
    const { principal, key } = await principals.create('li', [{ role: 'admin', institution: null }]);
    const other = await principals.create('chen', []);
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'E' : 'A'}`;
    for (const text of [wrong, '', 'jy_', `${key}\0`, `${key} `, key.slice(3), 'x'.repeat(100_000)]) {
      expect(await principals.byKey(text)).toBeUndefined();
    }
    await principals.revoke(principal.id);
    await principals.revoke(principal.id);
    expect(await principals.byKey(key)).toBeUndefined();
    expect(await principals.list()).toEqual([other.principal]);
    await expect(principals.revoke('nobody')).rejects.toMatchObject({ code: 'registry.not-found' });
  });

  it('are refused with a role or an institution that is not there', async () => {
    const { principals } = test.registry;
    const role = 'king' as 'admin';
    await expect(principals.create('li', [{ role, institution: null }])).rejects.toMatchObject({
      code: 'registry.invalid',
    });
    await expect(principals.create('li', [{ role: 'admin', institution: 'x' }])).rejects.toMatchObject({
      code: 'registry.not-found',
    });
    expect(await principals.list()).toEqual([]);
  });
});
