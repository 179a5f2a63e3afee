// What dispatch orders allow: stretches of time in which a car may be out of hours, or out of its region.

export interface Cover {
  /** Epoch ms, [from, to). */
  readonly from: number;
  readonly to: number;
  /** The order that covers, by its id. */
  readonly order: string;
}

/** The stretches of [from, to) that no cover holds, ascending and apart; covers may overlap and come in any order. */
export function uncovered(
  from: number,
  to: number,
  covers: readonly Pick<Cover, 'from' | 'to'>[],
): [from: number, to: number][] {
  const found: [number, number][] = [];
  let free = from;
  for (const cover of [...covers].sort((a, b) => a.from - b.from)) {
    if (cover.to <= free || cover.to <= cover.from) continue;
    if (cover.from >= to) break;
    if (cover.from > free) found.push([free, cover.from]);
    free = cover.to;
  }
  if (free < to) found.push([free, to]);
  return found;
}
