// A plate is one car's in service at a time, and a terminal one car's at all: else positions would be of two cars.
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type Contradiction, changedOf } from './contradiction.ts';
import { endless, loadSpans } from './fact-spans.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';

const alone = ['plate', 'terminal'] as const;

export async function vehicleContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const { calendar } = context;
  const found: Contradiction[] = [];
  for (const attribute of alone) {
    const said = changed.filter(
      (fact) =>
        fact.kind === 'vehicle' &&
        (fact.attribute === attribute || (attribute === 'plate' && fact.attribute === 'disposedOn')),
    );
    const values = new Set(said.flatMap((fact) => (fact.attribute === attribute ? fact.value : [])));
    if (attribute === 'plate') for (const plate of await platesKept(trx, changed)) values.add(plate);
    values.delete('null');
    for (const [value, all] of await holdersOf(trx, attribute, [...values])) {
      const held = attribute === 'plate' ? await inService(trx, context, all) : all;
      // Who is said later is to blame.
      const order = (entity: string) => said.find((fact) => fact.entity === entity)?.index ?? -1;
      const sorted = held.toSorted((a, b) => order(a.entity) - order(b.entity));
      sorted.forEach((one, index) => {
        const other = sorted
          .slice(0, index)
          .find((each) => each.entity !== one.entity && each.from < one.to && one.from < each.to);
        if (!other || found.some(({ entity }) => entity === one.entity)) return;
        const from = calendar.format(Math.max(one.from, other.from)).slice(0, 10);
        const values = { vehicle: one.entity, value: String(JSON.parse(value)), from };
        found.push({
          entity: one.entity,
          code: 'registry.invalid',
          said: sayOfFacts(`vehicle.${attribute}`, values),
        });
      });
    }
  }
  return found;
}

/** Plates, as JSON, of cars of which it is said anew whether they are in service. */
async function platesKept(trx: Db, changed: readonly ValidFact[]): Promise<string[]> {
  const { spans, entities } = await loadSpans(trx, ['plate'], changedOf(changed, 'vehicle', ['disposedOn']));
  return entities.flatMap((id) => spans(id, 'plate').map(({ value }) => JSON.stringify(value)));
}

/** Without the time from the day on which a car was disposed of: its plate may be kept for the next one. */
async function inService(trx: Db, { calendar }: RegistryContext, held: readonly Held[]): Promise<Held[]> {
  if (new Set(held.map(({ entity }) => entity)).size < 2) return [...held];
  const { spans } = await loadSpans(
    trx,
    ['disposedOn'],
    held.map(({ entity }) => entity),
  );
  return held.flatMap((one) => {
    let left = [one];
    for (const { value, to } of spans(one.entity, 'disposedOn')) {
      if (typeof value !== 'string') continue;
      const from = calendar.parse(value) ?? endless;
      left = left.flatMap((part) => [
        { ...part, to: Math.min(part.to, from) },
        { ...part, from: Math.max(part.from, to) },
      ]);
    }
    return left.filter((part) => part.from < part.to);
  });
}

interface Held {
  readonly entity: string;
  readonly from: number;
  readonly to: number;
}

/** Value, as JSON → which cars have it, and when. */
async function holdersOf(
  trx: Db,
  attribute: string,
  values: readonly string[],
): Promise<Map<string, Held[]>> {
  const found = new Map<string, Held[]>();
  for (const part of chunks(values)) {
    const rows = await trx
      .selectFrom('facts')
      .select(['entity', 'value', 'valid_from', 'valid_to'])
      .where('attribute', '=', attribute)
      .where('superseded_at', 'is', null)
      .where('value', 'in', part)
      .orderBy('valid_from')
      .orderBy('id')
      .execute();
    for (const { entity, value, valid_from: from, valid_to: to } of rows)
      found.set(value, [...(found.get(value) ?? []), { entity, from, to: to ?? endless }]);
  }
  return found;
}
