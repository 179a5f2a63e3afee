// Principals: people and programs with keys and grants. A key is kept as its SHA-256 and shown once.
import { createHash } from 'node:crypto';
import { JieyueError } from '../domain/errors.ts';
import { newId, type RegistryContext } from './context.ts';
import { entityExists } from './entities.ts';
import type { Grant, Principal, Registry, Role } from './registry.ts';
import { roles } from './registry.ts';
import type { Db } from './schema.ts';
import { sayOfPermits } from './words/permits.ts';

const keyBytes = 32;
const keyPattern = /^jy_[A-Za-z0-9_-]{43}$/;

export function createPrincipals(context: RegistryContext): Registry['principals'] {
  const { db, clock, randomBytes } = context;
  return {
    async create(name, grants) {
      if (name.trim() === '') throw new JieyueError('registry.invalid', sayOfPermits('principal.no-name'));
      const id = newId(context);
      const key = `jy_${randomBytes(keyBytes).toString('base64url')}`;
      const createdAt = clock.now();
      await db.transaction().execute(async (trx) => {
        for (const grant of grants) await checkGrant(trx, grant);
        await trx
          .insertInto('principals')
          .values({ id, name, created_at: createdAt, revoked_at: null })
          .execute();
        const row = { hash: hashOf(key), principal: id, created_at: createdAt };
        await trx.insertInto('principal_keys').values(row).execute();
        for (const { role, institution } of grants) {
          await trx.insertInto('principal_grants').values({ principal: id, role, institution }).execute();
        }
      });
      return { principal: { id, name, grants: [...grants] }, key };
    },

    async byKey(key) {
      if (!keyPattern.test(key)) return undefined;
      const rows = await live(db)
        .innerJoin('principal_keys', 'principal_keys.principal', 'principals.id')
        .where('principal_keys.hash', '=', hashOf(key))
        .execute();
      return assembled(rows)[0];
    },

    async list() {
      return assembled(await live(db).orderBy('principals.name').orderBy('principals.id').execute());
    },

    async revoke(id) {
      const result = await db
        .updateTable('principals')
        .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(clock.now())) }))
        .where('id', '=', id)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) {
        throw new JieyueError('registry.not-found', sayOfPermits('principal.none', { id }));
      }
    },
  };
}

/** One row for each grant, or one without any. */
function live(db: Db) {
  return db
    .selectFrom('principals')
    .leftJoin('principal_grants', 'principal_grants.principal', 'principals.id')
    .select(['principals.id', 'principals.name', 'principal_grants.role', 'principal_grants.institution'])
    .where('principals.revoked_at', 'is', null);
}

function assembled(
  rows: readonly { id: string; name: string; role: string | null; institution: string | null }[],
): Principal[] {
  const found = new Map<string, { id: string; name: string; grants: Grant[] }>();
  for (const { id, name, role, institution } of rows) {
    const principal = found.get(id) ?? { id, name, grants: [] };
    found.set(id, principal);
    if (role !== null) principal.grants.push({ role: role as Role, institution });
  }
  return [...found.values()];
}

async function checkGrant(trx: Db, { role, institution }: Grant): Promise<void> {
  if (!roles.includes(role)) {
    const values = { role: String(role), known: roles.join(', ') };
    throw new JieyueError('registry.invalid', sayOfPermits('principal.role', values));
  }
  if (institution !== null && !(await entityExists(trx, 'institution', institution))) {
    throw new JieyueError('registry.not-found', sayOfPermits('principal.institution', { role, institution }));
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
