// What a call that records a list says of each input that changed something.

/** An input that changed something: its place in the list, and whether it took another's. */
export interface EnteredInput {
  readonly index: number;
  readonly replaces: boolean;
}
