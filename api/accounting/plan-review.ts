// Reviews of a plan (中期评估, 终期考核): gathers everything that a review of one institution and year rests on, freezes it into the
// registry, and checks later whether it is still what was frozen.
import { createHash } from 'node:crypto';
import { explain } from '../../core/domain/accounting/explain.ts';
import type { Indicator } from '../../core/domain/accounting/indicators.ts';
import { type Window, windowOfYear } from '../../core/domain/accounting/months.ts';
import { defaultThreshold, type Reference, type Terms } from '../../core/domain/accounting/terms.ts';
import type { Totals } from '../../core/domain/accounting/totals.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { ReviewPart, ReviewSide } from '../../core/domain/plan/review.ts';
import {
  type Snapshot,
  type SnapshotInputs,
  takeSnapshot,
  type Verification,
  verify,
} from '../../core/domain/plan/snapshot.ts';
import type { Authorship } from '../../core/registry/authorship.ts';
import type { SnapshotRecord } from '../../core/registry/ledgers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { placeOf } from './accounting.ts';
import { wholeYear } from './periods.ts';
import { planInForce } from './plan-facts.ts';
import type { PlanDeps } from './plan-progress.ts';
import { type RestatedView, restatedView } from './restated-view.ts';

export interface ReviewDeps extends PlanDeps {
  readonly registry: PlanDeps['registry'] & Pick<Registry, 'snapshots' | 'revision'>;
  readonly clock: Clock;
}

export interface ReviewQuestion {
  readonly institution: string;
  readonly year: number;
  readonly occasion: Snapshot['occasion'];
  /** Left out: plan, year and occasion. */
  readonly name?: string | undefined;
}

/**
 * @throws JieyueError `registry.not-found` where no plan holds; `api.bad-request` for a year that is not over, or that lies before the
 * plan's base year
 */
export async function takeReview(
  deps: ReviewDeps,
  question: ReviewQuestion,
  by: Authorship,
): Promise<SnapshotRecord> {
  const { registry, clock } = deps;
  const { institution, year, occasion } = question;
  const inputs = await reviewInputs(deps, question);
  const takenAt = clock.now();
  const content = takeSnapshot(inputs, occasion, takenAt, sha256);
  const plan = inputs.plan.id;
  const name = question.name ?? `${plan} ${year} ${occasion}`;
  return registry.snapshots.add({ name, institution, plan, takenAt, content }, by);
}

/** Hashes, sums, and whether its inputs still give its results; never throws. */
export function verifyReview({ content }: Pick<SnapshotRecord, 'content'>): Verification {
  return verify(content, sha256);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** @throws like `takeReview` */
export async function reviewInputs(
  deps: ReviewDeps,
  { institution, year }: Pick<ReviewQuestion, 'institution' | 'year'>,
): Promise<SnapshotInputs> {
  const { accounting, registry, calendar } = deps;
  const { to } = wholeYear(year, calendar);
  const inForce = await planInForce(registry, institution, to - 1);
  if (inForce === undefined)
    throw new JieyueError(
      'registry.not-found',
      `no plan holds for institution ${institution} at the end of ${year}; name one (attribute "plan")`,
    );
  const { plan, targets } = inForce;
  const { baseYear } = plan.value;
  if (year < baseYear)
    throw new JieyueError(
      'api.bad-request',
      `the plan ${plan.id} begins with ${baseYear}; review that year or a later one`,
    );
  const period = { from: wholeYear(baseYear, calendar).from, to };
  // Before anything is read: what changes meanwhile makes the number too low, never too high.
  const revision = await registry.revision();
  const opened = await accounting.open({ indicators: [], period, terms: { plan: plan.id }, institution });
  if (opened.asOf < to)
    throw new JieyueError('api.bad-request', `the year ${year} is not over; a review is of whole years`);
  const view = await restatedView(opened, registry, baseYear);
  const { totals } = view;
  const top = placeOf(totals.book, institution);
  const { months } = totals.book;
  const rules = new Map<string, Reference>();
  const sideOf = (indicator: Indicator, each: number): ReviewSide => {
    const side = sideOfYear(totals, indicator, top, windowOfYear(months, each));
    for (const rule of side.userRules) rules.set(`${rule.id} ${rule.version}`, rule);
    const { coverage, provisional, parts } = side;
    return { year: each, coverage, provisional, parts };
  };
  const indicators = targets.targets.map(({ indicator, endYear, change, origin }) => ({
    indicator,
    target: { baseYear, endYear, change, origin: json(origin) },
    base: sideOf(indicator, baseYear),
    now: sideOf(indicator, year),
  }));
  const caps = targets.caps
    .filter(({ of }) => of === institution)
    .map(({ indicator, cap, endYear }) => ({ indicator, cap, endYear, now: sideOf(indicator, year) }));
  const { members, joined, left, withoutBase } = view.baseOf(institution);
  const nameOf = new Map(totals.book.institutions.map(({ id, name }) => [id, name]));
  const { gridRegion, basis, factorPolicy } = totals.terms;
  // What zod takes for writable lists and JSON.
  return json({
    institution,
    institutionName: nameOf.get(institution) ?? institution,
    plan,
    definitions: await definitionsOf(registry, totals.terms, [...rules.values()]),
    members: members.map((id) => ({ institution: id, name: nameOf.get(id) ?? id, today: todayOf(view, id) })),
    coverageThreshold: totals.terms.threshold ?? defaultThreshold,
    indicators,
    caps,
    evidence: { revision, asOf: opened.asOf, basis, gridRegion, factorPolicy, joined, left, withoutBase },
  }) as SnapshotInputs;
}

/** One figure of a year, by institution: enough to compute it again. */
function sideOfYear(
  totals: Totals,
  indicator: Indicator,
  top: number,
  window: Window,
): Omit<ReviewSide, 'year'> & { readonly userRules: readonly Reference[] } {
  const { parts, denominators, figure } = explain(totals, indicator, top, window, { use: false });
  const threshold = totals.terms.threshold ?? defaultThreshold;
  const sums = new Map<string, Required<Writable<ReviewPart>>>();
  const of = (institution: string) => {
    const known = sums.get(institution) ?? { institution, amount: 0, per: null, terms: [] };
    sums.set(institution, known);
    return known;
  };
  // Who stands below the line and of whom nothing is known above it is counted in the figure; its coverage says so.
  for (const { institution, value } of denominators) of(institution).per = value;
  for (const { institution = '', commodity, quantity, coefficient } of parts) {
    if (coefficient === null) continue;
    const part = of(institution);
    part.amount = (part.amount ?? 0) + quantity * coefficient;
    part.terms = [...(part.terms ?? []), { commodity, quantity, factor: coefficient }];
  }
  const isKnown = figure.reason !== 'coefficient' && parts.length > 0;
  const coverage = Math.min(1, figure.coverage.measured + figure.coverage.estimated);
  return {
    // Exactly the threshold is enough, whatever its last digit.
    coverage: Math.abs(coverage - threshold) <= 1e-9 ? threshold : coverage,
    provisional: figure.provisional,
    userRules: figure.userRules,
    parts: [...sums.values()]
      .map(({ institution, amount, per, terms }) =>
        isKnown ? { institution, amount, per, terms } : { institution, amount: null, per },
      )
      .sort((a, b) => (a.institution < b.institution ? -1 : 1)),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Whom an institution's past belongs to now: itself, or whoever it was merged into. */
function todayOf({ totals, standing }: RestatedView, id: string): string {
  const { institutions } = totals.book;
  const parents = totals.trees[0]?.parent;
  let at = institutions.findIndex((each) => each.id === id);
  while (at >= 0 && !standing.has(at)) at = parents?.[at] ?? -1;
  return institutions[at]?.id ?? id;
}

async function definitionsOf(
  { definitions }: PlanDeps['registry'],
  { boundary, coefficients, carbonFactors }: Terms,
  rules: readonly Reference[],
) {
  const sets = [
    { kind: 'boundary', ...boundary },
    { kind: 'coefficients', ...coefficients },
    { kind: 'carbon-factors', ...carbonFactors },
  ];
  const counted = await Promise.all(
    rules.map(async ({ id, version }) => {
      const value = (await definitions.get('user-rule', id, version))?.value ?? null;
      return { kind: 'user-rule', id, version, value };
    }),
  );
  return [...sets, ...counted].map(({ kind, id, version, value }) => ({ kind, id, version, value }));
}

/** As it is written down: nothing undefined. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
