// The census: what the registry knows of a stretch of months, for accounts to be computed from. Few statements, one snapshot.
import type { Census, Months } from '../domain/accounting/census.ts';
import type { Calendar } from '../domain/time.ts';
import { readCensusFacts } from './census-facts.ts';
import { institutionsOf } from './census-institutions.ts';
import { placesOf } from './census-places.ts';
import { seriesOf } from './census-points.ts';
import { accountStretches, holdingsOf, readReporting, readStatements } from './census-statements.ts';
import type { RegistryContext } from './context.ts';
import { readCountingRules } from './counting-rules.ts';
import type { CensusSource } from './ledgers.ts';
import { currentRevision } from './revision.ts';
import type { Db } from './schema.ts';

export function createCensus(context: RegistryContext): CensusSource {
  const { db, calendar } = context;
  return {
    census(from, to) {
      const months = monthsOf(calendar, from, to);
      return db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => takeCensus(trx, months, context));
    },

    revision: () => currentRevision(db),
  };
}

async function takeCensus(db: Db, months: Months, context: RegistryContext): Promise<Census> {
  const [from] = months.starts;
  if (from === undefined) {
    return { months, institutions: [], series: [], statements: [], accounts: [], reporting: [] };
  }
  const range = { from, to: months.to };
  const facts = await readCensusFacts(db, range);
  // One without a name is not there (yet), and nobody could ask for it.
  const ids = [...facts.institutions.keys()]
    .filter((id) => facts.institutions.get(id)?.name !== undefined)
    .sort();
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const own = ids.flatMap((id) => facts.institutions.get(id) ?? []);
  const places = placesOf(facts.buildings, own, numbers, range);
  const { ofBuilding, sharesOf, areaM2, deducted } = places;
  const holdings = holdingsOf(facts.accounts, sharesOf, numbers, range);
  return {
    months,
    institutions: institutionsOf(ids, own, numbers, areaM2, await readCountingRules(db, context), months),
    series: seriesOf(facts.points, facts.accounts, ofBuilding, range),
    statements: await readStatements(db, range, holdings, numbers, places),
    accounts: accountStretches(holdings, places),
    reporting: await readReporting(db, range, numbers, deducted),
  };
}

/** The months that [from, to) touches. */
function monthsOf(calendar: Calendar, from: number, to: number): Months {
  const starts = from < to ? calendar.starts(calendar.floor(from, 'month'), to, 'month') : [];
  return { starts: Float64Array.from(starts), to: starts.length > 0 ? calendar.ceil(to, 'month') : to };
}
