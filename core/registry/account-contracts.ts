// Supply accounts and zones: interfaces only; the SQL stands in accounts.ts and zones.ts.
import type { Commodity } from '../domain/accounting/commodities.ts';
import type { Use } from '../domain/accounting/uses.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import type { Billing } from './attributes/account.ts';
import type { Authorship } from './authorship.ts';

/** A part of a building (分区). */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly building: string | null;
}

/** A supply account (户号). */
export interface Account {
  readonly id: string;
  /** As the supplier writes it; not unique across suppliers. */
  readonly number: string;
  readonly name: string | null;
  readonly institution: string | null;
  /** Where it is shared, its shares split the account's bills. */
  readonly building: string | null;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly supplier: string | null;
  readonly billing: Billing;
  /** Id of its tariff's definition. */
  readonly tariff: string | null;
  /** Whether bills are expected. */
  readonly open: boolean;
}

/** What is left out has the default: use `building`, billing `quantity`, open. */
export interface AccountInput {
  readonly number: string;
  readonly institution: string | null;
  readonly commodity: Commodity;
  readonly validFrom: number;
  readonly name?: string | null | undefined;
  readonly building?: string | null | undefined;
  readonly use?: Use | null | undefined;
  readonly supplier?: string | null | undefined;
  readonly billing?: Billing | undefined;
  readonly tariff?: string | null | undefined;
  readonly open?: boolean | undefined;
}

/** A stretch in which an account is somebody's; never cut to the range that was asked about. Without an end: `to` is far. */
export interface AccountHolding {
  readonly account: string;
  readonly institution: string;
  readonly billing: Billing;
  /** Whether bills are expected. */
  readonly open: boolean;
  readonly from: number;
  readonly to: number;
}

/** A stretch in which what a point measures is what an account bills. */
export interface AccountMeter {
  readonly account: string;
  readonly point: PointKey;
  readonly quantity: Quantity;
  /** -1: an account of its own below a device of this one; what it bills is not in this account's bills. */
  readonly factor: 1 | -1;
  readonly from: number;
  readonly to: number;
}

export interface Zones {
  create(input: { name: string; building: string | null; validFrom: number }, by: Authorship): Promise<Zone>;
  list(at: number): Promise<readonly Zone[]>;
  get(id: string, at: number): Promise<Zone | undefined>;
}

export interface Accounts {
  create(input: AccountInput, by: Authorship): Promise<Account>;
  /** All or none; in the order of the inputs. */
  createAll(inputs: readonly AccountInput[], by: Authorship): Promise<readonly Account[]>;
  list(at: number): Promise<readonly Account[]>;
  get(id: string, at: number): Promise<Account | undefined>;
  /** Of accounts that are one of these institutions' somewhere in [from, to): their whole time, whoever's they were. By account, then time. */
  holdings(institutions: Iterable<string>, from: number, to: number): Promise<readonly AccountHolding[]>;
  /**
   * The devices that name one of these accounts and measure what it supplies, cut to [from, to). One that hangs below another of the same
   * account is a part of that one, and left out; one of another account is out of the bills of the account above it.
   */
  meters(accounts: Iterable<string>, from: number, to: number): Promise<readonly AccountMeter[]>;
}
