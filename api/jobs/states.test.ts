import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, neverSentMs } from '../../core/domain/board-series.ts';
import type { AgentStatus } from '../../core/domain/telemetry.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import { type BoardWorld, boardWorld, type Row } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, midnight } from '../../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);
const now = midnight('2024-03-10') + 10 * hourMs + 20 * 60_000;
const validFrom = midnight('2024-01-01');

describe.skipIf(influxd === undefined)('states as series', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  async function open(): Promise<void> {
    world = await boardWorld(server);
    world.clock.at = now;
  }
  async function reading(point: PointKey, quantity: Quantity, ts: number): Promise<void> {
    const series = world.store.series(point, quantity);
    await world.store.write({ series: [series], ts: [ts], value: [1], length: 1 }, [], []);
  }
  async function states(): Promise<ReadonlyMap<unknown, Row>> {
    expect(await world.jobs.run('states')).toBe('success');
    const rows = await world.rows('point_states', `time = ${world.clock.at}ms`);
    return new Map(rows.map((row) => [row['point'], row]));
  }
  /** Consumption of every hour from `days` ago until the hour that runs. */
  async function used(point: PointKey, days: number, value: number, quantity: Quantity = 'electricity') {
    const to = Math.floor(now / hourMs) * hourMs;
    const from = to - days * dayMs;
    const hours = Array.from({ length: (to - from) / hourMs }, (_, index) => ({
      ts: from + index * hourMs,
      value,
    }));
    await world.putHours(point, quantity, hours);
  }

  it('says since when a meter is silent: three of its intervals, and an hour at least', async () => {
    await open();
    await world.registry.points.registerAll(
      [
        electricPoint('a/quick', { expectedIntervalMs: 60_000 }),
        electricPoint('a/daily', { expectedIntervalMs: dayMs }),
        electricPoint('a/gone', { expectedIntervalMs: 60_000, quantities: ['electricity', 'power'] }),
        electricPoint('a/back', { expectedIntervalMs: 60_000, quantities: ['electricity', 'power'] }),
        electricPoint('a/never'),
      ],
      by,
    );
    await reading('a/quick', 'electricity', now - hourMs);
    await reading('a/daily', 'electricity', now - 3 * dayMs);
    await reading('a/gone', 'power', now - hourMs - 1);
    await reading('a/back', 'electricity', now - 9 * dayMs);
    await reading('a/back', 'power', now - 1);
    const found = await states();
    const shown = [...found].map(([point, row]) => [point, row['silent'], row['silent_ms']]);
    expect(shown.sort()).toEqual([
      ['a/back', 0, 1],
      ['a/daily', 0, 3 * dayMs],
      ['a/gone', 1, hourMs + 1],
      // No time is known: longer than any that is.
      ['a/never', 1, neverSentMs],
      ['a/quick', 0, hourMs],
    ]);
    const [pipeline] = await world.rows('pipeline');
    expect([pipeline?.['points'], pipeline?.['points_silent']]).toEqual([5, 2]);
  });

  it('says which stand still for a day while others of their kind do not, and how much is measured', async () => {
    await open();
    await world.registry.points.registerAll(
      ['still', 'moving', 'new'].map((name) => electricPoint(`a/${name}`)),
      by,
    );
    await world.registry.points.register(electricPoint('a/gas', { quantities: ['gas'] }), by);
    await used('a/still', 20, 0);
    await used('a/moving', 20, 2);
    await used('a/new', 0.5, 0);
    await used('a/gas', 20, 0, 'gas');
    for (const point of ['still', 'moving', 'new'] as const)
      await reading(`a/${point}`, 'electricity', now - 1);
    await reading('a/gas', 'gas', now - 1);
    const found = await states();
    const stuck = [...found].map(([point, row]) => [point, row['stuck']]).sort();
    // Nobody burns gas: then a meter that stands still is none that is stuck.
    expect(stuck).toEqual([
      ['a/gas', 0],
      ['a/moving', 0],
      ['a/new', 0],
      ['a/still', 1],
    ]);
    const span = now - midnight('2024-03-04');
    expect(found.get('a/moving')?.['coverage']).toBeCloseTo((span - 20 * 60_000) / span, 9);
    expect(found.get('a/new')?.['coverage']).toBeCloseTo((12 * hourMs) / span, 9);
  });

  it('counts the exclusions of the last day and names its agent', async () => {
    await open();
    const { id: city } = await world.registry.institutions.create(
      { name: 'City', parent: null, validFrom },
      by,
    );
    const { id: main } = await world.registry.buildings.create(
      { name: 'Main', institution: city, validFrom },
      by,
    );
    await world.registry.points.register(electricPoint('gw-1/p', { name: 'P', building: main }), by);
    await reading('gw-1/p', 'electricity', now - 1);
    const series = world.store.series('gw-1/p', 'electricity');
    const excluded = [now - 2 * dayMs, now - hourMs, now - 60_000].map((ts) => ({
      ...{ ts, until: ts, code: 'dip' as const, value: 0, withheld: 0 },
    }));
    const nothing = { from: 0, to: 0, rows: [] };
    await world.store.replaceRollups([
      {
        series,
        windows: { hour: nothing, day: nothing, month: nothing },
        exclusionWindow: { from: 0, to: now, rows: excluded },
      },
    ]);
    expect((await states()).get('gw-1/p')).toMatchObject({
      excluded: 2,
      name: 'P',
      building: main,
      building_name: 'Main',
      institution: city,
      institution_name: 'City',
      path: `${city}/`,
      // It sends: nobody is to be asked.
      contact: '',
      agent: 'gw-1',
    });
  });

  it('names whom to ask about a silent meter: the contact of today, and else nobody', async () => {
    await open();
    const wang = { name: '王师傅', phone: '0724-0000' };
    await world.registry.points.registerAll(
      [
        electricPoint('gw-1/named', { contact: wang }),
        electricPoint('gw-1/no-telephone', { contact: { name: '李工' } }),
        electricPoint('gw-2/unnamed'),
        electricPoint('gw-2/former', { contact: wang, validFrom }),
      ],
      by,
    );
    await world.registry.facts.record(
      [{ entity: 'gw-2/former', attribute: 'contact', validFrom: midnight('2024-03-01'), value: null }],
      by,
    );
    const found = await states();
    expect([...found].map(([point, row]) => [point, row['contact'], row['agent']]).sort()).toEqual([
      ['gw-1/named', '王师傅 0724-0000', 'gw-1'],
      ['gw-1/no-telephone', '李工', 'gw-1'],
      ['gw-2/former', '', 'gw-2'],
      ['gw-2/unnamed', '', 'gw-2'],
    ]);
  });

  it('counts the meters of each institution with all below it, and all of them', async () => {
    await open();
    const institution = async (name: string, parent: string | null) =>
      (await world.registry.institutions.create({ name, parent, validFrom }, by)).id;
    const building = async (owner: string) =>
      (await world.registry.buildings.create({ name: 'B', institution: owner, validFrom }, by)).id;
    const city = await institution('City', null);
    const school = await institution('School', city);
    const empty = await institution('Empty', city);
    const [ofCity, ofSchool] = [await building(city), await building(school)];
    await world.registry.points.registerAll(
      [
        electricPoint('a/city', { building: ofCity }),
        electricPoint('a/school', { building: ofSchool }),
        electricPoint('a/school-silent', { building: ofSchool }),
        electricPoint('a/nowhere'),
      ],
      by,
    );
    for (const point of ['a/city', 'a/school'] as const) await reading(point, 'electricity', now - 1);
    await used('a/school', 20, 1);
    const coverage = Number((await states()).get('a/school')?.['coverage']);
    expect(coverage).toBeGreaterThan(0.9);
    const rows = await world.rows('institution_states');
    const counted = new Map(
      rows.map((row) => [row['institution'], [row['points'], row['points_silent'], row['coverage']]]),
    );
    expect(counted).toEqual(
      new Map([
        [everywhere, [4, 2, coverage / 4]],
        [city, [3, 1, coverage / 3]],
        [school, [2, 1, coverage / 2]],
        [empty, [0, 0, null]],
      ]),
    );
  });

  it('shows agents as they reported, and what the pipeline has before it', async () => {
    await open();
    const { agents, alarms, rejects, marks } = world.registry;
    for (const agent of ['gw-1', 'gw-2', 'gw-3']) await agents.create(agent, 'a password');
    await agents.disable('gw-3');
    const status: AgentStatus = {
      state: 'online',
      at: now,
      version: '1',
      outbox: {
        rows: 7,
        batches: 1,
        bytes: 900,
        limitBytes: 1e6,
        oldestTs: now - 30_000,
        nearFull: false,
        refusedRows: 0,
      },
      quarantinedBatches: 2,
      sources: ['a', 'b'].map((name) => ({
        ...{
          name,
          protocol: 'modbus-tcp',
          state: 'degraded' as const,
          devices: 3,
          devicesSilent: 1,
          lastReadAt: now,
        },
        fault: name === 'b' ? 'meter 3 of 10.0.0.7 does not answer "in time"' : null,
      })),
    };
    await agents.putStatus('gw-1', status, now - 10_000);
    await alarms.raise('outbox-disk', 'gw-1', 'full', now);
    const rejection = { id: 'b', list: 'readings', index: 0, code: 'row.value', message: 'm' } as const;
    await rejects.add([{ agent: 'gw-1', rejection, row: '[]' }], now - 2 * hourMs);
    await rejects.add([{ agent: 'gw-1', rejection, row: '[]' }], now - 1);
    await marks.add([{ point: 'gw-1/p', quantity: 'electricity', from: 0, to: 1 }]);
    world.clock.at = now + 5_000;
    await states();
    const rows = await world.rows('agent_states');
    expect(rows.map((row) => [row['agent'], row['online']])).toEqual([
      ['gw-1', 1],
      ['gw-2', 0],
    ]);
    expect(rows[0]).toMatchObject({
      lag_s: 20,
      outbox_rows: 7,
      outbox_bytes: 900,
      quarantined: 2,
      devices: 6,
      devices_silent: 2,
      fault: 'meter 3 of 10.0.0.7 does not answer "in time"',
    });
    expect((await world.rows('pipeline'))[0]).toMatchObject({
      rollup_lag_s: 5,
      series_behind: 1,
      rejects_last_hour: 1,
      alarms_open: 1,
      agents_online: 1,
      agents: 2,
      points: 0,
    });
  });
});
