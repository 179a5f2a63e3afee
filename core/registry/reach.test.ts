// To whom things belong at a time, against a slow answer day by day; and what a permit lets in.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isJieyueError } from '../domain/errors.ts';
import { dayMs } from '../domain/time.ts';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Batch } from './batch-contracts.ts';
import type { Permit } from './permit-contracts.ts';

let world: TestRegistry;
beforeEach(async () => {
  world = await testRegistry();
});
afterEach(() => world.end());

const start = midnight('2024-01-01');
const day = (number: number) => start + number * dayMs;

describe('a permit', () => {
  it('lets a fact in exactly when its institution lies below on each day that it changes', async () => {
    const { registry } = world;
    const create = async (name: string, parent: string | null) =>
      (await registry.institutions.create({ name, parent, validFrom: start }, by)).id;
    const top = await create('top', null);
    const other = await create('other', null);
    const middle = await create('middle', top);
    const leaf = await create('leaf', middle);
    const house = await registry.buildings.create({ name: 'h', institution: leaf, validFrom: start }, by);
    const permit: Permit = { institutions: new Set([top]), definitions: false };
    const moves = fc.array(
      fc.record({
        what: fc.constantFrom('middle' as const, 'leaf' as const, 'house' as const),
        to: fc.constantFrom('top' as const, 'other' as const),
        on: fc.integer({ min: 0, max: 20 }),
      }),
      { maxLength: 4 },
    );
    const places = { middle, leaf, house: house.id };
    const targets = { top, other };
    await fc.assert(
      fc.asyncProperty(
        moves,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        async (list, from, length) => {
          const back = [
            { entity: middle, attribute: 'parent', value: top },
            { entity: leaf, attribute: 'parent', value: middle },
            { entity: house.id, attribute: 'institution', value: leaf },
          ];
          await registry.facts.record(
            back.map((fact) => ({ ...fact, validFrom: start, validTo: null })),
            by,
          );
          for (const { what, to, on } of list) {
            const attribute = what === 'house' ? 'institution' : 'parent';
            const move = { entity: places[what], attribute, validFrom: day(on), value: targets[to] };
            await registry.facts.record([move], by);
          }
          const below = async (id: string, at: number): Promise<boolean> => {
            if (id === top) return true;
            const parent = await registry.facts.valueAt(id, 'parent', at);
            return typeof parent === 'string' && below(parent, at);
          };
          let expected = true;
          for (let each = from; each < from + length; each++) {
            const owner = await registry.facts.valueAt(house.id, 'institution', day(each));
            expected &&= typeof owner === 'string' && (await below(owner, day(each)));
          }
          const batch: Batch = {
            creating: [],
            facts: [
              {
                entity: house.id,
                attribute: 'name',
                validFrom: day(from),
                validTo: day(from + length),
                value: 'h',
              },
            ],
            definitions: [],
            bills: [],
            reports: [],
          };
          let permitted = true;
          try {
            await registry.batches.record(batch, by, { rehearse: true, permit });
          } catch (error) {
            expect(isJieyueError(error, 'registry.not-found')).toBe(true);
            permitted = false;
          }
          expect(permitted).toBe(expected);
        },
      ),
      { seed: 11, numRuns: 60 },
    );
  });

  it('over everything refuses nothing, and definitions only where it does not have them', async () => {
    const { registry } = world;
    const plan = await registry.definitions.get('plan', 'national-14');
    const batch: Batch = {
      creating: [],
      facts: [],
      definitions: [{ kind: 'plan', id: 'x', value: plan?.value }],
      bills: [],
      reports: [],
    };
    const record = (definitions: boolean) =>
      registry.batches.record(batch, by, { permit: { institutions: 'everything', definitions } });
    await expect(record(false)).rejects.toMatchObject({
      code: 'registry.out-of-reach',
      details: { faults: [{ list: 'definitions', index: 0 }] },
    });
    expect(await registry.definitions.get('plan', 'x')).toBeUndefined();
    await record(true);
    expect(await registry.definitions.get('plan', 'x')).toBeDefined();
  });

  it('knows by name what it covers now, what stands above that, and all accounts', async () => {
    const { registry } = world;
    const create = async (name: string, parent: string | null) =>
      (await registry.institutions.create({ name, parent, validFrom: start }, by)).id;
    const city = await create('city', null);
    const east = await create('east', city);
    const school = await create('school', east);
    const west = await create('west', city);
    await registry.buildings.create({ name: 'w', institution: west, validFrom: start }, by);
    const account = await registry.accounts.create(
      { number: '1', institution: west, commodity: 'water', validFrom: start },
      by,
    );
    const known = await registry.batches.known({ institutions: new Set([east]), definitions: false });
    expect(new Set(known.map(({ id }) => id))).toEqual(new Set([city, east, school, account.id]));
  });
});
