// The book of some years, with what it was made from: loaded once, then kept up to date by what changed since.
import type { Book } from '../../core/domain/accounting/book.ts';
import type { CutMonth, PartialMonth } from '../../core/domain/accounting/metered-lines.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { CensusSource } from '../../core/registry/ledgers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { cutsOf, type DayStore, readCutDays } from './cut-days.ts';
import { MeteredTable, type MonthStore } from './metered-table.ts';
import { Bonds, rebuiltInPart, type Sources, wholeBook } from './rebuild.ts';

export interface SpanDeps {
  readonly store: MonthStore & DayStore;
  readonly registry: Pick<Registry, 'rollupChanges'> & CensusSource;
  readonly calendar: Calendar;
  readonly clock: Clock;
  /** Told of a book before it takes another's place. */
  readonly replacing?: ((before: Book, after: Book) => Promise<void>) | undefined;
}

/** Local years, both ends included. */
export interface Years {
  readonly first: number;
  readonly last: number;
}

/** A book and everything that it rests on, all of one moment. */
export interface Standing extends Sources {
  readonly years: Years;
  readonly book: Book;
  /** When everything that is in it was asked for, epoch ms: what changed later may be missing. */
  readonly checkedAt: number;
  /** Rises with every change of the book. */
  readonly edition: number;
}

/** Numbers of what has been read. */
interface Marks {
  /** Of the registry. */
  readonly revision: number;
  /** Of the newest note of replaced rollups. */
  readonly noted: number;
}

interface Held {
  readonly standing: Standing;
  readonly table: MeteredTable;
  readonly marks: Marks;
  readonly cuts: readonly CutMonth[];
  /** Made when first needed. */
  bonds: Bonds | undefined;
}

export class SpanBook {
  readonly years: Years;
  readonly #deps: SpanDeps;
  #held: Held | undefined;
  #work: Promise<Standing> | undefined;

  constructor(years: Years, deps: SpanDeps) {
    this.years = years;
    this.#deps = deps;
  }

  /** As of the last `refresh`; `undefined` before the first. */
  get standing(): Standing | undefined {
    return this.#held?.standing;
  }

  /** Loads it, or follows what changed since. Calls at the same time share the work; one that fails is made up for by the next. */
  refresh(): Promise<Standing> {
    this.#work ??= this.#refresh().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async #refresh(): Promise<Standing> {
    const { registry, clock, store, calendar } = this.#deps;
    const checkedAt = clock.now();
    // The hour that runs is not covered yet, and a book of one hour stays comparable with itself.
    const asOf = calendar.floor(checkedAt, 'hour');
    // Numbers first: what changes while it is read is read again the next time.
    const revision = await registry.revision();
    const held = this.#held;
    if (held === undefined) {
      const marks = { revision, noted: await registry.rollupChanges.newest() };
      return this.#whole(marks, checkedAt, asOf);
    }
    const notes = await registry.rollupChanges.since(held.marks.noted);
    const marks = { revision, noted: notes.seq };
    if (notes.resync) return this.#whole(marks, checkedAt, asOf);
    const places = await held.table.follow(store, notes.changes);
    if (revision !== held.marks.revision) return this.#whole(marks, checkedAt, asOf, held.table);
    return this.#follow(held, places, marks, checkedAt, asOf);
  }

  /** @param known columns of the same months that are up to date */
  async #whole(marks: Marks, checkedAt: number, asOf: number, known?: MeteredTable): Promise<Standing> {
    const { store, registry, calendar } = this.#deps;
    const { first, last } = this.years;
    const census = await registry.census(startOf(first, calendar), startOf(last + 1, calendar));
    const table = new MeteredTable(census);
    await table.read(store, known);
    const cuts = cutsOf(census);
    const partials = await readCutDays(store, census, cuts);
    const sources = { census, metered: table.months, partials, asOf };
    return this.#keep({ table, marks, cuts, bonds: undefined }, sources, wholeBook(sources), checkedAt);
  }

  async #follow(
    held: Held,
    places: readonly number[],
    marks: Marks,
    checkedAt: number,
    asOf: number,
  ): Promise<Standing> {
    const { standing, table } = held;
    if (places.length === 0 && asOf === standing.asOf) {
      this.#held = { ...held, marks, standing: { ...standing, checkedAt } };
      return this.#held.standing;
    }
    const changed = new Set(places);
    const sources: Sources = {
      census: standing.census,
      metered: table.months,
      partials: await this.#partials(held, changed),
      asOf,
    };
    if (asOf !== standing.asOf) return this.#keep({ ...held, marks }, sources, wholeBook(sources), checkedAt);
    const bonds = held.bonds ?? new Bonds(standing.census);
    const book = rebuiltInPart(standing.book, sources, bonds.restingOn(changed));
    return this.#keep({ ...held, marks, bonds }, sources, book, checkedAt);
  }

  async #partials({ standing, cuts }: Held, changed: ReadonlySet<number>): Promise<readonly PartialMonth[]> {
    const due = cuts.filter(({ series }) => changed.has(series));
    if (due.length === 0) return standing.partials;
    const fresh = await readCutDays(this.#deps.store, standing.census, due);
    return [...standing.partials.filter(({ series }) => !changed.has(series)), ...fresh];
  }

  async #keep(
    held: Omit<Held, 'standing'>,
    sources: Sources,
    book: Book,
    checkedAt: number,
  ): Promise<Standing> {
    const before = this.#held?.standing;
    if (before !== undefined && before.book !== book) await this.#deps.replacing?.(before.book, book);
    const edition = (before?.edition ?? 0) + 1;
    const standing = { ...sources, years: this.years, book, checkedAt, edition };
    this.#held = { ...held, standing };
    return standing;
  }
}

function startOf(year: number, calendar: Calendar): number {
  return calendar.parse(`${String(year).padStart(4, '0')}-01-01`) ?? Number.NaN;
}
