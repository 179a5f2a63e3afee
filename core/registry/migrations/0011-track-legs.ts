// Version 11: what accounts ask of trips, stops and gaps, a week to a row; made here of those that there are.
import type { Kysely } from 'kysely';
import { chunks, type Db } from '../schema.ts';
import { packedByWeek } from '../track-legs.ts';
import { readSegment } from '../tracks.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('track_legs')
    .addColumn('terminal', 'text', (c) => c.notNull())
    .addColumn('week', 'bigint', (c) => c.notNull())
    .addColumn('end_ts', 'bigint', (c) => c.notNull())
    .addColumn('legs', 'blob', (c) => c.notNull())
    .addPrimaryKeyConstraint('track_legs_place', ['terminal', 'week'])
    .execute();
  const registry = db as unknown as Db;
  const terminals = await registry.selectFrom('track_segments').select('terminal').distinct().execute();
  for (const { terminal } of terminals) {
    const rows = await registry
      .selectFrom('track_segments')
      .select('value')
      .where('terminal', '=', terminal)
      .orderBy('start_ts')
      .execute();
    const weeks = packedByWeek(
      terminal,
      rows.map(({ value }) => readSegment(value)),
    );
    for (const part of chunks(weeks, 100)) await registry.insertInto('track_legs').values(part).execute();
  }
}
