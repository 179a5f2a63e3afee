// Institutions by month: who is above whom, who is registered, how many use energy, on what area.
import type { CensusInstitution, Months, RuleStretch } from '../domain/accounting/census.ts';
import type { PlaceFacts } from './census-facts.ts';
import type { Places } from './census-places.ts';
import { Edges, meanByMonth, type Said, type Span, saidAt, spanAt, spansOf } from './census-spans.ts';
import type { CountingRules, RuleVersion } from './counting-rules.ts';
import { joined, type Stretch } from './stretches.ts';

/** @param ids by number; `facts` and `areaM2` likewise */
export function institutionsOf(
  ids: readonly string[],
  facts: readonly PlaceFacts[],
  numbers: ReadonlyMap<string, number>,
  areaM2: Places['areaM2'],
  rules: CountingRules,
  months: Months,
): CensusInstitution[] {
  const { starts, to } = months;
  const edges = Float64Array.of(...starts, to);
  const range = { from: edges[0] ?? to, to };
  const texts = new Texts();
  const always: readonly Stretch[] = [range];
  const ruled = new RuleStretches(range);
  const sectorsOf = (said: Said, days: Float64Array, first: number, last: number) =>
    Array.from(days, (day) => texts.of(saidAt(said, Math.min(Math.max(day, first), last))));
  const found = facts.map((own, number): CensusInstitution => {
    const named = joined(spansOf(own.name, range, () => true).map(({ from, to }) => ({ from, to })));
    const lives = named[0]?.from === range.from && named[0].to === range.to ? always : named;
    const days = lives === always ? starts : firstDays(lives, edges);
    const exists = new Uint8Array(starts.length).fill(1);
    if (lives !== always)
      for (const [month, start] of starts.entries())
        exists[month] = Number(livesIn(lives, start, edges[month + 1] ?? to));
    const registered = new Uint8Array(starts.length);
    const parent = new Int32Array(starts.length);
    byMonth(registered, days, own.registered, (said) => Number(said === 'true'));
    byMonth(parent, days, own.parent, (id) => (id === undefined ? -1 : (numbers.get(id) ?? -1)));
    const at = days[exists.lastIndexOf(1)] ?? to - 1;
    const users = usersOf(own, rules, range);
    return {
      id: ids[number] ?? '',
      name: texts.of(saidAt(own.name, at)),
      parent,
      exists,
      lives,
      users: meanByMonth(users, edges),
      userRules: ruled.of(users),
      areaM2: meanByMonth(areaM2[number] ?? [], edges),
      registered,
      sector: texts.of(saidAt(own.sector, at)),
      sectors:
        typeof own.sector === 'object' ? sectorsOf(own.sector, days, lives[0]?.from ?? at, at) : undefined,
      kind: texts.of(saidAt(own.kind, at)),
      adminLevel: texts.of(saidAt(own.adminLevel, at)),
      climateZone: texts.of(saidAt(own.climateZone, at)),
      heating: texts.of(saidAt(own.heating, at)),
    };
  });
  for (const [number, { lives, parent }] of found.entries())
    if (lives !== always) openCircles(found, number, parent, starts);
  return found;
}

function livesIn(lives: readonly Stretch[], start: number, end: number): boolean {
  return lives.some(({ from, to }) => from < end && to > start);
}

/** Of each month the first day on which it exists; of one without, its start. */
function firstDays(lives: readonly Stretch[], edges: Float64Array): Float64Array {
  return edges.subarray(0, -1).map((start, month) => {
    const end = edges[month + 1] ?? start;
    const life = lives.find(({ from, to }) => from < end && to > start);
    return Math.max(start, life?.from ?? start);
  });
}

/** Fills a column with what is said on one day of each month. */
function byMonth(
  column: Uint8Array | Int32Array,
  days: Float64Array,
  said: Said,
  read: (text: string | undefined) => number,
): void {
  if (typeof said !== 'object') column.fill(read(said));
  else
    for (let month = 0; month < column.length; month++) column[month] = read(saidAt(said, days[month] ?? 0));
}

/** Parents of different days of a month may stand in a circle: whoever was founded inside of it then stands below nobody. */
function openCircles(
  all: readonly CensusInstitution[],
  number: number,
  parent: Int32Array,
  starts: Float64Array,
): void {
  const { lives = [] } = all[number] ?? {};
  for (let month = 0; month < starts.length; month++) {
    const start = starts[month] ?? 0;
    if (lives.some(({ from, to }) => from <= start && start < to)) continue;
    let above = parent[month] ?? -1;
    for (let steps = 0; above >= 0 && above !== number && steps < all.length; steps++)
      above = all[above]?.parent[month] ?? -1;
    if (above >= 0) parent[month] = -1;
  }
}

interface Counted extends Span<number> {
  readonly rule: RuleVersion | undefined;
}

/** Energy users (用能人数): each component times its weight under the rule of the day; without a rule every head is one. */
function usersOf({ energyUsers, userRule }: PlaceFacts, rules: CountingRules, range: Stretch): Counted[] {
  const heads = spansOf(energyUsers, range, (json) => JSON.parse(json) as Readonly<Record<string, number>>);
  const named = spansOf(userRule, range, (json) => rules(JSON.parse(json) as string) ?? []);
  const edges = new Edges(range);
  edges.add(heads);
  edges.add(named);
  for (const { value } of named) edges.add(value);
  const spans: Counted[] = [];
  for (const { from, to } of edges.slices()) {
    const counted = spanAt(heads, from);
    const versions = spanAt(named, from);
    const rule = versions && spanAt(versions, from);
    // A rule that nobody knows, or that has not begun, leaves the number unknown: it must not be taken for another one.
    if (counted === undefined || (versions !== undefined && rule === undefined)) continue;
    const weights: Readonly<Record<string, number>> | undefined = rule?.weights;
    let value = 0;
    for (const name in counted) value += (counted[name] ?? 0) * (weights?.[name] ?? 1);
    spans.push({ from, to, value, rule });
  }
  return spans;
}

const noRules: readonly RuleStretch[] = [];

/** One list for all that are counted by one version all the time, as most are. */
class RuleStretches {
  readonly #range: Stretch;
  readonly #always = new Map<RuleVersion, readonly RuleStretch[]>();

  constructor(range: Stretch) {
    this.#range = range;
  }

  of(users: readonly Counted[]): readonly RuleStretch[] {
    const runs: { rule: RuleVersion; from: number; to: number }[] = [];
    for (const { rule, from, to } of users) {
      const before = runs.at(-1);
      if (rule === undefined) continue;
      if (before?.rule === rule && before.to === from) before.to = to;
      else runs.push({ rule, from, to });
    }
    const [first] = runs;
    if (first === undefined) return noRules;
    const all = runs.length === 1 && first.from === this.#range.from && first.to === this.#range.to;
    const known = all ? this.#always.get(first.rule) : undefined;
    if (known !== undefined) return known;
    const made = runs.map(({ rule: { id, version }, from, to }) => ({ id, version, from, to }));
    if (all) this.#always.set(first.rule, made);
    return made;
  }
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
