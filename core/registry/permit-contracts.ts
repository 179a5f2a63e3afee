// Whom a caller's write may concern; permit.ts checks it.

export interface Permit {
  /** These institutions and what lies below them at the time that a write is about. */
  readonly institutions: ReadonlySet<string> | 'everything';
  /** Definitions are of no institution. */
  readonly definitions: boolean;
}
