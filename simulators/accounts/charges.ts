// What the tariffs of the city's accounts ask for beside the consumption, as facts: what is agreed once, and month by month the demand
// and reactive energy that were truly drawn, whatever the bill says. Of accounts that have a meter to themselves.
import type { City } from '../city/city.ts';
import { tariffs } from './costs.ts';
import { basicBy, demandOf, standingOf } from './demand.ts';
import { monthsBetween } from './months.ts';
import type { CityAccount } from './types.ts';

export interface AccountFact {
  /** Number of the account. */
  readonly account: string;
  readonly attribute: string;
  /** Local midnights, epoch ms. */
  readonly from: number;
  /** `null`: until another is recorded. */
  readonly to: number | null;
  readonly value: unknown;
}

/** By account: what is agreed, from the account's first day on. */
export function standingCharges(city: City, accounts: readonly CityAccount[]): AccountFact[] {
  return accounts.flatMap(({ number, source, tariff, from }): AccountFact[] => {
    const priced = tariff === null ? undefined : tariffs[tariff];
    if (priced === undefined || source.kind !== 'meter' || source.share !== 1) return [];
    const { capacityKva, areaM2, quota } = standingOf(city, city.point(source.point));
    const fact = (attribute: string, value: unknown) => ({
      account: number,
      attribute,
      from,
      to: null,
      value,
    });
    return [
      ...(priced.basic === undefined ? [] : [fact('basicBy', basicBy), fact('capacityKva', capacityKva)]),
      ...(priced.area === undefined ? [] : [fact('chargedM2', areaM2)]),
      ...(priced.tiers?.bounds === 'quota' ? [fact('tierQuota', quota)] : []),
    ];
  });
}

/** By account and month: of the months that end in [from, to). */
export function monthlyCharges(
  city: City,
  accounts: readonly CityAccount[],
  span: { readonly from: number; readonly to: number },
): AccountFact[] {
  return accounts.flatMap(({ number: account, source, tariff, from: opened }) => {
    const priced = tariff === null ? undefined : tariffs[tariff];
    if (priced === undefined || source.kind !== 'meter' || source.share !== 1) return [];
    if (priced.basic === undefined && priced.powerFactor === undefined) return [];
    const point = city.point(source.point);
    return monthsBetween(city, Math.max(span.from, opened), span.to).flatMap(
      ({ from, to }): AccountFact[] => {
        const { maximumDemandKw, reactiveKvarh } = demandOf(city, point, { from, to });
        const fact = (attribute: string, value: number) => ({ account, attribute, from, to, value });
        return [fact('maximumDemandKw', maximumDemandKw), fact('reactiveKvarh', reactiveKvarh)];
      },
    );
  });
}
