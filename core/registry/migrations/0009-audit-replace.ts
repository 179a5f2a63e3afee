// Version 9: the audit log refuses entries in the place of others too: `insert or replace` calls no trigger of deletions.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create trigger audit_no_replace before insert on audit
    when exists (select 1 from audit where seq = new.seq)
    begin select raise(abort, 'entries of audit are never changed'); end`.execute(db);
}
