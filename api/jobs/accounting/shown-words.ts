// The words that rows of accounting carry of their institution, of today. `shown` is unlike that of any other institution, so that
// a matrix whose headings are names never makes one of two.
import type { Registry } from '../../../core/registry/registry.ts';
import { readPlaces, type Words } from '../places.ts';

export interface ShownWords extends Words {
  readonly shown: string;
}

export interface Institutions {
  /** Of one that is no more: its last name, and nothing above it. */
  of(id: string, lastName?: string): ShownWords;
  /** Ids of today, in the order of the registry. */
  readonly ids: readonly string[];
}

export async function readInstitutions(
  registry: Pick<Registry, 'institutions' | 'buildings'>,
  at: number,
): Promise<Institutions> {
  const { institutions } = await readPlaces(registry, at);
  const shown = shownNames(institutions);
  return {
    ids: [...institutions.keys()],
    of(id, lastName = '') {
      const words = institutions.get(id) ?? { name: lastName, parent: '', path: '' };
      return { ...words, shown: shown.get(id) ?? lastName };
    },
  };
}

/** Its name; of several with one name, each with that of the one above it, and a number where that is not enough. */
export function shownNames(institutions: ReadonlyMap<string, Words>): ReadonlyMap<string, string> {
  const byName = grouped([...institutions].map(([id, { name }]) => [name, id]));
  const wished = [...institutions].map(([id, { name, parent }]): [string, string] => {
    const above = institutions.get(parent)?.name ?? '';
    return [(byName.get(name)?.length ?? 0) > 1 && above !== '' ? `${name}（${above}）` : name, id];
  });
  const shown = new Map<string, string>();
  const taken = new Set<string>();
  // In an order of their own, so that the registry's changes nothing.
  for (const [name, ids] of [...grouped(wished)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const id of ids.toSorted()) {
      let unique = name;
      for (let number = 2; taken.has(unique); number++) unique = `${name} ${number}`;
      taken.add(unique);
      shown.set(id, unique);
    }
  }
  return shown;
}

function grouped(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, id] of pairs) {
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [id]);
    else list.push(id);
  }
  return groups;
}
