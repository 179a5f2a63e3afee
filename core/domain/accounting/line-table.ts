// Lines of a book while it is being made: columns that grow, found by (institution, commodity, use, basis).
import { type Basis, basisNames } from './bases.ts';
import type { BookLine } from './book.ts';
import { type Commodity, commodityNames } from './commodities.ts';
import { type Use, useNames } from './uses.ts';

const commodityPlace = placesOf(commodityNames);
const usePlace = placesOf(useNames);
const basisPlace = placesOf(basisNames);

/** One number for a line: ascending by institution, commodity, use, basis. */
export type LineKey = number;

export function lineKey(institution: number, commodity: Commodity, use: Use, basis: Basis): LineKey {
  const kind = commodityPlace[commodity] * useNames.length + usePlace[use];
  return (
    (institution * commodityNames.length * useNames.length + kind) * basisNames.length + basisPlace[basis]
  );
}

/** The same line with another use or basis. */
export function siblingKey(key: LineKey, change: { use?: Use; basis?: Basis }): LineKey {
  const { institution, commodity, use, basis } = partsOf(key);
  return lineKey(institution, commodity, change.use ?? use, change.basis ?? basis);
}

function partsOf(key: LineKey) {
  const bases = basisNames.length;
  const uses = useNames.length;
  const kind = Math.floor(key / bases);
  const commodity = Math.floor(kind / uses);
  const institution = Math.floor(commodity / commodityNames.length);
  return {
    institution,
    commodity: at(commodityNames, commodity % commodityNames.length),
    use: at(useNames, kind % uses),
    basis: at(basisNames, key % bases),
  };
}

/** A cell is `line * months + month`; cells of all columns lie at the same place. */
export class LineTable {
  readonly months: number;
  quantity: Float64Array;
  amountCny: Float64Array;
  expectedMs: Float64Array;
  measuredMs: Float64Array;
  estimatedMs: Float64Array;
  readonly #lines = new Map<LineKey, number>();
  readonly #keys: LineKey[] = [];
  /** Line → time of which its amount is known, where that is not the time of which its quantity is. */
  readonly #amountMs = new Map<number, Float64Array>();
  #room: number;

  /** @param room number of lines to make room for at first */
  constructor(months: number, room: number) {
    this.months = months;
    this.#room = Math.max(16, room);
    const cells = this.#room * months;
    this.quantity = new Float64Array(cells).fill(Number.NaN);
    this.amountCny = new Float64Array(cells).fill(Number.NaN);
    this.expectedMs = new Float64Array(cells);
    this.measuredMs = new Float64Array(cells);
    this.estimatedMs = new Float64Array(cells);
  }

  get length(): number {
    return this.#keys.length;
  }

  keyOf(line: number): LineKey {
    return this.#keys[line] ?? -1;
  }

  find(key: LineKey): number | undefined {
    return this.#lines.get(key);
  }

  /** The line of the key, made where there is none. */
  line(key: LineKey): number {
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = this.#keys.length;
    if (line === this.#room) this.#grow();
    this.#keys.push(key);
    this.#lines.set(key, line);
    return line;
  }

  /** Adds to what is known of a cell; NaN adds nothing. */
  addQuantity(cell: number, value: number): void {
    if (Number.isNaN(value)) return;
    const before = this.quantity[cell] ?? Number.NaN;
    this.quantity[cell] = Number.isNaN(before) ? value : before + value;
  }

  addAmount(cell: number, value: number): void {
    if (Number.isNaN(value)) return;
    const before = this.amountCny[cell] ?? Number.NaN;
    this.amountCny[cell] = Number.isNaN(before) ? value : before + value;
  }

  addTimes(cell: number, expected: number, measured: number, estimated: number): void {
    this.expectedMs[cell] = (this.expectedMs[cell] ?? 0) + expected;
    this.measuredMs[cell] = (this.measuredMs[cell] ?? 0) + measured;
    this.estimatedMs[cell] = (this.estimatedMs[cell] ?? 0) + estimated;
  }

  /** Adds to the covered time of a cell whose quantity and amount are not always known together. */
  addCovered(line: number, month: number, quantityMs: number, amountMs: number): void {
    const cell = line * this.months + month;
    if (quantityMs !== amountMs || this.#amountMs.has(line)) {
      const column = this.#amountMs.get(line) ?? this.#column(this.measuredMs, line * this.months).slice();
      this.#amountMs.set(line, column);
      column[month] = (column[month] ?? 0) + amountMs;
    }
    this.measuredMs[cell] = (this.measuredMs[cell] ?? 0) + quantityMs;
  }

  /** Time of a cell of which the amount is known. */
  amountMsOf(line: number, month: number): number {
    return this.#amountMs.get(line)?.[month] ?? this.measuredMs[line * this.months + month] ?? 0;
  }

  /** Lines in the order of their keys; the columns are views of this table. Lines that say nothing at all are left out. */
  bookLines(): BookLine[] {
    const keys = Float64Array.from(this.#keys).sort();
    const lines: BookLine[] = [];
    for (const key of keys) {
      const line = this.#lines.get(key) ?? 0;
      const from = line * this.months;
      if (this.#isEmpty(from)) continue;
      const { institution, commodity, use, basis } = partsOf(key);
      const measuredMs = this.#column(this.measuredMs, from);
      lines.push({
        institution,
        commodity,
        use,
        basis,
        quantity: this.#column(this.quantity, from),
        amountCny: this.#column(this.amountCny, from),
        expectedMs: this.#column(this.expectedMs, from),
        measuredMs,
        estimatedMs: this.#column(this.estimatedMs, from),
        amountMs: this.#amountMs.get(line) ?? measuredMs,
      });
    }
    return lines;
  }

  #isEmpty(from: number): boolean {
    for (let cell = from; cell < from + this.months; cell++) {
      const something =
        (this.expectedMs[cell] ?? 0) > 0 ||
        !Number.isNaN(this.quantity[cell] ?? Number.NaN) ||
        !Number.isNaN(this.amountCny[cell] ?? Number.NaN);
      if (something) return false;
    }
    return true;
  }

  #column(all: Float64Array, from: number): Float64Array {
    return new Float64Array(all.buffer, from * Float64Array.BYTES_PER_ELEMENT, this.months);
  }

  #grow(): void {
    const used = this.#room * this.months;
    this.#room *= 2;
    const cells = this.#room * this.months;
    const grown = (from: Float64Array, empty: number): Float64Array => {
      const to = new Float64Array(cells);
      to.set(from);
      if (empty !== 0) to.fill(empty, used);
      return to;
    };
    this.quantity = grown(this.quantity, Number.NaN);
    this.amountCny = grown(this.amountCny, Number.NaN);
    this.expectedMs = grown(this.expectedMs, 0);
    this.measuredMs = grown(this.measuredMs, 0);
    this.estimatedMs = grown(this.estimatedMs, 0);
  }
}

function placesOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name, place) => [name, place])) as Record<Name, number>;
}

function at<Name>(names: readonly Name[], place: number): Name {
  const name = names[place];
  if (name === undefined) throw new RangeError(`there is no name at place ${place}`);
  return name;
}
