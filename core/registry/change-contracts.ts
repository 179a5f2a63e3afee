// What was recorded in the registry, by whom, when and why, over all kinds of records. Interfaces only; changes.ts reads it from the
// tables as they are: nothing is written beside them.
import type { EntityKind } from './attributes/attribute.ts';
import type { FleetKind } from './fleet-contracts.ts';

export const changeKinds = [
  'fact',
  'correction',
  'bill',
  'report',
  'definition',
  'snapshot',
  'order',
  'fence',
  'seal',
  'card',
  'upkeep',
] as const satisfies readonly (FleetKind | string)[];
export type ChangeKind = (typeof changeKinds)[number];

/** `replaced`: something was said before; `withdrawn`: a record was taken back, and nothing stands in its place. */
export const changeActions = ['recorded', 'replaced', 'withdrawn'] as const;
export type ChangeAction = (typeof changeActions)[number];

/** What an entry is about; of a definition `kind/id`. */
export interface ChangedEntity {
  readonly kind: EntityKind | 'definition';
  readonly id: string;
}

/** What is said after a change, or was before. */
export interface Said {
  readonly entity: ChangedEntity;
  /** [from, to) in which it holds, epoch ms. `from: null`: it has no dates; `to: null`: until further notice, or it is of a moment. */
  readonly from: number | null;
  readonly to: number | null;
  /**
   * Of a fact its value; of a correction `{action, value}`; of a bill `{document, quantity, amountCny, supplement}`; of a report
   * `{commodity, use, quantity, amountCny}`; of a definition its value; of a snapshot `{name, plan}`; else a value of fleet-contracts.ts.
   */
  readonly value: unknown;
  /** Whose it is. */
  readonly institutions: readonly string[];
}

/** An entity that an entry is about, or that its values name. */
export interface Mention {
  readonly kind: EntityKind;
  /** Its name, number or plate, as it was known at the time of the entry. */
  readonly name: string | null;
  readonly institutions: readonly string[];
}

export interface ChangeEntry {
  /** When it was recorded, epoch ms. */
  readonly at: number;
  readonly kind: ChangeKind;
  readonly action: ChangeAction;
  /** Of the record; of a definition its version. */
  readonly id: string;
  /** Of a fact; of a correction its quantity. */
  readonly attribute: string | null;
  readonly author: string;
  readonly reason: string;
  /** `null`: it was withdrawn. */
  readonly after: Said | null;
  /** What it took the place of, by date. What is left of those beside it goes on as it was. */
  readonly before: readonly Said[];
  /**
   * The institutions that the entity belonged to before and after it, over the time that it is about, as was known then: once its
   * millisecond is over, this never changes. An institution's entries are its own; that it was moved is of those above it too, before and after. Definitions are of none.
   */
  readonly institutions: readonly string[];
  readonly mentions: ReadonlyMap<string, Mention>;
}

/** Where a page ends: time, table, entity and id of its last entry. */
export type ChangePlace = readonly [at: number, source: number, entity: string, id: string];

export interface ChangeQuestion {
  /** Entries of one of these; `everything`: all, also those of no institution. */
  readonly institutions: ReadonlySet<string> | 'everything';
  /** Recorded in [from, to). */
  readonly from: number;
  readonly to: number;
  /** As written in the entries. */
  readonly author?: string | undefined;
  /** Left out: all. */
  readonly kinds?: ReadonlySet<ChangeKind> | undefined;
  /** Those about this entity, before or after; of a definition `kind/id`. */
  readonly entity?: string | undefined;
  readonly after?: ChangePlace | undefined;
  /** At least 1. */
  readonly limit: number;
}

export interface Changes {
  /**
   * Newest first. Whatever was recorded when the first page was asked for comes exactly once, whoever writes meanwhile.
   * `next`: where the next page begins; `null`: there is no more.
   */
  list(question: ChangeQuestion): Promise<{
    readonly entries: readonly ChangeEntry[];
    readonly next: ChangePlace | null;
  }>;
}
