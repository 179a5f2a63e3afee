// Who reads an agent's rows: whoever administers its points. A new point is registered only where all of its agent is covered, else
// one could take over what another institution's gateway sends.
import { parsePointKey } from '../domain/topics.ts';
import type { Batch, BatchFault } from './batch-contracts.ts';
import { faultOf } from './permit-faults.ts';
import type { ReachView } from './reach.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfPermits } from './words/permits.ts';

/**
 * Faults of new points whose agent has points that are not covered now, or has credentials and no points yet. An agent that nobody
 * knows may be named: it has sent nothing.
 */
export async function foreignAgents(
  trx: Db,
  view: ReachView,
  { facts }: Pick<Batch, 'facts'>,
  fresh: ReadonlyMap<string, unknown>,
  now: number,
): Promise<BatchFault[]> {
  const agents = new Map<string, string>();
  for (const id of fresh.keys()) {
    const key = parsePointKey(id);
    if (key) agents.set(id, key.agent);
  }
  const foreign = new Set<string>();
  for (const part of chunks([...new Set(agents.values())])) {
    const points = await trx
      .selectFrom('entities')
      .select(['id', 'agent'])
      .where('kind', '=', 'point')
      .where('agent', 'in', part)
      .execute();
    await view.load(points.map(({ id }) => id));
    const measuring = new Set<string | null>();
    for (const { id, agent } of points) {
      measuring.add(agent);
      if (agent !== null && !view.covers(id, { from: now, to: now + 1 })) foreign.add(agent);
    }
    const known = await trx.selectFrom('agents').select('id').where('id', 'in', part).execute();
    for (const { id } of known) if (!measuring.has(id)) foreign.add(id);
  }
  return facts.flatMap(({ entity }, index): BatchFault[] => {
    const agent = agents.get(entity);
    if (agent === undefined || !foreign.has(agent)) return [];
    const message = sayOfPermits('permit.agent', { point: entity, agent });
    return [faultOf('facts', index, 'registry.out-of-reach', message)];
  });
}
