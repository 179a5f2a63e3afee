// What a question says about boundary, basis and coefficients, as the definitions that it names. A plan says all of it: the one
// that is named, else the institution's own, else `defaultPlan`. What the question says itself stands above the plan.
import type { Basis } from '../../core/domain/accounting/bases.ts';
import type { Plan } from '../../core/domain/accounting/definitions.ts';
import { type Named, type Reference, referenceOf, type Terms } from '../../core/domain/accounting/terms.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { DefinitionKind, Definitions, DefinitionValues } from '../../core/registry/ledgers.ts';
import type { FactStore } from '../../core/registry/registry.ts';
import { sayOfRequests } from '../http/said.ts';

export interface TermsQuestion {
  /** Id of a plan. Default: that of the institution which is asked for, where one is in force at the period's end; else `defaultPlan`. */
  readonly plan?: string | undefined;
  readonly basis?: Basis | undefined;
  /** Ids of definitions; their newest version counts. */
  readonly boundary?: string | undefined;
  readonly coefficients?: string | undefined;
  readonly carbonFactors?: string | undefined;
  /** Default: where the institution that is asked for lies, where that is known; else the plan's. */
  readonly gridRegion?: string | undefined;
  readonly factorPolicy?: Plan['factorPolicy'] | undefined;
  readonly threshold?: number | undefined;
}

/** By its terms, where neither question nor institution names a plan. */
export const defaultPlan = 'national-14';

/** What the registry says of an institution, or of the nearest one above it that says something. */
export interface OwnTerms {
  /** Id; left out: none in force. */
  readonly plan?: string | undefined;
  readonly gridRegion?: string | undefined;
}

/** Terms, and the plan that they begin with. */
export interface PlannedTerms {
  readonly terms: Terms;
  readonly plan: Reference;
}

/** @throws JieyueError `registry.not-found` for an id that no definition has. */
export async function termsOf(
  definitions: Definitions,
  question: TermsQuestion,
  own: OwnTerms = {},
): Promise<PlannedTerms> {
  const plan = await named(definitions, 'plan', question.plan ?? own.plan ?? defaultPlan);
  const { boundary, basis, coefficients, carbonFactors, gridRegion, factorPolicy } = plan.value;
  const terms = {
    boundary: await named(definitions, 'boundary', question.boundary ?? boundary),
    basis: question.basis ?? basis,
    coefficients: await named(definitions, 'coefficients', question.coefficients ?? coefficients),
    carbonFactors: await named(definitions, 'carbon-factors', question.carbonFactors ?? carbonFactors),
    gridRegion: question.gridRegion ?? own.gridRegion ?? gridRegion,
    factorPolicy: question.factorPolicy ?? factorPolicy,
    ...(question.threshold === undefined ? {} : { threshold: question.threshold }),
  };
  return { terms, plan: referenceOf(plan) };
}

/** By the facts that hold at `at`. `null` as a plan: under none from here down; as a region: not known here. */
export async function ownTerms(
  facts: Pick<FactStore, 'valueAt'>,
  institution: string,
  at: number,
): Promise<OwnTerms> {
  let plan: unknown;
  let gridRegion: unknown;
  const seen = new Set<string>();
  for (let id: unknown = institution; typeof id === 'string' && !seen.has(id); ) {
    seen.add(id);
    if (plan === undefined) plan = await facts.valueAt(id, 'plan', at);
    gridRegion ??= await facts.valueAt(id, 'gridRegion', at);
    if (plan !== undefined && typeof gridRegion === 'string') break;
    id = await facts.valueAt(id, 'parent', at);
  }
  return {
    ...(typeof plan === 'string' ? { plan } : {}),
    ...(typeof gridRegion === 'string' ? { gridRegion } : {}),
  };
}

export async function named<K extends DefinitionKind>(
  definitions: Definitions,
  kind: K,
  id: string,
): Promise<Named<DefinitionValues[K]>> {
  const found = await definitions.get(kind, id);
  if (found === undefined)
    throw new JieyueError('registry.not-found', sayOfRequests('definition.none', { kind, id }));
  return { id, version: found.version, value: found.value };
}

/** The same text for terms that give the same figures. */
export function keyOfTerms(terms: Terms): string {
  const { boundary, basis, coefficients, carbonFactors, gridRegion, factorPolicy, threshold } = terms;
  const versions = [boundary, coefficients, carbonFactors].map(({ id, version }) => [id, version]);
  return JSON.stringify([versions, basis, gridRegion, factorPolicy, threshold]);
}
