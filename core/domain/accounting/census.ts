// What the registry knows of a stretch of months, laid out for computing: institutions by index, a column by month.
import type { PointKey } from '../topics.ts';
import type { Quantity } from '../units.ts';
import type { Basis } from './bases.ts';
import type { Commodity } from './commodities.ts';
import type { Use } from './uses.ts';

/** Adjoining local months. */
export interface Months {
  /** Ascending starts, epoch ms. */
  readonly starts: Float64Array;
  /** End of the last month. */
  readonly to: number;
}

/** The version of a counting rule (折算规则) that a number of users was made by, and when. */
export interface RuleStretch {
  readonly id: string;
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

/** One institution; its number in `Census.institutions` stands for it everywhere. Columns have a place a month. */
export interface CensusInstitution {
  readonly id: string;
  readonly name: string;
  /** Number of the institution above it on the month's first day on which it exists; -1: none. */
  readonly parent: Int32Array;
  /** 1 where it exists on some day of the month. */
  readonly exists: Uint8Array;
  /** When it exists, within the months; ascending, not adjoining. */
  readonly lives: readonly { readonly from: number; readonly to: number }[];
  /** Energy users (用能人数), mean over the month's days on which they are known, by the counting rule of each day; NaN: not known. */
  readonly users: Float64Array;
  /** The rules by which they were counted; none: every head is one. Ascending. */
  readonly userRules: readonly RuleStretch[];
  /** Counted area (计入面积), mean over the month's days, m²; NaN: not known. */
  readonly areaM2: Float64Array;
  /** 1 where it stands in the statistics register (名录库) on the month's first day on which it exists. */
  readonly registered: Uint8Array;
  /** Of the last month in which it exists; empty: not known. */
  readonly sector: string;
  /** By month, where the sector changes within the months: of the month's first day on which it exists; of its first before, of its last after. */
  readonly sectors?: readonly string[] | undefined;
  readonly kind: string;
  readonly adminLevel: string;
  readonly climateZone: string;
  readonly heating: string;
}

/**
 * A stretch in which a series counts for an institution. A sub-meter whose energy only moves has two stretches of the same
 * days in its series: one below 0 of the use that it leaves, one above 0 of the use that it goes to. The two stand one after
 * the other and sum to 0; where deducted area or a shared building splits a move, there are several such pairs.
 */
export interface MeteredStretch {
  readonly institution: number;
  readonly use: Use;
  /**
   * 1, or a product of the share of a shared building, the part of deducted area, the factor of a virtual point. Below 0: what a
   * sub-meter takes away from this use, or a term that a virtual point subtracts.
   */
  readonly share: number;
  readonly from: number;
  readonly to: number;
  /** The point in whose place it counts, where that is not its own: the virtual point that it is a term of, or the point that a move is a part of. */
  readonly counter?: PointKey | undefined;
  /** Of a move: the point that it takes its energy from: `counter`, or another that moves between the two. */
  readonly above?: PointKey | undefined;
  /** Of a move: it has an account (户号) of its own, so that the bill above does not hold it, and nothing moves on the billed basis. */
  readonly ownBill?: boolean | undefined;
}

export interface MeteredSeries {
  readonly point: PointKey;
  readonly quantity: Quantity;
  readonly commodity: Commodity;
  readonly stretches: readonly MeteredStretch[];
}

/** What a bill or a report says of a period; spread evenly over its days (按天分摊). */
export interface Statement {
  readonly basis: Exclude<Basis, 'metered'>;
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly from: number;
  readonly to: number;
  /** NaN: not said. */
  readonly quantity: number;
  /** NaN: not said. */
  readonly amountCny: number;
  /** Of the bill or entry, for taking a figure apart. */
  readonly id: string;
  /** The supply account (户号) of a bill; empty for a report. */
  readonly account: string;
}

/** An account expects a bill for every day in which it is open. */
export interface AccountStretch {
  readonly account: string;
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly from: number;
  readonly to: number;
  /** Billed by area: its bills state no quantity, and none is missing in them. */
  readonly byArea?: boolean | undefined;
}

/** Reports are expected from the first one of a (commodity, use) on, whatever part of the ledger the months hold. */
export interface ReportStretch {
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly from: number;
  readonly to: number;
}

export interface Census {
  readonly months: Months;
  readonly institutions: readonly CensusInstitution[];
  readonly series: readonly MeteredSeries[];
  readonly statements: readonly Statement[];
  readonly accounts: readonly AccountStretch[];
  readonly reporting: readonly ReportStretch[];
}
