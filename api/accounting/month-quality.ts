// Data quality (数据质量) of a month, of each institution by its own points and accounts: gathers by whole tables what `qualityOf` judges.
import type { BalanceInput } from '../../core/domain/accounting/balance.ts';
import { grouped } from '../../core/domain/accounting/grouped.ts';
import { monthAt } from '../../core/domain/accounting/months.ts';
import { type Quality, type QualityPoint, qualityOf } from '../../core/domain/accounting/quality.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Carrier } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Accounting, Freshness } from './accounting.ts';
import { type Period, startOfMonth } from './periods.ts';
import { accountQuality } from './quality-accounts.ts';
import { type MeterMonth, type MeterStore, meterMonths } from './quality-meters.ts';

export interface QualityDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'facts' | 'accounts' | 'bills'>;
  readonly store: MeterStore;
  readonly calendar: Calendar;
}

export interface QualityQuestion {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** Default: all that exist in the month. */
  readonly institutions?: ReadonlySet<string> | undefined;
}

export interface MonthQualities extends Freshness, Period {
  readonly institutions: readonly Quality[];
}

/**
 * Points and accounts belong to whoever has them at the month's end, or now where it runs; sub-meters below the point that they
 * name then. A heading of the tree that has neither says nothing of users and area.
 * @throws JieyueError those of registry and store
 */
export async function monthQuality(
  { accounting, registry, store, calendar }: QualityDeps,
  { year, month, institutions }: QualityQuestion,
): Promise<MonthQualities> {
  const from = startOfMonth(year, month, calendar);
  const to = calendar.next(from, 'month');
  const { book, asOf, checkedAt } = await accounting.book({ first: year, last: year });
  const meters = await meterMonths(registry, store, calendar, { from, to, asOf });
  const place = monthAt(book.months, from);
  const there = book.institutions.filter(
    ({ id, exists }) => exists[place] === 1 && institutions?.has(id) !== false,
  );
  const ids = new Set(there.map(({ id }) => id));
  const accounts = await accountQuality(registry, ids, { from, to, asOf });
  const own = grouped(meters, ({ institution }) => institution);
  const balances = balancesOf(meters);
  const headings = new Set(book.institutions.map(({ parent }) => book.institutions[parent[place] ?? -1]?.id));
  return {
    asOf,
    checkedAt,
    from,
    to,
    institutions: there.map(({ id, users, areaM2 }): Quality => {
      const points = own.get(id) ?? [];
      const billed = accounts.get(id) ?? [];
      const quality = qualityOf({
        institution: id,
        from,
        to,
        asOf,
        points: points.map(pointOf),
        balances: points.flatMap(({ point }) => balances.get(point) ?? []),
        accounts: billed,
        users: users[place] ?? Number.NaN,
        areaM2: areaM2[place] ?? Number.NaN,
      });
      const heading = points.length + billed.length === 0 && headings.has(id);
      return heading ? { ...quality, findings: [] } : quality;
    }),
  };
}

function pointOf(meter: MeterMonth): QualityPoint {
  const { point, expectedMs, measuredMs, estimatedMs, lastReadingAt, stillSince, mayStandStill, exclusions } =
    meter;
  return {
    point,
    calibrationDue: meter.calibrationDue,
    expectedMs,
    measuredMs: Math.min(expectedMs, measuredMs),
    estimatedMs: Math.min(Math.max(0, expectedMs - measuredMs), estimatedMs),
    lastReadingAt,
    stillSince,
    mayStandStill,
    exclusions,
  };
}

/** By the meter above. */
function balancesOf(meters: readonly MeterMonth[]): ReadonlyMap<string, BalanceInput> {
  const byPoint = new Map(meters.map((meter) => [meter.point, meter]));
  const below = grouped(meters, ({ parent }) => parent);
  const feeds = feedsOf(meters);
  const found = new Map<string, BalanceInput>();
  for (const [point, all] of below) {
    const above = point === null ? undefined : byPoint.get(point);
    const children = all.filter(({ carrier }) => carrier !== null && carrier === above?.carrier);
    if (point === null || above === undefined || children.length === 0) continue;
    const fed =
      above.carrier === 'electricity' && above.parent === null ? (feeds.get(above.building) ?? []) : [];
    found.set(point, {
      point,
      // Nobody says which of several meters from the grid a plant feeds: what the children have of it is not known.
      value: fed === 'of-whom' ? null : withFeeds(above.value, fed, ({ value }) => value),
      children: children.map((child) => ({ point: child.point, value: child.value })),
      earlierShares: fed === 'of-whom' ? [] : earlierShares(above, fed, children),
    });
  }
  return found;
}

const feedSigns: Readonly<Partial<Record<Carrier, 1 | -1>>> = {
  solar: 1,
  storage_discharge: 1,
  storage_charge: -1,
  electricity_export: -1,
};

/** A feed of a building beside its meter: what its own plant generates comes in, what is exported goes out. */
interface Feed {
  readonly meter: MeterMonth;
  readonly sign: 1 | -1;
}

/** By building; `of-whom`: it has a plant, and several meters from the grid or none. */
function feedsOf(meters: readonly MeterMonth[]): ReadonlyMap<string | null, readonly Feed[] | 'of-whom'> {
  const fromGrid = grouped(
    meters.filter(({ carrier, parent }) => carrier === 'electricity' && parent === null),
    ({ building }) => building,
  );
  const feeds = meters.flatMap((meter): Feed[] => {
    if (meter.building === null) return [];
    const sign = meter.carrier === null ? undefined : feedSigns[meter.carrier];
    return sign === undefined ? [] : [{ meter, sign }];
  });
  return new Map(
    [...grouped(feeds, ({ meter }) => meter.building)].map(([building, own]) => [
      building,
      fromGrid.get(building)?.length === 1 ? own : ('of-whom' as const),
    ]),
  );
}

/** `null` where one of them is not known. */
function withFeeds(
  value: number | null,
  feeds: readonly Feed[],
  told: (meter: MeterMonth) => number | null,
): number | null {
  let sum = value;
  for (const { meter, sign } of feeds) {
    const fed = told(meter);
    sum = sum === null || fed === null ? null : sum + sign * fed;
  }
  return sum;
}

/** Residual ÷ parent in the months before in which all of them are known. */
function earlierShares(above: MeterMonth, feeds: readonly Feed[], children: readonly MeterMonth[]): number[] {
  return above.earlier.flatMap((shown, month) => {
    const at = (meter: MeterMonth) => {
      const value = meter.earlier[month] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    };
    const value = withFeeds(Number.isNaN(shown) ? null : shown, feeds, at);
    if (value === null || value <= 0) return [];
    const below = children.reduce((sum, { earlier }) => sum + (earlier[month] ?? Number.NaN), 0);
    return Number.isNaN(below) ? [] : [(value - below) / value];
  });
}
