// Trees of entities by a dated reference to their own kind: no entity may be above itself, at any date.
import { JieyueError } from '../domain/errors.ts';
import type { Db } from './schema.ts';
import { overlap, type Stretch } from './stretches.ts';

interface Edge {
  readonly entity: string;
  readonly attribute: string;
}

const always: Stretch = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/**
 * Walks up from each changed entity over the stored facts, whatever their dates. A new circle must lead through one of them.
 * @throws JieyueError `registry.cycle` naming the way round.
 */
export async function refuseCycles(trx: Db, changed: readonly Edge[]): Promise<void> {
  const started = new Set<string>();
  for (const { entity, attribute } of changed) {
    if (started.has(entity)) continue;
    started.add(entity);
    await climb(trx, attribute, [entity], always);
  }
}

async function climb(trx: Db, attribute: string, path: readonly string[], within: Stretch): Promise<void> {
  const entity = path.at(-1) ?? '';
  const rows = await trx
    .selectFrom('facts')
    .select(['ref', 'valid_from', 'valid_to'])
    .where('entity', '=', entity)
    .where('attribute', '=', attribute)
    .where('superseded_at', 'is', null)
    .where('ref', 'is not', null)
    .execute();
  for (const row of rows) {
    const stretch = overlap(row, within);
    if (!stretch || row.ref === null) continue;
    if (path.includes(row.ref)) {
      throw new JieyueError(
        'registry.cycle',
        `${path[0]} cannot be below itself: ${[...path, row.ref].join(' → ')}; choose another ${attribute}`,
      );
    }
    await climb(trx, attribute, [...path, row.ref], stretch);
  }
}
