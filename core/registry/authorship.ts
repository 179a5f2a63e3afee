// Who changes something, and why; both are kept with the entry.

export interface Authorship {
  readonly author: string;
  readonly reason: string;
}
