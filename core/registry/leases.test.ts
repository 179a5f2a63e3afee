import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Lease } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

describe('a lease', () => {
  it('has one holder, who may renew it at the same fence', async () => {
    const { leases } = test.registry;
    const lease = await leases.acquire('rollup', 'one', 10_000);
    expect(lease).toEqual({ name: 'rollup', holder: 'one', fence: 1, expiresAt: test.clock.at + 10_000 });
    expect(await leases.acquire('rollup', 'two', 10_000)).toBeUndefined();
    test.clock.at += 9_999;
    expect(await leases.acquire('rollup', 'one', 10_000)).toMatchObject({
      fence: 1,
      expiresAt: test.clock.at + 10_000,
    });
    expect(await leases.acquire('other', 'two', 10_000)).toMatchObject({ fence: 1 });
  });

  it('that ran out is lost to the next, whose fence is higher', async () => {
    const { leases } = test.registry;
    const lost = (await leases.acquire('rollup', 'one', 10_000)) as Lease;
    expect(await leases.holds(lost)).toBe(true);
    test.clock.at += 10_000;
    expect(await leases.holds(lost)).toBe(false);
    const taken = (await leases.acquire('rollup', 'two', 10_000)) as Lease;
    expect(taken.fence).toBe(2);
    expect(await leases.holds(lost)).toBe(false);
    expect(await leases.holds(taken)).toBe(true);
    await leases.release(lost);
    expect(await leases.holds(taken)).toBe(true);
  });

  it('taken again by the same holder after it ran out is a new tenure', async () => {
    const { leases } = test.registry;
    await leases.acquire('rollup', 'one', 10_000);
    test.clock.at += 10_000;
    expect(await leases.acquire('rollup', 'one', 10_000)).toMatchObject({ fence: 2 });
  });

  it('that was released is free at once, and its fence goes on', async () => {
    const { leases } = test.registry;
    const lease = (await leases.acquire('rollup', 'one', 10_000)) as Lease;
    await leases.release(lease);
    expect(await leases.holds(lease)).toBe(false);
    expect(await leases.acquire('rollup', 'two', 10_000)).toMatchObject({ fence: 2 });
  });

  it('asked for by many at once goes to one', async () => {
    const others = await Promise.all([test.another(), test.another(), test.another()]);
    const all = [test.registry, ...others];
    const answers = await Promise.all(all.map(({ leases }, n) => leases.acquire('rollup', `p${n}`, 10_000)));
    expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1);
  });
});
