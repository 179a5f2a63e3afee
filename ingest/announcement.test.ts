import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../core/runtime/logger.ts';
import { FakeRegistry } from '../core/testing/ingest/fakes.ts';
import { Announcement, leftAfterMs } from './announcement.ts';
import { Patience } from './patience.ts';

const marks = [{ point: 'a/m', quantity: 'electricity', from: 1, to: 2 }] as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a write that takes long stays announced, as long as nobody may take it for left', async () => {
  const registry = new FakeRegistry();
  const renewals: number[] = [];
  const announce = registry.marks.announce;
  registry.marks.announce = async (...args) => {
    renewals.push(Date.now());
    return announce(...args);
  };
  const { signal } = new AbortController();
  const patience = new Patience({ clock: { now: () => Date.now() }, log: silentLogger, stopped: signal });
  const announcement = new Announcement(registry.marks, marks, patience);
  await announcement.begin();
  await vi.advanceTimersByTimeAsync(5 * leftAfterMs);
  const pauses = renewals.slice(1).map((at, index) => at - (renewals[index] ?? 0));
  expect(Math.max(...pauses)).toBeLessThan(leftAfterMs / 2);
  expect(registry.announced.size).toBe(1);

  announcement.end();
  const count = renewals.length;
  await vi.advanceTimersByTimeAsync(leftAfterMs);
  expect(renewals).toHaveLength(count);
  await announcement.confirm();
  expect(registry.announced.size).toBe(0);
  expect(registry.markRows).toEqual(marks);
});
