// What is reconciled, and what comes out: accounts with bills and daily consumption; rows and findings.
import type { ReconciledBill } from './bill-groups.ts';
import type { DailyMetered } from './daily-metered.ts';
import type { ReconcileFindingKind } from './reconcile-texts.ts';

export interface ReconcileAccount {
  readonly account: string;
  /** `false`: billed by area or a flat sum; what a missing bill should have said is then not known. */
  readonly byQuantity: boolean;
  /** Ascending stretches in which it is open; the last may end far in the future. */
  readonly open: readonly { readonly from: number; readonly to: number }[];
  /** Where bills are expected, if not in all open days: of heat, the heating seasons. */
  readonly expected?: readonly { readonly from: number; readonly to: number }[] | undefined;
  /** All that touch the period, and before it as far back as the usual length should be known from. Superseded ones left out. */
  readonly bills: readonly ReconciledBill[];
  /** `null`: no point names the account. */
  readonly metered: DailyMetered | null;
}

export interface ReconcileOptions {
  /** The period that is asked for: bills that touch it, gaps within it. */
  readonly from: number;
  readonly to: number;
  /** Now. */
  readonly asOf: number;
  /** How long after its last day a bill may take to come; default 30 days. */
  readonly dueAfterMs?: number;
  /** Default 0.02. */
  readonly relativeTolerance?: number;
  /** In the unit of the bills; default 1. */
  readonly absoluteTolerance?: number;
  /** Covered ÷ expected from which a comparison counts; default 0.95. */
  readonly minCoverage?: number;
  /** A bill is of an unusual length when it differs from the account's median by more; default 5 days. */
  readonly lengthSlackMs?: number;
}

export type Verdict = 'within-tolerance' | 'differs' | 'cannot-say';

export interface ReconcileRow {
  readonly account: string;
  readonly from: number;
  readonly to: number;
  /** Ids of the bill and of its supplements. */
  readonly bills: readonly string[];
  readonly document: string;
  readonly billed: number | null;
  /** Of what is known; `null`: nothing is. */
  readonly metered: number | null;
  readonly amountCny: number | null;
  /** 0 to 1. */
  readonly coverage: number;
  /** billed − metered; `null` where one of them is. */
  readonly difference: number | null;
  /** Of the metered quantity, 0.05: the bill is 5 % above it. `null` where that is 0 or not known. */
  readonly relative: number | null;
  readonly verdict: Verdict;
  readonly reason: 'no-meter' | 'coverage' | 'no-quantity' | null;
}

export interface ReconcileFinding {
  readonly kind: ReconcileFindingKind;
  readonly account: string;
  /** Of the bill that it is about; `null` where there is none. */
  readonly document: string | null;
  readonly from: number;
  readonly to: number;
  /** What is at stake: the difference, or what should have been billed; `null`: not known. */
  readonly quantity: number | null;
  readonly amountCny: number | null;
}

export interface Reconciliation {
  /** By time. */
  readonly rows: readonly ReconcileRow[];
  /** The most money first, then the most quantity, then the oldest. */
  readonly findings: readonly ReconcileFinding[];
}
