// What a point says of itself must fit together at every date: its sub-item to its item, its formula to its role.
import { type Item, items } from '../domain/energy/items.ts';
import { itemOfSubItem, type SubItem } from '../domain/energy/sub-items.ts';
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type Contradiction, changedOf } from './contradiction.ts';
import { type FactSpan, loadSpans, together } from './fact-spans.ts';
import type { Db } from './schema.ts';
import { without } from './stretches.ts';
import { sayOfFacts } from './words/facts.ts';

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
      const said = sayOfFacts('point.sub-item', {
        point: entity,
        subItem: String(one),
        item: itemName(item),
        from: calendar.format(from),
        other: itemName(other as Item),
      });
      return [{ entity, code: 'registry.invalid' as const, said }];
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
    const said = sayOfFacts(fault.key, { point: entity, from: calendar.format(fault.from) });
    return [{ entity, code: 'registry.invalid' as const, said }];
  });
}

function misfit(
  virtual: readonly FactSpan[],
  formula: readonly FactSpan[],
  installation: readonly FactSpan[],
): { readonly from: number; readonly key: Misfit } | undefined {
  const [bare] = without(virtual, formula);
  if (bare) return { from: bare.from, key: 'point.no-formula' };
  const [real] = without(formula, virtual);
  if (real) return { from: real.from, key: 'point.real-formula' };
  for (const { from } of together(virtual, installation)) return { from, key: 'point.virtual-device' };
  return undefined;
}
type Misfit = 'point.no-formula' | 'point.real-formula' | 'point.virtual-device';

function itemName(item: Item) {
  return { zh: items[item].zh, en: item };
}
