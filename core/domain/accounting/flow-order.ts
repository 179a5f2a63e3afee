// The order in which flows are worked off: what gives to another comes before it.

/** @returns numbers that something flows from, each after those that it gets from; a circle is cut where it is met */
export function upstreamFirst(
  flows: readonly { readonly from: number; readonly to: number }[],
): readonly number[] {
  const leaving = new Map<number, number[]>();
  for (const { from, to } of flows) {
    const targets = leaving.get(from);
    if (targets) targets.push(to);
    else leaving.set(from, [to]);
  }
  const waiting = new Map<number, number>([...leaving.keys()].map((number) => [number, 0]));
  for (const { to } of flows) {
    const count = waiting.get(to);
    if (count !== undefined) waiting.set(to, count + 1);
  }
  const order = [...waiting].filter(([, count]) => count === 0).map(([number]) => number);
  const done = new Set(order);
  for (const number of order) {
    for (const to of leaving.get(number) ?? []) {
      const left = waiting.get(to);
      if (left === undefined) continue;
      waiting.set(to, left - 1);
      if (left > 1 || done.has(to)) continue;
      order.push(to);
      done.add(to);
    }
  }
  const circles = [...waiting.keys()].filter((number) => !done.has(number)).sort((a, b) => a - b);
  return [...order, ...circles];
}
