// Rules over several facts together, checked on the outcome of a call: in which order facts are said does not matter.
import { accountContradictions } from './check-accounts.ts';
import type { ValidFact } from './check-facts.ts';
import { formulaContradictions } from './check-formulas.ts';
import { institutionContradictions } from './check-institutions.ts';
import { pointContradictions } from './check-points.ts';
import { vehicleContradictions } from './check-vehicles.ts';
import type { RegistryContext } from './context.ts';
import { Faults } from './faults.ts';
import type { Permit } from './permit-contracts.ts';
import type { Db } from './schema.ts';

/** @throws JieyueError `registry.invalid`, `registry.cycle` */
export async function refuseContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
  permit?: Permit,
): Promise<void> {
  const found = [
    ...(await pointContradictions(trx, context, changed)),
    ...(await formulaContradictions(trx, context, changed)),
    ...(await accountContradictions(trx, context, changed)),
    ...(await institutionContradictions(trx, context, changed, permit)),
    ...(await vehicleContradictions(trx, context, changed)),
  ];
  if (found.length === 0) return;
  const faults = new Faults();
  for (const { entity, code, said } of found) {
    const index = changed.findLast((fact) => fact.entity === entity)?.index ?? 0;
    faults.add(index, code, said);
  }
  faults.refuse();
}
