import { afterEach, beforeEach, expect, it } from 'vitest';
import { JieyueError } from '../../core/domain/errors.ts';
import { dayMs } from '../../core/domain/time.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { Retention } from './retention.ts';

let test: TestRegistry;
let asked: number[];
beforeEach(async () => {
  test = await testRegistry();
  asked = [];
});
afterEach(() => test.end());

function retention(keepDays: number, fails?: Error, metrics = new Metrics()) {
  const store = {
    dropPositions: async (before: number) => {
      asked.push(before);
      if (fails) throw fails;
      return { dropped: 7 };
    },
  };
  return new Retention({
    store,
    registry: test.registry,
    config: { keepDays, dropAt: '50 3 * * *' },
    timeZone: 'Asia/Shanghai',
    holder: 'test',
    clock: test.clock,
    log: silentLogger,
    metrics,
  });
}

it('deletes what is older than the days that are kept, and counts it', async () => {
  const metrics = new Metrics();
  await retention(30, undefined, metrics).run();
  expect(asked).toEqual([test.clock.now() - 30 * dayMs]);
  expect(await metrics.text()).toContain('positions_deleted_total 7');
});

it('deletes nothing where positions are kept for good, or another process does it', async () => {
  await retention(0).run();
  await test.registry.leases.acquire('positions-retention', 'another', 60_000);
  await retention(30).run();
  expect(asked).toEqual([]);
});

it('ends with a word in the log where the engine cannot, and tries again the next time', async () => {
  const cannot = retention(30, new JieyueError('store.unsupported', 'no'));
  await cannot.run();
  await cannot.run();
  expect(asked).toHaveLength(2);
  await cannot.start();
  await cannot.stop();
});
