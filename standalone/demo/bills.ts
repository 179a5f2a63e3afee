// Bills of the demo city, and what its tariffs ask for by the month: of its past when it is founded, of the months since at each
// later start.
import type { Authorship } from '../../core/registry/authorship.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { cityBills } from '../../simulators/accounts/bills.ts';
import { type AccountFact, monthlyCharges } from '../../simulators/accounts/charges.ts';
import { cityAccounts } from '../../simulators/accounts/supply.ts';
import type { CityAccount } from '../../simulators/accounts/types.ts';
import type { City } from '../../simulators/city/city.ts';

export const by: Authorship = { author: 'demo', reason: 'demo city' };

/** Bills of the months that ended since the city's present; again, it changes nothing. */
export async function recordBillsSince(registry: Registry, city: City, now: number): Promise<void> {
  const { calendar } = city.days;
  const span = { from: calendar.floor(city.to, 'month'), to: calendar.floor(now, 'month') };
  if (span.from < span.to) await recordBills(registry, city, cityAccounts(city), span);
}

/** Of the months that end in the span. Accounts that the registry does not know have none. */
export async function recordBills(
  registry: Registry,
  city: City,
  accounts: readonly CityAccount[],
  span: { readonly from: number; readonly to: number },
): Promise<void> {
  const numbers = await ids(registry, accounts);
  await recordCharges(registry, numbers, monthlyCharges(city, accounts, span));
  const bills = cityBills(city, accounts, span).flatMap(({ account: number, ...bill }) => {
    const account = numbers.get(number);
    return account === undefined ? [] : [{ account, ...bill }];
  });
  await registry.bills.record(bills, by);
}

/** What tariffs ask for beside the consumption. */
export async function recordCharges(
  registry: Registry,
  numbers: ReadonlyMap<string, string>,
  charges: readonly AccountFact[],
): Promise<void> {
  const inputs = charges.flatMap(({ account, attribute, from, to, value }) => {
    const entity = numbers.get(account);
    return entity === undefined
      ? []
      : [{ entity, attribute, validFrom: from, value, ...(to === null ? {} : { validTo: to }) }];
  });
  await registry.facts.record(inputs, by);
}

/** Number → id, of those that are there. */
export async function ids(
  registry: Registry,
  accounts: readonly CityAccount[],
): Promise<ReadonlyMap<string, string>> {
  const latest = Math.max(...accounts.map(({ from }) => from));
  const wanted = new Set(accounts.map(({ number }) => number));
  const known = await registry.accounts.list(latest);
  return new Map(known.filter(({ number }) => wanted.has(number)).map(({ number, id }) => [number, id]));
}
