// Circles in a graph whose edges hold in stretches of time.

/** What a node leads to, and when. */
export type DatedTargets = (
  node: string,
) => readonly { readonly from: number; readonly to: number; readonly targets: readonly string[] }[];

/**
 * A circle that can be reached from one of `starts`, at some moment; `path` begins and ends with the same node. The graph
 * changes only where a stretch begins: each such moment is looked at once, so the work is moments × edges at most.
 */
export function findCircle(
  edges: DatedTargets,
  starts: Iterable<string>,
): { readonly path: readonly string[]; readonly at: number } | undefined {
  const first = [...starts];
  const moments = new Set<number>();
  const known = new Set(first);
  for (const node of known) {
    for (const { from, targets } of edges(node)) {
      moments.add(from);
      for (const target of targets) known.add(target);
    }
  }
  for (const at of [...moments].sort((a, b) => a - b)) {
    const path = circleAt(
      (node) => edges(node).find(({ from, to }) => from <= at && at < to)?.targets ?? [],
      first,
    );
    if (path) return { path, at };
  }
  return undefined;
}

/** Depth first, with a stack of its own: a chain may be long. */
function circleAt(
  targets: (node: string) => readonly string[],
  starts: readonly string[],
): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of starts) {
    if (done.has(start)) continue;
    const path = [start];
    const open = new Set(path);
    const left = [targets(start).values()];
    while (path.length > 0) {
      const next = left.at(-1)?.next();
      if (next === undefined || next.done) {
        const node = path.pop() ?? '';
        left.pop();
        open.delete(node);
        done.add(node);
      } else if (open.has(next.value)) {
        return [...path.slice(path.indexOf(next.value)), next.value];
      } else if (!done.has(next.value)) {
        path.push(next.value);
        open.add(next.value);
        left.push(targets(next.value).values());
      }
    }
  }
  return undefined;
}
