// Stretches of time, half-open: cut, and joined where they adjoin.

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Entity → the stretches in which it belongs. */
export type Belonging = Map<string, Stretch[]>;

/** The part of [validFrom, validTo) that lies in `within`; `undefined` where there is none. `null` is open. */
export function overlap(
  entry: { readonly valid_from: number; readonly valid_to: number | null },
  within: Stretch,
): Stretch | undefined {
  const from = Math.max(entry.valid_from, within.from);
  const to = entry.valid_to === null ? within.to : Math.min(entry.valid_to, within.to);
  return from < to ? { from, to } : undefined;
}

/** Ascending, with stretches that adjoin or overlap made one. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const next of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && next.from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    } else {
      result.push(next);
    }
  }
  return result;
}

/** The parts of `stretches` that none of `taken` holds; ascending. */
export function without(stretches: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  let free = joined(stretches);
  for (const { from, to } of taken) {
    free = free.flatMap((part) => {
      if (to <= part.from || from >= part.to) return [part];
      const before = { from: part.from, to: from };
      const after = { from: to, to: part.to };
      return [before, after].filter((rest) => rest.from < rest.to);
    });
  }
  return free;
}

/** What both hold. */
export function common(some: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  return some.flatMap(({ from, to }) =>
    others.flatMap((other) => overlap({ valid_from: other.from, valid_to: other.to }, { from, to }) ?? []),
  );
}

export function addAll(map: Belonging, key: string, stretches: readonly Stretch[]): void {
  map.set(key, [...(map.get(key) ?? []), ...stretches]);
}
