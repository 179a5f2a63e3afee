// Bills of one account put together for reconciling: each with the supplements that belong to it.

export interface ReconciledBill {
  readonly id: string;
  readonly document: string;
  /** Local midnights, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly quantity: number | null;
  readonly amountCny: number | null;
  readonly supplement?: boolean | undefined;
}

/** A bill with its supplements. */
export interface BillGroup {
  readonly bill: ReconciledBill;
  readonly bills: readonly string[];
  readonly quantity: number | null;
  readonly amountCny: number | null;
}

/** By time. A supplement that touches no bill stands for itself. */
export function groupsOf(bills: readonly ReconciledBill[]): BillGroup[] {
  const inOrder = [...bills].sort((a, b) => a.from - b.from || a.to - b.to || (a.id < b.id ? -1 : 1));
  const groups = inOrder.filter((bill) => bill.supplement !== true).map((bill) => ({ bill, more: [bill] }));
  const alone: { bill: ReconciledBill; more: ReconciledBill[] }[] = [];
  for (const bill of inOrder.filter(({ supplement }) => supplement === true)) {
    let best: (typeof groups)[number] | undefined;
    for (const group of groups) {
      if (common(group.bill, bill) > (best ? common(best.bill, bill) : 0)) best = group;
    }
    if (best) best.more.push(bill);
    else alone.push({ bill, more: [bill] });
  }
  return [...groups, ...alone]
    .map(({ bill, more }) => ({
      bill,
      bills: more.map(({ id }) => id),
      quantity: sumOf(more.map(({ quantity }) => quantity)),
      amountCny: sumOf(more.map(({ amountCny }) => amountCny)),
    }))
    .sort((a, b) => a.bill.from - b.bill.from || a.bill.to - b.bill.to);
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

export function common(a: { from: number; to: number }, b: { from: number; to: number }): number {
  return Math.min(a.to, b.to) - Math.max(a.from, b.from);
}

/** CNY a unit over all bills that state both. */
export function meanPrice(groups: readonly BillGroup[]): number | null {
  let [amount, quantity] = [0, 0];
  for (const group of groups) {
    if (group.amountCny === null || group.quantity === null) continue;
    amount += group.amountCny;
    quantity += group.quantity;
  }
  return quantity > 0 ? amount / quantity : null;
}
