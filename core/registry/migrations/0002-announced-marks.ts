// Version 2: marks that are announced before the rows they are for can be seen, and what a mark is about.
import type { Kysely } from 'kysely';
import { withSequence } from '../sqlite-dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .alterTable('dirty_marks')
    .addColumn('facts', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await withSequence(schema.createTable('announced_marks'), 'id')
    .addColumn('marks', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
