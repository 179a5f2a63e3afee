// The papers of a fleet as the registry takes them (core/registry/fleet-contracts.ts).
import type {
  CardValue,
  FenceValue,
  OrderValue,
  SealValue,
  UpkeepValue,
} from '../../core/registry/fleet-contracts.ts';
import type { Fleet } from './city.ts';

/** Ids of the registry for the words of the simulation. */
export interface RegisteredIds {
  /** @throws for a car that is not registered */
  vehicle(car: string): string;
  /** `null`: the whole city's. @throws for an institution that is not registered */
  institution(id: string | null): string;
}

export interface FleetRecords {
  readonly orders: readonly { readonly value: OrderValue; readonly withdrawn: boolean }[];
  readonly fences: readonly FenceValue[];
  readonly seals: readonly SealValue[];
  readonly cards: readonly CardValue[];
  /** Of the weeks before. */
  readonly earlierCards: readonly CardValue[];
  readonly upkeep: readonly UpkeepValue[];
}

/** Order by order as they were written: withdrawn ones are to be added, and then withdrawn. */
export function recordsOf(fleet: Fleet, ids: RegisteredIds): FleetRecords {
  return {
    orders: fleet.orders.map(({ car, institution, state, ...order }) => ({
      value: { ...order, institution: ids.institution(institution), vehicle: ids.vehicle(car) },
      withdrawn: state === 'withdrawn',
    })),
    fences: fleet.fences.map(({ name, institution, kind, corners, limitKmh }) => ({
      institution: ids.institution(institution),
      name,
      kind,
      shape: { polygon: corners.map(([lat, lon]) => [lon, lat] as const) },
      limitKmh,
      from: fleet.from,
      to: null,
    })),
    seals: fleet.seals.flatMap(({ holiday, from, to, vehicles }) =>
      vehicles.map(({ car, place, keyKeeper, dutyExempt }) => ({
        holiday,
        vehicle: ids.vehicle(car),
        from,
        to,
        place,
        keyKeeper,
        dutyExempt,
        note: dutyExempt ? '值班用车' : '',
      })),
    ),
    cards: fleet.cards.map(({ car, station, ...entry }) => ({
      ...entry,
      vehicle: ids.vehicle(car),
      station: station.name,
      lat: station.lat,
      lon: station.lon,
    })),
    earlierCards: fleet.earlierCards.map(({ car, ...entry }) => ({
      ...entry,
      vehicle: ids.vehicle(car),
      lat: null,
      lon: null,
    })),
    upkeep: fleet.upkeep.map(({ car, ...entry }) => ({
      ...entry,
      vehicle: ids.vehicle(car),
      odometerKm: null,
    })),
  };
}
