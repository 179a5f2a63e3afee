// Bills against meters (票表核对) of the accounts of an institution and all below it: gathers what `reconcile` compares.
import type { DailyMetered } from '../../core/domain/accounting/daily-metered.ts';
import { reconcileAll } from '../../core/domain/accounting/reconcile.ts';
import type { ReconcileAccount, Reconciliation } from '../../core/domain/accounting/reconcile-model.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { type Calendar, dayMs } from '../../core/domain/time.ts';
import type { AccountMeter } from '../../core/registry/account-contracts.ts';
import type { BillRecord } from '../../core/registry/ledgers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { joined, type Stretch } from '../../core/registry/stretches.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import type { TelemetryStore, Window } from '../../core/store/port.ts';
import { sayOfRequests } from '../http/said.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { checkPeriod, type Period, windowOf, yearsOf } from './periods.ts';
import type { Standing } from './span-book.ts';

export interface ReconciliationDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'accounts' | 'bills'>;
  readonly store: Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>;
  readonly calendar: Calendar;
}

/** How far before the period bills are read, to know their usual length. */
const habitMs = 400 * dayMs;
/** Accounts on a page, at most; and devices that they name: where those are more, the page is shorter. */
export const mostAccounts = 1_000;
const mostMeters = 2_000;

export interface ReconciliationQuestion {
  readonly institution: string;
  readonly period: Period;
  /** Only this account, by id; none of the institution's: nothing. */
  readonly account?: string | undefined;
  /** Only accounts with an id after this: `next` of the page before. */
  readonly after?: string | undefined;
  /** Accounts on a page; default `mostAccounts`. */
  readonly limit?: number | undefined;
}

export interface ReconciliationPage extends Freshness, Reconciliation {
  /** The last account of the page, where others come after it. */
  readonly next: string | null;
}

/**
 * A page of accounts by id; findings of the page are in one order.
 * @throws JieyueError `registry.not-found`; `api.too-much` for one account with too many meters; like `Accounting.figures` for the
 * period
 */
export async function reconciliation(
  deps: ReconciliationDeps,
  question: ReconciliationQuestion,
): Promise<ReconciliationPage> {
  const { accounting, registry, calendar } = deps;
  const { institution, period, account: only, after = '', limit = mostAccounts } = question;
  checkPeriod(period, calendar);
  const standing = await accounting.book(yearsOf(period, calendar));
  const inside = idsOf(standing, membersOf(standing, institution, period));
  const holdings = await registry.accounts.holdings(inside, period.from, period.to);
  const accounts = byAccount(holdings);
  const left = [...accounts.keys()]
    .filter((id) => id > after && (only === undefined || id === only))
    .sort((a, b) => (a < b ? -1 : 1));
  const { ids, listed, span, meters } = await pageOf(registry, calendar, left.slice(0, limit), period);
  const bills = byAccount(listed);
  const metered = await meteredOf(deps, standing.asOf, meters, span);
  const inputs: ReconcileAccount[] = [];
  const own = new Map<string, readonly Stretch[]>();
  for (const account of ids) {
    const held = accounts.get(account) ?? [];
    const mine = held.filter((each) => inside.has(each.institution));
    const open = held.filter((each) => each.open);
    own.set(account, joined(mine));
    inputs.push({
      account,
      byQuantity: held.findLast((each) => each.from < period.to)?.billing !== 'area',
      open: joined(open),
      expected: joined(open.filter((each) => inside.has(each.institution))),
      bills: bills.get(account) ?? [],
      metered: metered.get(account) ?? null,
    });
  }
  const { rows, findings } = reconcileAll(inputs, { ...period, asOf: standing.asOf });
  // Who had an account for a part of the period is not asked about the bills of others.
  const isOwn = ({ account, from, to }: Stretch & { readonly account: string }) =>
    own.get(account)?.some((each) => each.from < to && each.to > from) === true;
  const { asOf, checkedAt } = standing;
  const next = ids.length < left.length ? (ids.at(-1) ?? null) : null;
  return { asOf, checkedAt, rows: rows.filter(isOwn), findings: findings.filter(isOwn), next };
}

interface Page {
  readonly ids: readonly string[];
  readonly listed: readonly BillRecord[];
  /** Of the period and all bills, from a midnight. */
  readonly span: Period;
  readonly meters: readonly AccountMeter[];
}

/** Their bills and meters; of half as many accounts where the meters are too many. */
async function pageOf(
  registry: ReconciliationDeps['registry'],
  calendar: Calendar,
  ids: readonly string[],
  period: Period,
): Promise<Page> {
  const listed = await registry.bills.list({ accounts: ids, from: period.from - habitMs, to: period.to });
  let { from, to } = period;
  for (const bill of listed) {
    from = Math.min(from, bill.from);
    to = Math.max(to, bill.to);
  }
  from = calendar.floor(from, 'day');
  const meters = await registry.accounts.meters(ids, from, to);
  if (meters.length <= mostMeters) return { ids, listed, span: { from, to }, meters };
  if (ids.length > 1) return pageOf(registry, calendar, ids.slice(0, ids.length >> 1), period);
  throw new JieyueError(
    'api.too-much',
    sayOfRequests('reconciliation.meters', { account: ids[0] ?? '', count: meters.length, most: mostMeters }),
  );
}

function byAccount<T extends { readonly account: string }>(
  list: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const one of list) {
    const same = found.get(one.account);
    if (same === undefined) found.set(one.account, [one]);
    else same.push(one);
  }
  return found;
}

function idsOf({ book }: Standing, places: ReadonlySet<number>): ReadonlySet<string> {
  return new Set([...places].flatMap((place) => book.institutions[place]?.id ?? []));
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
  readonly meter: AccountMeter;
  readonly window: Window | undefined;
}

/** Account → what the points that name it used, by day, over all its bills. */
async function meteredOf(
  { store, calendar }: ReconciliationDeps,
  asOf: number,
  meters: readonly AccountMeter[],
  { from, to }: Period,
): Promise<ReadonlyMap<string, DailyMetered>> {
  const measured = meters.map((meter): Measured => {
    const series = store.findSeries(meter.point, meter.quantity);
    return { meter, window: series === undefined ? undefined : { series, from: meter.from, to: meter.to } };
  });
  const windows = measured.flatMap(({ window }) => window ?? []);
  const answers = windows.length === 0 ? [] : await store.rollupWindows('day', windows);
  const rows = new Map(windows.map((window, index) => [window, answers[index] ?? []]));
  const starts = Float64Array.from(calendar.starts(from, to, 'day'));
  const found = new Map<string, DailyMetered>();
  for (const { meter, window } of measured) {
    const { account, factor } = meter;
    const daily = found.get(account) ?? nothingOf(starts, to);
    found.set(account, daily);
    const first = lowerBound(starts, 0, starts.length, meter.from);
    const days = lowerBound(starts, first, starts.length, meter.to) - first;
    const own = nothingOf(starts.subarray(first, first + days), meter.to);
    for (let day = 0; day < days; day++) {
      const start = starts[first + day] ?? to;
      own.expectedMs[day] = Math.max(0, Math.min(starts[first + day + 1] ?? to, asOf) - start);
    }
    for (const { ts, value, measuredMs, estimatedMs } of (window && rows.get(window)) ?? []) {
      const day = lowerBound(own.starts, 0, days, ts);
      own.values[day] = value ?? Number.NaN;
      own.coveredMs[day] = measuredMs + estimatedMs;
    }
    addDays(daily, own, first, factor);
  }
  for (const daily of found.values()) withoutUnknown(daily);
  return found;
}

/** What is subtracted and not known leaves a day unknown: infinite until all are added. */
function addDays(daily: DailyMetered, own: DailyMetered, first: number, factor: 1 | -1): void {
  for (let day = 0; day < own.values.length; day++) {
    const place = first + day;
    const value = own.values[day] ?? Number.NaN;
    const before = daily.values[place] ?? Number.NaN;
    if (!Number.isNaN(value)) daily.values[place] = (Number.isNaN(before) ? 0 : before) + factor * value;
    else if (factor < 0 && (own.expectedMs[day] ?? 0) > 0) daily.values[place] = Number.NEGATIVE_INFINITY;
    daily.expectedMs[place] = (daily.expectedMs[place] ?? 0) + (own.expectedMs[day] ?? 0);
    daily.coveredMs[place] = (daily.coveredMs[place] ?? 0) + (own.coveredMs[day] ?? 0);
  }
}

function withoutUnknown({ values, coveredMs }: DailyMetered): void {
  for (const [day, value] of values.entries()) {
    if (value !== Number.NEGATIVE_INFINITY) continue;
    values[day] = Number.NaN;
    coveredMs[day] = 0;
  }
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
