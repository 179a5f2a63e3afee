import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

describe('alarms', () => {
  it('are one for each kind and subject while open; repeats are counted', async () => {
    const { alarms } = test.registry;
    await alarms.raise('clock-fault', 'a', '11 minutes ahead', 100);
    await alarms.raise('clock-fault', 'b', '20 minutes ahead', 150);
    await alarms.raise('clock-fault', 'a', '12 minutes ahead', 200);
    const [b, a] = await alarms.list();
    expect(b).toMatchObject({ subject: 'b', count: 1 });
    const seen = { since: 100, lastAt: 200, count: 2, clearedAt: null };
    expect(a).toEqual({ kind: 'clock-fault', subject: 'a', message: '12 minutes ahead', ...seen });
  });

  it('that were cleared stay readable; the next one of the kind is a new one', async () => {
    const { alarms } = test.registry;
    await alarms.clear('quarantine', 'a', 50);
    await alarms.raise('quarantine', 'a', 'one batch', 100);
    await alarms.clear('quarantine', 'a', 200);
    await alarms.clear('quarantine', 'a', 250);
    expect(await alarms.list()).toEqual([]);
    await alarms.raise('quarantine', 'a', 'two batches', 300);
    expect(await alarms.list()).toMatchObject([{ since: 300, count: 1 }]);
    expect((await alarms.list({ cleared: true })).map(({ clearedAt }) => clearedAt)).toEqual([null, 200]);
  });

  it('are one also when several processes raise it at once', async () => {
    const others = await Promise.all([test.another(), test.another()]);
    const all = [test.registry, ...others];
    await Promise.all(all.map(({ alarms }) => alarms.raise('quarantine', 'a', 'x', 100)));
    expect(await test.registry.alarms.list()).toMatchObject([{ count: 3 }]);
  });
});
