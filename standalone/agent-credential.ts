// Credentials of agents that run on this home (import, demo): made on first use, kept in `agents/{id}.password`.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JieyueError } from '../core/domain/errors.ts';
import type { Registry } from '../core/registry/registry.ts';
import { type Config, underHome } from '../core/runtime/config.ts';

/**
 * Whose an agent is, its password tells: where it is not kept here, the agent was created for another machine.
 * @returns the agent's password; agent and password are made where they are missing.
 * @throws JieyueError `agent.credentials` where the agent exists and its password is not kept here: another machine may
 *   send by it, and a fresh one would lock that machine out; or where it is disabled.
 */
export async function ensureAgent(config: Config, registry: Registry, id: string): Promise<string> {
  const file = join(underHome(config, 'agents'), `${id}.password`);
  const known = (await registry.agents.list()).find((agent) => agent.id === id);
  if (known?.disabled) {
    throw new JieyueError('agent.credentials', `agent "${id}" is disabled: name another agent`);
  }
  const kept = readPassword(file);
  if (known && kept !== undefined && (await registry.agents.verify(id, kept))) return kept;
  if (known) {
    throw new JieyueError(
      'agent.credentials',
      `agent "${id}" exists and its password is not in ${file}: name another agent, or write a fresh one there with ` +
        `\`jieyue agents reset ${id} --password-file ${file}\` (remove a file that is there; whoever sends by the old ` +
        'password is refused)',
    );
  }
  const password = randomBytes(18).toString('base64url');
  await registry.agents.create(id, password);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function readPassword(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
