// Inputs that are refused one by one: all of them are named, so that who brings a file can mend it at one go.
import { type ErrorCode, isJieyueError, JieyueError } from '../domain/errors.ts';
import { type Said, wordsOf } from '../domain/message.ts';
import type { InputFault } from './ledgers.ts';
import { sayOfFacts } from './words/facts.ts';

/** Faults that an error lists; the others are counted only. */
const mostListed = 1_000;

export class Faults {
  readonly #list: InputFault[] = [];
  #count = 0;

  add(index: number, code: ErrorCode, said: Said): void {
    this.#count++;
    if (this.#list.length < mostListed) this.#list.push({ index, code, message: wordsOf(said, 'en'), said });
  }

  /** @returns what `work` does; `undefined` where it refused the input with a coded error. */
  attempt<T>(index: number, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isJieyueError(error)) throw error;
      this.add(index, error.code, error.said);
      return undefined;
    }
  }

  /** @throws JieyueError the first one's, where there are any. */
  refuse(): void {
    const [first] = this.#list;
    if (first === undefined) return;
    const said = firstOf(first.said, this.#count - 1);
    throw new JieyueError(first.code, said, { details: { faults: this.#list, count: this.#count } });
  }
}

/** Of several faults an error says the first. */
export function firstOf(first: Said, others: number): Said {
  return others === 0 ? first : sayOfFacts('list.more', { first, count: others });
}
