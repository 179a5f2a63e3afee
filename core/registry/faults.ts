// Inputs that are refused one by one: all of them are named, so that who brings a file can mend it at one go.
import { type ErrorCode, isJieyueError, JieyueError } from '../domain/errors.ts';
import type { InputFault } from './ledgers.ts';

/** Faults that an error lists; the others are counted only. */
const mostListed = 1_000;

export class Faults {
  readonly #list: InputFault[] = [];
  #count = 0;

  add(index: number, code: ErrorCode, message: string): void {
    this.#count++;
    if (this.#list.length < mostListed) this.#list.push({ index, code, message });
  }

  /** @returns what `work` does; `undefined` where it refused the input with a coded error. */
  attempt<T>(index: number, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isJieyueError(error)) throw error;
      this.add(index, error.code, error.message);
      return undefined;
    }
  }

  /** @throws JieyueError the first one's, where there are any. */
  refuse(): void {
    const [first] = this.#list;
    if (first === undefined) return;
    const others = this.#count - 1;
    const message = others === 0 ? first.message : `${first.message} (and ${others} more)`;
    throw new JieyueError(first.code, message, { details: { faults: this.#list, count: this.#count } });
  }
}
