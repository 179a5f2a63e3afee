// A figure taken apart: quantity × coefficient of every commodity, use and institution that is in it, and the people or
// areas below the line. What is stated here is enough to compute the figure again.
import type { Basis } from './bases.ts';
import type { BookLine } from './book.ts';
import type { CensusInstitution, Months, RuleStretch } from './census.ts';
import { type Commodity, commodityEntry } from './commodities.ts';
import { type Figure, figure } from './figures.ts';
import { type Indicator, indicatorEntry } from './indicators.ts';
import type { Coefficient } from './kpi/measure-rule.ts';
import { monthEnd, monthStart, type Window } from './months.ts';
import { coefficientsByMonth, linesOf } from './own-cells.ts';
import { denominatorOf, states, type Totals } from './totals.ts';
import { subtree } from './tree.ts';
import type { Use } from './uses.ts';

export interface FigurePart {
  /** Id; left out when it is not asked for by institution. */
  readonly institution?: string;
  readonly commodity: Commodity;
  readonly use?: Use;
  readonly quantity: number;
  /** Of the quantity. */
  readonly unit: string;
  /** `null`: the set has none, and the figure is withheld for that. */
  readonly coefficient: number | null;
  /** The year that a grid factor was published for; and whether it stands in for another year's. */
  readonly factorYear?: number;
  readonly provisional?: boolean;
  /** quantity × coefficient, in the unit above the line. */
  readonly contribution: number | null;
}

/** Below the line: mean over the period's days; a day on which the institution is not there, or not in the figure, counts as none. */
export interface DenominatorPart {
  readonly institution: string;
  readonly value: number;
  /** Of users: the versions of the counting rule that hold in the period, cut to it; none: every head is one. */
  readonly userRules: readonly RuleStretch[];
}

export interface Explanation {
  readonly figure: Figure;
  readonly basis: Basis;
  /** Descending by contribution. */
  readonly parts: readonly FigurePart[];
  /** Empty for totals. */
  readonly denominators: readonly DenominatorPart[];
}

export interface ExplainBy {
  readonly institution?: boolean | undefined;
  readonly use?: boolean | undefined;
}

/** Always by commodity and coefficient; by institution and use unless told otherwise. */
export function explain(
  totals: Totals,
  indicator: Indicator,
  institution: number,
  window: Window,
  by: ExplainBy = {},
): Explanation {
  const answer = figure(totals, indicator, institution, window);
  const inside = membership(totals, indicator, institution, window);
  return {
    figure: answer,
    basis: answer.basis,
    parts: partsOf(totals, indicator, inside, window, by),
    denominators: denominatorsOf(totals, indicator, inside, window),
  };
}

/** The value again from nothing but what an explanation states; `undefined` where it states too little. */
export function recomputed({
  parts,
  denominators,
  figure: { denominator },
}: Explanation): number | undefined {
  const known = parts.filter(({ coefficient }) => coefficient !== null);
  if (known.length === 0) return undefined;
  const above = known.reduce((sum, { quantity, coefficient }) => sum + quantity * (coefficient ?? 0), 0);
  if (denominator === null) return above;
  return above / denominators.reduce((sum, { value }) => sum + value, 0);
}

/** Month by month (from the window's first): 1 for institutions that belong to the top and are in the figure. */
function membership(
  totals: Totals,
  indicator: Indicator,
  top: number,
  window: Window,
): readonly Uint8Array[] {
  const { of, per } = indicatorEntry(indicator);
  const result: Uint8Array[] = [];
  for (let month = window.from; month < window.to; month++) {
    const inside = new Uint8Array(totals.book.institutions.length);
    const tree = totals.trees[month];
    for (const one of tree === undefined ? [] : subtree(tree, top)) {
      if (totals.state(of, per, one, month) & states.included) inside[one] = 1;
    }
    result.push(inside);
  }
  return result;
}

interface Group {
  readonly part: Omit<FigurePart, 'quantity' | 'contribution'>;
  quantity: number;
}

function partsOf(
  totals: Totals,
  indicator: Indicator,
  inside: readonly Uint8Array[],
  window: Window,
  by: ExplainBy,
): FigurePart[] {
  const { book, terms } = totals;
  const rule = totals.rule(indicatorEntry(indicator).of);
  const coefficients = coefficientsByMonth(book, rule);
  const taken = new Set<string>(terms.boundary.value.uses);
  const groups = new Groups(by, (one) => book.institutions[one]?.id ?? '');
  for (const line of linesOf(book, terms.basis, rule)) {
    const ofMonth = coefficients.get(line.commodity);
    if (ofMonth === undefined || !taken.has(line.use)) continue;
    const column = line[rule.column];
    let group: Group | undefined;
    let before: Coefficient | undefined;
    for (let month = window.from; month < window.to; month++) {
      const quantity = column[month] ?? Number.NaN;
      if (Number.isNaN(quantity) || inside[month - window.from]?.[line.institution] !== 1) continue;
      const coefficient = ofMonth[month];
      if (coefficient === undefined) continue;
      if (group === undefined || coefficient !== before) {
        const unit = rule.column === 'amountCny' ? 'CNY' : commodityEntry(line.commodity).unit;
        group = groups.of(line, unit, coefficient);
        before = coefficient;
      }
      group.quantity += quantity;
    }
  }
  return groups
    .all()
    .map(({ part, quantity }) => {
      const contribution = part.coefficient === null ? null : quantity * part.coefficient;
      return { ...part, quantity, contribution };
    })
    .sort((a, b) => (b.contribution ?? 0) - (a.contribution ?? 0));
}

/** Groups of lines, made when first asked for. */
class Groups {
  readonly #by: ExplainBy;
  readonly #idOf: (institution: number) => string;
  /** (institution, coefficient) → commodity and use → group: numbers and short names, for this runs over whole cities. */
  readonly #groups = new Map<number, Map<string, Group>>();
  readonly #coefficients = new Map<Coefficient, number>();
  readonly #contents = new Map<string, number>();

  constructor(by: ExplainBy, idOf: (institution: number) => string) {
    this.#by = by;
    this.#idOf = idOf;
  }

  all(): Group[] {
    return [...this.#groups.values()].flatMap((groups) => [...groups.values()]);
  }

  of(line: BookLine, unit: string, coefficient: Coefficient): Group {
    const { institution: byInstitution, use: byUse } = this.#by;
    const one = byInstitution === false ? 0 : line.institution;
    const key = one * 65_536 + this.#numberOf(coefficient);
    let groups = this.#groups.get(key);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(key, groups);
    }
    const name = byUse === false ? line.commodity : `${line.commodity} ${line.use}`;
    const known = groups.get(name);
    if (known !== undefined) return known;
    const { value, factorYear, provisional } = coefficient;
    const part = {
      ...(byInstitution === false ? {} : { institution: this.#idOf(one) }),
      commodity: line.commodity,
      ...(byUse === false ? {} : { use: line.use }),
      unit,
      coefficient: Number.isNaN(value) ? null : value,
      ...(factorYear === undefined ? {} : { factorYear }),
      ...(provisional === undefined ? {} : { provisional }),
    };
    const made = { part, quantity: 0 };
    groups.set(name, made);
    return made;
  }

  /** Equal coefficients have one number, whatever year they hold for. */
  #numberOf(coefficient: Coefficient): number {
    const known = this.#coefficients.get(coefficient);
    if (known !== undefined) return known;
    const { value, factorYear, provisional } = coefficient;
    const content = `${value} ${factorYear} ${provisional}`;
    const number = this.#contents.get(content) ?? this.#contents.size;
    this.#contents.set(content, number);
    this.#coefficients.set(coefficient, number);
    return number;
  }
}

function denominatorsOf(
  totals: Totals,
  indicator: Indicator,
  inside: readonly Uint8Array[],
  window: Window,
): DenominatorPart[] {
  const { of, per } = indicatorEntry(indicator);
  if (per === undefined) return [];
  const { institutions, months } = totals.book;
  const { hasLines } = totals.own(of);
  const sums = new Float64Array(institutions.length);
  const seen = new Uint8Array(institutions.length);
  let elapsed = 0;
  for (let month = window.from; month < window.to; month++) {
    elapsed += totals.elapsedMs[month] ?? 0;
    for (const [one, institution] of institutions.entries()) {
      const counts = inside[month - window.from]?.[one] === 1;
      if (!counts || hasLines[one * totals.trees.length + month] !== 1) continue;
      seen[one] = 1;
      const time = totals.presentMs(one, month);
      sums[one] = (sums[one] ?? 0) + denominatorOf(institution, month, per) * time;
    }
  }
  const parts: DenominatorPart[] = [];
  for (const [one, institution] of institutions.entries()) {
    if (seen[one] === 1)
      parts.push({
        institution: institution.id,
        value: (sums[one] ?? 0) / (elapsed || 1),
        userRules: per === 'users' ? rulesIn(institution, months, window) : [],
      });
  }
  return parts;
}

function rulesIn({ userRules }: CensusInstitution, months: Months, window: Window): RuleStretch[] {
  const [from, to] = [monthStart(months, window.from), monthEnd(months, window.to - 1)];
  return userRules
    .filter((rule) => rule.from < to && rule.to > from)
    .map((rule) => ({ ...rule, from: Math.max(rule.from, from), to: Math.min(rule.to, to) }));
}
