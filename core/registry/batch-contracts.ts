// What a file of many rows brings (imports of ledgers): one transaction for all of it. Interfaces only; batch.ts does it.
import type { EntityKind } from './attributes/attribute.ts';
import type { Authorship } from './authorship.ts';
import type { EnteredInput } from './entered-input.ts';
import type { FleetKind } from './fleet-contracts.ts';
import type { BillInput, DefinitionKind, InputFault, ReportInput } from './ledgers.ts';
import type { Permit } from './permit-contracts.ts';

export interface Batch {
  /** Ids of `facts.newId()`; of a point, its key. A point that is there already is left as it is. */
  readonly creating: readonly { readonly id: string; readonly kind: EntityKind }[];
  readonly facts: readonly BatchFact[];
  readonly definitions: readonly {
    readonly kind: DefinitionKind;
    readonly id: string;
    readonly value: unknown;
  }[];
  readonly bills: readonly BillInput[];
  readonly reports: readonly ReportInput[];
  /** Orders, seals, card entries … of vehicles; see `FleetRecords.record`. */
  readonly fleet?: readonly FleetInput[] | undefined;
}

export interface FleetInput {
  readonly kind: FleetKind;
  readonly value: unknown;
}

/** The form of a `FactInput` of registry.ts. */
export interface BatchFact {
  readonly entity: string;
  readonly attribute: string;
  readonly validFrom: number;
  readonly validTo?: number | null | undefined;
  readonly value: unknown;
}

export type BatchList = 'facts' | 'definitions' | 'bills' | 'reports' | 'fleet';

/** Of `details.faults` of an error: which input of which list was refused. */
export interface BatchFault extends InputFault {
  readonly list: BatchList;
}

/** What changed something; inputs that said what was known already are not in it. */
export interface BatchOutcome {
  /** Places in `facts`. */
  readonly facts: readonly number[];
  /** Places in `definitions`. */
  readonly definitions: readonly number[];
  readonly bills: readonly EnteredInput[];
  readonly reports: readonly EnteredInput[];
  readonly fleet: readonly EnteredInput[];
}

/** An entity, with what people know it by: what holds now, else what is known last. */
export interface KnownEntity {
  readonly id: string;
  readonly kind: EntityKind;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Batches {
  /**
   * @param options.rehearse everything is checked and counted, and nothing is kept
   * @param options.permit inputs that concern others are refused: of what is not there or not covered in the same words
   * (`registry.not-found`), else `registry.out-of-reach`; see permit.ts
   * @throws JieyueError as `facts.record`, `bills.record` and so on would; `details.faults` holds `BatchFault`s. The lists are
   * entered one after the other, so faults of a later one show when an earlier one has none.
   */
  record(
    batch: Batch,
    by: Authorship,
    options?: { readonly rehearse?: boolean; readonly permit?: Permit | undefined },
  ): Promise<BatchOutcome>;
  /**
   * All entities with what rows of a file refer to them by. With a permit: those that it covers now, the institutions above
   * them, and all accounts, so that none is made twice.
   */
  known(permit?: Permit): Promise<readonly KnownEntity[]>;
}
