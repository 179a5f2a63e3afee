// The users of test brokers.

/** User → password; `ingest` is the internal one, the others are agents. */
export const passwords: Readonly<Record<string, string>> = {
  ingest: 'ingest-secret',
  a: 'secret-a',
  b: 'secret-b',
};
