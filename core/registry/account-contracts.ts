// Supply accounts and zones: interfaces only; the SQL stands in accounts.ts and zones.ts.
import type { Commodity } from '../domain/accounting/commodities.ts';
import type { Use } from '../domain/accounting/uses.ts';
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
  readonly use?: Use | null | undefined;
  readonly supplier?: string | null | undefined;
  readonly billing?: Billing | undefined;
  readonly tariff?: string | null | undefined;
  readonly open?: boolean | undefined;
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
}
