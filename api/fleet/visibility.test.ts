import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { FactInput } from '../../core/registry/registry.ts';
import { by, midnight, type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { FleetSight, narrowed } from './visibility.ts';

let test: TestRegistry;
let institutions: string[];
const start = midnight('2024-03-01');
const days = 8;

beforeAll(async () => {
  test = await testRegistry();
  test.clock.at = start + days * dayMs;
  const make = async (name: string) =>
    (await test.registry.institutions.create({ name, parent: null, validFrom: midnight('2024-01-01') }, by))
      .id;
  institutions = [await make('A'), await make('B')];
});
afterAll(() => test.end());

/** What is said of a car on a day: index of the institution, whether the terminal is in it, category. */
const dayArbitrary = fc.record({
  institution: fc.constantFrom(0, 1, null),
  fitted: fc.boolean(),
  category: fc.constantFrom('other', 'emergency', 'confidential-communication', null),
});

describe('who sees where a car was', () => {
  it('is, at every time, who covers the institution that the registry names then, unless it is masked then or today', async () => {
    let made = 0;
    const { registry, clock } = test;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(dayArbitrary, { minLength: days, maxLength: days }), {
          minLength: 2,
          maxLength: 2,
        }),
        fc.constantFrom(['confidential-communication'] as const, ['other', 'emergency'] as const),
        async (cars, masked) => {
          const terminal: PointKey = `cars/${++made}`;
          const ids = cars.map(() => registry.facts.newId());
          const facts: FactInput[] = [];
          cars.forEach((said, place) => {
            const entity = ids[place] ?? '';
            const plate = `浙D${String(10_000 + made * 2 + place)}`;
            facts.push({ entity, attribute: 'plate', validFrom: start, value: plate });
            said.forEach(({ institution, fitted, category }, day) => {
              const validFrom = start + day * dayMs;
              const validTo = validFrom + dayMs;
              // The second car has the terminal when the first has not.
              const has = place === 0 ? fitted : !(cars[0]?.[day]?.fitted ?? false);
              facts.push(
                { entity, attribute: 'terminal', validFrom, validTo, value: has ? terminal : null },
                ...(institution === null
                  ? []
                  : [
                      {
                        entity,
                        attribute: 'institution',
                        validFrom,
                        validTo,
                        value: institutions[institution],
                      },
                    ]),
                ...(category === null
                  ? []
                  : [{ entity, attribute: 'category', validFrom, validTo, value: category }]),
              );
            });
          });
          await registry.facts.record(
            facts,
            by,
            ids.map((id) => ({ id, kind: 'vehicle' as const })),
          );
          clock.at = start + (days - 1) * dayMs + 1;
          const index = await new FleetSight({ registry, clock, fleet: { masked: [...masked] } }).index();
          for (const id of ids) {
            const today = await registry.fleet.vehicles.get(id, clock.at);
            for (let ts = start + dayMs / 2; ts < start + days * dayMs; ts += dayMs) {
              const then = await registry.fleet.vehicles.get(id, ts);
              const hidden = (masked as readonly string[]).some(
                (each) => each === then?.category || each === today?.category,
              );
              for (const [place, institution] of institutions.entries()) {
                const reach = { everything: false, institutions: new Set([institution]) };
                const wanted = then?.terminal === terminal && then.institution === institution && !hidden;
                expect([place, ts, index.showsPlace(reach, id, terminal, ts)]).toEqual([place, ts, wanted]);
                const own = index
                  .stretches(id, ts, ts + 1)
                  .filter((each) => each.institution === institution);
                expect(own.some((each) => !each.masked)).toBe(wanted);
              }
              const all = { everything: true, institutions: new Set<string>() };
              expect(index.showsPlace(all, id, terminal, ts)).toBe(then?.terminal === terminal && !hidden);
            }
          }
        },
      ),
      { numRuns: 40, seed: 20_261_123 },
    );
  });

  it('changes with the next question when something is recorded, and nobody sees what is not known', async () => {
    const { registry, clock } = test;
    const sight = new FleetSight({ registry, clock, fleet: { masked: [] } });
    const id = registry.facts.newId();
    const say = (attribute: string, value: unknown) =>
      registry.facts.record([{ entity: id, attribute, validFrom: start, value }], by);
    const all = { everything: true, institutions: new Set<string>() };
    expect((await sight.index()).showsPlace(all, id, 'cars/0', start)).toBe(false);
    const said = { plate: '浙E00001', institution: institutions[0], terminal: 'cars/0' };
    await registry.facts.record(
      Object.entries(said).map(([attribute, value]) => ({ entity: id, attribute, validFrom: start, value })),
      by,
      [{ id, kind: 'vehicle' }],
    );
    const first = { everything: false, institutions: new Set(institutions.slice(0, 1)) };
    expect((await sight.index()).showsPlace(first, id, 'cars/0', start)).toBe(true);
    await say('institution', institutions[1]);
    expect((await sight.index()).showsPlace(first, id, 'cars/0', start)).toBe(false);
    expect((await sight.index()).within(first, id, start, start + dayMs)).toBe(false);
    expect((await sight.index()).isMasked('nothing', start)).toBe(true);
  });

  it('is never widened by a subtree that was asked for', () => {
    const reach = { everything: false, institutions: new Set(['a', 'b']) };
    expect(narrowed(reach, new Set(['b', 'c'])).institutions).toEqual(new Set(['b']));
    expect(narrowed({ everything: true, institutions: new Set() }, new Set(['c']))).toEqual({
      everything: false,
      institutions: new Set(['c']),
    });
    expect(narrowed(reach, undefined)).toBe(reach);
  });
});

describe('a car that was masked', () => {
  const masked = ['confidential-communication'] as const;
  const at = midnight('2024-05-01');

  async function carSaid(since: string): Promise<string> {
    const entity = test.registry.facts.newId();
    const said = { plate: `浙E${Math.floor(test.clock.at / 1_000) % 100_000}`, category: masked[0] };
    await test.registry.facts.record(
      Object.entries(said).map(([attribute, value]) => ({
        entity,
        attribute,
        validFrom: midnight(since),
        value,
      })),
      by,
      [{ id: entity, kind: 'vehicle' }],
    );
    return entity;
  }
  const say = (entity: string, date: string, value: string) =>
    test.registry.facts.record([{ entity, attribute: 'category', validFrom: midnight(date), value }], by);
  const index = () =>
    new FleetSight({
      registry: test.registry,
      clock: test.clock,
      fleet: { masked: [...masked] },
    }).index();

  it('stays so for what it did until it was said otherwise, whatever is said later of that time', async () => {
    test.clock.at = at;
    const car = await carSaid('2024-04-01');
    test.clock.at = at + 10 * dayMs;
    await say(car, '2024-04-01', 'other');
    const seen = await index();
    expect([at - dayMs, at + dayMs, at + 9 * dayMs].map((ts) => seen.isMasked(car, ts))).toEqual([
      true,
      true,
      true,
    ]);
    expect(seen.isMasked(car, at + 11 * dayMs)).toBe(false);
  });

  it('is shown from the day on from which that is said beforehand', async () => {
    test.clock.at = at + 1_000;
    const car = await carSaid('2024-04-01');
    test.clock.at = at + 10 * dayMs;
    await say(car, '2024-05-21', 'other');
    test.clock.at = at + 40 * dayMs;
    const seen = await index();
    const may21 = midnight('2024-05-21');
    expect([may21 - 1, may21].map((ts) => seen.isMasked(car, ts))).toEqual([true, false]);
  });

  it('is shown where it was a slip of the pen that was mended within a day', async () => {
    test.clock.at = at + 2_000;
    const car = await carSaid('2024-04-01');
    test.clock.at += 3_600_000;
    await say(car, '2024-04-01', 'other');
    expect((await index()).isMasked(car, at - dayMs)).toBe(false);
  });
});
