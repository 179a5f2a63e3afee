// When a point counts for its own consumption, and by which quantity: as it was registered at the time.
import type { MemberStretch } from '../../core/domain/energy/consumption-plan.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { type Carrier, isQuantity, type Quantity, quantitiesOfCarrier } from '../../core/domain/units.ts';
import type { Fact } from '../../core/registry/registry.ts';

export interface PointHistory {
  readonly point: PointKey;
  /** Current facts `quantities` of the point, ascending, not overlapping. */
  readonly facts: readonly Pick<Fact, 'validFrom' | 'validTo' | 'value'>[];
  /** Quantities of which the store has a series, registered or not. */
  readonly received: readonly Quantity[];
}

/**
 * Stretches within [from, to), ascending; none overlaps another, so that a point with a register and an interval counts
 * once. From the first fact on that names a quantity of the carrier the registration alone decides: the point counts by
 * the quantity that is named, and not at all where none is, as it does for its building. Before that (for good, where
 * no fact ever names one) what was received counts: of several series the one that is registered later, else the
 * register before the interval.
 * @returns `undefined` where the point has nothing to do with the carrier at any time.
 */
export function stretchesOfPoint(
  { point, facts, received }: PointHistory,
  carrier: Carrier,
  { from, to }: { readonly from: number; readonly to: number },
): readonly MemberStretch[] | undefined {
  const wanted = quantitiesOfCarrier(carrier);
  const named = facts.flatMap(({ validFrom, validTo, value }) => {
    const quantity = wanted.find((name) => quantitiesIn(value).includes(name));
    return quantity === undefined ? [] : [{ point, quantity, from: validFrom, to: validTo ?? to }];
  });
  const [first] = named;
  const unnamed = [...(first ? [first.quantity] : []), ...wanted].find((name) => received.includes(name));
  if (first === undefined && unnamed === undefined) return undefined;
  const before = unnamed === undefined ? [] : [{ point, quantity: unnamed, from, to: first?.from ?? to }];
  return [...before, ...named]
    .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, from), to: Math.min(stretch.to, to) }))
    .filter((stretch) => stretch.from < stretch.to);
}

/** Whatever the point was registered with at some time, or sent; in the order in which it came up. */
export function quantitiesEver({ facts, received }: PointHistory): readonly Quantity[] {
  return [...new Set([...facts.flatMap(({ value }) => quantitiesIn(value)), ...received])];
}

function quantitiesIn(value: unknown): Quantity[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string' && isQuantity(name)) : [];
}
