// Agents: who may send, their password hashes, and the status each sent last.
import { JieyueError } from '../domain/errors.ts';
import type { AgentStatus } from '../domain/telemetry.ts';
import { agentIdPattern } from '../domain/topics.ts';
import type { RegistryContext } from './context.ts';
import { PasswordCheck } from './password-check.ts';
import { defaultIterations, hashPassword, saltBytes } from './passwords.ts';
import type { AgentRecord, AgentState, Registry } from './registry.ts';
import type { AgentsTable } from './schema.ts';
import { sayOfPermits } from './words/permits.ts';

/** Names of our own services at a broker. */
export const reservedAgents: readonly string[] = ['ingest', 'api'];

export function createAgents(
  { db, clock, randomBytes }: RegistryContext,
  iterations = defaultIterations,
): Registry['agents'] {
  let checker: PasswordCheck | undefined;
  /** For agents that do not exist: the check takes as long, and nothing matches. */
  const noHash = `$7$${iterations}$${'A'.repeat(16)}$${Buffer.alloc(64).toString('base64')}`;

  async function hash(id: string, password: string): Promise<string> {
    if (password !== '') return hashPassword(password, randomBytes(saltBytes), iterations);
    throw new JieyueError('registry.invalid', sayOfPermits('agent.password', { id }));
  }

  async function change(id: string, values: Partial<AgentsTable>): Promise<void> {
    const result = await db.updateTable('agents').set(values).where('id', '=', id).executeTakeFirst();
    if (result.numUpdatedRows === 0n) {
      throw new JieyueError('registry.not-found', sayOfPermits('agent.none', { id }));
    }
  }

  return {
    async create(id, password) {
      requireName(id);
      const createdAt = clock.now();
      const result = await db
        .insertInto('agents')
        .values({ id, password_hash: await hash(id, password), created_at: createdAt, disabled_at: null })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      if (result.numInsertedOrUpdatedRows === 0n) {
        throw new JieyueError('agent.exists', sayOfPermits('agent.taken', { id }));
      }
      return { id, createdAt, disabled: false };
    },

    setPassword: async (id, password) => change(id, { password_hash: await hash(id, password) }),
    disable: (id) => change(id, { disabled_at: clock.now() }),
    enable: (id) => change(id, { disabled_at: null }),

    async list() {
      const rows = await db.selectFrom('agents').selectAll().orderBy('id').execute();
      return rows.map(recordOf);
    },

    async verify(id, password) {
      checker ??= new PasswordCheck(randomBytes(32));
      const row = agentIdPattern.test(id)
        ? await db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst()
        : undefined;
      const right = await checker.check(id, password, row?.password_hash ?? noHash);
      return right && row !== undefined && row.disabled_at === null;
    },

    refusedChecks: () => checker?.refused ?? 0,

    async passwordFile() {
      const rows = await db
        .selectFrom('agents')
        .select(['id', 'password_hash'])
        .where('disabled_at', 'is', null)
        .orderBy('id')
        .execute();
      return rows.map((row) => `${row.id}:${row.password_hash}\n`).join('');
    },

    async putStatus(agent, status, receivedAt) {
      await db
        .insertInto('agent_status')
        .values({ agent, status: JSON.stringify(status), received_at: receivedAt })
        .onConflict((conflict) =>
          conflict
            .column('agent')
            .doUpdateSet((eb) => ({
              status: eb.ref('excluded.status'),
              received_at: eb.ref('excluded.received_at'),
            }))
            .where('agent_status.received_at', '<=', receivedAt),
        )
        .execute();
    },

    async states() {
      const agents = await db.selectFrom('agents').select('id').execute();
      const statuses = await db.selectFrom('agent_status').selectAll().execute();
      const states = new Map<string, AgentState>(
        agents.map(({ id }) => [id, { agent: id, status: null, receivedAt: null }]),
      );
      for (const { agent, status, received_at: receivedAt } of statuses) {
        states.set(agent, { agent, status: JSON.parse(status) as AgentStatus, receivedAt });
      }
      return [...states.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1));
    },
  };
}

function requireName(id: string): void {
  if (!agentIdPattern.test(id)) {
    throw new JieyueError('registry.invalid', sayOfPermits('agent.name', { id }));
  }
  if (reservedAgents.includes(id)) {
    throw new JieyueError('registry.invalid', sayOfPermits('agent.reserved', { id }));
  }
}

function recordOf(row: AgentsTable): AgentRecord {
  return { id: row.id, createdAt: row.created_at, disabled: row.disabled_at !== null };
}
