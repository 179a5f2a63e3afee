// What a ledger is: a table of columns, and what a row of it says to the registry. One file a kind stands in kinds/.
import type { Calendar } from '../../core/domain/time.ts';
import type { FleetKind } from '../../core/registry/fleet-contracts.ts';
import type { BillInput, DefinitionKind, ReportInput } from '../../core/registry/ledgers.ts';
import type { CellFault, Columns, RowOf } from './column.ts';

/** Kinds of entities that rows refer to by name. */
export type NamedKind = 'institution' | 'building' | 'zone' | 'account' | 'vehicle';

/** How a row says which entity it is about; the entity is made where there is none. */
export interface Identity {
  readonly id: string | undefined;
  /** Credit code of an institution. */
  readonly code?: string | undefined;
  readonly name: string | undefined;
  /** Of the entity above, as a row names it; `null`: none; left out: not said. A supplier of an account. */
  readonly above: string | null | undefined;
  /** Two with different ones are not the same, even under one name. */
  readonly apart?: string | undefined;
}

/** The monthly price of a component of a tariff (代理购电价). */
export interface PriceInput {
  readonly tariff: string;
  readonly component: string | undefined;
  /** `YYYY-MM` */
  readonly month: string;
  readonly price: number | Readonly<Record<string, number>>;
}

/** What a row says is told to this. Columns are named so that a refusal finds its cell. */
export interface Entry<K extends string = string> {
  /** The row's own entity; `undefined` where it cannot be told, and the fault is noted. */
  readonly own: { readonly id: string; readonly isNew: boolean } | undefined;
  /** Quantities that the row's own point measures, as far as the registry knows. */
  readonly measured: readonly string[];
  readonly calendar: Calendar;
  /** Id of what the text names; `undefined` where there is none, and the fault is noted. */
  refer(kind: NamedKind | 'point', column: K, said: string): string | undefined;
  /** Whether there is such a definition; the fault is noted where there is none. */
  defined(kind: DefinitionKind, column: K, id: string): boolean;
  fact(column: K, fact: SaidFact): void;
  bill(input: BillInput): void;
  report(input: ReportInput): void;
  /** An order, a seal, a card entry, upkeep. */
  record(kind: FleetKind, value: unknown, key: string): void;
  price(input: PriceInput): void;
  fault(column: K | null, fault: CellFault): void;
}

export interface SaidFact {
  readonly entity: string;
  readonly attribute: string;
  readonly from: number;
  readonly to?: number | null;
  readonly value: unknown;
}

export interface Ledger<C extends Columns = Columns> {
  readonly zh: string;
  readonly en: string;
  readonly about: readonly [zh: string, en: string];
  readonly columns: C;
  /** Of a ledger whose rows are entities. */
  readonly names?: { readonly kind: NamedKind; readonly identity: (row: RowOf<C>) => Identity };
  /** Of the ledger of points: the key of the point that a row is about. */
  readonly point?: (row: RowOf<C>) => string;
  /** Of a ledger whose rows may be kept and yet hold too little to be judged by: whether a row is such. They are counted. */
  readonly partial?: (row: RowOf<C>) => boolean;
  readonly plan: (row: RowOf<C>, entry: Entry<keyof C & string>) => void;
}

/** Its columns are known to itself alone: the others see a table of columns. */
export function ledger<const C extends Columns>(definition: Ledger<C>): Ledger {
  return definition as unknown as Ledger;
}
