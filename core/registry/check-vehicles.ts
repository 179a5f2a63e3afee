// A plate is one car's at a time, and so is a terminal: else positions would be of two cars.
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import type { Contradiction } from './contradiction.ts';
import { endless } from './fact-spans.ts';
import { chunks, type Db } from './schema.ts';

const alone = { plate: 'the plate', terminal: 'the terminal' } as const;

export async function vehicleContradictions(
  trx: Db,
  { calendar }: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const found: Contradiction[] = [];
  for (const [attribute, what] of Object.entries(alone)) {
    const said = changed.filter((fact) => fact.kind === 'vehicle' && fact.attribute === attribute);
    const values = [...new Set(said.map(({ value }) => value))].filter((value) => value !== 'null');
    for (const [value, held] of await holdersOf(trx, attribute, values)) {
      // Who is said later is to blame.
      const order = (entity: string) => said.find((fact) => fact.entity === entity)?.index ?? -1;
      const sorted = held.toSorted((a, b) => order(a.entity) - order(b.entity));
      sorted.forEach((one, index) => {
        const other = sorted
          .slice(0, index)
          .find((each) => each.entity !== one.entity && each.from < one.to && one.from < each.to);
        if (!other || found.some(({ entity }) => entity === one.entity)) return;
        const from = calendar.format(Math.max(one.from, other.from)).slice(0, 10);
        const message = `${one.entity}: ${what} ${String(JSON.parse(value))} is another vehicle's from ${from} on; record null for that one from the day on which it is no longer its own`;
        found.push({ entity: one.entity, code: 'registry.invalid', message });
      });
    }
  }
  return found;
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
