// Part of a book made anew. The lines of an institution rest on what counts for it alone, but for sub-meters that move
// energy between institutions: those that are bound so are made anew together. A late reading costs that much, and not
// the whole tree.
import type { Book, BookLine, MeteredMonths } from '../../core/domain/accounting/book.ts';
import { buildBook } from '../../core/domain/accounting/build-book.ts';
import type { Census, MeteredSeries } from '../../core/domain/accounting/census.ts';
import type { PartialMonth } from '../../core/domain/accounting/metered-lines.ts';

/** All that a book is made from. */
export interface Sources {
  readonly census: Census;
  /** By place in `census.series`. */
  readonly metered: readonly MeteredMonths[];
  readonly partials: readonly PartialMonth[];
  readonly asOf: number;
}

export function wholeBook({ census, metered, partials, asOf }: Sources): Book {
  return buildBook(census, metered, asOf, partials);
}

/** Which institutions of a census have lines that rest on each other. */
export class Bonds {
  readonly #census: Census;
  /** Institution → one that stands for all that are bound to it. */
  readonly #above: Int32Array;
  /** By the one that stands for them. */
  readonly #bound = new Map<number, number[]>();

  constructor(census: Census) {
    this.#census = census;
    this.#above = Int32Array.from(census.institutions, (_, number) => number);
    for (const { stretches } of census.series) {
      if (!stretches.some(({ share }) => share < 0)) continue;
      const [first] = stretches;
      for (const { institution } of stretches)
        if (first !== undefined) this.#bind(first.institution, institution);
    }
    for (let number = 0; number < census.institutions.length; number++) {
      const top = this.#topOf(number);
      const bound = this.#bound.get(top);
      if (bound === undefined) this.#bound.set(top, [number]);
      else bound.push(number);
    }
  }

  /** Institutions whose lines rest on these series (by place). */
  restingOn(places: Iterable<number>): ReadonlySet<number> {
    const tops = new Set<number>();
    for (const place of places) {
      for (const { institution } of this.#census.series[place]?.stretches ?? [])
        tops.add(this.#topOf(institution));
    }
    return new Set([...tops].flatMap((top) => this.#bound.get(top) ?? []));
  }

  #bind(one: number, other: number): void {
    const [a, b] = [this.#topOf(one), this.#topOf(other)];
    if (a !== b) this.#above[Math.max(a, b)] = Math.min(a, b);
  }

  #topOf(number: number): number {
    let at = number;
    for (;;) {
      const above = this.#above[at] ?? at;
      if (above === at) return at;
      this.#above[at] = this.#above[above] ?? above;
      at = above;
    }
  }
}

/**
 * The book with the lines of these institutions computed from what its sources say now.
 * @param institutions with all that are bound to them
 */
export function rebuiltInPart(book: Book, sources: Sources, institutions: ReadonlySet<number>): Book {
  const { census, metered, partials, asOf } = sources;
  if (institutions.size === 0) return book;
  if (institutions.size * 4 > census.institutions.length) return wholeBook(sources);
  const series: MeteredSeries[] = [];
  const months: MeteredMonths[] = [];
  const moved = new Map<number, number>();
  for (const [place, each] of census.series.entries()) {
    const own = metered[place];
    if (own === undefined || !each.stretches.some(isTheirs)) continue;
    moved.set(place, series.length);
    series.push(each);
    months.push(own);
  }
  const part: Census = {
    ...census,
    series,
    statements: census.statements.filter(isTheirs),
    accounts: census.accounts.filter(isTheirs),
    reporting: census.reporting.filter(isTheirs),
  };
  const days = partials.flatMap((each) => {
    const place = moved.get(each.series);
    return place === undefined ? [] : [{ ...each, series: place }];
  });
  const fresh = buildBook(part, months, asOf, days).lines.filter(isTheirs);
  return { ...book, lines: merged(book.lines, isTheirs, fresh) };

  function isTheirs({ institution }: { readonly institution: number }): boolean {
    return institutions.has(institution);
  }
}

/** Both are in the order of institutions; the lines that are replaced are left out. */
function merged(
  before: readonly BookLine[],
  isReplaced: (line: BookLine) => boolean,
  fresh: readonly BookLine[],
): BookLine[] {
  const lines: BookLine[] = [];
  let next = 0;
  for (const line of before) {
    if (isReplaced(line)) continue;
    for (
      let other = fresh[next];
      other !== undefined && other.institution < line.institution;
      other = fresh[next]
    ) {
      lines.push(other);
      next++;
    }
    lines.push(line);
  }
  for (const other of fresh.slice(next)) lines.push(other);
  return lines;
}
