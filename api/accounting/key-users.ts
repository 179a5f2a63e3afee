// Key energy users (重点用能单位): the designated list of a year with its grades, and candidates by what they used.
import { figureTable } from '../../core/domain/accounting/figures.ts';
import { windowOfYear } from '../../core/domain/accounting/months.ts';
import { defaultThreshold } from '../../core/domain/accounting/terms.ts';
import { Totals } from '../../core/domain/accounting/totals.ts';
import {
  type Candidate,
  type CandidateFigures,
  type Designation,
  keyUsersOf,
  suggestKeyUsers,
  type Thresholds,
} from '../../core/domain/quota/key-users.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { KeyUserValue } from '../../core/registry/attributes/institution.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Accounting, Freshness } from './accounting.ts';
import { monthOf, wholeYear } from './periods.ts';
import type { TermsQuestion } from './terms.ts';

export interface KeyUserDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'facts'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
}

export interface KeyUserQuestion {
  readonly year: number;
  /** Default: `usualThresholds`. */
  readonly thresholds?: Thresholds | undefined;
  readonly terms?: TermsQuestion | undefined;
}

/**
 * Where candidates begin unless told otherwise. From memory of the usual rule for key public institutions (500 tce a year);
 * confidence low: the document in force says.
 */
export const usualThresholds = { energyTce: 500 } as const satisfies Thresholds;

export interface KeyUserRow extends Candidate {
  readonly name: string;
  /** Of the list of the year; empty where it is not on it, or nothing is said. */
  readonly grade: string;
  readonly document: string;
  /** Its own energy, without those below it; `null`: nothing is known. */
  readonly energyTce: number | null;
  readonly coverage: number;
  /** With all below it. */
  readonly withBelowTce: number | null;
}

export interface KeyUsers extends Freshness {
  readonly year: number;
  /** The year that energy is of: the list's own, while that runs the one before. */
  readonly figuresOf: number;
  readonly thresholds: Thresholds;
  readonly rows: readonly KeyUserRow[];
}

/**
 * Everybody who is on the list of the year, reaches a threshold, or might; the most energy first. Energy is an institution's own: what is
 * below it is a user of its own, so that the heads of the tree are no candidates for all that they stand above.
 * @throws JieyueError like `Accounting.open`
 */
export async function keyUsers(deps: KeyUserDeps, question: KeyUserQuestion): Promise<KeyUsers> {
  const { accounting, registry, calendar, clock } = deps;
  const { year, terms } = question;
  const thresholds: Thresholds = question.thresholds ?? usualThresholds;
  const figuresOf = Math.min(year, monthOf(clock.now(), calendar).year - 1);
  const period = wholeYear(figuresOf, calendar);
  const opened = await accounting.open({ indicators: ['energy', 'electricity'], period, terms });
  const { totals, asOf, checkedAt } = opened;
  const window = windowOfYear(totals.book.months, figuresOf);
  const leaf = totals.trees[window.to - 1]?.leaf;
  const own = ownTotals(totals);
  const energy = figureTable(own, 'energy', window);
  const electricity = figureTable(own, 'electricity', window);
  const area = figureTable(own, 'energyPerArea', window).denominator;
  const withBelow = figureTable(totals, 'energy', window).value;
  const least = totals.terms.threshold ?? defaultThreshold;
  // A part of a total says for certain that a threshold is reached, never that it is not.
  const certain = (table: typeof energy, one: number, factor: number, threshold: number | undefined) => {
    const value = (table.value[one] ?? Number.NaN) * factor;
    if (Number.isNaN(value)) return null;
    const covered = (table.measured[one] ?? 0) + (table.estimated[one] ?? 0) >= least - 1e-9;
    return covered || value >= (threshold ?? Number.POSITIVE_INFINITY) ? value : null;
  };
  const list = await listOf(registry.facts, wholeYear(year, calendar));
  const designated = new Map(list.map((each) => [each.institution, each]));
  const places = new Map<string, number>();
  const figures: CandidateFigures[] = [];
  for (const [one, { id, exists }] of totals.book.institutions.entries()) {
    places.set(id, one);
    // A heading of the tree with nothing of its own is no unit.
    const isHeading = leaf?.[one] === 0 && Number.isNaN(energy.value[one] ?? Number.NaN);
    const isThere = !isHeading && exists.subarray(window.from, window.to).includes(1);
    if (!isThere && !designated.has(id)) continue;
    figures.push({
      institution: id,
      energyTce: certain(energy, one, 1e-3, thresholds.energyTce),
      electricityKwh: certain(electricity, one, 1, thresholds.electricityKwh),
      areaM2: knownAbove0(area[one]),
    });
  }
  for (const { institution } of list) {
    if (!places.has(institution))
      figures.push({ institution, energyTce: null, electricityKwh: null, areaM2: null });
  }
  const rows = suggestKeyUsers(figures, thresholds, new Set(designated.keys())).map(
    (candidate): KeyUserRow => {
      const { institution } = candidate;
      const one = places.get(institution) ?? -1;
      const said = designated.get(institution);
      return {
        ...candidate,
        name: totals.book.institutions[one]?.name ?? institution,
        grade: said?.grade ?? '',
        document: said?.document ?? '',
        energyTce: tce(energy.value[one]),
        coverage: (energy.measured[one] ?? 0) + (energy.estimated[one] ?? 0),
        withBelowTce: tce(withBelow[one]),
      };
    },
  );
  return { asOf, checkedAt, year, figuresOf, thresholds, rows };
}

async function listOf(facts: KeyUserDeps['registry']['facts'], { from, to }: { from: number; to: number }) {
  const said = await facts.allIn('keyUser', from, to);
  const designations = said.map(({ entity, validFrom, validTo, value }): Designation => {
    const { listed, grade, document } = value as KeyUserValue;
    return {
      institution: entity,
      from: validFrom,
      to: validTo ?? Number.POSITIVE_INFINITY,
      listed,
      grade,
      document,
    };
  });
  return keyUsersOf(designations, from, to);
}

const owns = new WeakMap<Totals, Totals>();

/** The same book with nobody below anybody. */
function ownTotals(totals: Totals): Totals {
  const known = owns.get(totals);
  if (known !== undefined) return known;
  const { book, terms } = totals;
  const own = new Totals(book, terms, { parent: new Int32Array(book.institutions.length).fill(-1) });
  owns.set(totals, own);
  return own;
}

function tce(kgce: number | undefined): number | null {
  return kgce === undefined || Number.isNaN(kgce) ? null : kgce / 1_000;
}

function knownAbove0(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
}
