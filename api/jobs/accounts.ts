// Whose consumption is written: each institution and building by carrier and item, with the points that count for it and when.
import { setImmediate as breathe } from 'node:timers/promises';
import { totalItem } from '../../core/domain/board-series.ts';
import type { MemberStretch } from '../../core/domain/energy/consumption-plan.ts';
import { type Carrier, isCarrier } from '../../core/domain/units.ts';
import type { PlaceMemberships, Registry } from '../../core/registry/registry.ts';
import type { BoardStore } from '../../core/store/port.ts';
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

/** An account that has rows. */
type Written = Pick<Account, 'of' | 'kind' | 'carrier' | 'item'>;

const keysAtOnce = 2_000;

export interface AccountSources {
  readonly registry: Pick<Registry, 'institutions' | 'buildings' | 'points'>;
  readonly boards: Pick<BoardStore, 'keys'>;
}

/**
 * Accounts that have members in [from, to), and those that have rows already: where nothing counts any more, since a fact
 * was corrected, the rows must say so. Of places that are no longer there only those that have rows. Reads the registry once;
 * others are served meanwhile.
 */
export async function readAccounts(
  { registry, boards }: AccountSources,
  range: { readonly at: number; readonly from: number; readonly to: number },
): Promise<readonly Account[]> {
  const places = await readPlaces(registry, range.at);
  const written = await writtenAccounts(boards);
  const accounts: Account[] = [];
  for await (const memberships of registry.points.everywhere(range.from, range.to)) {
    const { of, kind } = memberships;
    const there = (kind === 'building' ? places.buildings : places.institutions).get(of);
    for (const account of accountsOf(memberships, there ?? noWords)) {
      const hasRows = written.delete(keyOf(account));
      if (there !== undefined || hasRows) accounts.push(account);
    }
  }
  for (const account of written.values())
    accounts.push({ ...account, members: [], words: wordsOf(places, account) });
  return accounts;
}

export function keyOf({ of, kind, carrier, item }: Written): string {
  return `${kind} ${of} ${carrier} ${item}`;
}

function accountsOf({ of, kind, carrier, total, items }: PlaceMemberships, words: Words): Account[] {
  const byItem = new Map<string, MemberStretch[]>();
  for (const { item, ...member } of items) {
    const list = byItem.get(item);
    if (list === undefined) byItem.set(item, [member]);
    else list.push(member);
  }
  if (total.length > 0) byItem.set(totalItem, [...total]);
  return [...byItem].map(([item, members]) => ({ of, kind, carrier, item, members, words }));
}

function wordsOf({ institutions, buildings }: Places, { of, kind }: Pick<Account, 'of' | 'kind'>): Words {
  return (kind === 'building' ? buildings : institutions).get(of) ?? noWords;
}

/** Accounts that have rows of consumption, by key: a series each for hours, days, months and years. */
async function writtenAccounts(boards: Pick<BoardStore, 'keys'>): Promise<Map<string, Written>> {
  const written = new Map<string, Written>();
  for (const [index, tags] of (await boards.keys('consumption')).entries()) {
    if (index % keysAtOnce === 0) await breathe();
    const { of, kind, carrier = '', item } = tags as Partial<Record<string, string>>;
    if (of === undefined || item === undefined || !isCarrier(carrier)) continue;
    if (kind !== 'building' && kind !== 'institution') continue;
    written.set(keyOf({ of, kind, carrier, item }), { of, kind, carrier, item });
  }
  return written;
}
