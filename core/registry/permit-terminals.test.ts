import { afterEach, beforeEach, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
let [city, school, hospital] = ['', '', ''];
const since = midnight('2024-01-01');
const later = midnight('2025-01-01');
beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = midnight('2026-01-01');
  const make = async (name: string, parent: string | null) =>
    (await test.registry.institutions.create({ name, parent, validFrom: since }, by)).id;
  city = await make('City', null);
  school = await make('School', city);
  hospital = await make('Hospital', city);
});
afterEach(() => test.end());

let plates = 0;
/** A car with a terminal, by a permit over these institutions; left out: over everything. */
async function putIn(
  institution: string,
  terminal: string,
  of?: readonly string[],
  validFrom = since,
): Promise<string> {
  const id = test.registry.facts.newId();
  const said = { plate: `浙C${10_000 + ++plates}`, institution, terminal };
  const facts = Object.entries(said).map(([attribute, value]) => ({
    entity: id,
    attribute,
    validFrom,
    value,
  }));
  const nothing = { definitions: [], bills: [], reports: [] };
  await test.registry.batches.record({ creating: [{ id, kind: 'vehicle' }], facts, ...nothing }, by, {
    permit: of && { institutions: new Set(of), definitions: false },
  });
  return id;
}
const refused = { code: 'registry.out-of-reach' };

it('a terminal of a foreign car is not taken, not after it was given up either', async () => {
  const theirs = await putIn(hospital, 'cars/2');
  await expect(putIn(school, 'cars/2', [school], later)).rejects.toMatchObject(refused);
  await test.registry.facts.record(
    [{ entity: theirs, attribute: 'terminal', validFrom: later, value: null }],
    by,
  );
  await expect(putIn(school, 'cars/2', [school], later)).rejects.toMatchObject(refused);
  await putIn(school, 'cars/2', [city], later);
});

it('a terminal that was in no car is not taken from an agent that serves others', async () => {
  await putIn(hospital, 'cars/2');
  await expect(putIn(school, 'cars/9', [school])).rejects.toMatchObject(refused);
  await putIn(school, 'cars/9', [school, hospital]);
  await test.registry.points.register(electricPoint('gate/1', { building: null, validFrom: since }), by);
  await expect(putIn(school, 'gate/2', [school])).rejects.toMatchObject(refused);
  await test.registry.agents.create('fresh', 'a password');
  await expect(putIn(school, 'fresh/1', [school])).rejects.toMatchObject(refused);
});

it('who covers all that an agent serves goes on with it', async () => {
  await putIn(school, 'own/1');
  await putIn(school, 'own/2', [school]);
  await putIn(school, 'unheard/1', [school]);
});
