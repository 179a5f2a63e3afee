// Memory of deletions. DuckDB keeps some 18 KB for each 2 048 rows (a vector) of which one is deleted, cannot put that
// aside, and frees it only when the log is folded into the file. A deletion that runs out of memory leaves rows that no
// later transaction can delete until the file is opened anew. So deletions are counted, and made in pieces.

export const vectorRows = 2_048;
const bytesPerVector = 18 * 1_024;

/** Thrown within a transaction, which then rolls back: fold the log, or delete less at once. */
export class TooManyDeletions extends Error {
  constructor() {
    super('the deletion touches more of the file than memory allows at once');
    this.name = 'TooManyDeletions';
  }
}

export class DeletionBudget {
  /** Vectors that may be touched before the log is folded: a quarter of the memory. */
  readonly vectors: number;
  #spent = 0;

  constructor(memoryLimitMb: number) {
    this.vectors = Math.floor((memoryLimitMb * 1_024 * 1_024) / 4 / bytesPerVector);
  }

  /** @throws TooManyDeletions when that is more than is left. */
  spend(vectors: number): void {
    if (this.#spent + vectors > this.vectors) throw new TooManyDeletions();
    this.#spent += vectors;
  }

  /** The log was folded. */
  renew(): void {
    this.#spent = 0;
  }
}
