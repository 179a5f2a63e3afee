// Institutions and buildings as they are today, in the words that series of boards carry.
import type { Registry } from '../../core/registry/registry.ts';

/** The same words everywhere: see core/domain/board-series.ts. */
export interface Words {
  readonly name: string;
  readonly parent: string;
  readonly path: string;
}

export interface Places {
  /** By id, in the order of the registry. */
  readonly institutions: ReadonlyMap<string, Words>;
  /** `parent` and `path` are of the institution that answers for the building. */
  readonly buildings: ReadonlyMap<string, Words>;
}

/** Of what is no more, or never was. */
export const noWords: Words = { name: '', parent: '', path: '' };

export async function readPlaces(
  registry: Pick<Registry, 'institutions' | 'buildings'>,
  at: number,
): Promise<Places> {
  const listed = new Map((await registry.institutions.list(at)).map((each) => [each.id, each]));
  const paths = new Map<string, string>();
  const pathOf = (id: string): string => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    // The registry refuses circles; if one stood there all the same, it ends here.
    paths.set(id, '');
    const parent = listed.get(id)?.parent ?? '';
    const path = `${listed.has(parent) ? pathOf(parent) : ''}${id}/`;
    paths.set(id, path);
    return path;
  };
  const institutions = new Map<string, Words>();
  for (const { id, name, parent } of listed.values()) {
    const above = parent !== null && listed.has(parent) ? parent : '';
    institutions.set(id, { name, parent: above, path: pathOf(id) });
  }
  const buildings = new Map<string, Words>();
  for (const { id, name, institution } of await registry.buildings.list(at)) {
    const owner = institution !== null && listed.has(institution) ? institution : '';
    buildings.set(id, { name, parent: owner, path: owner === '' ? '' : pathOf(owner) });
  }
  return { institutions, buildings };
}
