// The census: what the registry knows of a stretch of months, for accounts to be computed from. Few statements, one snapshot.
import type { Census, Months } from '../domain/accounting/census.ts';
import type { UserRule } from '../domain/accounting/definitions.ts';
import type { Calendar } from '../domain/time.ts';
import { readCensusFacts } from './census-facts.ts';
import { institutionsOf, type UserRules } from './census-institutions.ts';
import { placesOf } from './census-places.ts';
import { seriesOf } from './census-points.ts';
import { accountStretches, holdingsOf, readStatements } from './census-statements.ts';
import type { RegistryContext } from './context.ts';
import type { CensusSource } from './ledgers.ts';
import { currentRevision } from './revision.ts';
import type { Db } from './schema.ts';

export function createCensus(context: RegistryContext): CensusSource {
  const { db, calendar, builtIns } = context;
  return {
    census(from, to) {
      const months = monthsOf(calendar, from, to);
      return db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => takeCensus(trx, months, builtIns));
    },

    revision: () => currentRevision(db),
  };
}

async function takeCensus(db: Db, months: Months, builtIns: BuiltIns): Promise<Census> {
  const [from] = months.starts;
  if (from === undefined) return { months, institutions: [], series: [], statements: [], accounts: [] };
  const range = { from, to: months.to };
  const facts = await readCensusFacts(db, range);
  // One without a name is not there (yet), and nobody could ask for it.
  const ids = [...facts.institutions.keys()]
    .filter((id) => facts.institutions.get(id)?.name !== undefined)
    .sort();
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const own = ids.flatMap((id) => facts.institutions.get(id) ?? []);
  const { ofBuilding, areaM2, deducted } = placesOf(facts.buildings, own, numbers, range);
  const holdings = holdingsOf(facts.accounts, numbers, range);
  return {
    months,
    institutions: institutionsOf(ids, own, numbers, areaM2, await userRules(db, builtIns), months),
    series: seriesOf(facts.points, ofBuilding, range),
    statements: await readStatements(db, range, holdings, numbers, deducted),
    accounts: accountStretches(holdings, deducted),
  };
}

/** The months that [from, to) touches. */
function monthsOf(calendar: Calendar, from: number, to: number): Months {
  const starts = from < to ? calendar.starts(calendar.floor(from, 'month'), to, 'month') : [];
  return { starts: Float64Array.from(starts), to: starts.length > 0 ? calendar.ceil(to, 'month') : to };
}

type BuiltIns = RegistryContext['builtIns'];

/** Counting rules by id, in their newest version; one's own stands above the built-in one. */
async function userRules(db: Db, builtIns: BuiltIns): Promise<UserRules> {
  const rules = new Map<string, UserRule>();
  for (const definition of builtIns) {
    if (definition.kind === 'user-rule') rules.set(definition.id, definition.value);
  }
  const rows = await db
    .selectFrom('definitions')
    .select(['id', 'value'])
    .where('kind', '=', 'user-rule')
    .orderBy('version')
    .execute();
  for (const { id, value } of rows) rules.set(id, JSON.parse(value) as UserRule);
  return (id) => rules.get(id);
}
