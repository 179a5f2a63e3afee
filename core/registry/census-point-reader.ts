// Facts of points by number, each text parsed once, and where a point stands.
import { type Commodity, commodityOfCarrier } from '../domain/accounting/commodities.ts';
import { isQuantity, type Quantity, quantityEntry } from '../domain/units.ts';
import type { PointFacts } from './census-facts.ts';
import { addPlacement, type Placement } from './census-places.ts';
import type { Stretch } from './stretches.ts';

/** What a point measures, of one commodity. */
export interface Measured {
  readonly commodity: Commodity;
  readonly quantity: Quantity;
}

export interface Formula {
  readonly terms: readonly { readonly point: string; readonly factor: number }[];
  readonly counts: boolean;
}

const noPlacements: readonly Placement[] = [];
const nothing: readonly Measured[] = [];

export class PointReader {
  /** By key; a point's number is its place here. */
  readonly points: readonly PointFacts[];
  readonly range: Stretch;
  /** By key; made when first needed. */
  #numbers: ReadonlyMap<string, number> | undefined;
  readonly #placements: ReadonlyMap<string, readonly Placement[]>;
  readonly #measured = new Map<string, readonly Measured[]>();
  readonly #formulas = new Map<string, Formula>();

  /** @param placements of buildings */
  constructor(
    points: ReadonlyMap<string, PointFacts>,
    placements: ReadonlyMap<string, readonly Placement[]>,
    range: Stretch,
  ) {
    this.points = [...points.keys()].sort().flatMap((key) => points.get(key) ?? []);
    this.range = range;
    this.#placements = placements;
  }

  /** -1: of none that anything is said of. */
  number(key: string): number {
    this.#numbers ??= numbersOf(this.points);
    return this.#numbers.get(key) ?? -1;
  }

  measured(json: string | undefined): readonly Measured[] {
    if (json === undefined) return nothing;
    let measured = this.#measured.get(json);
    if (measured === undefined) {
      measured = (JSON.parse(json) as string[]).flatMap((quantity) => measuredBy(quantity) ?? []);
      this.#measured.set(json, measured);
    }
    return measured;
  }

  formula(json: string): Formula {
    let formula = this.#formulas.get(json);
    if (formula === undefined) {
      formula = JSON.parse(json) as Formula;
      this.#formulas.set(json, formula);
    }
    return formula;
  }

  /** Who answers for the point, and when; ascending. */
  placements({ building }: PointFacts): readonly Placement[] {
    if (building === undefined) return noPlacements;
    if (typeof building === 'string') return this.#placements.get(building) ?? noPlacements;
    const found: Placement[] = [];
    for (const span of building) {
      for (const { from, to, value } of this.#placements.get(span.value) ?? noPlacements) {
        addPlacement(found, value, Math.max(from, span.from), Math.min(to, span.to));
      }
    }
    return found;
  }
}

function numbersOf(points: readonly PointFacts[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { key } of points) numbers.set(key, numbers.size);
  return numbers;
}

/** `undefined`: a quantity that counts for no commodity. */
export function measuredBy(name: string): Measured | undefined {
  const carrier = quantityEntry(name)?.carrier;
  const commodity = carrier === undefined ? undefined : commodityOfCarrier(carrier);
  return commodity !== undefined && isQuantity(name) ? { commodity, quantity: name } : undefined;
}
