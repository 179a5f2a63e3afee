// Ledgers of the registry beside facts: bills of supply accounts, reported quantities, definitions with versions, frozen
// reviews. Interfaces only; the SQL stands in bills.ts, reports.ts, definitions.ts, snapshots.ts, census.ts.
import type { Census } from '../domain/accounting/census.ts';
import type { Commodity } from '../domain/accounting/commodities.ts';
import type {
  Boundary,
  CarbonFactorSet,
  CoefficientSet,
  Plan,
  QuotaSet,
  UserRule,
} from '../domain/accounting/definitions.ts';
import type { Use } from '../domain/accounting/uses.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Said } from '../domain/message.ts';
import type { Tariff } from '../domain/tariff/tariff.ts';
import type { Authorship } from './authorship.ts';
import type { Permit } from './permit-contracts.ts';

/** A bill (票据) of a supply account; `[from, to)` are local midnights. */
export interface BillInput {
  /** Id of the account entity. */
  readonly account: string;
  /** Number on the document; the same document of the same account again replaces the one before. */
  readonly document: string;
  readonly from: number;
  readonly to: number;
  /** In the unit of the account's commodity; below 0 in a credit note. `null`: billed by area or a flat sum. */
  readonly quantity: number | null;
  readonly amountCny: number | null;
  /** Beside another bill of the same days (a correction, a credit note, a second part); else an overlap is refused. */
  readonly supplement?: boolean | undefined;
}

export interface BillRecord extends Required<BillInput> {
  readonly id: string;
  readonly recordedAt: number;
  readonly author: string;
  readonly reason: string;
  readonly supersededAt: number | null;
  /** Who took it back, and why; only of one that was withdrawn. */
  readonly withdrawn?: Authorship;
}

/** A quantity that an institution reported (上报), or that someone entered by hand. `[from, to)` are local midnights. */
export interface ReportInput {
  readonly institution: string;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly amountCny: number | null;
}

export interface ReportRecord extends ReportInput {
  readonly id: string;
  readonly recordedAt: number;
  readonly author: string;
  readonly reason: string;
  readonly supersededAt: number | null;
  /** Who took it back, and why; only of one that was withdrawn. */
  readonly withdrawn?: Authorship;
}

/** Of an input that was refused; `details.faults` of the error lists them (the first 1 000). */
export interface InputFault {
  /** Place in the list of inputs. */
  readonly index: number;
  readonly code: ErrorCode;
  /** In English. */
  readonly message: string;
  /** The same in both languages. */
  readonly said: Said;
}

export interface Bills {
  /**
   * All or none; the same again changes nothing. The order of bills does not matter: two bills that are no supplements may
   * not overlap, and a document stands once in a call.
   * @throws JieyueError with `details.faults` (InputFault): `registry.not-found` for an unknown account; `registry.invalid`
   * naming account, document and fault: dates that are no midnights, an overlap with another bill that is no supplement.
   */
  record(inputs: readonly BillInput[], by: Authorship): Promise<void>;
  /**
   * Takes bills back by id; ids that are unknown, replaced or withdrawn already are refused; those that `permit` does not
   * cover over their days as if they were not there.
   */
  withdraw(ids: readonly string[], by: Authorship, permit?: Permit): Promise<void>;
  /** Bills that touch [from, to), by account and time. */
  list(options: {
    readonly accounts?: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly superseded?: boolean;
  }): Promise<readonly BillRecord[]>;
}

export interface Reports {
  /** All or none; the same (institution, commodity, use, from, to) replaces; another overlap is refused. */
  record(inputs: readonly ReportInput[], by: Authorship): Promise<void>;
  withdraw(ids: readonly string[], by: Authorship, permit?: Permit): Promise<void>;
  list(options: {
    readonly institutions?: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly superseded?: boolean;
  }): Promise<readonly ReportRecord[]>;
}

/** Kind of definition → its value; schemas stand in core/domain. */
export interface DefinitionValues {
  readonly coefficients: CoefficientSet;
  readonly 'carbon-factors': CarbonFactorSet;
  readonly boundary: Boundary;
  readonly 'user-rule': UserRule;
  readonly plan: Plan;
  readonly quota: QuotaSet;
  readonly tariff: Tariff;
}
export type DefinitionKind = keyof DefinitionValues;

export interface Definition<K extends DefinitionKind = DefinitionKind> {
  readonly kind: K;
  /** `[a-z0-9][a-z0-9-]{0,63}` */
  readonly id: string;
  /** 0: comes with the program; those recorded from 1, rising. */
  readonly version: number;
  readonly value: DefinitionValues[K];
  /** Comes with the program; a version of one's own stands above it. */
  readonly builtIn: boolean;
  readonly recordedAt: number;
  readonly author: string;
  readonly reason: string;
}

/** A definition as the program brings it; the value has all that its schema would fill in. */
export type BuiltInDefinition = {
  readonly [K in DefinitionKind]: {
    readonly kind: K;
    readonly id: string;
    readonly value: DefinitionValues[K];
  };
}[DefinitionKind];

export interface Definitions {
  /** A new version; the same value as the newest changes nothing. @throws JieyueError `registry.invalid` */
  record<K extends DefinitionKind>(
    kind: K,
    id: string,
    value: unknown,
    by: Authorship,
  ): Promise<Definition<K>>;
  /** The newest version, or the one asked for; 0 is the one that comes with the program. */
  get<K extends DefinitionKind>(kind: K, id: string, version?: number): Promise<Definition<K> | undefined>;
  /** The newest version of each. */
  list<K extends DefinitionKind>(kind: K): Promise<readonly Definition<K>[]>;
  /** Ascending, what comes with the program first. */
  versions<K extends DefinitionKind>(kind: K, id: string): Promise<readonly Definition<K>[]>;
}

/** A frozen review: what was computed then, kept as it was. */
export interface SnapshotRecord {
  readonly id: string;
  readonly name: string;
  readonly institution: string;
  readonly plan: string;
  readonly takenAt: number;
  readonly author: string;
  readonly reason: string;
  /** JSON of the answer, and of everything that it rests on. */
  readonly content: unknown;
}

export interface Snapshots {
  /** @throws JieyueError `registry.not-found` for an unknown institution, `registry.invalid` */
  add(input: Omit<SnapshotRecord, 'id' | 'author' | 'reason'>, by: Authorship): Promise<SnapshotRecord>;
  /** Of the institution itself, the newest first. */
  list(institution: string): Promise<readonly Omit<SnapshotRecord, 'content'>[]>;
  get(id: string): Promise<SnapshotRecord | undefined>;
}

export interface CensusSource {
  /** Everything that accounts are computed from over the months that [from, to) touches. */
  census(from: number, to: number): Promise<Census>;
  /** Rises with every change of a fact, bill, report or definition, by whatever process. Cheap. */
  revision(): Promise<number>;
}
