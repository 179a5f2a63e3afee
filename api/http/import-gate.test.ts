// A body that is sent drop by drop is cut off; one that comes at the pace of a slow line is not.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchPace } from './import-gate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** @returns the second in which it is cut off, if it is */
function cutOffAt(wholeBytes: number, bytesPerSecond: number): number | undefined {
  let [second, at] = [0, undefined as number | undefined];
  const sent = () => {
    const bytes = second * bytesPerSecond;
    return bytes >= wholeBytes ? undefined : bytes;
  };
  watchPace(wholeBytes, sent, () => {
    at = second;
  });
  for (second = 1; second <= 120 && at === undefined; second++) vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
  return at;
}

it('drops are cut off within seconds, whatever they say is to come', () => {
  expect(cutOffAt(1_000, 1)).toBe(6);
  expect(cutOffAt(50 * 1024 ** 2, 8 * 1024)).toBe(6);
});

it('a slow line that will be done in time is let through', () => {
  expect(cutOffAt(200 * 1024, 10 * 1024)).toBeUndefined();
  expect(cutOffAt(40 * 1024 ** 2, 400 * 1024)).toBeUndefined();
});

it('one that falls behind later is cut off then', () => {
  let [second, cut] = [0, 0];
  const end = watchPace(
    1024 ** 2,
    () => Math.min(second, 20) * 20_000,
    () => {
      cut = second;
    },
  );
  for (second = 1; second <= 100 && cut === 0; second++) vi.advanceTimersByTime(1_000);
  expect(cut).toBeGreaterThan(20);
  expect(cut).toBeLessThan(60);
  end();
});
