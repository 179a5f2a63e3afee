// What numbers of users and areas rest on: the facts of institutions, and of their buildings where they say no area of themselves.
import { namedBy } from './account-holdings.ts';
import { holdingIn } from './current-facts.ts';
import { factOf } from './fact-row.ts';
import type { DenominatorFact, Fact } from './registry.ts';
import { chunks, type Db } from './schema.ts';
import type { Stretch } from './stretches.ts';

export async function denominatorFacts(
  db: Db,
  of: 'users' | 'area',
  institutions: readonly string[],
  range: Stretch,
): Promise<DenominatorFact[]> {
  const names = of === 'users' ? ['energyUsers', 'userRule'] : ['floorArea'];
  const own = (await factsOf(db, institutions, names, range)).map((fact) => ({
    ...fact,
    institution: fact.entity,
  }));
  if (of === 'users') return own;
  return [...own, ...(await factsOfBuildings(db, institutions, own, range))];
}

/** Of the buildings of those that say no area of themselves for a part of the range. */
async function factsOfBuildings(
  db: Db,
  institutions: readonly string[],
  own: readonly Fact[],
  range: Stretch,
): Promise<DenominatorFact[]> {
  const covered = new Map<string, number>();
  for (const { entity, value, validFrom, validTo } of own) {
    if (value === null) continue;
    const time = Math.min(validTo ?? range.to, range.to) - Math.max(validFrom, range.from);
    covered.set(entity, (covered.get(entity) ?? 0) + time);
  }
  const open = new Set(institutions.filter((id) => (covered.get(id) ?? 0) < range.to - range.from));
  const answering = await namedBy(db, 'institution', [...open], range);
  const shares = await holdingIn(db, range)
    .select('entity')
    .distinct()
    .where('attribute', '=', 'shares')
    .execute();
  const candidates = [...new Set([...answering, ...shares.map(({ entity }) => entity)])];
  const facts = await factsOf(db, candidates, ['floorArea', 'institution', 'shares'], range);
  const owners = new Map<string, Set<string>>();
  for (const { entity, attribute, value } of facts) {
    const found = owners.get(entity) ?? new Set<string>();
    owners.set(entity, found);
    if (attribute === 'institution' && typeof value === 'string') found.add(value);
    if (attribute === 'shares') for (const each of sharing(value)) found.add(each);
  }
  const withArea = new Set(
    facts.filter(({ attribute }) => attribute === 'floorArea').map(({ entity }) => entity),
  );
  return facts.flatMap((fact) =>
    [...(owners.get(fact.entity) ?? [])]
      .filter((institution) => open.has(institution) && withArea.has(fact.entity))
      .map((institution) => ({ ...fact, institution })),
  );
}

function sharing(value: unknown): string[] {
  return Array.isArray(value) ? value.map((share: { institution: string }) => share.institution) : [];
}

async function factsOf(
  db: Db,
  entities: readonly string[],
  attributes: readonly string[],
  range: Stretch,
): Promise<Fact[]> {
  const found: Fact[] = [];
  for (const part of chunks([...new Set(entities)].sort())) {
    const rows = await holdingIn(db, range)
      .selectAll()
      .where('entity', 'in', part)
      .where('attribute', 'in', attributes)
      .orderBy('entity')
      .orderBy('attribute')
      .orderBy('valid_from')
      .execute();
    found.push(...rows.map(factOf));
  }
  return found;
}
