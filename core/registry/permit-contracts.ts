// Whom a caller's write may concern; permit.ts checks it.

export interface Permit {
  /** These institutions and what lies below them at the time that a write is about. */
  readonly institutions: ReadonlySet<string> | 'everything';
  /** Definitions are of no institution. */
  readonly definitions: boolean;
  /** Kinds of entities: vehicles alone, all but vehicles; left out: all. What is not permitted is refused like what is not there. */
  readonly only?: 'vehicles' | 'others' | undefined;
}
