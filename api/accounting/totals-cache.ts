// Totals of books under terms, kept while they are asked for: `mostKept` of them at most, the one unused longest gives way.
// One of 1 600 institutions and a year takes about 3 MB an indicator. A book that takes another's place finds its totals
// made before anybody asks.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Book } from '../../core/domain/accounting/book.ts';
import { type Indicator, indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import type { Terms } from '../../core/domain/accounting/terms.ts';
import { Totals } from '../../core/domain/accounting/totals.ts';
import { keyOfTerms } from './terms.ts';

const mostKept = 12;

interface Kept {
  readonly book: Book;
  readonly key: string;
  readonly totals: Totals;
  readonly indicators: Set<Indicator>;
}

export class TotalsCache {
  /** The one used last at the end. */
  readonly #kept: Kept[] = [];

  /** @param indicators that are about to be asked of it */
  of(book: Book, terms: Terms, indicators: readonly Indicator[]): Totals {
    const key = keyOfTerms(terms);
    const place = this.#kept.findIndex((kept) => kept.book === book && kept.key === key);
    const [found] = place < 0 ? [] : this.#kept.splice(place, 1);
    const kept = found ?? { book, key, totals: new Totals(book, terms), indicators: new Set() };
    for (const indicator of indicators) kept.indicators.add(indicator);
    this.#keep(kept);
    return kept.totals;
  }

  /** What was asked of `before` is made for `after`, which then takes its place. */
  async renew(before: Book, after: Book): Promise<void> {
    for (const old of this.#kept.filter(({ book }) => book === before)) {
      const { key, indicators } = old;
      const totals = new Totals(after, old.totals.terms);
      for (const indicator of indicators) {
        const { of, per } = indicatorEntry(indicator);
        totals.sums(of, per);
        await nextTurn();
      }
      const place = this.#kept.indexOf(old);
      if (place >= 0) this.#kept[place] = { book: after, key, totals, indicators };
    }
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    if (this.#kept.length > mostKept) this.#kept.shift();
  }
}
