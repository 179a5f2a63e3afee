import { describe, expect, it } from 'vitest';
import { type Candidate, choose } from './choosing.ts';

function candidate(handle: number, readings: number, edited = false): Candidate {
  const series = { handle, point: 'a/p', quantity: 'electricity' } as const;
  return {
    dirty: { series, changes: [], edited, factsDoubted: edited, editVersion: 0 },
    oldest: 0,
    readings,
  };
}

function chosen(...[candidates, unfinished, budget]: Parameters<typeof choose>): number[] {
  return choose(candidates, unfinished, budget).map(({ dirty }) => dirty.series.handle);
}

const none: ReadonlySet<number> = new Set();

describe('choosing', () => {
  it('takes those that wait longest, as many as fit', () => {
    const list = [candidate(1, 40), candidate(2, 40), candidate(3, 40), candidate(4, 1)];
    expect(chosen(list, none, 100)).toEqual([1, 2]);
    expect(chosen(list, none, 1_000)).toEqual([1, 2, 3, 4]);
    expect(chosen([], none, 100)).toEqual([]);
  });

  it('takes one at least, however large', () => {
    expect(chosen([candidate(1, 5_000), candidate(2, 1)], none, 100)).toEqual([1]);
  });

  it('gives data its half beside a long edit', () => {
    const edits = Array.from({ length: 100 }, (_, index) => candidate(index, 10, true));
    const data = Array.from({ length: 100 }, (_, index) => candidate(1_000 + index, 1));
    const list = chosen([...edits, ...data], none, 200);
    expect(list.filter((handle) => handle >= 1_000)).toHaveLength(100);
    expect(list.filter((handle) => handle < 1_000)).toHaveLength(10);
  });

  it('gives data its half beside an edit that is more than a pass by itself, and an edit one beside much data', () => {
    const edits = [candidate(1, 5_000, true), candidate(2, 5_000, true)];
    const data = Array.from({ length: 100 }, (_, index) => candidate(1_000 + index, 10));
    const list = chosen([...edits, ...data], none, 200);
    expect(list.filter((handle) => handle >= 1_000)).toHaveLength(10);
    expect(list.filter((handle) => handle < 1_000)).toEqual([1]);
  });

  it('leaves what edits do not need to data', () => {
    const data = Array.from({ length: 100 }, (_, index) => candidate(1_000 + index, 10));
    expect(chosen([candidate(1, 20, true), ...data], none, 200)).toHaveLength(1 + 18);
  });

  it('lets others go first once where a series was taken on and not followed', () => {
    const list = [candidate(1, 90), candidate(2, 90), candidate(3, 90)];
    expect(chosen(list, new Set([1]), 100)).toEqual([2]);
    expect(chosen(list, new Set([2]), 100)).toEqual([1]);
    expect(chosen(list, new Set([1, 2, 3]), 100)).toEqual([1]);
  });
});
