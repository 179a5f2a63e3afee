// What jobs of energy accounting are given.
import type { Accounting } from '../../accounting/accounting.ts';
import type { BoardJobDeps } from '../consumption-writer.ts';

export interface AccountingJobDeps extends BoardJobDeps {
  readonly accounting: Accounting;
}

/** Local years, both in it. */
export interface YearSpan {
  readonly first: number;
  readonly last: number;
}
