// The accounts of an institution's cars over a month or a year: each car, their sums, cost against the class, and what is held against
// their cards.

import { setImmediate as breathe } from 'node:timers/promises';
import { JieyueError } from '../../core/domain/errors.ts';
import { type CarAccount, carAccounts, sumAccounts } from '../../core/domain/fleet/accounts/car-account.ts';
import { cardFindings } from '../../core/domain/fleet/accounts/card-findings.ts';
import type { CardFinding, CardUnknown } from '../../core/domain/fleet/accounts/card-rules.ts';
import { type PlaceAt, sharedCards } from '../../core/domain/fleet/accounts/card-use.ts';
import { type ClassCost, classCosts } from '../../core/domain/fleet/accounts/class-cost.ts';
import { kmBetween } from '../../core/domain/fleet/accounts/mileage.ts';
import type { CardEntry } from '../../core/domain/fleet/accounts/model.ts';
import { type UndesignatedRepair, undesignatedRepairs } from '../../core/domain/fleet/accounts/upkeep.ts';
import type { VehicleClass } from '../../core/domain/fleet/vehicles.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Vehicle } from '../../core/registry/fleet-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Reach } from '../auth/access.ts';
import { carRecords, carsOf, type OwnedCar, placeAtOf, wasThere } from './car-records.ts';
import { carsAt } from './cars-at.ts';
import type { FleetIndex } from './visibility.ts';

export interface AccountsQuestion {
  readonly reach: Reach;
  /** Midnights of the month or the year. */
  readonly from: number;
  readonly to: number;
  /** Orders that begin later are no dispatches yet. */
  readonly now: number;
}

export interface AccountedCar {
  readonly id: string;
  readonly plate: string;
  /** Whose it was last in that time. */
  readonly institution: string;
  readonly vehicleClass: VehicleClass;
  readonly account: CarAccount;
  readonly cost: ClassCost;
}

export interface CarAccounts {
  readonly cars: readonly AccountedCar[];
  readonly fleet: ReturnType<typeof sumAccounts>;
  readonly cardFindings: readonly CardFinding[];
  readonly cardUnknowns: readonly CardUnknown[];
  readonly repairs: readonly UndesignatedRepair[];
}

/** Cars × months in one answer: what takes some ten seconds. */
const mostCarMonths = 24_000;

/** @throws JieyueError `api.too-much` */
export async function accountsOf(
  { registry, calendar }: { registry: Registry; calendar: Calendar },
  index: FleetIndex,
  { reach, from, to, now }: AccountsQuestion,
): Promise<CarAccounts> {
  const cars = carsOf(index, reach, from, to);
  refuseTooMany(cars, from, to, calendar);
  await breathe();
  const [known, carAt] = await Promise.all([registry.fleet.vehicles.list(to - 1), carsAt(registry, index)]);
  const vehicles = new Map(known.map((vehicle) => [vehicle.id, vehicle]));
  const accounts: { car: OwnedCar; account: CarAccount }[] = [];
  const entries: CardEntry[] = [];
  const findings: CardFinding[] = [];
  const unknowns: CardUnknown[] = [];
  const repairs: UndesignatedRepair[] = [];
  for await (const { car, records } of carRecords(registry, index, cars, from, to)) {
    const orders = records.orders.filter((order) => order.from <= now);
    const [account] = carAccounts({ ...records, orders }, [[from, to]], calendar);
    const said = vehicles.get(car.vehicle);
    const there = said !== undefined && wasThere(said, from, to, calendar);
    if (account && (there || isUsed(account))) accounts.push({ car, account });
    const own = cardFindings({
      entries: records.cards,
      vehicleAt: carAt,
      kmBetween: () => kmBetween(records.segments),
      placeAt: () => unmasked(index, car.vehicle, placeAtOf(records.segments)),
    });
    findings.push(...own.findings);
    const asked = new Set(records.cards.filter(({ ts }) => ts >= from).map(({ id }) => id));
    unknowns.push(...own.unknowns.filter(({ entry }) => asked.has(entry)));
    repairs.push(...undesignatedRepairs(records.upkeep.filter(({ at }) => at >= from && at < to)));
    entries.push(...records.cards);
  }
  await breathe();
  findings.push(...sharedCards(entries));
  const described = accounts.map(({ car, account }) => describe(car, account, vehicles.get(car.vehicle)));
  await breathe();
  const costs = classCosts(
    described.map(({ id, vehicleClass, account }) => ({
      vehicle: id,
      vehicleClass,
      cnyPerKm: account.ratios.cnyPerKm,
      usedKm: account.sums.usedKm,
    })),
  );
  return {
    cars: described.flatMap((car, at) => {
      const cost = costs[at];
      return cost === undefined ? [] : [{ ...car, cost }];
    }),
    fleet: sumAccounts(described.map(({ account }) => account)),
    // Those that touch the time; entries before it prove some of them.
    cardFindings: findings.filter(({ start, end }) => end >= from && start < to).sort(byStart),
    cardUnknowns: unknowns,
    repairs,
  };
}

/** Of a masked car it is not even said that a card was far from it. */
function unmasked(index: FleetIndex, vehicle: string, placeAt: PlaceAt): PlaceAt {
  return (ts) => (index.isMasked(vehicle, ts) ? 'unknown' : placeAt(ts));
}

/** What was sold is in no account, unless something was recorded of it all the same. */
function isUsed({ sums: { totalCny, trips, dispatches } }: CarAccount): boolean {
  return totalCny !== null || (trips ?? 0) > 0 || (dispatches ?? 0) > 0;
}

function describe({ vehicle, owned }: OwnedCar, account: CarAccount, car: Vehicle | undefined) {
  return {
    id: vehicle,
    plate: car?.plate ?? vehicle,
    institution: owned.at(-1)?.institution ?? '',
    vehicleClass: car?.vehicleClass ?? 'other',
    account,
  };
}

function refuseTooMany(cars: readonly OwnedCar[], from: number, to: number, calendar: Calendar): void {
  const months = calendar.starts(from, to, 'month').length;
  if (cars.length * months <= mostCarMonths) return;
  throw new JieyueError(
    'api.too-much',
    `${cars.length} cars over ${months} months are more than the ${mostCarMonths} months of cars of one answer; ask for a month, or for an institution below`,
  );
}

function byStart(a: CardFinding, b: CardFinding): number {
  return a.start - b.start || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
}
