// The words of the city's accounts: facts with the city's own names, supply accounts, bills. The registry gives its own ids.
import type { Commodity } from '../../core/domain/accounting/commodities.ts';
import type { Use } from '../../core/domain/accounting/uses.ts';
import type { SubItem } from '../../core/domain/energy/sub-items.ts';
import type { Name } from '../city/types.ts';

/** How a fact names what it is about: in the language of the registration, by the ids of the registry. */
export interface Say {
  readonly text: (name: Name) => string;
  /** Id of an institution of the city. @throws RangeError for one that it does not have */
  readonly institution: (id: string) => string;
}

export interface CityFact {
  readonly of: { readonly kind: 'institution' | 'building'; readonly id: string };
  readonly attribute: string;
  /** Local date `YYYY-MM-DD`; holds until the next of the same attribute. */
  readonly from: string;
  /** Where it ends though no other follows. */
  readonly to?: string;
  readonly value: (say: Say) => unknown;
}

export interface CityDefinition {
  readonly kind: 'plan' | 'quota' | 'tariff';
  readonly id: string;
  readonly value: unknown;
}

/** What a point is for, beside what its meter counts. */
export interface PointUse {
  readonly use?: Use;
  readonly subItem?: SubItem;
  readonly pue?: 'facility' | 'it';
  /** Number of the supply account that bills it. */
  readonly account?: string;
  readonly contact?: { readonly name: Name; readonly phone: string };
  readonly calibrationDue?: string;
}

/** A supply account (户号). */
export interface CityAccount {
  readonly number: string;
  readonly name: Name;
  readonly supplier: Name;
  readonly institution: string;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly billing: 'quantity' | 'area';
  /** Id of its tariff's definition; `null`: a simple price. */
  readonly tariff: string | null;
  /** Local midnight, epoch ms. */
  readonly from: number;
  readonly source: Source;
}

/** Where its quantities come from: a meter of the city (all of it, or a share), or no meter at all. */
export type Source =
  | { readonly kind: 'meter'; readonly point: string; readonly share: number }
  | { readonly kind: 'card'; readonly litresPerMonth: number }
  | { readonly kind: 'certificates'; readonly point: string; readonly share: number };

export interface CityBill {
  /** Number of the account. */
  readonly account: string;
  readonly document: string;
  /** Local midnights of one month, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly amountCny: number;
}
