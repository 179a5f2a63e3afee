// Consumption by sub-item (分项 A1…D6): what sub-meters show, added by code, and what none of them explains.

export interface SubItemInput {
  /** `A1`…`D6`, or a category where the meter is not sorted further. */
  readonly code: string;
  /** NaN: unknown. */
  readonly quantity: number;
}

export interface SubItems {
  /** Code → sum; `null`: none of its meters is known. */
  readonly byCode: ReadonlyMap<string, number | null>;
  /** Sum of all that is known; `null`: nothing is. */
  readonly explained: number | null;
  /** Total less explained; below 0: sub-meters show more than the meters above. `null` where either is unknown. */
  readonly rest: number | null;
}

/** @param total of the meters above, NaN: unknown */
export function subItems(inputs: readonly SubItemInput[], total: number): SubItems {
  const byCode = new Map<string, number | null>();
  let explained: number | null = null;
  let whole = true;
  for (const { code, quantity } of inputs) {
    const before = byCode.get(code) ?? null;
    if (Number.isNaN(quantity)) {
      byCode.set(code, before);
      whole = false;
      continue;
    }
    byCode.set(code, (before ?? 0) + quantity);
    explained = (explained ?? 0) + quantity;
  }
  // A difference with an unknown part is unknown.
  const rest = !whole || Number.isNaN(total) ? null : total - (explained ?? 0);
  return { byCode, explained, rest };
}
