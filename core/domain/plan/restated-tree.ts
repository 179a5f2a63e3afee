// The tree that a plan's years are compared under (同口径): that of today, with whoever was merged below its successor.

/**
 * Whoever was merged stands below the one that it belongs to now; what still stands below it hangs there too. One that was merged
 * into its own subordinate makes room: the subordinate moves up to the next one above that is not below it itself.
 * @param today who exists → who is above it; without circles
 * @param destination of whoever existed: itself, or the one that it belongs to today; left out: nobody (see `restate`)
 * @returns everybody of either map → who is above; `null`: nobody. No circles.
 */
export function restatedTree(
  today: ReadonlyMap<string, string | null>,
  destination: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | null> {
  const tree = new Map<string, string | null>(today);
  const displaced: string[] = [];
  const isMerged = (id: string) => (destination.get(id) ?? id) !== id;
  for (const [id, to] of destination) tree.set(id, to === id ? (today.get(id) ?? null) : to);
  for (const [id, above] of today) {
    if (!isMerged(id) && above !== null && isMerged(above)) displaced.push(id);
  }
  // Ascending, so that the same facts give the same tree; again, since one that moves up may close another's circle.
  displaced.sort();
  const from = new Map(displaced.map((id) => [id, today.get(id) ?? null]));
  for (let moved = true; moved; ) {
    moved = false;
    for (const id of displaced) {
      const start = from.get(id) ?? null;
      const free = firstFree(id, start, today, tree);
      from.set(id, free);
      tree.set(id, free === null ? null : (destination.get(free) ?? free));
      moved ||= free !== start;
    }
  }
  return tree;
}

/** From `start` upwards, the first one below which `id` can hang without standing above itself. */
function firstFree(
  id: string,
  start: string | null,
  today: ReadonlyMap<string, string | null>,
  tree: ReadonlyMap<string, string | null>,
): string | null {
  for (let above = start; above !== null; above = today.get(above) ?? null) {
    if (!leadsTo(id, above, tree)) return above;
  }
  return null;
}

function leadsTo(id: string, from: string, tree: ReadonlyMap<string, string | null>): boolean {
  // A circle that is not yet opened does not hold the walk for ever.
  let steps = tree.size;
  for (let at: string | null = from; at !== null && steps >= 0; at = tree.get(at) ?? null, steps--) {
    if (at === id) return true;
  }
  return false;
}
