import { describe, expect, it } from 'vitest';
import { PrincipalCache, principalTtlMs } from './principal-cache.ts';

function cacheOf(known: Set<string>) {
  const clock = { at: 1_000_000, now: () => clock.at };
  const asked: string[] = [];
  const cache = new PrincipalCache(async (key) => {
    asked.push(key);
    return known.has(key) ? { id: key, name: key, grants: [] } : undefined;
  }, clock);
  return { cache, clock, asked };
}

describe('the memory of keys', () => {
  it('asks once within its time and again after it', async () => {
    const { cache, clock, asked } = cacheOf(new Set(['a']));
    for (let count = 0; count < 3; count++) expect((await cache.byKey('a'))?.id).toBe('a');
    expect(asked).toEqual(['a']);
    clock.at += principalTtlMs;
    await cache.byKey('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('does not remember wrong keys, so that a new one works at once', async () => {
    const known = new Set<string>();
    const { cache } = cacheOf(known);
    expect(await cache.byKey('new')).toBeUndefined();
    known.add('new');
    expect((await cache.byKey('new'))?.id).toBe('new');
  });

  it('holds a limited number and forgets the oldest', async () => {
    const keys = Array.from({ length: 1_001 }, (_, index) => `key-${index}`);
    const { cache, asked } = cacheOf(new Set(keys));
    for (const key of keys) await cache.byKey(key);
    asked.length = 0;
    await cache.byKey('key-1000');
    await cache.byKey('key-0');
    expect(asked).toEqual(['key-0']);
  });

  it('does not trust entries from the future when the clock is set back', async () => {
    const { cache, clock, asked } = cacheOf(new Set(['a']));
    await cache.byKey('a');
    clock.at -= 3_600_000;
    await cache.byKey('a');
    expect(asked).toHaveLength(2);
  });
});
