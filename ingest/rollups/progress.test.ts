import { describe, expect, it } from 'vitest';
import type { Mark } from '../../core/store/port.ts';
import { MarkProgress } from './progress.ts';

const a = { handle: 1, point: 'a/p', quantity: 'electricity' } as const;
const b = { handle: 2, point: 'a/p', quantity: 'power' } as const;

function mark(version: number, quantity: Mark['quantity'] = null): Mark {
  return { point: 'a/p', quantity, from: 0, to: 10, version };
}

describe('the progress of a mark of all quantities', () => {
  it('is kept from pass to pass while the version stands', () => {
    const progress = new MarkProgress();
    progress.begin([mark(3), mark(4)]);
    progress.done(a);
    progress.begin([mark(4), mark(3)]);
    expect([progress.isDone(a), progress.isDone(b)]).toEqual([true, false]);
  });

  it('is dropped when the point is marked again, when the mark is gone, and when another may have been at work', () => {
    const progress = new MarkProgress();
    progress.begin([mark(3)]);
    progress.done(a);
    progress.begin([mark(3), mark(5)]);
    expect(progress.isDone(a)).toBe(false);
    progress.done(a);
    progress.begin([]);
    progress.begin([mark(5)]);
    expect(progress.isDone(a)).toBe(false);
    progress.done(a);
    progress.clear();
    progress.begin([mark(5)]);
    expect(progress.isDone(a)).toBe(false);
  });

  it('has nothing to do with marks of one quantity', () => {
    const progress = new MarkProgress();
    progress.begin([mark(3, 'electricity')]);
    progress.done(a);
    expect(progress.isDone(a)).toBe(false);
    progress.begin([mark(3), mark(9, 'electricity')]);
    progress.done(a);
    progress.begin([mark(3), mark(10, 'electricity')]);
    expect(progress.isDone(a)).toBe(true);
  });
});
