// Whose an account is, and whether it is open, over its whole time: bills reach over the ends of years.
import type { AccountHolding } from './account-contracts.ts';
import { type Billing, billings } from './attributes/account.ts';
import { holdingIn } from './current-facts.ts';
import { kindsOf } from './entities.ts';
import { type FactSpan, loadSpans } from './fact-spans.ts';
import { chunks, type Db } from './schema.ts';
import type { Stretch } from './stretches.ts';

export async function holdingsOf(
  db: Db,
  institutions: readonly string[],
  range: Stretch,
): Promise<AccountHolding[]> {
  const held = await namedBy(db, 'institution', institutions, range);
  const kinds = await kindsOf(db, [...held]);
  const accounts = [...held].filter((id) => kinds.get(id) === 'account').sort();
  const { spans } = await loadSpans(db, ['institution', 'open', 'billing'], accounts);
  return accounts.flatMap((account) => {
    const owners = spans(account, 'institution').filter(({ value }) => typeof value === 'string');
    const others = [...spans(account, 'open'), ...spans(account, 'billing')];
    return owners.flatMap((owner) =>
      slicesOf(owner, others).map(
        ({ from, to }): AccountHolding => ({
          account,
          institution: String(owner.value),
          billing: (valueAt(spans(account, 'billing'), from) ?? billings[0]) as Billing,
          open: valueAt(spans(account, 'open'), from) !== false,
          from,
          to,
        }),
      ),
    );
  });
}

/** Entities of which this attribute names one of `refs` somewhere in the range. */
export async function namedBy(
  db: Db,
  attribute: string,
  refs: readonly string[],
  range: Stretch,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const part of chunks([...new Set(refs)])) {
    const rows = await holdingIn(db, range)
      .select('entity')
      .distinct()
      .where('attribute', '=', attribute)
      .where('ref', 'in', part)
      .execute();
    for (const { entity } of rows) found.add(entity);
  }
  return found;
}

export function valueAt(spans: readonly FactSpan[], at: number): unknown {
  return spans.find(({ from, to }) => from <= at && at < to)?.value;
}

/** A stretch cut wherever one of the others begins or ends; ascending. */
export function slicesOf({ from, to }: Stretch, others: readonly Stretch[]): Stretch[] {
  const edges = new Set(others.flatMap((other) => [other.from, other.to]));
  const inside = [...edges].filter((at) => at > from && at < to).sort((a, b) => a - b);
  const starts = [from, ...inside];
  return starts.map((start, index) => ({ from: start, to: starts[index + 1] ?? to }));
}
