// What the rollup worker has replaced, as notes in order, for whoever keeps sums of rollups.
import type { Kysely } from 'kysely';
import { withSequence } from '../sqlite-dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await withSequence(db.schema.createTable('rollup_changes'), 'seq')
    .addColumn('changes', 'text', (column) => column.notNull())
    .addColumn('series', 'integer', (column) => column.notNull())
    .execute();
}
