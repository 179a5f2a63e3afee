import { describe, expect, it } from 'vitest';
import { ReadingShare } from './reading-share.ts';

const limits = { readingsPerRead: 100_000, windowsPerRead: 2_000 };
const works = Array.from({ length: 5_000 }, () => 40);
const size = (readings: number) => ({ readings, windows: 1 });

describe('the share of one read', () => {
  it('is small at first and grows while estimates prove right', () => {
    const share = new ReadingShare(limits);
    const taken: number[] = [];
    for (let read = 0; read < 5; read++) {
      const part = share.take(works, 0, size);
      taken.push(part.length);
      share.learn(part.length * 40, part.length * 40);
    }
    expect(taken).toEqual([25, 100, 400, 1_600, 2_000]);
  });

  it('shrinks at once when a read brings far more than estimated', () => {
    const share = new ReadingShare(limits);
    for (let read = 0; read < 5; read++) share.learn(1_000, 1_000);
    expect(share.take(works, 0, size)).toHaveLength(2_000);
    share.learn(1_000, 900_000);
    expect(share.take(works, 0, size)).toHaveLength(2);
  });

  it('is one work at least, and begins where it is told', () => {
    const share = new ReadingShare(limits);
    expect(share.take([1e9, 1, 1], 0, size)).toEqual([1e9]);
    expect(share.take([1e9, 1, 2], 1, size)).toEqual([1, 2]);
    expect(share.take([1], 1, size)).toEqual([]);
  });
});
