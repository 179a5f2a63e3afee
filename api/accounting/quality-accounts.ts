// Accounts of a month as data quality sees them: days for which a bill is due, days that one covers, and since when one is missing.
import { grouped } from '../../core/domain/accounting/grouped.ts';
import type { QualityAccount } from '../../core/domain/accounting/quality.ts';
import { dayMs } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { common, joined, type Stretch, without } from '../../core/registry/stretches.ts';

/** How long after its last day a bill may take to come; as reconciliation has it. */
const dueAfterMs = 30 * dayMs;

export interface MonthSpan extends Stretch {
  readonly asOf: number;
}

/** By institution; one a pair of account and institution. */
export async function accountQuality(
  registry: Pick<Registry, 'accounts' | 'bills'>,
  institutions: ReadonlySet<string>,
  { from, to, asOf }: MonthSpan,
): Promise<ReadonlyMap<string, readonly QualityAccount[]>> {
  const due = { from, to: Math.min(to, asOf - dueAfterMs) };
  const found = new Map<string, QualityAccount[]>();
  const holdings = (await registry.accounts.holdings(institutions, from, to)).filter(
    (each) => each.open && institutions.has(each.institution),
  );
  const billed = grouped(await registry.bills.list({ from, to }), ({ account }) => account);
  const byHolder = grouped(holdings, ({ account, institution }) => `${institution} ${account}`);
  for (const held of byHolder.values()) {
    const [first] = held;
    if (first === undefined) continue;
    const expected = common(joined(held), [due]).filter((part) => part.from < part.to);
    const missing = without(expected, billed.get(first.account) ?? []);
    const list = found.get(first.institution) ?? [];
    found.set(first.institution, list);
    list.push({
      account: first.account,
      expectedMs: lengthOf(expected),
      billedMs: lengthOf(expected) - lengthOf(missing),
      missingSince: missing[0]?.from ?? null,
    });
  }
  return found;
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
}
