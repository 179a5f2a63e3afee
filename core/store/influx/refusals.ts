// Rows that the server refuses, of the requests of one write: the others are sent all the same.
import { isJieyueError, JieyueError } from '../../domain/errors.ts';

export class Refusals {
  #first: JieyueError | undefined;
  /** NaN once a server did not tell. */
  #refused = 0;

  /** Does `work` on `rows` rows and keeps what it throws about one of them. @throws what else it throws */
  async gather(rows: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isJieyueError(error, 'row.refused-by-store')) throw error;
      this.#first ??= error;
      const told = error.details?.['refused'];
      this.#refused += rows === 1 ? 1 : typeof told === 'number' && told <= rows ? told : Number.NaN;
    }
  }

  /** @throws JieyueError `row.refused-by-store`; `details.refused`: how many rows are not in, where that is known */
  throwIfAny(): void {
    const first = this.#first;
    if (first === undefined) return;
    const details = Number.isNaN(this.#refused) ? {} : { details: { refused: this.#refused } };
    throw new JieyueError('row.refused-by-store', first.message, { cause: first, ...details });
  }
}
