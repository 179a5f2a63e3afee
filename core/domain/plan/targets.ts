// Effective targets of an institution: the plan inherited down the tree, changed by issued documents (分解下达) and by hand;
// each target says where it comes from.
import type { Plan } from '../accounting/definitions.ts';
import { type Indicator, indicatorNames } from '../accounting/indicators.ts';
import { JieyueError } from '../errors.ts';

/** What the registry knows of an institution on the day in question, as far as plans go. */
export interface PlanFacts {
  readonly parent: string | null;
  /** Id of a plan; `null`: under none from here down; left out: that of the institution above. */
  readonly plan?: string | null | undefined;
  readonly planTargets?: PlanTargets | undefined;
}

/** Holds for the institution and what is below it, until something nearer says otherwise. */
export interface PlanTargets {
  /** Relative changes from the plan's base year to its end year; -0.06: 6 % less. */
  readonly targets: Readonly<Partial<Record<Indicator, number>>>;
  /** Caps on totals of the end year of this institution's subtree, in the indicator's unit. */
  readonly caps?: Readonly<Partial<Record<Indicator, number>>> | undefined;
  /** The document that decided it (文号); left out or empty: set by hand. */
  readonly document?: string | undefined;
  /** The plan that it belongs to; left out: whichever is in force. Of another plan, it does not count. */
  readonly plan?: string | undefined;
}

/** `plan`: as the plan has it; `document`: decomposed by an issued document; `override`: set without one. */
export interface TargetOrigin {
  readonly kind: 'plan' | 'document' | 'override';
  /** Where it is stated: the institution itself, or one above it. */
  readonly institution: string;
  readonly inherited: boolean;
  /** Of the plan or of the decomposition; empty: none. */
  readonly document: string;
}

export interface EffectiveTarget {
  readonly indicator: Indicator;
  readonly baseYear: number;
  readonly endYear: number;
  readonly change: number;
  readonly origin: TargetOrigin;
  /** What the plan itself says, where something nearer replaced it; `null`: nothing. */
  readonly planChange: number | null;
}

export interface EffectiveCap {
  readonly indicator: Indicator;
  readonly endYear: number;
  readonly cap: number;
  /** The cap is on the total of this institution's subtree. Where it is one above, the cap is not the institution's own. */
  readonly of: string;
  readonly origin: TargetOrigin;
}

export interface EffectiveTargets {
  readonly institution: string;
  readonly plan: string;
  /** The institution that names the plan. */
  readonly planFrom: string;
  /** In the order of the table of indicators. */
  readonly targets: readonly EffectiveTarget[];
  readonly caps: readonly EffectiveCap[];
}

/**
 * @param facts of the institution and of everything above it, by id
 * @param plans by id
 * @returns `null` where no plan holds
 * @throws JieyueError `registry.not-found` for an unknown institution or plan, `registry.cycle` for a tree that contains itself
 */
export function effectiveTargets(
  institution: string,
  facts: ReadonlyMap<string, PlanFacts>,
  plans: ReadonlyMap<string, Plan>,
): EffectiveTargets | null {
  const path = upToThePlan(institution, facts);
  const top = path.at(-1);
  const planId = top?.facts.plan;
  if (top === undefined || planId === undefined || planId === null) return null;
  const plan = plans.get(planId);
  if (plan === undefined) {
    throw new JieyueError(
      'registry.not-found',
      `institution ${top.id} is under the plan "${planId}", which does not exist; record the plan or name another`,
    );
  }
  const { baseYear, endYear } = plan;
  const targets: EffectiveTarget[] = [];
  const caps: EffectiveCap[] = [];
  for (const indicator of indicatorNames) {
    const planChange = plan.targets[indicator] ?? null;
    const target = stated(path, planId, plan, institution, (from) => from.targets[indicator]);
    if (target !== undefined) {
      const replaced = target.origin.kind !== 'plan';
      const change = target.value;
      targets.push({
        indicator,
        baseYear,
        endYear,
        change,
        origin: target.origin,
        planChange: replaced ? planChange : null,
      });
    }
    const cap = stated(path, planId, plan, institution, (from) => from.caps?.[indicator]);
    if (cap !== undefined) {
      caps.push({ indicator, endYear, cap: cap.value, of: cap.origin.institution, origin: cap.origin });
    }
  }
  return { institution, plan: planId, planFrom: top.id, targets, caps };
}

interface Step {
  readonly id: string;
  readonly facts: PlanFacts;
}

/** The institution and those above it, up to the first that says which plan holds. */
function upToThePlan(institution: string, facts: ReadonlyMap<string, PlanFacts>): readonly Step[] {
  const path: Step[] = [];
  const seen = new Set<string>();
  for (let id: string | null = institution; id !== null; ) {
    if (seen.has(id)) {
      throw new JieyueError('registry.cycle', `institution ${id} stands above itself; correct its parent`);
    }
    seen.add(id);
    const own: PlanFacts | undefined = facts.get(id);
    if (own === undefined) {
      throw new JieyueError(
        'registry.not-found',
        `there is no institution ${id} on this day, which ${institution} is or is below`,
      );
    }
    path.push({ id, facts: own });
    if (own.plan !== undefined) return path;
    id = own.parent;
  }
  return path;
}

/** The nearest statement: of the institution, of one above it, of the plan at last. */
function stated(
  path: readonly Step[],
  planId: string,
  plan: Plan,
  institution: string,
  pick: (from: Pick<PlanTargets, 'targets' | 'caps'>) => number | undefined,
): { readonly value: number; readonly origin: TargetOrigin } | undefined {
  for (const { id, facts } of path) {
    const own = facts.planTargets;
    if (own === undefined || (own.plan !== undefined && own.plan !== planId)) continue;
    const value = pick(own);
    if (value === undefined) continue;
    const document = own.document ?? '';
    const kind = document === '' ? 'override' : 'document';
    return { value, origin: { kind, institution: id, inherited: id !== institution, document } };
  }
  const value = pick(plan);
  const top = path.at(-1);
  if (value === undefined || top === undefined) return undefined;
  const inherited = top.id !== institution;
  return { value, origin: { kind: 'plan', institution: top.id, inherited, document: plan.document } };
}
