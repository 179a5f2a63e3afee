// Version 12: looks of one principal are found without going through the whole audit log.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('audit_principal').on('audit').columns(['principal', 'seq']).execute();
}
