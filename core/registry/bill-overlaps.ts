// Two bills of an account for the same days: one of them is wrong, unless it says that it is a supplement.
import type { Message } from '../domain/message.ts';
import type { RegistryContext } from './context.ts';
import { valuesAt } from './current-facts.ts';
import type { Faults } from './faults.ts';
import type { BillInput } from './ledgers.ts';
import { datesOf, longestPeriodMs, overlaps, type Period } from './periods.ts';
import { chunks, type Db } from './schema.ts';
import { sayOfLedgers } from './words/ledgers.ts';

interface Place extends Period {
  readonly account: string;
  readonly document: string;
}

/** On the outcome, after all are written: the order of the bills does not matter. */
export async function findBillOverlaps(
  trx: Db,
  context: RegistryContext,
  changed: readonly (BillInput & { readonly index: number })[],
  faults: Faults,
): Promise<void> {
  const plain = changed.filter((bill) => !bill.supplement);
  const indexOf = new Map(plain.map(({ account, document, index }) => [`${account} ${document}`, index]));
  const within = rangeOf(plain);
  for (const accounts of chunks([...new Set(plain.map((bill) => bill.account))])) {
    const places = await placesOf(trx, accounts, within);
    for (const ofAccount of byAccount(places)) {
      for (const pair of overlaps(ofAccount)) {
        // The later one in the call is to blame, or the only one that is new.
        const indices = pair.flatMap(({ account, document }) => indexOf.get(`${account} ${document}`) ?? []);
        if (indices.length === 0) continue;
        faults.add(Math.max(...indices), 'registry.invalid', await messageOf(trx, context, pair));
      }
    }
  }
}

function rangeOf(periods: readonly Period[]): Period {
  let from = Number.MAX_SAFE_INTEGER;
  let to = 0;
  for (const period of periods) {
    from = Math.min(from, period.from);
    to = Math.max(to, period.to);
  }
  return { from, to };
}

async function placesOf(trx: Db, accounts: readonly string[], within: Period): Promise<Place[]> {
  const rows = await trx
    .selectFrom('bills')
    .select(['account', 'document', 'from_ts as from', 'to_ts as to'])
    .where('account', 'in', accounts)
    .where('superseded_at', 'is', null)
    .where('supplement', '=', 0)
    .where('from_ts', '<', within.to)
    .where('from_ts', '>', within.from - longestPeriodMs)
    .where('to_ts', '>', within.from)
    .orderBy('account')
    .orderBy('from_ts')
    .orderBy('document')
    .execute();
  return rows;
}

function byAccount(places: readonly Place[]): Iterable<readonly Place[]> {
  const lists = new Map<string, Place[]>();
  for (const place of places) {
    const list = lists.get(place.account) ?? [];
    lists.set(place.account, list);
    list.push(place);
  }
  return lists.values();
}

async function messageOf(
  trx: Db,
  context: RegistryContext,
  [one, other]: readonly [Place, Place],
): Promise<Message> {
  const values = await valuesAt(trx, [one.account], ['number'], other.from);
  const number = values.get(one.account)?.get('number');
  const id = one.account;
  return sayOfLedgers('bill.overlap', {
    account: typeof number === 'string' ? sayOfLedgers('bill.numbered', { id, number }) : id,
    one: one.document,
    oneDates: datesOf(context, one),
    other: other.document,
    otherDates: datesOf(context, other),
  });
}
