// Whether entities belong to certain institutions or to what lies below them, at all times of a range, by the facts as they stand
// in a transaction.
import type { EntityKind } from './attributes/attribute.ts';
import { kindsOf } from './entities.ts';
import { endless, type FactSpan, loadSpans, type SpansOf } from './fact-spans.ts';
import type { Db } from './schema.ts';

/** Before every date that a fact may have. */
export const always = Number.MIN_SAFE_INTEGER;

/** A stretch of time, [from, to). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Kind → the attribute that says to whom it belongs. A shared building is administered by the one that answers for it. */
const above = {
  point: 'building',
  zone: 'building',
  building: 'institution',
  account: 'institution',
  vehicle: 'institution',
  institution: 'parent',
} as const satisfies Record<EntityKind, string>;

const kindAbove = {
  point: 'building',
  zone: 'building',
  building: 'institution',
  account: 'institution',
  vehicle: 'institution',
  institution: 'institution',
} as const satisfies Record<EntityKind, EntityKind>;

/** Deeper than any tree of institutions: registries hold no circles. */
const deepest = 200;

/** What is loaded stays as it was then: a new one after facts have changed. */
export class ReachView {
  readonly #db: Db;
  readonly #tops: ReadonlySet<string>;
  readonly #kinds = new Map<string, EntityKind>();
  readonly #spans = new Map<string, readonly FactSpan[]>();
  readonly #asked = new Set<string>();

  /** @param tops institutions that are covered with all below them */
  constructor(db: Db, tops: Iterable<string>) {
    this.#db = db;
    this.#tops = new Set(tops);
  }

  /** Loads these and whatever they belong to; `covers` and `kind` answer for them from then on. */
  async load(entities: Iterable<string>): Promise<void> {
    let next = [...new Set(entities)].filter((id) => !this.#asked.has(id));
    while (next.length > 0) {
      for (const id of next) this.#asked.add(id);
      for (const [id, kind] of await kindsOf(this.#db, next)) this.#kinds.set(id, kind);
      const { spans } = await loadSpans(this.#db, [...new Set(Object.values(above))], next);
      next = [...this.#note(next, spans)].filter((id) => !this.#asked.has(id));
    }
  }

  kind(entity: string): EntityKind | undefined {
    return this.#kinds.get(entity);
  }

  /**
   * Whether it is covered at every time of the stretch. What nothing is said of belongs where it did before, else where it did
   * first; what belongs to nobody is not covered.
   */
  covers(entity: string, stretch: Stretch): boolean {
    const kind = this.#kinds.get(entity);
    return kind !== undefined && this.#within(entity, kind, stretch, 0);
  }

  #within(entity: string, kind: EntityKind, { from, to }: Stretch, depth: number): boolean {
    if (kind === 'institution' && this.#tops.has(entity)) return true;
    const spans = this.#spans.get(entity) ?? [];
    if (depth > deepest || spans.length === 0) return false;
    return spans.every(({ from: begins, value }, index) => {
      const stretch = {
        from: Math.max(from, index === 0 ? always : begins),
        to: Math.min(to, spans[index + 1]?.from ?? endless),
      };
      if (stretch.from >= stretch.to) return true;
      return typeof value === 'string' && this.#within(value, kindAbove[kind], stretch, depth + 1);
    });
  }

  /** @returns what these belong to */
  #note(entities: readonly string[], spans: SpansOf): Set<string> {
    const owners = new Set<string>();
    for (const id of entities) {
      const kind = this.#kinds.get(id);
      if (kind === undefined || (kind === 'institution' && this.#tops.has(id))) continue;
      const said = spans(id, above[kind]);
      this.#spans.set(id, said);
      for (const { value } of said) if (typeof value === 'string') owners.add(value);
    }
    return owners;
  }
}
