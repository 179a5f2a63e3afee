// A row of the table of facts as the registry hands it out.
import type { Fact } from './registry.ts';
import type { FactsTable } from './schema.ts';

export function factOf(row: FactsTable): Fact {
  return {
    id: row.id,
    entity: row.entity,
    attribute: row.attribute,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    value: JSON.parse(row.value) as unknown,
    recordedAt: row.recorded_at,
    author: row.author,
    reason: row.reason,
    supersededAt: row.superseded_at,
    remainsOf: row.remains_of,
  };
}
