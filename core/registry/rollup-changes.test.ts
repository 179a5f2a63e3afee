// Notes of what the rollup worker replaced, on a real file.

import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { RolledUp } from './registry.ts';
import { createRollupChanges } from './rollup-changes.ts';
import type { Tables } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

let world: TestRegistry;
beforeEach(async () => {
  world = await testRegistry();
});
afterEach(() => world.end());

function months(point: string, count = 1): RolledUp[] {
  return Array.from({ length: count }, (_, index) => ({
    point: `a/${point}${index === 0 ? '' : index}`,
    quantity: 'electricity',
    from: midnight('2024-01-01'),
    to: midnight('2024-03-01'),
  }));
}

describe('notes of replaced rollups', () => {
  it('come back in order, to another process too, and only those after the one that is known', async () => {
    const { rollupChanges } = world.registry;
    expect(await rollupChanges.newest()).toBe(0);
    expect(await rollupChanges.since(0)).toEqual({ seq: 0, resync: false, changes: [] });
    await rollupChanges.note(months('one'));
    await rollupChanges.note([]);
    const { rollupChanges: there } = await world.another();
    const first = await there.since(0);
    expect(first).toEqual({ seq: await there.newest(), resync: false, changes: months('one') });
    await rollupChanges.note(months('two', 2));
    await rollupChanges.note(months('three'));
    const second = await there.since(first.seq);
    expect(second.changes).toEqual([...months('two', 2), ...months('three')]);
    expect(await there.since(second.seq)).toEqual({ seq: second.seq, resync: false, changes: [] });
  });

  it('are forgotten beyond their number, and whoever missed one is told', async () => {
    const db = new Kysely<Tables>({ dialect: sqliteDialect({ path: world.path, busyTimeoutMs: 1_000 }) });
    try {
      const few = createRollupChanges({ db }, { notes: 3, series: 10, lookEvery: 1 });
      for (let note = 0; note < 5; note++) await few.note(months(`n${note}`));
      const newest = await few.newest();
      expect(await few.since(newest - 3)).toMatchObject({ resync: false, changes: { length: 3 } });
      expect(await few.since(newest - 4)).toEqual({ seq: newest, resync: true, changes: [] });
      await few.note(months('many', 8));
      expect(await few.since(newest - 1)).toMatchObject({ resync: false, changes: { length: 9 } });
      await few.note(months('more', 30));
      expect(await few.since(newest)).toMatchObject({ resync: true });
      expect(await few.since(newest + 1)).toMatchObject({ resync: false, changes: { length: 30 } });
    } finally {
      await db.destroy();
    }
  });

  it('that are older than what is known mean a registry from a backup', async () => {
    await world.registry.rollupChanges.note(months('one'));
    expect(await world.registry.rollupChanges.since(70)).toMatchObject({ resync: true });
  });
});
