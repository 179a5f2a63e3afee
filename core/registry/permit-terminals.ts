// Whose positions a car shows: those of its terminal. A terminal is put into a car only by who covers every car that it ever was in; one
// that never was in any, only by who covers all that its agent measures. Else one could look at another institution's car by naming
// its terminal.
import { parsePointKey } from '../domain/topics.ts';
import type { Batch, BatchFault } from './batch-contracts.ts';
import { endless } from './fact-spans.ts';
import { faultOf } from './permit-faults.ts';
import type { ReachView } from './reach.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfPermits } from './words/permits.ts';

interface Fit {
  readonly terminal: string;
  readonly car: string;
  readonly from: number;
  readonly to: number;
}

export async function foreignTerminals(
  trx: Db,
  view: ReachView,
  { facts }: Pick<Batch, 'facts'>,
  now: number,
): Promise<BatchFault[]> {
  const named = new Set(
    facts.flatMap(({ attribute, value }) =>
      attribute === 'terminal' && typeof value === 'string' ? [value] : [],
    ),
  );
  if (named.size === 0) return [];
  const fits = await allFits(trx);
  await view.load(fits.map(({ car }) => car));
  const foreignFits = fits.filter(({ car, from, to }) => !view.covers(car, { from, to }));
  const [foreign, fitted] = [new Set(foreignFits.map(({ terminal }) => terminal)), new Set<string>()];
  for (const { terminal } of fits) fitted.add(terminal);
  const closed = await foreignAgentsOf(trx, view, foreignFits, fits, now);
  const refused = (terminal: string) =>
    foreign.has(terminal) || (!fitted.has(terminal) && closed(parsePointKey(terminal)?.agent ?? ''));
  return facts.flatMap(({ entity, attribute, value }, index): BatchFault[] => {
    if (attribute !== 'terminal' || typeof value !== 'string' || !refused(value)) return [];
    const message = sayOfPermits('permit.terminal', { car: entity, terminal: value });
    return [faultOf('facts', index, 'registry.out-of-reach', message)];
  });
}

async function allFits(trx: Db): Promise<Fit[]> {
  const rows = await trx
    .selectFrom('facts')
    .select(['entity', 'value', 'valid_from', 'valid_to'])
    .where('attribute', '=', 'terminal')
    .where('superseded_at', 'is', null)
    .where('value', '!=', 'null')
    .execute();
  return rows.map(({ entity: car, value, valid_from: from, valid_to: to }) => ({
    terminal: String(JSON.parse(value)),
    car,
    from,
    to: to ?? endless,
  }));
}

/** Agents that read for somebody who is not covered, or that have credentials and nobody knows for whom. */
async function foreignAgentsOf(
  trx: Db,
  view: ReachView,
  foreignFits: readonly Fit[],
  fits: readonly Fit[],
  now: number,
): Promise<(agent: string) => boolean> {
  const agentOf = ({ terminal }: Fit) => parsePointKey(terminal)?.agent ?? '';
  const closed = new Set(foreignFits.map(agentOf));
  const serving = new Set(fits.map(agentOf));
  const points = await trx
    .selectFrom('entities')
    .select(['id', 'agent'])
    .where('kind', '=', 'point')
    .execute();
  for (const part of chunks(points)) {
    await view.load(part.map(({ id }) => id));
    for (const { id, agent } of part) {
      if (agent === null) continue;
      serving.add(agent);
      if (!view.covers(id, { from: now, to: now + 1 })) closed.add(agent);
    }
  }
  for (const { id } of await trx.selectFrom('agents').select('id').execute())
    if (!serving.has(id)) closed.add(id);
  return (agent) => closed.has(agent);
}
