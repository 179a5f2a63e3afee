// The base restated after mergers (同口径): which institutions' base-year figures form the base of an institution today.
import { JieyueError } from '../errors.ts';

export interface RestateInput {
  /** Who exists today → who is above it. */
  readonly today: ReadonlyMap<string, string | null>;
  /** Who existed in the base year → who was above it then. */
  readonly baseYear: ReadonlyMap<string, string | null>;
  /** Institution → the one that it was merged into, at any time since; chains are followed. */
  readonly mergedInto: ReadonlyMap<string, string>;
  /** Whoever existed at any time since the base year → who was above when last seen. Left out: those of the base year. */
  readonly seen?: ReadonlyMap<string, string | null> | undefined;
}

export interface Restatement {
  /** Institution ever seen → the one of today that its own figures of past years belong to. Each goes to one place or none. */
  readonly destination: ReadonlyMap<string, string>;
  /** Gone without a successor: in nobody's base. */
  readonly dissolved: readonly string[];
  /** Of today, without any base-year figures of their own: founded since. */
  readonly withoutBase: readonly string[];
}

/** Why the base of an institution today is another than that of its subtree then. */
export interface RestatedBase {
  /** Whose own base-year figures (without what was below them) sum to the base, ascending. */
  readonly members: readonly string[];
  /** In it today, not below the institution then. */
  readonly joined: readonly string[];
  /** Below the institution then, not in it today: left, dissolved or merged elsewhere. */
  readonly left: readonly string[];
  /** In the subtree today, without base-year figures. */
  readonly withoutBase: readonly string[];
}

/**
 * A merged institution goes where it was merged into, even if it still stands in the tree; one that exists goes to itself; one that
 * has vanished goes with the one above it when last seen if that was merged, else it is dissolved.
 * @throws JieyueError `registry.cycle` for mergers that lead back to themselves
 */
export function restate(input: RestateInput): Restatement {
  const found = new Map<string, string | null>();
  const seen = seenOf(input);
  const destination = new Map<string, string>();
  const dissolved: string[] = [];
  for (const id of seen.keys()) {
    const to = destinationOf(id, input, found, new Map());
    if (to === null) dissolved.push(id);
    else destination.set(id, to);
  }
  const withBase = new Set([...input.baseYear.keys()].map((id) => destination.get(id)));
  // A merged institution that still stands in the tree was not founded since.
  const isNew = (id: string) => !withBase.has(id) && !input.baseYear.has(id);
  return {
    destination,
    dissolved: dissolved.toSorted(),
    withoutBase: [...input.today.keys()].filter(isNew).toSorted(),
  };
}

/** @param institution one of today */
export function restatedBase(
  institution: string,
  input: RestateInput,
  restatement: Restatement,
): RestatedBase {
  const isBelowToday = below(institution, input.today);
  const wasBelow = below(institution, input.baseYear);
  const members = [...restatement.destination]
    .filter(([id, to]) => input.baseYear.has(id) && isBelowToday(to))
    .map(([id]) => id);
  const inIt = new Set(members);
  const before = [...input.baseYear.keys()].filter(wasBelow);
  const had = new Set(before);
  return {
    members: members.toSorted(),
    joined: members.filter((id) => !had.has(id)).toSorted(),
    left: before.filter((id) => !inIt.has(id)).toSorted(),
    withoutBase: restatement.withoutBase.filter(isBelowToday),
  };
}

function seenOf({ seen, baseYear }: RestateInput): ReadonlyMap<string, string | null> {
  return seen ?? baseYear;
}

/** How one came to an institution: it was merged into it, or vanished below it. */
type Way = 'merged' | 'below';

/** Where an institution belongs today; `null`: nowhere. Remembers in `found`. */
function destinationOf(
  id: string,
  input: RestateInput,
  found: Map<string, string | null>,
  walking: Map<string, Way>,
): string | null {
  const known = found.get(id);
  if (known !== undefined) return known;
  const above = seenOf(input).get(id) ?? null;
  const into = input.mergedInto.get(id);
  if (walking.has(id)) {
    const circle = [...walking].slice([...walking.keys()].indexOf(id));
    // Merged into what vanished below it: nothing is left of either.
    if (circle.some(([, way]) => way === 'below')) return null;
    throw new JieyueError(
      'registry.cycle',
      `mergers lead from institution ${id} back to itself (${circle.map(([step]) => step).join(' -> ')}); correct mergedInto`,
    );
  }
  walking.set(id, into === undefined ? 'below' : 'merged');
  const to = successorOf(id, into, above, input, found, walking);
  walking.delete(id);
  found.set(id, to);
  return to;
}

function successorOf(
  id: string,
  into: string | undefined,
  above: string | null,
  input: RestateInput,
  found: Map<string, string | null>,
  walking: Map<string, Way>,
): string | null {
  if (into !== undefined) return destinationOf(into, input, found, walking);
  if (input.today.has(id)) return id;
  if (above === null || !seenOf(input).has(above)) return null;
  const withAbove = destinationOf(above, input, found, walking);
  // The one above is still itself: what vanished below it has no successor.
  return withAbove === above ? null : withAbove;
}

/** Whether an institution is `top` or below it; remembers what it has seen, so a whole tree costs one walk. */
function below(top: string, tree: ReadonlyMap<string, string | null>): (id: string) => boolean {
  const known = new Map<string, boolean>([[top, true]]);
  return (id) => {
    const path: string[] = [];
    let answer: boolean | undefined;
    for (let at: string | null = id; answer === undefined; ) {
      if (at === null || path.length > tree.size) answer = false;
      else if (known.has(at)) answer = known.get(at) ?? false;
      else {
        path.push(at);
        at = tree.get(at) ?? null;
      }
    }
    for (const step of path) known.set(step, answer);
    return answer;
  };
}
