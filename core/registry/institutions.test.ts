import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const jun = midnight('2024-06-01');

describe('institutions and buildings', () => {
  it('are there from their date on, as they were at the date asked about', async () => {
    const { institutions, buildings, facts } = test.registry;
    const city = await institutions.create({ name: 'City', parent: null, validFrom: jan }, by);
    const school = await institutions.create({ name: 'School', parent: city.id, validFrom: jun }, by);
    const library = await buildings.create({ name: 'Library', institution: city.id, validFrom: jan }, by);
    await facts.record(
      [{ entity: library.id, attribute: 'institution', validFrom: jun, value: school.id }],
      by,
    );

    expect(city.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(await institutions.list(jan)).toEqual([city]);
    expect((await institutions.list(jun)).map(({ name }) => name).sort()).toEqual(['City', 'School']);
    expect(await institutions.get(school.id, jan)).toBeUndefined();
    expect(await institutions.get(school.id, jun)).toEqual(school);
    expect(await buildings.get(library.id, jan)).toEqual(library);
    expect(await buildings.list(jun)).toEqual([{ ...library, institution: school.id }]);
    expect(await buildings.get(city.id, jan)).toBeUndefined();
    expect(await institutions.get(library.id, jan)).toBeUndefined();
  });

  it('leave nothing behind when they are refused', async () => {
    const { institutions, buildings } = test.registry;
    await expect(
      institutions.create({ name: 'School', parent: 'nobody', validFrom: jan }, by),
    ).rejects.toMatchObject({ code: 'registry.not-found' });
    await expect(
      buildings.create({ name: 'x', institution: null, validFrom: jan + 1 }, by),
    ).rejects.toMatchObject({ code: 'registry.invalid' });
    expect(await institutions.list(jun)).toEqual([]);
    expect(await buildings.list(jun)).toEqual([]);
  });

  it('have a subtree that follows the dates, and none where there is no institution', async () => {
    const { institutions, facts } = test.registry;
    const city = await institutions.create({ name: 'City', parent: null, validFrom: jan }, by);
    const office = await institutions.create({ name: 'Office', parent: city.id, validFrom: jan }, by);
    const school = await institutions.create({ name: 'School', parent: office.id, validFrom: jan }, by);
    await facts.record([{ entity: office.id, attribute: 'parent', validFrom: jun, value: null }], by);
    expect(new Set(await institutions.subtree(city.id, jan))).toEqual(
      new Set([city.id, office.id, school.id]),
    );
    expect(await institutions.subtree(city.id, jun)).toEqual([city.id]);
    expect(new Set(await institutions.subtree(office.id, jun))).toEqual(new Set([office.id, school.id]));
    expect(await institutions.subtree('nobody', jun)).toEqual([]);
  });
});
