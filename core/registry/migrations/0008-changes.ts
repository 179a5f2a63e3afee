// Version 8: what was recorded, by time, for the list of changes.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  // Entries left over from one that the same call brought and cut again named it, though it was never stored: they name what it
  // was left of itself, or are entries of their own.
  await sql`update facts set remains_of = (
      select gone.id from facts as gone where gone.entity = facts.entity and gone.attribute = facts.attribute
      and gone.superseded_at = facts.recorded_at and gone.id <> facts.id and gone.value = facts.value
      and gone.author = facts.author and gone.reason = facts.reason and gone.valid_from <= facts.valid_from
      and (gone.valid_to is null or gone.valid_to >= facts.valid_to) limit 1)
    where remains_of is not null and not exists (select 1 from facts as origin where origin.id = facts.remains_of)`.execute(
    db,
  );
  // With the author, so that rows of others are passed over in the index.
  await schema
    .createIndex('facts_recorded')
    .on('facts')
    .columns(['recorded_at', 'entity', 'id', 'author'])
    .where(sql.ref('remains_of'), 'is', null)
    .execute();
  await schema
    .createIndex('facts_ref_ever')
    .on('facts')
    .columns(['ref', 'attribute', 'entity'])
    .where(sql.ref('ref'), 'is not', null)
    .execute();
  await schema
    .createIndex('corrections_recorded')
    .on('corrections')
    .columns(['recorded_at', 'point', 'id', 'author'])
    .execute();
  for (const [table, entity] of [
    ['bills', 'account'],
    ['reports', 'institution'],
  ] as const) {
    await schema
      .createIndex(`${table}_recorded`)
      .on(table)
      .columns(['recorded_at', entity, 'id', 'author'])
      .execute();
  }
  await schema
    .createIndex('snapshots_taken')
    .on('snapshots')
    .columns(['taken_at', 'institution', 'id'])
    .execute();
  await schema
    .createIndex('fleet_records_recorded')
    .on('fleet_records')
    .columns(['recorded_at', 'author'])
    .execute();
  for (const table of ['bills', 'reports', 'fleet_records']) {
    await schema
      .createIndex(`${table}_withdrawn`)
      .on(table)
      .columns(['superseded_at', 'withdrawn_by'])
      .where(sql.ref('withdrawn_by'), 'is not', null)
      .execute();
  }
  await schema
    .createIndex('fleet_records_gone')
    .on('fleet_records')
    .columns(['key', 'kind', 'superseded_at'])
    .where(sql.ref('superseded_at'), 'is not', null)
    .execute();
}
