// Version 3: which announced marks are confirmed. They stay together as they were announced until they are asked for: a row
// for each series in every write would cost more than the write.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('confirmed_marks')
    .addColumn('id', 'bigint', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
