// A book under one tree for all its years (同口径): that of the last month, with whoever was merged below its successor. Every
// number of a plan question comes from here, so that a merger alone changes none of them.
import type { Book } from '../../core/domain/accounting/book.ts';
import type { CensusInstitution } from '../../core/domain/accounting/census.ts';
import { monthAt, monthEnd, windowOfYear } from '../../core/domain/accounting/months.ts';
import { Totals } from '../../core/domain/accounting/totals.ts';
import {
  type RestatedBase,
  type RestateInput,
  type Restatement,
  restate,
  restatedBase,
} from '../../core/domain/plan/restate.ts';
import { restatedTree } from '../../core/domain/plan/restated-tree.ts';
import type { Opened } from './accounting.ts';
import { type Merger, mergersAt, type PlanRegistry } from './plan-facts.ts';

export interface RestatedView {
  readonly totals: Totals;
  /** The month whose tree it is: the book's last, or the running one. */
  readonly month: number;
  /** Numbers of those who exist in that month and were not merged, each with the one above; -1: nobody. */
  readonly standing: ReadonlyMap<number, number>;
  /** Whose base-year figures form the base of an institution of today. */
  baseOf(institution: string): RestatedBase;
}

/**
 * The view of a book that begins with the plan's base year and ends with the year asked for; kept with its totals.
 * @throws JieyueError `registry.cycle`
 */
export async function restatedView(
  { totals }: Pick<Opened, 'totals'>,
  registry: PlanRegistry,
  baseYear: number,
): Promise<RestatedView> {
  const { months, asOf, institutions } = totals.book;
  const month = Math.max(0, monthAt(months, Math.min(asOf, months.to) - 1));
  const mergers = await mergersAt(registry, institutions, monthEnd(months, month) - 1);
  const known = views.get(totals);
  if (known?.view.month === month && known.mergers === mergers) return known.view;
  const view = makeView(totals, month, mergers, windowOfYear(months, baseYear).from);
  views.set(totals, { mergers, view });
  return view;
}

const views = new WeakMap<
  Totals,
  { readonly mergers: ReadonlyMap<string, Merger>; readonly view: RestatedView }
>();

function makeView(
  totals: Totals,
  month: number,
  mergers: ReadonlyMap<string, Merger>,
  firstMonth: number,
): RestatedView {
  const { book, terms } = totals;
  const today = treeOf(book, month);
  const input: RestateInput = {
    today,
    baseYear: treeOf(book, firstMonth),
    mergedInto: new Map([...mergers].map(([id, { into }]) => [id, into])),
    seen: lastSeen(book, month),
  };
  const restatement = restate(input);
  const tree = restatedTree(today, restatement.destination);
  const places = new Map(book.institutions.map(({ id }, place) => [id, place]));
  const placeOf = (id: string | null | undefined) => places.get(id ?? '') ?? -1;
  const parent = Int32Array.from(book.institutions, ({ id }) => placeOf(tree.get(id)));
  const standing = new Map(
    [...today.keys()]
      .filter((id) => isItself(restatement, id))
      .map((id) => [placeOf(id), placeOf(tree.get(id))]),
  );
  return {
    totals: new Totals(withoutMerged(book, mergers), terms, { parent }),
    month,
    standing,
    baseOf: (institution) => restatedBase(institution, { ...input, today: tree }, restatement),
  };
}

function isItself({ destination }: Restatement, id: string): boolean {
  return (destination.get(id) ?? id) === id;
}

/** Who exists in a month → who is above. */
function treeOf({ institutions }: Book, month: number): Map<string, string | null> {
  return new Map(
    institutions
      .filter(({ exists }) => exists[month] === 1)
      .map(({ id, parent }) => [id, institutions[parent[month] ?? -1]?.id ?? null]),
  );
}

/** Who existed in any month until `last` → who was above in the last of them. */
function lastSeen({ institutions }: Book, last: number): Map<string, string | null> {
  return new Map(
    institutions.flatMap(({ id, parent, exists }) => {
      const month = exists.lastIndexOf(1, last);
      return month < 0 ? [] : [[id, institutions[parent[month] ?? -1]?.id ?? null] as const];
    }),
  );
}

/**
 * Nobody waits for data of one that was merged, though it may still stand in the tree: where nothing is recorded of it from then
 * on, it does not exist.
 */
function withoutMerged(book: Book, mergers: ReadonlyMap<string, Merger>): Book {
  if (mergers.size === 0) return book;
  const { starts } = book.months;
  const gone = new Map<number, Uint8Array>();
  for (const [place, { id, exists, users, areaM2 }] of book.institutions.entries()) {
    const since = mergers.get(id)?.since;
    if (since === undefined) continue;
    const isGone = (month: number) =>
      (starts[month] ?? 0) >= since &&
      Number.isNaN(users[month] ?? Number.NaN) &&
      Number.isNaN(areaM2[month] ?? Number.NaN);
    gone.set(
      place,
      exists.map((_, month) => Number(isGone(month))),
    );
  }
  for (const { institution, expectedMs, quantity } of book.lines) {
    const months = gone.get(institution);
    for (const [month, expected] of months === undefined ? [] : expectedMs.entries()) {
      if (expected > 0 || !Number.isNaN(quantity[month] ?? Number.NaN)) months?.fill(0, month, month + 1);
    }
  }
  const institutions = book.institutions.map((institution, place): CensusInstitution => {
    const months = gone.get(place);
    if (months === undefined) return institution;
    return {
      ...institution,
      exists: institution.exists.map((one, month) => (months[month] === 1 ? 0 : one)),
    };
  });
  return { ...book, institutions };
}
