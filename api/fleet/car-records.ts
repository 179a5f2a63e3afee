// What accounts of cars are made from: trips, cards, upkeep and orders of each car, as long as it was one of the reach.
import { setImmediate as breathe } from 'node:timers/promises';
import type { CarRecords } from '../../core/domain/fleet/accounts/car-account.ts';
import type { PlaceAt } from '../../core/domain/fleet/accounts/card-use.ts';
import { firstNotBefore, latestEnds } from '../../core/domain/fleet/accounts/mileage.ts';
import type { CardEntry } from '../../core/domain/fleet/accounts/model.ts';
import type { Leg } from '../../core/domain/fleet/trips/model.ts';
import { type Calendar, dayMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { FleetRecord, Vehicle } from '../../core/registry/fleet-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { FleetIndex } from './visibility.ts';

/** Consumption reaches back to the last full fill: a car that is not filled for longer has a month without a figure. */
export const lookBackMs = 120 * dayMs;
/** Cars whose trips are read at once: a car's year has some 5 000, and nobody else is served while they are. */
const carsAtOnce = 4;

/** A car in the answers, and the stretches in which it was the reach's. */
export interface OwnedCar {
  readonly vehicle: string;
  readonly owned: readonly { readonly institution: string; readonly from: number; readonly to: number }[];
}

/** Cars that were of the reach somewhere in [from, to), by id. */
export function carsOf(index: FleetIndex, reach: Reach, from: number, to: number): OwnedCar[] {
  return index
    .vehicles(reach)
    .flatMap((vehicle) => {
      const owned = index.owners(vehicle, 0, to).filter(({ institution }) => covers(reach, institution));
      return owned.some((each) => each.from < to && from < each.to) ? [{ vehicle, owned }] : [];
    })
    .sort((a, b) => (a.vehicle < b.vehicle ? -1 : 1));
}

/** Whether a car was there on a day of [from, to): bought, and not disposed of. */
export function wasThere(
  { purchasedOn, disposedOn }: Pick<Vehicle, 'purchasedOn' | 'disposedOn'>,
  from: number,
  to: number,
  calendar: Calendar,
): boolean {
  const dateOf = (ts: number) => calendar.format(ts).slice(0, 10);
  return (
    (purchasedOn === null || purchasedOn <= dateOf(to - 1)) &&
    (disposedOn === null || disposedOn > dateOf(from))
  );
}

/** Orders and upkeep of [from, to), trips and cards of [from - lookBack, to), a few cars at a time; others are served in between. */
export async function* carRecords(
  registry: Pick<Registry, 'fleet' | 'tracks'>,
  index: FleetIndex,
  cars: readonly OwnedCar[],
  from: number,
  to: number,
  lookBack = lookBackMs,
): AsyncGenerator<{ readonly car: OwnedCar; readonly records: CarRecords }> {
  const { fleet, tracks } = registry;
  const since = from - lookBack;
  for (let at = 0; at < cars.length; at += carsAtOnce) {
    await breathe();
    const part = cars.slice(at, at + carsAtOnce);
    const asked = { vehicles: part.map(({ vehicle }) => vehicle), from: since, to };
    const fitted = part.flatMap(({ vehicle }) => index.stretches(vehicle, 0, to));
    const terminals = [...new Set(fitted.map(({ terminal }) => terminal))];
    const [cards, upkeep, orders, legs] = await Promise.all([
      fleet.cards.list(asked),
      fleet.upkeep.list({ ...asked, from }),
      fleet.orders.list({ ...asked, from }),
      tracks.legs({ terminals, from: since, to }),
    ]);
    const ofCar = <Row extends { readonly value: { readonly vehicle: string } }>(rows: readonly Row[]) =>
      grouped(rows, ({ value }) => value.vehicle);
    const own = { cards: ofCar(cards), upkeep: ofCar(upkeep), orders: ofCar(orders) };
    for (const car of part) {
      const { vehicle, owned } = car;
      const theirs = (ts: number) => owned.some((each) => each.from <= ts && ts < each.to);
      const records: CarRecords = {
        vehicle,
        segments: legsOf(index, car, legs, to),
        cards: (own.cards.get(vehicle) ?? []).filter(({ value }) => theirs(value.ts)).map(cardEntry),
        upkeep: (own.upkeep.get(vehicle) ?? [])
          .filter(({ value }) => theirs(value.at))
          .map(({ id, value }) => ({ id, ...value })),
        orders: (own.orders.get(vehicle) ?? [])
          .filter(({ value }) => theirs(value.from))
          .map(({ value }) => ({ from: value.from, long: value.long, state: 'approved' })),
      };
      yield { car, records };
    }
  }
}

/** Entries of cards of these cars in [from, to), while they were the reach's. */
export async function cardsOf(
  { fleet }: Pick<Registry, 'fleet'>,
  cars: readonly OwnedCar[],
  from: number,
  to: number,
): Promise<CardEntry[]> {
  const owned = new Map(cars.map((car) => [car.vehicle, car.owned]));
  const found = await fleet.cards.list({ vehicles: owned.keys(), from, to });
  return found
    .filter(({ value: { vehicle, ts } }) =>
      owned.get(vehicle)?.some((each) => each.from <= ts && ts < each.to),
    )
    .map(cardEntry);
}

/** By stops alone: where a car was within a trip takes its positions. */
export function placeAtOf(legs: readonly Leg[]): PlaceAt {
  const stops = legs.filter((leg) => leg.kind === 'stop').sort((a, b) => a.start - b.start);
  const ended = latestEnds(stops);
  return (ts) => {
    for (let at = firstNotBefore(ended, ts); at < stops.length; at++) {
      const { start, end, at: place } = stops[at] as (typeof stops)[number];
      if (start > ts) break;
      if (ts <= end) return place;
    }
    return 'unknown';
  };
}

function cardEntry({ id, value }: FleetRecord<'card'>): CardEntry {
  return { id, ...value };
}

/** Of the terminals that were in the car while it was the reach's; a trip is of the car that it began in. */
function legsOf(
  index: FleetIndex,
  { vehicle, owned }: OwnedCar,
  ofTerminal: ReadonlyMap<PointKey, readonly Leg[]>,
  to: number,
): Leg[] {
  return index.stretches(vehicle, 0, to).flatMap((fit) => {
    if (!owned.some(({ institution }) => institution === fit.institution)) return [];
    return (ofTerminal.get(fit.terminal) ?? []).filter(({ start }) => fit.from <= start && start < fit.to);
  });
}

function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
