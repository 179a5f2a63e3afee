// Bills against meters (票表核对) of the accounts of an institution and all below it: gathers what `reconcile` compares.
import type { DailyMetered } from '../../core/domain/accounting/daily-metered.ts';
import { reconcileAll } from '../../core/domain/accounting/reconcile.ts';
import type { ReconcileAccount, Reconciliation } from '../../core/domain/accounting/reconcile-model.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { type Calendar, dayMs } from '../../core/domain/time.ts';
import type { BillRecord } from '../../core/registry/ledgers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import type { TelemetryStore, Window } from '../../core/store/port.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { checkPeriod, type Period, windowOf, yearsOf } from './periods.ts';
import type { Standing } from './span-book.ts';

export interface ReconciliationDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'facts' | 'accounts' | 'bills'>;
  readonly store: Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>;
  readonly calendar: Calendar;
}

/** How far before the period bills are read, to know their usual length. */
const habitMs = 400 * dayMs;
/** Series whose accounts are looked up at most; and accounts. */
const mostSeries = 2_000;
const mostAccounts = 1_000;

/** @throws JieyueError `registry.not-found`; `api.too-much` for too large a subtree; like `Accounting.figures` for the period. */
export async function reconciliation(
  deps: ReconciliationDeps,
  question: { readonly institution: string; readonly period: Period },
): Promise<Freshness & Reconciliation> {
  const { accounting, registry, calendar } = deps;
  const { institution, period } = question;
  checkPeriod(period, calendar);
  const standing = await accounting.book(yearsOf(period, calendar));
  const inside = membersOf(standing, institution, period);
  const open = standing.census.accounts.filter(
    (each) => inside.has(each.institution) && each.from < period.to && each.to > period.from,
  );
  const ids = [...new Set(open.map(({ account }) => account))];
  if (ids.length > mostAccounts)
    throw new JieyueError(
      'api.too-much',
      `${ids.length} accounts at once, ${mostAccounts} at most; ask for an institution below`,
    );
  const bills = await registry.bills.list({ accounts: ids, from: period.from - habitMs, to: period.to });
  const metered = await meteredOf(deps, standing, inside, ids, bills, period);
  const inputs: ReconcileAccount[] = [];
  for (const account of ids) {
    const known = await registry.accounts.get(account, period.to - 1);
    inputs.push({
      account,
      byQuantity: known?.billing !== 'area',
      open: open.filter((each) => each.account === account).sort((a, b) => a.from - b.from),
      bills: bills.filter((bill) => bill.account === account),
      metered: metered.get(account) ?? null,
    });
  }
  const { asOf, checkedAt } = standing;
  return { asOf, checkedAt, ...reconcileAll(inputs, { ...period, asOf }) };
}

/** Institutions below at any time of the period. */
function membersOf({ book }: Standing, institution: string, period: Period): ReadonlySet<number> {
  const top = placeOf(book, institution);
  const window = windowOf(book.months, period);
  const found = new Set<number>();
  for (let month = window.from; month < window.to; month++) {
    for (const one of membersIn(book.institutions, month, top)) found.add(one);
  }
  return found;
}

function membersIn(institutions: Standing['book']['institutions'], month: number, top: number): Set<number> {
  const inside = new Set([top]);
  for (let before = 0; before < inside.size; ) {
    before = inside.size;
    for (const [place, { parent }] of institutions.entries()) {
      if (inside.has(parent[month] ?? -1)) inside.add(place);
    }
  }
  return inside;
}

interface Measured {
  readonly window: Window;
  readonly account: string;
}

/** Account → what the points that name it used, by day, over all its bills. */
async function meteredOf(
  { registry, store, calendar }: ReconciliationDeps,
  { census, asOf }: Standing,
  inside: ReadonlySet<number>,
  accounts: readonly string[],
  bills: readonly BillRecord[],
  period: Period,
): Promise<ReadonlyMap<string, DailyMetered>> {
  const wanted = new Set(accounts);
  const series = census.series.filter(({ stretches }) =>
    stretches.some(({ institution }) => inside.has(institution)),
  );
  if (series.length > mostSeries)
    throw new JieyueError(
      'api.too-much',
      `${series.length} meters at once, ${mostSeries} at most; ask for an institution below`,
    );
  const from = calendar.floor(Math.min(period.from, ...bills.map((bill) => bill.from)), 'day');
  const to = Math.max(period.to, ...bills.map((bill) => bill.to));
  const measured: Measured[] = [];
  for (const { point, quantity } of series) {
    for (const fact of await registry.facts.history(point, { attribute: 'account' })) {
      const handle = store.findSeries(point, quantity);
      if (handle === undefined || typeof fact.value !== 'string' || !wanted.has(fact.value)) continue;
      const window = {
        series: handle,
        from: Math.max(from, fact.validFrom),
        to: Math.min(to, fact.validTo ?? to),
      };
      if (window.from < window.to) measured.push({ window, account: fact.value });
    }
  }
  const rows =
    measured.length === 0
      ? []
      : await store.rollupWindows(
          'day',
          measured.map(({ window }) => window),
        );
  const starts = Float64Array.from(calendar.starts(from, to, 'day'));
  const found = new Map<string, DailyMetered>();
  for (const [index, { window, account }] of measured.entries()) {
    const daily = found.get(account) ?? nothingOf(starts, to);
    found.set(account, daily);
    for (let day = lowerBound(starts, 0, starts.length, window.from); day < starts.length; day++) {
      const start = starts[day] ?? to;
      if (start >= window.to) break;
      daily.expectedMs[day] =
        (daily.expectedMs[day] ?? 0) + Math.max(0, Math.min(starts[day + 1] ?? to, asOf) - start);
    }
    for (const { ts, value, measuredMs, estimatedMs } of rows[index] ?? []) {
      const day = lowerBound(starts, 0, starts.length, ts);
      const before = daily.values[day] ?? Number.NaN;
      if (value !== null) daily.values[day] = (Number.isNaN(before) ? 0 : before) + value;
      daily.coveredMs[day] = (daily.coveredMs[day] ?? 0) + measuredMs + estimatedMs;
    }
  }
  return found;
}

function nothingOf(starts: Float64Array, to: number): DailyMetered {
  const { length } = starts;
  return {
    starts,
    to,
    values: new Float64Array(length).fill(Number.NaN),
    expectedMs: new Float64Array(length),
    coveredMs: new Float64Array(length),
  };
}
