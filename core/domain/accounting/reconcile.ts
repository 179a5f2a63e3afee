// Bills against meters (票据与计量核对): per supply account and billing period, and what is missing, double or odd.
//
// Rules: a bill is compared with the consumption of the account's points over the bill's own days. Supplements (credit notes,
// corrections) are added to the bill whose days they touch most. difference = billed − metered; it is within tolerance up to
// max(relative × metered, absolute). Where the points are covered too little nothing can be said, except that a bill below what
// the meters saw already is too low whatever the rest was.
import { missing, oddLengths, outsideOpen, overlaps } from './bill-findings.ts';
import { type BillGroup, groupsOf, meanPrice } from './bill-groups.ts';
import { DaySums } from './daily-metered.ts';
import type {
  ReconcileAccount,
  ReconcileFinding,
  ReconcileOptions,
  ReconcileRow,
  Reconciliation,
  Verdict,
} from './reconcile-model.ts';

/** One account. Findings of several accounts are put in order by `byStake`. */
export function reconcile(input: ReconcileAccount, options: ReconcileOptions): Reconciliation {
  const days = input.metered === null ? undefined : new DaySums(input.metered);
  const groups = groupsOf(input.bills);
  const asked = groups.filter(({ bill }) => bill.from < options.to && bill.to > options.from);
  const rows = asked.map((group) => rowOf(group, input, days, options));
  const price = meanPrice(groups);
  const findings = [
    ...rows.flatMap((row) => findingOf(row, price)),
    ...withoutMeter(rows),
    ...missing(input, groups, days, price, options),
    ...overlaps(input.account, asked),
    ...oddLengths(input.account, groups, asked, options),
    ...outsideOpen(input, asked),
  ];
  return { rows, findings: findings.sort(byStake) };
}

/** Several accounts of one commodity; every account's rows together, findings in one order. */
export function reconcileAll(inputs: readonly ReconcileAccount[], options: ReconcileOptions): Reconciliation {
  const found = inputs.map((input) => reconcile(input, options));
  return {
    rows: found.flatMap(({ rows }) => rows),
    findings: found.flatMap(({ findings }) => findings).sort(byStake),
  };
}

/**
 * Order of findings: what is wrong before what cannot be compared; money, then quantity (both by size, unknown last), then time
 * and account.
 */
export function byStake(a: ReconcileFinding, b: ReconcileFinding): number {
  return (
    Number(cannotSay(a)) - Number(cannotSay(b)) ||
    stake(b.amountCny) - stake(a.amountCny) ||
    stake(b.quantity) - stake(a.quantity) ||
    a.from - b.from ||
    (a.account < b.account ? -1 : a.account > b.account ? 1 : 0)
  );
}

function cannotSay({ kind }: ReconcileFinding): boolean {
  return kind === 'no-meter' || kind === 'coverage';
}

function stake(value: number | null): number {
  return value === null ? -1 : Math.abs(value);
}

function rowOf(
  { bill, bills, quantity, amountCny }: BillGroup,
  { account }: ReconcileAccount,
  days: DaySums | undefined,
  options: ReconcileOptions,
): ReconcileRow {
  const { from, to, document } = bill;
  const { value: metered, coverage } = days?.over(from, to) ?? { value: null, coverage: 0 };
  const difference = quantity === null || metered === null ? null : differenceOf(quantity, metered);
  const row = {
    account,
    from,
    to,
    bills,
    document,
    billed: quantity,
    metered,
    amountCny,
    coverage,
    difference,
  };
  const relative =
    difference === null || metered === null || metered === 0 ? null : difference / Math.abs(metered);
  const say = (verdict: Verdict, reason: ReconcileRow['reason'] = null) => ({
    ...row,
    relative,
    verdict,
    reason,
  });
  if (quantity === null) return say('cannot-say', 'no-quantity');
  if (days === undefined) return say('cannot-say', 'no-meter');
  if (metered === null || difference === null) return say('cannot-say', 'coverage');
  const { relativeTolerance = 0.02, absoluteTolerance = 1, minCoverage = 0.95 } = options;
  const tolerance = Math.max(relativeTolerance * Math.abs(metered), absoluteTolerance);
  if (coverage < minCoverage) {
    return difference < -tolerance ? say('differs') : say('cannot-say', 'coverage');
  }
  return say(Math.abs(difference) > tolerance ? 'differs' : 'within-tolerance');
}

function findingOf(row: ReconcileRow, price: number | null): ReconcileFinding[] {
  const about = { account: row.account, document: row.document, from: row.from, to: row.to };
  if (row.verdict === 'differs') {
    const own = row.amountCny !== null && row.billed ? row.amountCny / row.billed : price;
    const amountCny = row.difference === null || own === null ? null : row.difference * own;
    return [{ kind: 'differs', ...about, quantity: row.difference, amountCny }];
  }
  if (row.reason !== 'coverage') return [];
  return [{ kind: row.reason, ...about, quantity: row.billed, amountCny: row.amountCny }];
}

/** One for the account, not one a bill: it is mended once. */
function withoutMeter(rows: readonly ReconcileRow[]): ReconcileFinding[] {
  const without = rows.filter(({ reason }) => reason === 'no-meter');
  const [first] = without;
  if (first === undefined) return [];
  const sum = (values: readonly (number | null)[]) =>
    values.some((value) => value !== null)
      ? values.reduce<number>((all, value) => all + (value ?? 0), 0)
      : null;
  return [
    {
      kind: 'no-meter',
      account: first.account,
      document: without.length === 1 ? first.document : null,
      from: Math.min(...without.map(({ from }) => from)),
      to: Math.max(...without.map(({ to }) => to)),
      quantity: sum(without.map(({ billed }) => billed)),
      amountCny: sum(without.map(({ amountCny }) => amountCny)),
    },
  ];
}

/** As exact as the larger of the two with 12 digits: 46485 less a sum of 46480.00000001 is 5, not 4.99999999. */
function differenceOf(billed: number, metered: number): number {
  const most = Math.max(Math.abs(billed), Math.abs(metered), 1);
  const decimals = Math.max(0, 11 - Math.floor(Math.log10(most)));
  return Number((billed - metered).toFixed(decimals));
}
