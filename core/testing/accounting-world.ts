// A small world for tests of accounts: real registry, real DuckDB, accounting over both. A city with two bureaus that have
// a house each and share one, and twenty beside it that have nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounting } from '../../api/accounting/accounting.ts';
import type { RollupRow } from '../domain/energy/rollup.ts';
import { dayMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { Registry } from '../registry/registry.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { TelemetryStore } from '../store/port.ts';
import { duckDbAt } from './open-duckdb.ts';
import { by, midnight, testCalendar, testRegistry } from './test-registry.ts';

export interface AccountingWorld {
  readonly registry: Registry;
  readonly store: TelemetryStore;
  readonly clock: { at: number; now(): number };
  readonly accounting: Accounting;
  readonly ids: Readonly<
    Record<'city' | 'east' | 'west' | 'eastHouse' | 'westHouse' | 'sharedHouse', string>
  >;
  /** One more over the same registry and store, that knows nothing yet. */
  another(): Accounting;
  /** Days of consumption from a date on, and the months that they make, as the rollup worker would write and note them. */
  putDays(
    point: PointKey,
    date: string,
    perDay: readonly (number | null)[],
    quantity?: Quantity,
  ): Promise<void>;
  end(): Promise<void>;
}

export const points = {
  /** East's house. */
  east: 'g/east',
  /** A part of it: public charging piles. */
  piles: 'g/piles',
  west: 'g/west',
  /** The house of both: 0.75 east, 0.25 west. */
  shared: 'g/shared',
  water: 'g/water',
} as const satisfies Record<string, PointKey>;

export async function accountingWorld(place?: { store: TelemetryStore }): Promise<AccountingWorld> {
  const { registry, clock, end } = await testRegistry();
  clock.at = midnight('2025-03-01');
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-accounts-'));
  const store = place?.store ?? duckDbAt(join(folder, 'telemetry.duckdb'));
  await store.start();
  const another = () =>
    new Accounting({
      store,
      registry,
      calendar: testCalendar,
      clock,
      log: silentLogger,
      metrics: new Metrics(),
      everyMs: 20,
    });
  const accounting = another();
  const ids = await populate(registry);

  return {
    registry,
    store,
    clock,
    accounting,
    ids,
    another,

    async putDays(point, date, perDay, quantity = 'electricity') {
      const series = store.series(point, quantity);
      const start = midnight(date);
      const rows = perDay.map(
        (value, index): RollupRow => ({
          ts: start + index * dayMs,
          value,
          min: null,
          max: null,
          measuredMs: value === null ? 0 : dayMs,
          estimatedMs: 0,
        }),
      );
      const end = start + rows.length * dayMs;
      const [from, to] = [testCalendar.floor(start, 'month'), testCalendar.ceil(end, 'month')];
      const [standing = []] = await store.rollupWindows('day', [{ series, from, to }]);
      const days = [...standing.filter(({ ts }) => ts < start || ts >= end), ...rows].sort(
        (a, b) => a.ts - b.ts,
      );
      const months = testCalendar.starts(from, to, 'month').flatMap((ts) => {
        const inside = days.filter((day) => testCalendar.floor(day.ts, 'month') === ts);
        const known = inside.flatMap(({ value }) => value ?? []);
        const value = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
        return inside.length === 0
          ? []
          : [{ ts, value, min: null, max: null, measuredMs: known.length * dayMs, estimatedMs: 0 }];
      });
      const nothing = { from: 0, to: 0, rows: [] };
      const windows = { hour: nothing, day: { from, to, rows: days }, month: { from, to, rows: months } };
      await store.replaceRollups([{ series, windows, exclusionWindow: nothing }]);
      await registry.rollupChanges.note([{ point, quantity, from, to }]);
    },

    async end() {
      await accounting.stop();
      await store.stop();
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function populate(registry: Registry): Promise<AccountingWorld['ids']> {
  const validFrom = midnight('2023-01-01');
  const institution = async (name: string, parent: string | null) =>
    (await registry.institutions.create({ name, parent, validFrom }, by)).id;
  const building = async (name: string, of: string | null) =>
    (await registry.buildings.create({ name, institution: of, validFrom }, by)).id;
  const city = await institution('City', null);
  const east = await institution('East', city);
  const west = await institution('West', city);
  const eastHouse = await building('East house', east);
  const westHouse = await building('West house', west);
  const sharedHouse = await building('Shared house', null);
  const shares = [
    { institution: east, share: 0.75 },
    { institution: west, share: 0.25 },
  ];
  await registry.facts.record(
    [
      { entity: sharedHouse, attribute: 'shares', validFrom, value: shares },
      { entity: east, attribute: 'energyUsers', validFrom, value: { staff: 100 } },
      { entity: west, attribute: 'energyUsers', validFrom, value: { staff: 50 } },
      { entity: east, attribute: 'floorArea', validFrom, value: { builtM2: 4_000 } },
      { entity: west, attribute: 'floorArea', validFrom, value: { builtM2: 1_000 } },
    ],
    by,
  );
  const electric = { quantities: ['electricity'] as const, validFrom };
  await registry.points.registerAll(
    [
      { ...electric, key: points.east, name: 'East', building: eastHouse },
      {
        ...electric,
        key: points.piles,
        name: 'Piles',
        building: eastHouse,
        role: 'sub-meter',
        parent: points.east,
        use: 'charging-public',
      },
      { ...electric, key: points.west, name: 'West', building: westHouse },
      { ...electric, key: points.shared, name: 'Shared', building: sharedHouse },
      { key: points.water, name: 'Water', quantities: ['water'], validFrom, building: eastHouse },
    ],
    by,
  );
  await addOthers(registry);
  return { city, east, west, eastHouse, westHouse, sharedHouse };
}

/** So many that a change of a few is made in part: a book of which much has changed is made as a whole. */
async function addOthers(registry: Registry): Promise<void> {
  const others = Array.from({ length: 20 }, (_, index) => ({
    id: registry.facts.newId(),
    name: `Other ${index}`,
  }));
  const validFrom = midnight('2023-01-01');
  await registry.facts.record(
    others.map(({ id, name }) => ({ entity: id, attribute: 'name', validFrom, value: name })),
    by,
    others.map(({ id }) => ({ id, kind: 'institution' as const })),
  );
}
