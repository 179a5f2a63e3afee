// Whose consumption is written: each institution and building by carrier and item, with the points that count for it and when.
import { type BoardMeasurementName, totalItem } from '../../core/domain/board-series.ts';
import type { MemberStretch } from '../../core/domain/energy/consumption-plan.ts';
import { type Carrier, carrierNames, isCarrier, isQuantity, quantityEntry } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { BoardStore } from '../../core/store/port.ts';
import { pagesOfPoints } from './all-points.ts';
import { noWords, type Places, readPlaces, type Words } from './places.ts';

export interface Account {
  readonly of: string;
  readonly kind: 'institution' | 'building';
  readonly carrier: Carrier;
  /** `total`, or the kind of use of sub-meters. */
  readonly item: string;
  readonly members: readonly MemberStretch[];
  readonly words: Words;
}

export interface AccountSources {
  readonly registry: Pick<Registry, 'institutions' | 'buildings' | 'points'>;
  readonly boards: Pick<BoardStore, 'keys'>;
}

/**
 * Accounts that have members in [from, to), and those that have rows already: where nothing counts any more, since a fact
 * was corrected, the rows must say so.
 */
export async function readAccounts(
  { registry, boards }: AccountSources,
  range: { readonly at: number; readonly from: number; readonly to: number },
): Promise<readonly Account[]> {
  const places = await readPlaces(registry, range.at);
  const carriers = await carriersInUse(registry, range.at);
  const accounts = new Map<string, Account>();
  for (const place of everywhere(places)) {
    for (const carrier of carriers) {
      for (const account of await accountsOf(registry, place, carrier, range))
        accounts.set(keyOf(account), account);
    }
  }
  for (const written of await writtenAccounts(boards, 'consumption')) {
    const key = keyOf(written);
    if (accounts.has(key)) continue;
    const words = wordsOf(places, written);
    accounts.set(key, { ...written, members: await membersOf(registry, written, range), words });
  }
  return [...accounts.values()];
}

export function keyOf({
  of,
  kind,
  carrier,
  item,
}: Pick<Account, 'of' | 'kind' | 'carrier' | 'item'>): string {
  return `${kind} ${of} ${carrier} ${item}`;
}

/** What points are registered for today; carriers that nobody measures any more come from the rows that stand. */
export async function carriersInUse(
  registry: Pick<Registry, 'points'>,
  at: number,
): Promise<readonly Carrier[]> {
  const found = new Set<Carrier>();
  for await (const page of pagesOfPoints(registry, at)) {
    for (const quantity of page.flatMap(({ quantities }) => quantities)) {
      const carrier = isQuantity(quantity) ? quantityEntry(quantity)?.carrier : undefined;
      if (carrier !== undefined) found.add(carrier);
    }
  }
  return carrierNames.filter((carrier) => found.has(carrier));
}

type Place = Pick<Account, 'of' | 'kind' | 'words'>;
type Range = { readonly from: number; readonly to: number };

function everywhere({ institutions, buildings }: Places): Place[] {
  return [
    ...[...institutions].map(([of, words]) => ({ of, kind: 'institution' as const, words })),
    ...[...buildings].map(([of, words]) => ({ of, kind: 'building' as const, words })),
  ];
}

async function accountsOf(
  { points }: Pick<Registry, 'points'>,
  place: Place,
  carrier: Carrier,
  { from, to }: Range,
): Promise<Account[]> {
  const { of, kind } = place;
  const total =
    kind === 'building'
      ? await points.ofBuilding(of, carrier, from, to)
      : await points.ofInstitution(of, carrier, from, to);
  const subMeters =
    kind === 'building'
      ? await points.itemsOfBuilding(of, carrier, from, to)
      : await points.itemsOfInstitution(of, carrier, from, to);
  const byItem = new Map<string, MemberStretch[]>();
  for (const { item, ...member } of subMeters) {
    const list = byItem.get(item);
    if (list === undefined) byItem.set(item, [member]);
    else list.push(member);
  }
  const accounts = [...byItem].map(([item, members]): Account => ({ ...place, carrier, item, members }));
  return total.length === 0
    ? accounts
    : [{ ...place, carrier, item: totalItem, members: total }, ...accounts];
}

/** Of a place that is no longer there, or a carrier that nobody is registered for today. */
async function membersOf(
  registry: Pick<Registry, 'points'>,
  written: Pick<Account, 'of' | 'kind' | 'carrier' | 'item'>,
  range: Range,
): Promise<readonly MemberStretch[]> {
  const accounts = await accountsOf(registry, { ...written, words: noWords }, written.carrier, range);
  return accounts.find(({ item }) => item === written.item)?.members ?? [];
}

function wordsOf({ institutions, buildings }: Places, { of, kind }: Pick<Account, 'of' | 'kind'>): Words {
  return (kind === 'building' ? buildings : institutions).get(of) ?? noWords;
}

/** Accounts that have rows of consumption. */
async function writtenAccounts(
  boards: Pick<BoardStore, 'keys'>,
  measurement: BoardMeasurementName & 'consumption',
): Promise<Pick<Account, 'of' | 'kind' | 'carrier' | 'item'>[]> {
  const keys = await boards.keys(measurement);
  return keys.flatMap((tags) => {
    const { of, kind, carrier = '', item } = tags as Partial<Record<string, string>>;
    if (of === undefined || item === undefined || !isCarrier(carrier)) return [];
    return kind === 'building' || kind === 'institution' ? [{ of, kind, carrier, item }] : [];
  });
}
