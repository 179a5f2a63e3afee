// Version 1: identities, facts, corrections, marks, agents, principals, leases, refusals, alarms.
import { type Kysely, sql } from 'kysely';
import { withSequence } from '../sqlite-dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('entities')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('agent', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.createIndex('entities_kind').on('entities').columns(['kind', 'id']).execute();
  await schema.createIndex('entities_agent').on('entities').columns(['agent', 'id']).execute();

  await schema
    .createTable('facts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('entity', 'text', (c) => c.notNull().references('entities.id'))
    .addColumn('attribute', 'text', (c) => c.notNull())
    .addColumn('valid_from', 'bigint', (c) => c.notNull())
    .addColumn('valid_to', 'bigint')
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('ref', 'text', (c) => c.references('entities.id'))
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .addColumn('remains_of', 'text')
    .execute();
  await schema
    .createIndex('facts_current')
    .unique()
    .on('facts')
    .columns(['entity', 'attribute', 'valid_from'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();
  await schema
    .createIndex('facts_ref')
    .on('facts')
    .columns(['ref', 'attribute'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();
  await schema
    .createIndex('facts_history')
    .on('facts')
    .columns(['entity', 'attribute', 'recorded_at'])
    .execute();

  await schema
    .createTable('corrections')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('point', 'text', (c) => c.notNull().references('entities.id'))
    .addColumn('quantity', 'text', (c) => c.notNull())
    .addColumn('ts', 'bigint', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('value', 'double precision')
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .execute();
  await schema
    .createIndex('corrections_current')
    .unique()
    .on('corrections')
    .columns(['point', 'quantity', 'ts'])
    .where(sql.ref('superseded_at'), 'is', null)
    .execute();

  await withSequence(schema.createTable('dirty_marks'), 'version')
    .addColumn('point', 'text', (c) => c.notNull())
    .addColumn('quantity', 'text', (c) => c.notNull())
    .addColumn('from_ts', 'bigint', (c) => c.notNull())
    .addColumn('to_ts', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('dirty_marks_series')
    .on('dirty_marks')
    .columns(['point', 'quantity', 'version'])
    .execute();

  await schema
    .createTable('agents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('disabled_at', 'bigint')
    .execute();
  await schema
    .createTable('agent_status')
    .addColumn('agent', 'text', (c) => c.primaryKey())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('principals')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute();
  await schema
    .createTable('principal_keys')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('principal', 'text', (c) => c.notNull().references('principals.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('principal_grants')
    .addColumn('principal', 'text', (c) => c.notNull().references('principals.id'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('institution', 'text', (c) => c.references('entities.id'))
    .execute();
  await schema.createIndex('principal_grants_principal').on('principal_grants').column('principal').execute();

  await schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('fence', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();

  await withSequence(schema.createTable('rejects'), 'seq')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('agent', 'text', (c) => c.notNull())
    .addColumn('batch', 'text', (c) => c.notNull())
    .addColumn('list', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('row', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('rejects_agent').on('rejects').columns(['agent', 'seq']).execute();

  await withSequence(schema.createTable('alarms'), 'seq')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addColumn('cleared_at', 'bigint')
    .execute();
  await schema
    .createIndex('alarms_open')
    .unique()
    .on('alarms')
    .columns(['kind', 'subject'])
    .where(sql.ref('cleared_at'), 'is', null)
    .execute();
}
