// Bills of the city's accounts, one a month: quantities from what was truly used, amounts by the demo's tariffs, with what is
// planted in them.
import type { Commodity } from '../../core/domain/accounting/commodities.ts';
import type { City } from '../city/city.ts';
import type { CityPoint } from '../city/types.ts';
import { type BilledMonth, monthlyCosts } from './costs.ts';
import { fuelOf } from './fuel.ts';
import { monthsBetween } from './months.ts';
import { plantedBills } from './planted-bills.ts';
import type { CityAccount, CityBill } from './types.ts';

/** CNY a kWh, made up: a certificate costs, the sun on the own roof is free, what is fed to the grid is paid for. */
const certificatePrice = 0.03;
const simplePrices: Readonly<Partial<Record<Commodity, number>>> = { solar: 0, solar_export: -0.4153 };

/**
 * Bills of the months that end in [from, to), by account and time; an account's first bill is of the rest of its first month. What was truly used is known at any time from the city's
 * first day on, also after its present.
 */
export function cityBills(
  city: City,
  accounts: readonly CityAccount[],
  span: { readonly from: number; readonly to: number },
): CityBill[] {
  const { calendar } = city.days;
  const planted = new Map(plantedBills(city).map((bill) => [`${bill.point} ${bill.from}`, bill]));
  const costs = new Map<string, ReadonlyMap<number, number>>();
  return accounts.flatMap((account) => {
    const { number, source } = account;
    const months = monthsBetween(city, Math.max(span.from, account.from), span.to);
    const document = (from: number) => `${number}-${calendar.format(from).slice(0, 7).replace('-', '')}`;
    if (source.kind === 'card') {
      return months.map(({ from, to }): CityBill => {
        const card = { number, commodity: fuelName(account), litresPerMonth: source.litresPerMonth };
        const { litres, amountCny } = fuelOf(city, card, from, to);
        return { account: number, document: document(from), from, to, quantity: litres, amountCny };
      });
    }
    const point = city.point(source.point);
    if (source.kind === 'certificates') {
      return months.map(({ from, to }): CityBill => {
        const quantity = Math.round(used(city, point, from, to) * source.share);
        const amountCny = rounded(quantity * certificatePrice);
        return { account: number, document: document(from), from, to, quantity, amountCny };
      });
    }
    const factor = (from: number) => planted.get(`${point.point} ${from}`)?.factor ?? 1;
    return months.flatMap(({ from, to }): CityBill[] => {
      if (factor(from) === 0) return [];
      const quantity = stated(account, used(city, point, from, to) * factor(from) * source.share);
      const whole = account.tariff === null ? undefined : costsOf(point, account.tariff).get(from);
      const amountCny =
        whole === undefined
          ? rounded(quantity * (simplePrices[account.commodity] ?? 0))
          : rounded(whole * source.share);
      return [{ account: number, document: document(from), from, to, quantity, amountCny }];
    });

    /** Of the meter, once for all who share it; from the beginning of the year, for the tiers. */
    function costsOf(point: CityPoint, tariff: string): ReadonlyMap<number, number> {
      const known = costs.get(point.point);
      if (known !== undefined) return known;
      const first = Math.max(calendar.floor(span.from, 'year'), city.from);
      const billed = monthsBetween(city, first, span.to).map(
        (month): BilledMonth => ({ ...month, factor: factor(month.from) }),
      );
      const amounts = monthlyCosts(city, point, tariff, billed);
      const found = new Map(billed.map(({ from }, index) => [from, amounts[index] ?? 0]));
      costs.set(point.point, found);
      return found;
    }
  });
}

function used(city: City, point: CityPoint, from: number, to: number): number {
  return city.energyAt(point, to) - city.energyAt(point, from);
}

/** Suppliers bill whole kWh and m³, and hundredths of a GJ. */
function stated({ commodity }: CityAccount, quantity: number): number {
  return commodity === 'heat' ? rounded(quantity) : Math.round(quantity);
}

function fuelName({ commodity }: CityAccount): 'gasoline' | 'diesel' {
  return commodity === 'diesel' ? 'diesel' : 'gasoline';
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
