import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describedAtMs } from '../../core/domain/board-series.ts';
import { type BoardWorld, boardWorld, type Row } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, midnight } from '../../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);
const validFrom = midnight('2024-01-01');

const hostile = [
  '"',
  "'",
  '\\',
  'a\\',
  '\\"; DROP MEASUREMENT "institutions"',
  'line one\nline two',
  'a\ninstitutions,institution=x active=9 1',
  'a|b|c',
  '🏫 “一号楼”',
  'a, b=c d',
  '\r\n\ttabbed',
  '$institution %27%',
];

describe.skipIf(influxd === undefined)('descriptions as series', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  const institution = async (name: string, parent: string | null = null) =>
    (await world.registry.institutions.create({ name, parent, validFrom }, by)).id;
  /** By name: ids made within a millisecond are in no order. */
  const pick = (rows: readonly Row[], ...names: string[]) =>
    rows
      .toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))
      .map((row) => names.map((name) => row[name]));
  async function described(): Promise<void> {
    expect(await world.jobs.run('describe')).toBe('success');
  }

  it('says what belongs to what, one row each', async () => {
    world = await boardWorld(server);
    const city = await institution('City');
    const school = await institution('School', city);
    const { id: main } = await world.registry.buildings.create(
      { name: 'Main', institution: school, validFrom },
      by,
    );
    const { id: lone } = await world.registry.buildings.create(
      { name: 'Lone', institution: null, validFrom },
      by,
    );
    await world.registry.points.registerAll(
      [
        electricPoint('a/p', { building: main, quantities: ['power', 'water'], name: 'P' }),
        electricPoint('a/q', { role: 'sub-meter', quantities: ['temperature_indoor'], name: 'Q' }),
      ],
      by,
    );
    await world.registry.facts.record(
      [{ entity: school, attribute: 'sector', validFrom, value: '教育' }],
      by,
    );
    await described();
    await described();
    const institutions = await world.rows('institutions');
    expect(
      pick(institutions, 'time', 'institution', 'name', 'label', 'parent', 'path', 'sector', 'active'),
    ).toEqual([
      [describedAtMs, city, 'City', `000000|City|${city}`, '', `${city}/`, '', 1],
      [describedAtMs, school, 'School', `000001|School|${school}`, city, `${city}/${school}/`, '教育', 1],
    ]);
    const buildings = await world.rows('buildings');
    expect(pick(buildings, 'building', 'name', 'label', 'institution', 'path', 'active')).toEqual([
      [lone, 'Lone', `Lone|${lone}`, '', '', 1],
      [main, 'Main', `Main|${main}`, school, `${city}/${school}/`, 1],
    ]);
    const points = await world.rows('points');
    expect(
      pick(points, 'point', 'name', 'label', 'building', 'institution', 'path', 'carrier', 'role', 'active'),
    ).toEqual([
      ['a/p', 'P', 'P|a/p', main, school, `${city}/${school}/`, 'water', 'billing', 1],
      ['a/q', 'Q', 'Q|a/q', '', '', '', '', 'sub-meter', 1],
    ]);
  });

  it('answers labels of institutions in the order of the tree, whatever they are called', async () => {
    world = await boardWorld(server);
    const stray = await institution('A stray one');
    const city = await institution('Z city');
    const bureau = await institution('Y bureau', city);
    const other = await institution('B bureau', city);
    const school = await institution('A school', bureau);
    await described();
    const rows = await world.rows('institutions');
    const shown = async () => {
      const labels = await world.labels('institutions');
      return labels.map((label) => label.split('|').at(-1));
    };
    expect(rows.map((row) => row['name']).toSorted()[0]).not.toBe('Z city');
    expect(await shown()).toEqual([city, other, bureau, school, stray]);
    // Names that change move nobody twice into the list.
    await world.registry.facts.record(
      [{ entity: other, attribute: 'name', validFrom: midnight('2024-02-01'), value: 'Z bureau' }],
      by,
    );
    await described();
    expect(await shown()).toEqual([city, bureau, school, other, stray]);
  });

  it('has one row with the new name of what was renamed, and says of what is no more that it is not', async () => {
    world = await boardWorld(server);
    const city = await institution('City');
    const later = midnight('2024-07-01');
    const { id: young } = await world.registry.institutions.create(
      { name: 'Young', parent: null, validFrom: later },
      by,
    );
    await world.registry.points.register(electricPoint('a/p', { name: 'P', validFrom: later }), by);
    await described();
    await world.registry.facts.record(
      [{ entity: city, attribute: 'name', validFrom: midnight('2024-05-01'), value: 'New city' }],
      by,
    );
    // A registry that does not have them, as after a restore.
    world.clock.at = midnight('2024-06-01');
    await described();
    expect(pick(await world.rows('institutions'), 'institution', 'name', 'active')).toEqual([
      [city, 'New city', 1],
      [young, 'Young', 0],
    ]);
    expect(pick(await world.rows('points'), 'point', 'active')).toEqual([['a/p', 0]]);
  });

  it('has names of any text as themselves', async () => {
    world = await boardWorld(server);
    const sampled = fc.sample(
      fc.oneof(
        fc.string({
          unit: fc.constantFrom('"', "'", '\\', ',', '=', ' ', '|', '\n', 'a', '\t'),
          minLength: 1,
        }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
      ),
      { numRuns: 60, seed: 8 },
    );
    // The registry trims names, and takes none that is empty.
    const names = [...hostile, ...sampled].map((name) => name.trim()).filter((name) => name !== '');
    const wanted = new Map<string, string>();
    for (const name of names) wanted.set(await institution(name), name);
    await described();
    const rows = await world.rows('institutions');
    expect(new Map(rows.map((row) => [row['institution'], row['name']]))).toEqual(wanted);
    for (const row of rows) {
      // As Grafana's variables take it apart.
      const [, text, value] = /^\d+\|([\s\S]*)\|([^|]*)/.exec(String(row['label'])) ?? [];
      expect([text, value]).toEqual([row['name'], row['institution']]);
    }
  });

  it('of an installation without anything is nothing, and fails nothing', async () => {
    world = await boardWorld(server);
    for (const name of ['describe', 'states', 'changes'])
      expect([name, await world.jobs.run(name)]).toEqual([name, 'success']);
    for (const name of ['consumption', 'periods', 'nights', 'history', 'night-history'])
      expect([name, await world.jobs.run(name)]).toEqual([name, 'waiting']);
    expect(await world.rows('institutions')).toEqual([]);
    expect(await world.rows('consumption')).toEqual([]);
  });
});
