import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RestateInput, restate, restatedBase } from './restate.ts';
import { restatedTree } from './restated-tree.ts';

type Tree = Record<string, string | null>;
const input = (baseYear: Tree, today: Tree, mergedInto: Record<string, string> = {}): RestateInput => ({
  baseYear: new Map(Object.entries(baseYear)),
  today: new Map(Object.entries(today)),
  mergedInto: new Map(Object.entries(mergedInto)),
});
const baseOf = (institution: string, given: RestateInput) => restatedBase(institution, given, restate(given));

describe('base restated after mergers', () => {
  const before: Tree = { city: null, east: 'city', west: 'city', school: 'east', clinic: 'west' };

  test('a merged institution brings its base-year figures along', () => {
    const given = input(
      before,
      { city: null, east: 'city', school: 'east', clinic: 'east' },
      { west: 'east' },
    );
    expect(baseOf('east', given)).toEqual({
      members: ['clinic', 'east', 'school', 'west'],
      joined: ['clinic', 'west'],
      left: [],
      withoutBase: [],
    });
    expect(baseOf('city', given)).toMatchObject({ joined: [], left: [] });
  });

  test('chains of mergers are followed, also through an institution founded since', () => {
    const given = input(
      before,
      { city: null, union: 'city', school: 'union' },
      { west: 'east', east: 'union', clinic: 'west' },
    );
    expect(baseOf('union', given).members).toEqual(['clinic', 'east', 'school', 'west']);
    expect(restate(given).withoutBase).toEqual([]);
  });

  test('what vanished below a merged institution went with it; what vanished elsewhere is in no base', () => {
    const given = input(before, { city: null, east: 'city' }, { west: 'east' });
    expect(restate(given).destination.get('clinic')).toBe('east');
    expect(restate(given).dissolved).toEqual(['school']);
    expect(baseOf('east', given)).toMatchObject({ members: ['clinic', 'east', 'west'], left: ['school'] });
  });

  test('who moves takes its base along, and who was founded since has none', () => {
    const given = input(before, { ...before, school: 'west', archive: 'west' });
    expect(baseOf('west', given)).toEqual({
      members: ['clinic', 'school', 'west'],
      joined: ['school'],
      left: [],
      withoutBase: ['archive'],
    });
    expect(baseOf('east', given)).toMatchObject({ members: ['east'], left: ['school'] });
  });

  test('mergers in a circle are a coded error that names the way', () => {
    const given = input(before, before, { west: 'east', east: 'west' });
    expect(() => restate(given)).toThrow(expect.objectContaining({ code: 'registry.cycle' }));
  });

  test('whoever was founded and merged since the base year goes along too, and has no base', () => {
    const given = {
      ...input(before, before, { archive: 'west' }),
      seen: new Map(Object.entries({ ...before, archive: 'east' })),
    };
    expect(restate(given).destination.get('archive')).toBe('west');
    expect(baseOf('west', given).members).toEqual(['clinic', 'west']);
  });

  test('what was merged into its own subordinate, which then vanished, is dissolved with it', () => {
    const given = input(before, { city: null, west: 'city', clinic: 'west' }, { east: 'school' });
    expect(restate(given).dissolved).toEqual(['east', 'school']);
    const turned = { ...given, baseYear: new Map([...given.baseYear].toReversed()) };
    expect(restate(turned).dissolved).toEqual(['east', 'school']);
  });

  /** A tree of n institutions: each below an earlier one or on top. */
  const trees = fc
    .array(fc.nat(), { minLength: 1, maxLength: 25 })
    .map(
      (picks): Tree =>
        Object.fromEntries(
          picks.map((pick, index) => [
            `i${index}`,
            index === 0 || pick % 4 === 0 ? null : `i${pick % index}`,
          ]),
        ),
    );

  test('when nobody merged or moved the base is that of the subtree then', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const given = input(tree, tree);
        for (const id of Object.keys(tree)) {
          const { members, joined, left, withoutBase } = baseOf(id, given);
          expect([joined, left, withoutBase]).toEqual([[], [], []]);
          expect(members).toEqual(
            Object.keys(tree)
              .filter((other) => isBelow(other, id, tree))
              .toSorted(),
          );
        }
      }),
      { seed: 9 },
    );
  });

  test('one merged into its own subordinate makes room for it; the others stay where they are', () => {
    const tree: Tree = { city: null, east: 'city', school: 'east', class: 'school', gym: 'east' };
    const destination = new Map(Object.keys(tree).map((id) => [id, id === 'east' ? 'class' : id]));
    const restated = restatedTree(new Map(Object.entries(tree)), destination);
    expect(Object.fromEntries(restated)).toEqual({
      city: null,
      east: 'class',
      school: 'city',
      class: 'school',
      gym: 'class',
    });
  });

  test('the restated tree has no circle, holds the merged below their successors and leaves the rest as it is', () => {
    fc.assert(
      fc.property(trees, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }), (tree, pairs) => {
        const ids = Object.keys(tree);
        const merged = new Set(pairs.map(([a]) => `i${a % ids.length}`));
        const staying = ids.filter((id) => !merged.has(id));
        const destination = new Map(
          ids.map((id, index) => {
            const to = staying[(pairs[index % (pairs.length || 1)]?.[1] ?? 0) % (staying.length || 1)];
            return [id, merged.has(id) ? (to ?? id) : id];
          }),
        );
        const restated = restatedTree(new Map(Object.entries(tree)), destination);
        for (const id of ids) {
          let steps = 0;
          for (let at = restated.get(id) ?? null; at !== null; at = restated.get(at) ?? null) {
            expect(steps++).toBeLessThanOrEqual(ids.length);
          }
          if (merged.has(id) && staying.length > 0) expect(restated.get(id)).toBe(destination.get(id));
          const above = tree[id] ?? null;
          if (!merged.has(id) && (above === null || !merged.has(above))) expect(restated.get(id)).toBe(above);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test('after any mergers each base-year institution is in the base of exactly one top, or dissolved; order does not matter', () => {
    fc.assert(
      fc.property(trees, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }), (tree, pairs) => {
        const ids = Object.keys(tree);
        // Always into an earlier one, so no circle.
        const merged: Record<string, string> = {};
        for (const [a, b] of pairs) {
          const which = a % ids.length;
          if (which > 0) merged[`i${which}`] = `i${b % which}`;
        }
        const today: Tree = {};
        for (const id of ids) {
          if (merged[id] !== undefined) continue;
          let parent = tree[id] ?? null;
          while (parent !== null && merged[parent] !== undefined) parent = merged[parent] ?? null;
          today[id] = parent;
        }
        const given = input(tree, today, merged);
        const restatement = restate(given);
        const tops = Object.keys(today).filter((id) => today[id] === null);
        const counted = tops.flatMap((top) => restatedBase(top, given, restatement).members);
        expect([...counted, ...restatement.dissolved].toSorted()).toEqual(ids.toSorted());
        const turned = restate({
          today: new Map([...given.today].toReversed()),
          baseYear: new Map([...given.baseYear].toReversed()),
          mergedInto: new Map([...given.mergedInto].toReversed()),
        });
        expect(new Map(turned.destination)).toEqual(new Map(restatement.destination));
      }),
      { seed: 10 },
    );
  });
});

function isBelow(id: string, top: string, tree: Tree): boolean {
  for (let at: string | null = id; at !== null; at = tree[at] ?? null) if (at === top) return true;
  return false;
}
