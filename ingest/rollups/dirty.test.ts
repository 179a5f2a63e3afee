import { beforeEach, describe, expect, it } from 'vitest';
import type { Quantity } from '../../core/domain/units.ts';
import type { RegistryMark } from '../../core/registry/registry.ts';
import type { Mark } from '../../core/store/port.ts';
import { MemoryStore } from '../../core/testing/memory-store.ts';
import { dirtySeries, followedMarks, type ReadMarks } from './dirty.ts';
import { MarkProgress } from './progress.ts';
import { nameOf } from './work.ts';

let store: MemoryStore;
let progress: MarkProgress;
beforeEach(() => {
  store = new MemoryStore();
  progress = new MarkProgress();
  for (const point of ['a/p', 'a/q', 'a/r'] as const) {
    for (const quantity of ['electricity', 'power'] as const) store.series(point, quantity);
  }
});

function mark(
  point: Mark['point'],
  quantity: Quantity | null,
  from: number,
  version: number,
  facts = true,
): RegistryMark {
  return { point, quantity, from, to: from + 10, version, facts };
}

function dirty(marks: ReadMarks, limit = 100, aside: readonly number[] = []) {
  progress.begin(marks.registry);
  return dirtySeries(store, marks, progress, limit, (series) => aside.includes(series));
}

describe('dirty series', () => {
  it('are all of a point whose facts were edited, with what else is marked of them', () => {
    const list = dirty({
      registry: [mark('a/p', null, 100, 1), mark('a/q', 'power', 5, 2)],
      data: [mark('a/p', 'electricity', 0, 70)],
    });
    expect(
      list.map(({ series, changes, edited, factsDoubted, editVersion }) => [
        nameOf(series),
        changes.map(({ from }) => from),
        edited,
        factsDoubted,
        editVersion,
      ]),
    ).toEqual([
      ['a/p electricity', [0, 100], true, true, 1],
      ['a/p power', [100], true, true, 1],
      ['a/q power', [5], false, true, 2],
    ]);
  });

  it('leave out those of an edit that are followed, and keep them for newer data', () => {
    const registry = [mark('a/p', null, 100, 1)];
    const [first] = dirty({ registry, data: [] });
    if (first === undefined) throw new Error('nothing dirty');
    followedMarks(store, { registry, data: [] }, progress, [first]);
    expect(dirty({ registry, data: [] }).map(({ series }) => nameOf(series))).toEqual(['a/p power']);
    const again = dirty({ registry, data: [mark('a/p', 'electricity', 300, 80)] });
    expect(again.map(({ series, changes, edited }) => [nameOf(series), changes[0]?.from, edited])).toEqual([
      ['a/p power', 100, true],
      ['a/p electricity', 300, false],
    ]);
  });

  it('are no more than the limit by edits, with all marks of those or none', () => {
    const registry = [
      mark('a/p', null, 0, 1),
      mark('a/p', null, 50, 4),
      mark('a/q', null, 0, 2),
      mark('a/r', null, 0, 3),
    ];
    const list = dirty({ registry, data: [] }, 3);
    expect(list.map(({ series, changes }) => [nameOf(series), changes.length])).toEqual([
      ['a/p electricity', 2],
      ['a/p power', 2],
      ['a/q electricity', 1],
    ]);
    // Those set aside take no place.
    const withAside = dirty({ registry, data: [] }, 3, [0, 1]);
    expect(withAside.map(({ series }) => series.handle)).toEqual([0, 1, 2, 3, 4]);
  });

  it('tell a correction from readings where both are marked in the registry', () => {
    const registry = [mark('a/p', 'power', 0, 9, false), mark('a/q', 'power', 0, 10, true)];
    const entries = dirty({ registry, data: [] });
    expect(entries.map(({ factsDoubted, editVersion }) => [factsDoubted, editVersion])).toEqual([
      [false, 0],
      [true, 10],
    ]);
  });
});

describe('marks that can be cleared', () => {
  it('are those whose series are all followed, in one pass or several, and those without series', () => {
    const marks: ReadMarks = {
      registry: [mark('a/p', null, 100, 1), mark('b/none', null, 0, 2), mark('a/q', 'power', 0, 3)],
      data: [mark('a/p', 'electricity', 0, 70)],
    };
    const [electricity, power] = dirty(marks);
    if (electricity === undefined || power === undefined) throw new Error('nothing dirty');
    const first = followedMarks(store, marks, progress, [electricity]);
    expect(first.registry.map(({ version }) => version)).toEqual([2]);
    expect(first.data).toEqual(marks.data);
    const second = followedMarks(store, { registry: marks.registry, data: [] }, progress, [power]);
    expect(second.registry.map(({ version }) => version)).toEqual([1, 2]);
  });

  it('are not those of a point that got one more series meanwhile', () => {
    const marks: ReadMarks = { registry: [mark('a/p', null, 100, 1)], data: [] };
    const all = dirty(marks);
    store.series('a/p', 'water');
    expect(followedMarks(store, marks, progress, all).registry).toEqual([]);
  });
});
