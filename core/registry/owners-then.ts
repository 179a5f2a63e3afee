// To which institutions entities belonged before and after something was recorded, and what they were called: by the facts as they
// were known then, so that the answer for an entry of the past never changes.
import type { EntityKind } from './attributes/attribute.ts';
import { always, type Stretch } from './reach.ts';
import type { Db } from './schema.ts';
import { listed } from './sqlite-dialect.ts';

/** Kind → the attribute that says to whom it belongs, as reach.ts has it; an institution is its own. */
const above = {
  point: 'building',
  zone: 'building',
  building: 'institution',
  account: 'institution',
  vehicle: 'institution',
} as const satisfies Record<Exclude<EntityKind, 'institution'>, string>;

const naming = {
  institution: 'name',
  building: 'name',
  zone: 'name',
  point: 'name',
  account: 'number',
  vehicle: 'plate',
} as const satisfies Record<EntityKind, string>;

const asked = [...new Set([...Object.values(above), ...Object.values(naming), 'parent'])];

interface Row {
  readonly valid_from: number;
  readonly valid_to: number | null;
  readonly value: unknown;
  readonly recorded_at: number;
  readonly superseded_at: number | null;
}

export class OwnersThen {
  readonly #db: Db;
  readonly #kinds = new Map<string, EntityKind | undefined>();
  /** `entity attribute` → all that was ever said. */
  readonly #rows = new Map<string, Row[]>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Loads these and what they ever lay in; the others answer for them from then on. */
  async load(entities: Iterable<string>): Promise<void> {
    let next = [...new Set(entities)].filter((id) => !this.#kinds.has(id));
    while (next.length > 0) {
      const rows = await this.#db
        .selectFrom('facts')
        .innerJoin('entities', 'entities.id', 'facts.entity')
        .select(['entity', 'kind', 'attribute', 'valid_from', 'valid_to', 'value'])
        .select(['recorded_at', 'superseded_at'])
        .where('entity', 'in', listed(next))
        .where('attribute', 'in', asked)
        .execute();
      for (const id of next) this.#kinds.set(id, undefined);
      const places = new Set<string>();
      for (const { entity, kind, attribute, ...row } of rows) {
        this.#kinds.set(entity, kind);
        const key = `${entity} ${attribute}`;
        const value: unknown = JSON.parse(row.value);
        const list = this.#rows.get(key);
        if (list) list.push({ ...row, value });
        else this.#rows.set(key, [{ ...row, value }]);
        if (attribute !== 'building' || (kind !== 'point' && kind !== 'zone')) continue;
        if (typeof value === 'string' && !this.#kinds.has(value)) places.add(value);
      }
      next = [...places];
    }
  }

  kind(entity: string): EntityKind | undefined {
    return this.#kinds.get(entity);
  }

  /**
   * Whose an entity was somewhere in the stretch, as known just before `at` or just after. What nothing is said of belongs where it did
   * before, else where it did first, as in reach.ts.
   */
  institutionsOf(entity: string, stretch: Stretch, at: number): ReadonlySet<string> {
    const kind = this.#kinds.get(entity);
    if (kind === undefined) return new Set();
    if (kind === 'institution') return new Set([entity]);
    const owners = this.#valuesOf(entity, above[kind], stretch, at);
    if (kind !== 'point' && kind !== 'zone') return new Set(owners.map(({ value }) => value));
    return new Set(owners.flatMap(({ value, during }) => [...this.institutionsOf(value, during, at)]));
  }

  /** What an institution lay directly below somewhere in the stretch, likewise. */
  parentsOf(institution: string, stretch: Stretch, at: number): readonly string[] {
    return this.#valuesOf(institution, 'parent', stretch, at).map(({ value }) => value);
  }

  /** What an entity was called on a day, as known just after `at`; else what it was called first. */
  nameOf(entity: string, day: number, at: number): string | null {
    const kind = this.#kinds.get(entity);
    if (kind === undefined) return null;
    const said = (this.#rows.get(`${entity} ${naming[kind]}`) ?? [])
      .filter((row) => isKnown(row, at, 'after'))
      .sort((a, b) => a.valid_from - b.valid_from);
    const row = said.findLast(({ valid_from }) => valid_from <= day) ?? said[0];
    return typeof row?.value === 'string' ? row.value : null;
  }

  #valuesOf(
    entity: string,
    attribute: string,
    stretch: Stretch,
    at: number,
  ): { readonly value: string; readonly during: Stretch }[] {
    const rows = this.#rows.get(`${entity} ${attribute}`) ?? [];
    return (['before', 'after'] as const).flatMap((side) => {
      const known = rows.filter((row) => isKnown(row, at, side));
      const first = Math.min(...known.map(({ valid_from }) => valid_from));
      return known.flatMap((row) => {
        const from = row.valid_from === first ? always : row.valid_from;
        const to = row.valid_to === null ? Number.MAX_SAFE_INTEGER : nextAfter(known, row.valid_to);
        const during = { from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) };
        const { value } = row;
        return typeof value === 'string' && during.from < during.to ? [{ value, during }] : [];
      });
    });
  }
}

/** What came and went within the same millisecond was known before. */
function isKnown({ recorded_at, superseded_at }: Row, at: number, side: 'before' | 'after'): boolean {
  if (side === 'after') return recorded_at <= at && (superseded_at === null || superseded_at > at);
  if (superseded_at === at) return true;
  return recorded_at < at && (superseded_at === null || superseded_at > at);
}

/** Where the next one begins, so that a gap belongs to the one before it. */
function nextAfter(rows: readonly Row[], end: number): number {
  const later = rows.map(({ valid_from }) => valid_from).filter((from) => from >= end);
  return later.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...later);
}
