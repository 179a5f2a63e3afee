// Version 4: bills, reports, definitions, snapshots, and the revision of what accounts are computed from.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createIndex('facts_attribute')
    .on('facts')
    .columns(['attribute', 'entity', 'valid_from'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();

  await schema
    .createTable('bills')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account', 'text', (c) => c.notNull().references('entities.id'))
    .addColumn('document', 'text', (c) => c.notNull())
    .addColumn('from_ts', 'bigint', (c) => c.notNull())
    .addColumn('to_ts', 'bigint', (c) => c.notNull())
    .addColumn('quantity', 'double precision')
    .addColumn('amount_cny', 'double precision')
    .addColumn('supplement', 'integer', (c) => c.notNull())
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .addColumn('withdrawn_by', 'text')
    .addColumn('withdrawn_reason', 'text')
    .execute();
  await schema
    .createIndex('bills_current')
    .unique()
    .on('bills')
    .columns(['account', 'document'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();
  await schema.createIndex('bills_account').on('bills').columns(['account', 'from_ts']).execute();
  await schema
    .createIndex('bills_time')
    .on('bills')
    .columns(['from_ts', 'to_ts'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();

  await schema
    .createTable('reports')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('institution', 'text', (c) => c.notNull().references('entities.id'))
    .addColumn('commodity', 'text', (c) => c.notNull())
    .addColumn('use', 'text', (c) => c.notNull())
    .addColumn('from_ts', 'bigint', (c) => c.notNull())
    .addColumn('to_ts', 'bigint', (c) => c.notNull())
    .addColumn('quantity', 'double precision', (c) => c.notNull())
    .addColumn('amount_cny', 'double precision')
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .addColumn('withdrawn_by', 'text')
    .addColumn('withdrawn_reason', 'text')
    .execute();
  await schema
    .createIndex('reports_current')
    .unique()
    .on('reports')
    .columns(['institution', 'commodity', 'use', 'from_ts'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();
  await schema.createIndex('reports_institution').on('reports').columns(['institution', 'from_ts']).execute();
  await schema
    .createIndex('reports_time')
    .on('reports')
    .columns(['from_ts', 'to_ts'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();

  await schema
    .createTable('definitions')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('definitions_version', ['kind', 'id', 'version'])
    .execute();

  await schema
    .createTable('snapshots')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('institution', 'text', (c) => c.notNull().references('entities.id'))
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('taken_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('snapshots_institution')
    .on('snapshots')
    .columns(['institution', 'taken_at'])
    .execute();

  await schema
    .createTable('revision')
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
  await (db as Kysely<{ revision: { value: number } }>).insertInto('revision').values({ value: 1 }).execute();
}
