// What the registry says of plans on a day: targets of an institution with all above it, or of all at once, and who was merged
// into whom.
import type { CensusInstitution } from '../../core/domain/accounting/census.ts';
import type { Plan } from '../../core/domain/accounting/definitions.ts';
import type { Named } from '../../core/domain/accounting/terms.ts';
import { type EffectiveTargets, effectiveTargets, type PlanFacts } from '../../core/domain/plan/targets.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { named } from './terms.ts';

export type PlanRegistry = Pick<Registry, 'facts' | 'definitions'>;

export interface InForce {
  readonly plan: Named<Plan>;
  readonly targets: EffectiveTargets;
}

/** @returns `undefined` where no plan holds. @throws JieyueError `registry.not-found`, `registry.cycle` */
export async function planInForce(
  registry: PlanRegistry,
  institution: string,
  at: number,
): Promise<InForce | undefined> {
  const facts = new Map<string, PlanFacts>();
  for (let id: string | null = institution; id !== null && !facts.has(id); ) {
    const value = (attribute: string) => registry.facts.valueAt(id ?? '', attribute, at);
    const [parent, plan, planTargets] = [
      await value('parent'),
      await value('plan'),
      await value('planTargets'),
    ];
    const own = planFacts(textOf(parent) ?? null, plan, planTargets);
    facts.set(id, own);
    if (own.plan !== undefined) break;
    id = own.parent;
  }
  const id = [...facts.values()].at(-1)?.plan;
  if (typeof id !== 'string') return undefined;
  const plan = await named(registry.definitions, 'plan', id);
  const targets = effectiveTargets(institution, facts, new Map([[id, plan.value]]));
  return targets === null ? undefined : { plan, targets };
}

/** What is in force for everybody on a day; read in four queries, however many there are. */
export interface AllPlans {
  /** Ids of plans that somebody names. */
  readonly plans: readonly string[];
  /** Where the institution lies (see `OwnTerms`). */
  regionOf(institution: string): string | undefined;
  /** @throws JieyueError `registry.not-found`, `registry.cycle` */
  targetsOf(institution: string, plans: ReadonlyMap<string, Plan>): EffectiveTargets | null;
}

export async function allPlans(registry: PlanRegistry, at: number): Promise<AllPlans> {
  const { facts } = registry;
  const plan = await facts.allAt('plan', at);
  const planTargets = await facts.allAt('planTargets', at);
  const parent = await facts.allAt('parent', at);
  const gridRegion = await facts.allAt('gridRegion', at);
  const aboveOf = (id: string) => textOf(parent.get(id)?.value) ?? null;
  const own = new Map<string, PlanFacts>();
  const ownOf = (id: string): PlanFacts => {
    const known = own.get(id);
    if (known !== undefined) return known;
    const made = planFacts(aboveOf(id), plan.get(id)?.value, planTargets.get(id)?.value);
    own.set(id, made);
    return made;
  };
  return {
    plans: [...new Set([...plan.values()].flatMap(({ value }) => textOf(value) ?? []))].sort(),
    regionOf(institution) {
      const path = upFrom(institution, aboveOf);
      return path.map((id) => textOf(gridRegion.get(id)?.value)).find((region) => region !== undefined);
    },
    targetsOf(institution, plans) {
      const path = upFrom(institution, aboveOf);
      return effectiveTargets(institution, new Map(path.map((id) => [id, ownOf(id)])), plans);
    },
  };
}

function upFrom(institution: string, aboveOf: (id: string) => string | null): readonly string[] {
  const path = new Set<string>();
  for (let id: string | null = institution; id !== null && !path.has(id); id = aboveOf(id)) path.add(id);
  return [...path];
}

function planFacts(parent: string | null, plan: unknown, planTargets: unknown): PlanFacts {
  return {
    parent,
    ...(typeof plan === 'string' || plan === null ? { plan } : {}),
    ...(planTargets ? { planTargets: planTargets as NonNullable<PlanFacts['planTargets']> } : {}),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export interface Merger {
  readonly into: string;
  /** Epoch ms. */
  readonly since: number;
}

const read = new WeakMap<
  readonly CensusInstitution[],
  { readonly at: number; readonly mergers: Promise<ReadonlyMap<string, Merger>> }
>();

/** Who was merged into whom, as of `at`; read once for a census. */
export function mergersAt(
  registry: PlanRegistry,
  institutions: readonly CensusInstitution[],
  at: number,
): Promise<ReadonlyMap<string, Merger>> {
  const known = read.get(institutions);
  if (known?.at === at) return known.mergers;
  const mergers = readMergers(registry, at);
  read.set(institutions, { at, mergers });
  mergers.catch(() => read.delete(institutions));
  return mergers;
}

async function readMergers(registry: PlanRegistry, at: number): Promise<ReadonlyMap<string, Merger>> {
  const found = new Map<string, Merger>();
  for (const [id, { value, validFrom }] of await registry.facts.allAt('mergedInto', at)) {
    if (typeof value === 'string') found.set(id, { into: value, since: validFrom });
  }
  return found;
}
