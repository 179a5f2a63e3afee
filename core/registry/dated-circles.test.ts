import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCircle } from './dated-circles.ts';

const nodes = ['a', 'b', 'c', 'd', 'e'];
const edge = fc.record({
  node: fc.constantFrom(...nodes),
  target: fc.constantFrom(...nodes),
  from: fc.integer({ min: 0, max: 5 }),
  length: fc.integer({ min: 1, max: 3 }),
});

describe('a circle in a graph with dates', () => {
  it('is found exactly where steps that hold at one moment lead back', () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 9 }), (edges) => {
        // Of one node at one time, all targets together: as a formula has them.
        const byNode = (node: string) =>
          Array.from({ length: 9 }, (_, at) => ({
            from: at,
            to: at + 1,
            targets: edges
              .filter((each) => each.node === node && each.from <= at && at < each.from + each.length)
              .map((each) => each.target),
          })).filter(({ targets }) => targets.length > 0);
        const found = findCircle(byNode, nodes);
        const expected = Array.from({ length: 9 }, (_, at) => at).find((at) => leadsBack(at));
        expect(found?.at).toBe(expected);
        if (!found) return;
        expect(found.path[0]).toBe(found.path.at(-1));
        found.path.slice(1).forEach((node, index) => {
          const before = byNode(found.path[index] ?? '').find(({ from }) => from === found.at);
          expect(before?.targets).toContain(node);
        });

        function leadsBack(at: number): boolean {
          const steps = edges.filter(({ from, length }) => from <= at && at < from + length);
          return nodes.some((start) => {
            const reached = new Set<string>();
            let level = [start];
            while (level.length > 0) {
              level = steps.filter(({ node }) => level.includes(node)).map(({ target }) => target);
              level = level.filter((node) => !reached.has(node));
              for (const node of level) reached.add(node);
            }
            return reached.has(start);
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is looked for without recursion: a chain of 100 000 is no trouble', () => {
    const last = 100_000;
    const chain = (node: string) =>
      Number(node) < last ? [{ from: 0, to: 1, targets: [String(Number(node) + 1)] }] : [];
    expect(findCircle(chain, ['0'])).toBeUndefined();
  });

  it('costs no more where many ways lead through the same nodes', () => {
    const layers = (node: string) => {
      const level = Number(node.slice(1));
      return level < 60 ? [{ from: 0, to: 1, targets: [`l${level + 1}`, `r${level + 1}`] }] : [];
    };
    expect(findCircle(layers, ['l0'])).toBeUndefined();
  });
});
