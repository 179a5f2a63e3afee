// What a question says about boundary, basis and coefficients, as the definitions that it names. A plan says all of it; what
// the question says itself stands above the plan.
import type { Basis } from '../../core/domain/accounting/bases.ts';
import type { Plan } from '../../core/domain/accounting/definitions.ts';
import type { Named, Terms } from '../../core/domain/accounting/terms.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { DefinitionKind, Definitions, DefinitionValues } from '../../core/registry/ledgers.ts';

export interface TermsQuestion {
  /** Id of a plan. Default: `defaultPlan`. */
  readonly plan?: string | undefined;
  readonly basis?: Basis | undefined;
  /** Ids of definitions; their newest version counts. */
  readonly boundary?: string | undefined;
  readonly coefficients?: string | undefined;
  readonly carbonFactors?: string | undefined;
  readonly gridRegion?: string | undefined;
  readonly factorPolicy?: Plan['factorPolicy'] | undefined;
  readonly threshold?: number | undefined;
}

/** By its terms, where a question names no plan. */
export const defaultPlan = 'national-14';

/** @throws JieyueError `registry.not-found` for an id that no definition has. */
export async function termsOf(definitions: Definitions, question: TermsQuestion): Promise<Terms> {
  const plan = await named(definitions, 'plan', question.plan ?? defaultPlan);
  const { boundary, basis, coefficients, carbonFactors, gridRegion, factorPolicy } = plan.value;
  return {
    boundary: await named(definitions, 'boundary', question.boundary ?? boundary),
    basis: question.basis ?? basis,
    coefficients: await named(definitions, 'coefficients', question.coefficients ?? coefficients),
    carbonFactors: await named(definitions, 'carbon-factors', question.carbonFactors ?? carbonFactors),
    gridRegion: question.gridRegion ?? gridRegion,
    factorPolicy: question.factorPolicy ?? factorPolicy,
    ...(question.threshold === undefined ? {} : { threshold: question.threshold }),
  };
}

export async function named<K extends DefinitionKind>(
  definitions: Definitions,
  kind: K,
  id: string,
): Promise<Named<DefinitionValues[K]>> {
  const found = await definitions.get(kind, id);
  if (found === undefined)
    throw new JieyueError(
      'registry.not-found',
      `there is no definition ${kind} "${id}"; record it, or name one that exists`,
    );
  return { id, version: found.version, value: found.value };
}

/** The same text for terms that give the same figures. */
export function keyOfTerms(terms: Terms): string {
  const { boundary, basis, coefficients, carbonFactors, gridRegion, factorPolicy, threshold } = terms;
  const versions = [boundary, coefficients, carbonFactors].map(({ id, version }) => [id, version]);
  return JSON.stringify([versions, basis, gridRegion, factorPolicy, threshold]);
}
