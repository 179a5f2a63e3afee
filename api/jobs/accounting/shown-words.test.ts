import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownNames } from './shown-words.ts';

const words = (name: string, parent = '') => ({ name, parent, path: '' });

describe('names that are shown', () => {
  it('are the names themselves while nobody shares them, else with the one above', () => {
    const shown = shownNames(
      new Map([
        ['a', words('Education')],
        ['b', words('Health')],
        ['c', words('School', 'a')],
        ['d', words('School', 'b')],
        ['e', words('School', 'b')],
        ['f', words('Library', 'b')],
      ]),
    );
    expect([...shown].toSorted()).toEqual([
      ['a', 'Education'],
      ['b', 'Health'],
      ['c', 'School（Education）'],
      ['d', 'School（Health）'],
      ['e', 'School（Health） 2'],
      ['f', 'Library'],
    ]);
  });

  it('are never the same for two, and do not depend on the order', () => {
    const names = fc.array(fc.tuple(fc.constantFrom('x', 'x 2', 'x（y）', 'y', ''), fc.nat(5)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(names, (list) => {
        const entries = list.map(([name, parent], id) => [`i${id}`, words(name, `i${parent}`)] as const);
        const shown = shownNames(new Map(entries));
        expect(new Set(shown.values()).size).toBe(entries.length);
        expect([...shownNames(new Map(entries.toReversed()))].toSorted()).toEqual([...shown].toSorted());
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
