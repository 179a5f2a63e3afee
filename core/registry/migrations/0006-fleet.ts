// Version 6: records of the fleet, and the audit log of positions.
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly } from '../sqlite-dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('fleet_records')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('vehicle', 'text', (c) => c.references('entities.id'))
    .addColumn('institution', 'text', (c) => c.references('entities.id'))
    .addColumn('from_ts', 'bigint', (c) => c.notNull())
    .addColumn('to_ts', 'bigint', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .addColumn('withdrawn_by', 'text')
    .addColumn('withdrawn_reason', 'text')
    .execute();
  await schema
    .createIndex('fleet_records_current')
    .unique()
    .on('fleet_records')
    .columns(['kind', 'key'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();
  await schema
    .createIndex('fleet_records_vehicle')
    .on('fleet_records')
    .columns(['kind', 'vehicle', 'from_ts'])
    .execute();
  await schema
    .createIndex('fleet_records_institution')
    .on('fleet_records')
    .columns(['kind', 'institution', 'from_ts'])
    .execute();
  await schema
    .createIndex('fleet_records_time')
    .on('fleet_records')
    .columns(['kind', 'from_ts', 'id'])
    .execute();

  await schema
    .createTable('audit')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('principal', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('vehicles', 'text', (c) => c.notNull())
    .addColumn('institutions', 'text', (c) => c.notNull())
    .addColumn('from_ts', 'bigint', (c) => c.notNull())
    .addColumn('to_ts', 'bigint', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .execute();
  await makeAppendOnly(db, 'audit');
  await schema.createIndex('audit_time').on('audit').columns(['at']).execute();

  await schema
    .createTable('fleet_revision')
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
  await (db as Kysely<{ fleet_revision: { value: number } }>)
    .insertInto('fleet_revision')
    .values({ value: 1 })
    .execute();
}
