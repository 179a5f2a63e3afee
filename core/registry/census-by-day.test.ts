import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../domain/time.ts';
import { censusByDay } from '../testing/census-oracle.ts';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { FactInput } from './registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const long = midnight('2020-01-01');
const [jan, apr] = [midnight('2024-01-01'), midnight('2024-04-01')];

async function institution(name: string): Promise<string> {
  return (await test.registry.institutions.create({ name, parent: null, validFrom: long }, by)).id;
}
async function building(name: string, owner: string | null): Promise<string> {
  return (await test.registry.buildings.create({ name, institution: owner, validFrom: long }, by)).id;
}

describe('any sequence of changes at any dates', () => {
  const first = midnight('2023-12-20');
  const day = fc.integer({ min: 0, max: 110 });
  const index = fc.integer({ min: 0, max: 2 });
  const change = fc.oneof(
    ...(['building', 'role', 'parent', 'use', 'quantities', 'formula'] as const).map((what) =>
      fc.constant({ kind: 'point', what }),
    ),
    ...(['institution', 'shares', 'floorArea'] as const).map((what) =>
      fc.constant({ kind: 'building', what }),
    ),
    ...(['floorArea', 'energyUsers', 'registered', 'parent'] as const).map((what) =>
      fc.constant({ kind: 'institution', what }),
    ),
    ...(['institution', 'building', 'use', 'open'] as const).map((what) =>
      fc.constant({ kind: 'account', what }),
    ),
  );
  const changes = fc.array(
    fc.record({
      change,
      which: fc.nat(5),
      to: fc.option(index, { nil: null }),
      more: fc.nat(7),
      from: day,
      days: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 1 }),
    }),
    { minLength: 10, maxLength: 50 },
  );

  it('gives the census that looking at every single day gives, and nothing counts twice', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        run += 1;
        const { registry } = test;
        const owners = [await institution('0'), await institution('1'), await institution('2')];
        const houses = [
          await building('0', owners[0] ?? null),
          await building('1', owners[1] ?? null),
          await building('2', null),
        ];
        const keys = [0, 1, 2, 3, 4].map((n) => `run${run}/p${n}` as const);
        const virtual = `run${run}/v` as const;
        await registry.points.registerAll(
          [
            ...keys.map((key, n) =>
              electricPoint(key, {
                building: houses[n % 3] ?? null,
                role: n === 3 ? 'sub-meter' : 'billing',
                parent: n > 2 ? (keys[n - 3] ?? null) : null,
                validFrom: long,
              }),
            ),
            electricPoint(virtual, {
              role: 'virtual',
              building: houses[0] ?? null,
              formula: { terms: [{ point: keys[4], factor: 1 }], counts: false },
              validFrom: long,
            }),
          ],
          by,
        );
        const accounts = await registry.accounts.createAll(
          [0, 1].map((n) => ({
            ...{
              number: `${run}-${n}`,
              institution: owners[n] ?? null,
              commodity: 'water' as const,
              validFrom: long,
              open: true,
            },
          })),
          by,
        );
        const ids = accounts.map(({ id }) => id);
        await registry.bills.record(
          ids.flatMap((account) =>
            [0, 37, 74].map((start, n) => ({
              ...{
                account,
                document: String(n),
                from: first + start * dayMs,
                to: first + (start + 37) * dayMs,
                quantity: 370 + n,
                amountCny: null,
              },
            })),
          ),
          by,
        );

        const inputs = list.map(({ change: { kind, what }, which, to, more, from, days }): FactInput => {
          const validFrom = first + from * dayMs;
          const validTo = days === undefined ? undefined : validFrom + days * dayMs;
          const owner = to === null ? null : (owners[to] ?? null);
          const house = to === null ? null : (houses[to] ?? null);
          const area =
            to === null
              ? null
              : { builtM2: 100 + more, letM2: 10 + to * 20, energy: more % 2 ? 'by-area' : 'metered' };
          const use = [null, 'building', 'canteen', 'heating', 'deducted'][more % 5] ?? null;
          const number = which % 5;
          const values: Record<string, readonly [string, unknown]> = {
            'point building': [keys[number] ?? '', house],
            'point role': [keys[number] ?? '', more % 2 ? 'billing' : 'sub-meter'],
            // Upwards only, so that no circle is asked for.
            'point parent': [keys[number] ?? '', to === null ? null : (keys.slice(0, number)[to] ?? null)],
            'point use': [keys[number] ?? '', use],
            // The term of the virtual point must go on measuring electricity.
            'point quantities': [
              keys[number] ?? '',
              more % 3 ? ['electricity'] : ['electricity_interval', 'water'],
            ],
            'point formula': [
              virtual,
              {
                terms: [
                  { point: keys[number] ?? '', factor: more % 2 ? 1 : 0.5 },
                  ...(to !== null && to !== number
                    ? [{ point: keys[to] ?? '', factor: more % 3 ? -1 : 1 }]
                    : []),
                ],
                counts: more !== 0,
              },
            ],
            'building institution': [houses[which % 3] ?? '', owner],
            'building shares': [
              houses[which % 3] ?? '',
              to === null
                ? null
                : [
                    { institution: owners[to] ?? '', share: 0.5 },
                    { institution: owners[(to + 1) % 3] ?? '', share: 0.125 * (1 + (more % 4)) },
                  ],
            ],
            'building floorArea': [houses[which % 3] ?? '', area],
            'institution floorArea': [owners[which % 3] ?? '', area],
            'institution energyUsers': [
              owners[which % 3] ?? '',
              to === null ? null : { staff: more, visitors: to },
            ],
            'institution registered': [owners[which % 3] ?? '', more % 2 === 0],
            'institution parent': [owners[which % 3] ?? '', owners.slice(0, which % 3)[to ?? 9] ?? null],
            'account institution': [ids[which % 2] ?? '', owner],
            'account building': [ids[which % 2] ?? '', house],
            'account use': [ids[which % 2] ?? '', use],
            'account open': [ids[which % 2] ?? '', more % 2 === 0],
          };
          const [entity, value] = values[`${kind} ${what}`] ?? ['', null];
          return { entity, attribute: what, validFrom, validTo, value };
        });
        await registry.facts.record(inputs, by);

        const range = { from: midnight('2024-01-15'), to: midnight('2024-03-10') };
        const taken = await registry.census(range.from, range.to);
        const expected = await censusByDay(
          registry,
          { owners, houses, keys: [...keys, virtual], accounts: ids },
          jan,
          apr,
        );
        expect(expected.compare(taken)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
