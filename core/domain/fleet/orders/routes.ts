// The ways of orders and their trips together: places missed, and episodes off the way. Trips that share orders are judged as one
// journey, stops among them included.
import { evidenceOf } from '../findings/evidence.ts';
import { cell, firstAt } from '../track/columns.ts';
import type { Place, Trip } from '../trips/model.ts';
import type { Link } from './links.ts';
import {
  byText,
  type DispatchOrder,
  type OrderFinding,
  type OrderMatch,
  type OrderUnknown,
} from './model.ts';
import { coordinatesOf, placesOf, straysOf, visit, waysOf } from './route.ts';
import type { Sight } from './sight.ts';
import type { OrderTolerances } from './tolerances.ts';

export interface RouteJudgement {
  /** By order; those without trips are not in it. */
  readonly of: ReadonlyMap<string, OrderMatch['route']>;
  readonly findings: readonly OrderFinding[];
  readonly unknowns: readonly OrderUnknown[];
}

/** @param links by trip, then by order; @param trips all of the car, by time */
export function judgeRoutes(
  links: readonly Link[],
  trips: readonly Trip[],
  sight: Sight,
  tolerances: OrderTolerances,
): RouteJudgement {
  const of = new Map<string, OrderMatch['route']>();
  const findings: OrderFinding[] = [];
  const unknowns: OrderUnknown[] = [];
  for (const journey of journeysOf(links)) {
    const strays = offTheWay(journey, trips, sight, tolerances);
    findings.push(...strays.found);
    for (const order of journey.orders) {
      const { found, unknown } = missedPlaces(order, journey, sight, tolerances);
      findings.push(...found);
      if (unknown) unknowns.push(unknown);
      const left = found.length > 0 || strays.found.length > 0;
      of.set(order.id, left ? 'left' : unknown || !strays.known ? 'unknown' : 'kept');
    }
  }
  return { of, findings, unknowns };
}

interface Journey {
  readonly orders: readonly DispatchOrder[];
  /** By time. */
  readonly trips: readonly Trip[];
  readonly tripsOf: ReadonlyMap<DispatchOrder, readonly Trip[]>;
}

/** Orders and trips that hang together by links. */
function journeysOf(links: readonly Link[]): Journey[] {
  const journeys: { orders: Set<DispatchOrder>; trips: Set<Trip> }[] = [];
  for (const { order, trip } of links) {
    const joined = { orders: new Set([order]), trips: new Set([trip]) };
    for (let index = journeys.length - 1; index >= 0; index--) {
      const other = journeys[index];
      if (!other || !(other.orders.has(order) || other.trips.has(trip))) continue;
      for (const each of other.orders) joined.orders.add(each);
      for (const each of other.trips) joined.trips.add(each);
      journeys.splice(index, 1);
    }
    journeys.push(joined);
  }
  return journeys.map(({ orders, trips }) => ({
    orders: [...orders],
    trips: [...trips].sort((a, b) => a.start - b.start),
    tripsOf: new Map(
      [...orders].map((order) => [
        order,
        links.filter((link) => link.order === order).map(({ trip }) => trip),
      ]),
    ),
  }));
}

/** Where one order of the journey has places without coordinates, or no destination, nobody knows what is off the way. */
function offTheWay(
  journey: Journey,
  trips: readonly Trip[],
  sight: Sight,
  tolerances: OrderTolerances,
): { known: boolean; found: OrderFinding[] } {
  const stations: Place[] = [];
  for (const order of journey.orders) {
    const places = placesOf(order).map(coordinatesOf);
    const known = places.filter((place) => place !== undefined);
    if (!order.destination || known.length < places.length) return { known: false, found: [] };
    stations.push(...known);
  }
  // The car comes from where it stood, and goes back there.
  const [setOff] = journey.trips;
  const ways = waysOf(setOff ? [setOff.from, ...stations] : stations, tolerances);
  const { track } = sight;
  const [start, end] = [journey.trips[0]?.start ?? 0, journey.trips.at(-1)?.end ?? 0];
  const others = trips.filter(
    (trip) => trip.start < end && trip.end > start && !journey.trips.includes(trip),
  );
  const positions: number[] = [];
  for (let at = firstAt(track.ts, start); at < track.length && cell(track.ts, at) <= end; at++) {
    const ts = cell(track.ts, at);
    if (!others.some((trip) => ts > trip.start && ts < trip.end)) positions.push(at);
  }
  const found = straysOf(track, positions, ways, tolerances).map((stray): OrderFinding => {
    const [from, to] = [cell(track.ts, stray.first), cell(track.ts, stray.last)];
    const touched = journey.trips.filter((trip) => trip.start <= to && trip.end >= from);
    return {
      kind: 'order-route-left',
      start: from,
      end: to,
      peak: stray.metres,
      limit: 0,
      evidence: evidenceOf(track, [stray.first, stray.worst, stray.last]),
      open: journey.trips.at(-1)?.endsBy === 'data' && to === end,
      orders: journey.orders.map(({ id }) => id).sort(byText),
      trips: touched.map((trip) => trip.start),
    };
  });
  return { known: true, found };
}

/** Destination and places on the way (not the origin: cars wait elsewhere) that the car never came near. */
function missedPlaces(
  order: DispatchOrder,
  journey: Journey,
  sight: Sight,
  tolerances: OrderTolerances,
): { found: OrderFinding[]; unknown?: OrderUnknown } {
  const trips = journey.tripsOf.get(order) ?? [];
  const [start, end] = [trips[0]?.start ?? order.from, trips.at(-1)?.end ?? order.to];
  const from = Math.min(start, order.from - tolerances.earlyMs);
  const to = Math.max(end, order.to + tolerances.lateMs);
  const unknownFor = (reason: OrderUnknown['reason']): OrderUnknown => ({
    about: 'route',
    reason,
    start: from,
    end: to,
    orders: [order.id],
    unseenMs: sight.unseenMs(from, to),
  });
  const found: OrderFinding[] = [];
  let unknown: OrderUnknown | undefined;
  const wanted = [...(order.via ?? []), ...(order.destination ? [order.destination] : [])];
  if (wanted.length === 0) unknown = unknownFor('no-coordinates');
  for (const place of wanted) {
    const spot = coordinatesOf(place);
    if (spot === undefined) {
      unknown ??= unknownFor('no-coordinates');
      continue;
    }
    const { state, at, metres } = visit(sight.track, from, to, spot, tolerances, (a, b) =>
      sight.restMs(a, b),
    );
    if (state === 'reached') continue;
    if (state === 'unknown') {
      unknown = unknownFor(order.to > sight.until ? 'not-over' : 'no-data');
      continue;
    }
    found.push({
      kind: 'order-place-missed',
      start,
      end,
      peak: metres,
      limit: tolerances.nearM,
      where: place.name,
      evidence: sight.evidence(start, end, at),
      open: false,
      orders: [order.id],
      trips: trips.map((trip) => trip.start),
    });
  }
  return unknown ? { found, unknown } : { found };
}
