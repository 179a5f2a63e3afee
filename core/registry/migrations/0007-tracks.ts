// Version 7: what tracks were found to be, by terminal.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('track_segments')
    .addColumn('terminal', 'text', (c) => c.notNull())
    .addColumn('start_ts', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('end_ts', 'bigint', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('track_segments_place', ['terminal', 'start_ts', 'kind'])
    .execute();
  await schema
    .createTable('track_findings')
    .addColumn('terminal', 'text', (c) => c.notNull())
    .addColumn('start_ts', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    // Area, fence, seal or orders: two of a kind may begin at the same time.
    .addColumn('about', 'text', (c) => c.notNull())
    .addColumn('end_ts', 'bigint', (c) => c.notNull())
    .addColumn('vehicle', 'text')
    .addColumn('noted', 'integer', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('track_findings_place', ['terminal', 'start_ts', 'kind', 'about'])
    .execute();
  await schema.createIndex('track_findings_time').on('track_findings').columns(['start_ts']).execute();
}
