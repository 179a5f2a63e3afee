// What bills of an account show among themselves: missing, overlapping, of an odd length, of days in which it is not open.
import { dayMs } from '../time.ts';
import { type BillGroup, common, type ReconciledBill } from './bill-groups.ts';
import type { DaySums } from './daily-metered.ts';
import type { ReconcileAccount, ReconcileFinding, ReconcileOptions } from './reconcile-model.ts';

/**
 * Days in which the account is open, or bills are expected, and that no bill has. Between two bills: at once. After the last: when a bill of the usual
 * length would have been due.
 */
export function missing(
  { account, open, expected, byQuantity }: ReconcileAccount,
  groups: readonly BillGroup[],
  days: DaySums | undefined,
  price: number | null,
  options: ReconcileOptions,
): ReconcileFinding[] {
  const due = options.asOf - (options.dueAfterMs ?? 30 * dayMs);
  const bills = groups.filter(isNoSupplement).map(({ bill }) => bill);
  const usual = usualLength(groups) ?? 31 * dayMs;
  return (expected ?? open).flatMap((stretch) => {
    const from = Math.max(stretch.from, options.from);
    const to = Math.min(stretch.to, options.to);
    return gapsOf(from, to, bills).flatMap((gap): ReconcileFinding[] => {
      const followed = bills.some((bill) => bill.from >= gap.to);
      if (!followed && gap.from + usual > due && gap.to > due) return [];
      const until = followed ? gap.to : Math.min(gap.to, due);
      const quantity = byQuantity ? (days?.over(gap.from, until).value ?? null) : null;
      const amountCny = quantity === null || price === null ? null : quantity * price;
      return [{ kind: 'missing', account, document: null, from: gap.from, to: until, quantity, amountCny }];
    });
  });
}

function gapsOf(from: number, to: number, bills: readonly ReconciledBill[]): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let covered = from;
  for (const bill of bills) {
    if (bill.from >= to) break;
    if (bill.from > covered) gaps.push({ from: covered, to: bill.from });
    covered = Math.max(covered, bill.to);
  }
  if (covered < to) gaps.push({ from: covered, to });
  return gaps;
}

/** Each bill with what was billed before it and reaches into it. */
export function overlaps(account: string, groups: readonly BillGroup[]): ReconcileFinding[] {
  const findings: ReconcileFinding[] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const { bill, quantity, amountCny } of groups) {
    if (bill.supplement === true) continue;
    const until = Math.min(reach, bill.to);
    if (until > bill.from) {
      const share = (until - bill.from) / (bill.to - bill.from);
      findings.push({
        kind: 'overlap',
        account,
        document: bill.document,
        from: bill.from,
        to: until,
        quantity: quantity === null ? null : quantity * share,
        amountCny: amountCny === null ? null : amountCny * share,
      });
    }
    reach = Math.max(reach, bill.to);
  }
  return findings;
}

export function oddLengths(
  account: string,
  groups: readonly BillGroup[],
  asked: readonly BillGroup[],
  options: ReconcileOptions,
): ReconcileFinding[] {
  const usual = usualLength(groups);
  if (usual === undefined) return [];
  const slack = options.lengthSlackMs ?? 5 * dayMs;
  return asked
    .filter((group) => isNoSupplement(group) && Math.abs(group.bill.to - group.bill.from - usual) > slack)
    .map(({ bill, quantity, amountCny }) => ({
      kind: 'odd-length',
      account,
      ...spanOf(bill),
      quantity,
      amountCny,
    }));
}

/** Median, known from three bills on. */
function usualLength(groups: readonly BillGroup[]): number | undefined {
  const lengths = groups.filter(isNoSupplement).map(({ bill }) => bill.to - bill.from);
  if (lengths.length < 3) return undefined;
  return lengths.sort((a, b) => a - b)[(lengths.length - 1) >> 1];
}

function isNoSupplement({ bill }: BillGroup): boolean {
  return bill.supplement !== true;
}

export function outsideOpen(
  { account, open }: ReconcileAccount,
  groups: readonly BillGroup[],
): ReconcileFinding[] {
  return groups.flatMap(({ bill, quantity, amountCny }): ReconcileFinding[] => {
    const inside = open.reduce((sum, stretch) => sum + Math.max(0, common(stretch, bill)), 0);
    const share = 1 - inside / (bill.to - bill.from);
    if (share <= 0) return [];
    return [
      {
        kind: 'outside-open',
        account,
        ...spanOf(bill),
        quantity: quantity === null ? null : quantity * share,
        amountCny: amountCny === null ? null : amountCny * share,
      },
    ];
  });
}

function spanOf({ document, from, to }: ReconciledBill): Pick<ReconcileFinding, 'document' | 'from' | 'to'> {
  return { document, from, to };
}
