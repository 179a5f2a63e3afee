// What a supply account says of itself must fit together at every date: its tariff to what it supplies.
import { type Commodity, commodities } from '../domain/accounting/commodities.ts';
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type Contradiction, changedOf } from './contradiction.ts';
import { newestDefinition } from './definitions.ts';
import { loadSpans, together } from './fact-spans.ts';
import type { Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';

export async function accountContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const attributes = ['tariff', 'commodity'];
  const { spans, entities } = await loadSpans(trx, attributes, changedOf(changed, 'account', attributes));
  const commodities = new Map<string, string>();
  const found: Contradiction[] = [];
  for (const entity of entities) {
    for (const { from, one, other } of together(spans(entity, 'tariff'), spans(entity, 'commodity'))) {
      if (typeof one !== 'string') continue;
      const priced =
        commodities.get(one) ?? (await newestDefinition(trx, context, 'tariff', one))?.value.commodity;
      if (priced === undefined) continue;
      commodities.set(one, priced);
      if (priced === other) continue;
      const said = sayOfFacts('account.tariff', {
        account: entity,
        tariff: one,
        priced: commodityName(priced),
        from: context.calendar.format(from),
        supplied: commodityName(String(other)),
      });
      found.push({ entity, code: 'registry.invalid', said });
      break;
    }
  }
  return found;
}

function commodityName(name: string) {
  const zh = Object.hasOwn(commodities, name) ? commodities[name as Commodity].zh : name;
  return { zh, en: name };
}
