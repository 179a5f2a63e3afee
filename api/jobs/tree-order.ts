// Institutions as a person reads a tree: whoever is above before whoever is below, the largest tree first, then by name.
import type { Words } from './places.ts';

export interface Placed extends Words {
  readonly id: string;
}

const byName = new Intl.Collator('zh-CN');

/** @param institutions by id, without circles (`readPlaces`) */
export function inTreeOrder(institutions: ReadonlyMap<string, Words>): readonly Placed[] {
  const below = new Map<string, Placed[]>();
  for (const [id, words] of institutions) {
    const parent = institutions.has(words.parent) ? words.parent : '';
    const list = below.get(parent);
    if (list === undefined) below.set(parent, [{ id, ...words }]);
    else list.push({ id, ...words });
  }
  const sizes = new Map<string, number>();
  for (const { path } of institutions.values())
    for (const id of path.split('/')) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  // Of a tree that stands alone by mistake: it is not what boards should open with.
  const tops = (below.get('') ?? []).sort(
    (a, b) => (sizes.get(b.id) ?? 0) - (sizes.get(a.id) ?? 0) || compare(a, b),
  );
  const ordered: Placed[] = [];
  const waiting = tops.reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    ordered.push(next);
    waiting.push(...(below.get(next.id) ?? []).sort((a, b) => compare(b, a)));
  }
  return ordered;
}

function compare(a: Placed, b: Placed): number {
  return byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
