// Trees of entities by a dated reference to their own kind: no entity may be above itself, at any date.
import { JieyueError } from '../domain/errors.ts';
import type { EntityKind } from './attributes/attribute.ts';
import { chunks, type Db } from './schema.ts';
import { overlap, type Stretch } from './stretches.ts';
import { sayOfFacts } from './words/facts.ts';
import { attributeName } from './words/names.ts';

interface Edge {
  readonly kind: EntityKind;
  readonly entity: string;
  readonly attribute: string;
}

interface Step {
  readonly ref: string;
  readonly valid_from: number;
  readonly valid_to: number | null;
}

const always: Stretch = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
const deepest = 1_000;

/**
 * Walks up from each changed entity over the stored facts, whatever their dates. A new circle must lead through one of them.
 * @throws JieyueError `registry.cycle` naming the way round; `registry.invalid` for a tree of more than 1 000 levels.
 */
export async function refuseCycles(trx: Db, changed: readonly Edge[]): Promise<void> {
  const started = new Map<string, Set<string>>();
  const kinds = new Map<string, EntityKind>();
  for (const { kind, entity, attribute } of changed) {
    kinds.set(entity, kind);
    const entities = started.get(attribute) ?? new Set<string>();
    started.set(attribute, entities.add(entity));
  }
  for (const [attribute, entities] of started) {
    const above = await stepsAbove(trx, attribute, entities);
    for (const entity of entities) climb(above, attribute, kinds.get(entity), [entity], always);
  }
}

/** Entity → the steps up from it, of `entities` and all that can be reached from them. */
async function stepsAbove(
  trx: Db,
  attribute: string,
  entities: ReadonlySet<string>,
): Promise<Map<string, Step[]>> {
  const steps = new Map<string, Step[]>();
  let level = [...entities];
  while (level.length > 0) {
    for (const entity of level) steps.set(entity, []);
    const next = new Set<string>();
    for (const part of chunks(level)) {
      const rows = await trx
        .selectFrom('facts')
        .select(['entity', 'ref', 'valid_from', 'valid_to'])
        .where('entity', 'in', part)
        .where('attribute', '=', attribute)
        .where('superseded_at', 'is', null)
        .where('ref', 'is not', null)
        .execute();
      for (const { entity, ref, valid_from, valid_to } of rows) {
        if (ref === null) continue;
        steps.get(entity)?.push({ ref, valid_from, valid_to });
        if (!steps.has(ref)) next.add(ref);
      }
    }
    level = [...next];
  }
  return steps;
}

function climb(
  above: ReadonlyMap<string, readonly Step[]>,
  attribute: string,
  kind: EntityKind | undefined,
  path: readonly string[],
  within: Stretch,
): void {
  const named = kind === undefined ? attribute : attributeName(kind, attribute);
  const entity = path[0] ?? '';
  if (path.length > deepest) {
    const values = { entity, most: deepest, attribute: named };
    throw new JieyueError('registry.invalid', sayOfFacts('tree.too-deep', values));
  }
  for (const step of above.get(path.at(-1) ?? '') ?? []) {
    const stretch = overlap(step, within);
    if (!stretch) continue;
    if (path.includes(step.ref)) {
      const way = [...path, step.ref].join(' → ');
      throw new JieyueError(
        'registry.cycle',
        sayOfFacts('tree.circle', { entity, path: way, attribute: named }),
        { details: { entity, attribute } },
      );
    }
    climb(above, attribute, kind, [...path, step.ref], stretch);
  }
}
