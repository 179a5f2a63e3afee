// Institutions by month: who is above whom, who is registered, how many use energy, on what area.
import type { CensusInstitution, Months } from '../domain/accounting/census.ts';
import type { UserRule } from '../domain/accounting/definitions.ts';
import type { PlaceFacts } from './census-facts.ts';
import type { Places } from './census-places.ts';
import { Edges, meanByMonth, type Said, type Span, saidAt, spanAt, spansOf } from './census-spans.ts';
import type { Stretch } from './stretches.ts';

/** A counting rule (折算规则) by its id; `undefined`: there is none of that name. */
export type UserRules = (id: string) => UserRule | undefined;

/** @param ids by number; `facts` and `areaM2` likewise */
export function institutionsOf(
  ids: readonly string[],
  facts: readonly PlaceFacts[],
  numbers: ReadonlyMap<string, number>,
  areaM2: Places['areaM2'],
  userRules: UserRules,
  months: Months,
): CensusInstitution[] {
  const { starts, to } = months;
  const edges = Float64Array.of(...starts, to);
  const range = { from: edges[0] ?? to, to };
  const texts = new Texts();
  return facts.map((own, number): CensusInstitution => {
    const exists = new Uint8Array(starts.length);
    const registered = new Uint8Array(starts.length);
    const parent = new Int32Array(starts.length);
    byMonth(exists, starts, own.name, (name) => Number(name !== undefined));
    byMonth(registered, starts, own.registered, (said) => Number(said === 'true'));
    byMonth(parent, starts, own.parent, (id) => (id === undefined ? -1 : (numbers.get(id) ?? -1)));
    const last = exists.lastIndexOf(1);
    /** One that exists at no month's start begins in the last month: what holds at the end is its own. */
    const at = last < 0 ? to - 1 : (starts[last] ?? 0);
    return {
      id: ids[number] ?? '',
      name: texts.of(saidAt(own.name, at)),
      parent,
      exists,
      users: meanByMonth(usersOf(own, userRules, range), edges),
      areaM2: meanByMonth(areaM2[number] ?? [], edges),
      registered,
      sector: texts.of(saidAt(own.sector, at)),
      kind: texts.of(saidAt(own.kind, at)),
      adminLevel: texts.of(saidAt(own.adminLevel, at)),
      climateZone: texts.of(saidAt(own.climateZone, at)),
      heating: texts.of(saidAt(own.heating, at)),
    };
  });
}

/** Fills a column with what is said at each month's start. */
function byMonth(
  column: Uint8Array | Int32Array,
  starts: Float64Array,
  said: Said,
  read: (text: string | undefined) => number,
): void {
  if (typeof said !== 'object') column.fill(read(said));
  else
    for (let month = 0; month < column.length; month++)
      column[month] = read(saidAt(said, starts[month] ?? 0));
}

/** Energy users (用能人数): each component times its weight under the rule of the day; without a rule every head is one. */
function usersOf(
  { energyUsers, userRule }: PlaceFacts,
  userRules: UserRules,
  range: Stretch,
): Span<number>[] {
  const heads = spansOf(energyUsers, range, (json) => JSON.parse(json) as Readonly<Record<string, number>>);
  const rules = spansOf(userRule, range, (json) => userRules(JSON.parse(json) as string) ?? 'unknown');
  const edges = new Edges(range);
  edges.add(heads);
  edges.add(rules);
  const spans: Span<number>[] = [];
  for (const { from, to } of edges.slices()) {
    const counted = spanAt(heads, from);
    const rule = spanAt(rules, from);
    // A rule that nobody knows leaves the number unknown: it must not be taken for another one.
    if (counted === undefined || rule === 'unknown') continue;
    const weights: Readonly<Record<string, number>> | undefined = rule?.weights;
    let value = 0;
    for (const name in counted) value += (counted[name] ?? 0) * (weights?.[name] ?? 1);
    spans.push({ from, to, value });
  }
  return spans;
}

/** Few texts, often repeated. */
class Texts {
  readonly #known = new Map<string, string>();

  of(json: string | undefined): string {
    if (json === undefined) return '';
    let text = this.#known.get(json);
    if (text === undefined) {
      text = String(JSON.parse(json));
      this.#known.set(json, text);
    }
    return text;
  }
}
