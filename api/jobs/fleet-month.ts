// Official vehicles of a month by institution, each with all below it: how many, how far, what was found. Counts alone.
import { setImmediate as breathe } from 'node:timers/promises';
import { wayKm } from '../../core/domain/fleet/accounts/mileage.ts';
import { tellsPlace } from '../../core/domain/fleet/findings/place-kinds.ts';
import { powertrainEntry } from '../../core/domain/fleet/vehicles.ts';
import type { Fitted } from '../../core/registry/fleet-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetFindingKind } from '../../core/registry/track-contracts.ts';
import type { FleetIndex } from '../fleet/visibility.ts';

export interface FleetMonth {
  cars: number;
  newEnergy: number;
  silent: number;
  trips: number;
  km: number;
  orders: number;
  /** Whether a car of it was seen at all that month. Where none was, 0 trips and 0 km say nothing. */
  tracked: boolean;
  readonly findings: Map<FleetFindingKind, number>;
}

/** Terminals that are asked about at once: trips of a month are some hundreds each. */
const terminalsAtOnce = 20;

/**
 * @param span of the month, cut at today, [from, to)
 * @param above an institution and all above it. @returns by institution; none that has no car and no order
 */
export async function fleetMonth(
  { fleet, tracks }: Pick<Registry, 'fleet' | 'tracks'>,
  { from, to, date }: { readonly from: number; readonly to: number; readonly date: string },
  above: (institution: string) => readonly string[],
  index: Pick<FleetIndex, 'isMasked'>,
): Promise<ReadonlyMap<string, FleetMonth>> {
  const months = new Map<string, FleetMonth>();
  const count = (institution: string | null | undefined, add: (month: FleetMonth) => void) => {
    if (institution === null || institution === undefined) return;
    for (const id of above(institution)) {
      const month = months.get(id) ?? emptyMonth();
      months.set(id, month);
      add(month);
    }
  };
  const cars = await fleet.vehicles.list(to - 1);
  for (const { institution, powertrain, purchasedOn, disposedOn } of cars) {
    if ((purchasedOn !== null && purchasedOn > date) || (disposedOn !== null && disposedOn <= date)) continue;
    count(institution, (month) => {
      month.cars++;
      if (powertrainEntry(powertrain).newEnergy !== null) month.newEnergy++;
    });
  }
  const owners = new Map<string, { institution: string; from: number; to: number }[]>();
  for (const { vehicle, ...owned } of await fleet.vehicles.owners(
    cars.map(({ id }) => id),
    from,
    to,
  ))
    owners.set(vehicle, [...(owners.get(vehicle) ?? []), owned]);
  const ownerOf = (vehicle: string, ts: number) =>
    owners.get(vehicle)?.find((owned) => ts >= owned.from && ts < owned.to)?.institution;
  const fitted = new Map<Fitted['terminal'], Fitted[]>();
  for (const each of await fleet.vehicles.fitted(from, to))
    fitted.set(each.terminal, [...(fitted.get(each.terminal) ?? []), each]);
  const terminals = [...fitted.keys()];
  const seen = new Set<string>();
  const began = ({ start }: { readonly start: number }) => start >= from && start < to;
  for (let first = 0; first < terminals.length; first += terminalsAtOnce) {
    const asked = { terminals: terminals.slice(first, first + terminalsAtOnce), from, to };
    for (const { terminal, segment } of await tracks.segments({ ...asked, kinds: ['trip', 'stop'] })) {
      for (const each of seenOwners(fitted.get(terminal) ?? [], owners, segment, from, to)) seen.add(each);
      if (segment.kind !== 'trip' || !began(segment)) continue;
      const { start } = segment;
      const car = fitted.get(terminal)?.find((each) => start >= each.from && start < each.to);
      count(car && ownerOf(car.vehicle, start), (month) => {
        month.trips++;
        month.km += wayKm(segment).km;
      });
    }
    const silent = new Set<string>();
    for (const { vehicle, kind, start, end, open, noted } of await tracks.findings(asked)) {
      if (vehicle === null || noted) continue;
      if (kind === 'silent' && (open || end >= to) && !silent.has(vehicle)) {
        silent.add(vehicle);
        count(ownerOf(vehicle, to - 1), (month) => month.silent++);
      }
      if (!began({ start }) || (tellsPlace(kind) && index.isMasked(vehicle, start))) continue;
      count(ownerOf(vehicle, start), ({ findings }) => findings.set(kind, (findings.get(kind) ?? 0) + 1));
    }
    await breathe();
  }
  for (const institution of seen)
    count(institution, (month) => {
      month.tracked = true;
    });
  for (const { value } of await fleet.orders.list({ from, to }))
    if (value.from >= from) count(value.institution, (month) => month.orders++);
  return months;
}

/** Whose the cars were, that the terminal was in, while the segment lasted. */
function seenOwners(
  fitted: readonly Fitted[],
  owners: ReadonlyMap<string, readonly { institution: string; from: number; to: number }[]>,
  { start, end }: { readonly start: number; readonly end: number },
  from: number,
  to: number,
): string[] {
  return fitted.flatMap((car) => {
    const first = Math.max(start, from, car.from);
    const last = Math.min(end, to - 1, car.to - 1);
    if (first > last) return [];
    const own = (owners.get(car.vehicle) ?? []).filter((each) => each.from <= last && each.to > first);
    return own.map(({ institution }) => institution);
  });
}

function emptyMonth(): FleetMonth {
  return {
    cars: 0,
    newEnergy: 0,
    silent: 0,
    trips: 0,
    km: 0,
    orders: 0,
    tracked: false,
    findings: new Map(),
  };
}
