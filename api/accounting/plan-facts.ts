// What the registry says of plans on a day: targets of an institution with all above it, and who was merged into whom.
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
    const own: PlanFacts = {
      parent: typeof parent === 'string' ? parent : null,
      ...(typeof plan === 'string' || plan === null ? { plan } : {}),
      ...(planTargets ? { planTargets: planTargets as NonNullable<PlanFacts['planTargets']> } : {}),
    };
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

const mergers = new WeakMap<readonly CensusInstitution[], Promise<ReadonlyMap<string, string>>>();

/** Institution → the one that it was merged into, as of `at`; read once for a census. */
export function mergedInto(
  registry: PlanRegistry,
  institutions: readonly CensusInstitution[],
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const known = mergers.get(institutions);
  if (known !== undefined) return known;
  const read = readMergers(registry, institutions, at);
  mergers.set(institutions, read);
  read.catch(() => mergers.delete(institutions));
  return read;
}

async function readMergers(
  registry: PlanRegistry,
  institutions: readonly CensusInstitution[],
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { id } of institutions) {
    const into = await registry.facts.valueAt(id, 'mergedInto', at);
    if (typeof into === 'string') found.set(id, into);
  }
  return found;
}
