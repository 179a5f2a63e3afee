// What a point says of itself must fit together at every date: its sub-item to its item, its formula to its role.
import { itemOfSubItem, type SubItem } from '../domain/energy/sub-items.ts';
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type Contradiction, changedOf } from './contradiction.ts';
import { type FactSpan, loadSpans, together } from './fact-spans.ts';
import type { Db } from './schema.ts';
import { without } from './stretches.ts';

export async function pointContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  return [...(await misfitItems(trx, context, changed)), ...(await misfitRoles(trx, context, changed))];
}

async function misfitItems(
  trx: Db,
  { calendar }: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const attributes = ['item', 'subItem'];
  const { spans, entities } = await loadSpans(trx, attributes, changedOf(changed, 'point', attributes));
  return entities.flatMap((entity) => {
    for (const { from, one, other } of together(spans(entity, 'subItem'), spans(entity, 'item'))) {
      if (one === null || other === null) continue;
      const item = itemOfSubItem(one as SubItem);
      if (item === other) continue;
      const message = `${entity}: sub-item ${String(one)} is a part of ${item}, but from ${calendar.format(from)} its item is ${String(other)}; record both so that they fit`;
      return [{ entity, code: 'registry.invalid' as const, message }];
    }
    return [];
  });
}

async function misfitRoles(
  trx: Db,
  { calendar }: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const attributes = ['role', 'formula', 'installation'];
  const { spans, entities } = await loadSpans(trx, attributes, changedOf(changed, 'point', attributes));
  return entities.flatMap((entity) => {
    const virtual = spans(entity, 'role').filter(({ value }) => value === 'virtual');
    const formula = spans(entity, 'formula').filter(({ value }) => value !== null);
    const fault = misfit(virtual, formula, spans(entity, 'installation'));
    if (!fault) return [];
    const message = `${entity} from ${calendar.format(fault.from)}: ${fault.text}`;
    return [{ entity, code: 'registry.invalid' as const, message }];
  });
}

function misfit(
  virtual: readonly FactSpan[],
  formula: readonly FactSpan[],
  installation: readonly FactSpan[],
): { readonly from: number; readonly text: string } | undefined {
  const [bare] = without(virtual, formula);
  if (bare)
    return { from: bare.from, text: 'a virtual point needs a formula; record role and formula together' };
  const [real] = without(formula, virtual);
  if (real) {
    const text = 'only a virtual point has a formula; record the role virtual, or the formula null, with it';
    return { from: real.from, text };
  }
  for (const { from } of together(virtual, installation)) {
    return {
      from,
      text: 'a virtual point has no installed device; register the formula under a key of its own',
    };
  }
  return undefined;
}
