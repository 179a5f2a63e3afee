// What the domain's own rules find in the positions and papers of a simulated fleet: a whole pipeline in one function, without a
// store. What a running system finds is held against the truth in the same way (`compare.ts`).
import { cardFindings } from '../../core/domain/fleet/accounts/card-findings.ts';
import { kmBetween } from '../../core/domain/fleet/accounts/mileage.ts';
import type { Area } from '../../core/domain/fleet/findings/areas.ts';
import { crossRegion, regionDefaults } from '../../core/domain/fleet/findings/cross-region.ts';
import type { Finding } from '../../core/domain/fleet/findings/episodes.ts';
import { againstFences, areaOf, type DrawnFence } from '../../core/domain/fleet/findings/fence-kinds.ts';
import { movedUnseen } from '../../core/domain/fleet/findings/moved-unseen.ts';
import { type Seal, sealed } from '../../core/domain/fleet/findings/sealed.ts';
import { speeding, speedingDefaults } from '../../core/domain/fleet/findings/speeding.ts';
import {
  idling,
  idlingDefaults,
  silenceDefaults,
  silences,
} from '../../core/domain/fleet/findings/standing.ts';
import { outOfHours, workingDefaults } from '../../core/domain/fleet/findings/workdays.ts';
import { coversBeyond, coversOf } from '../../core/domain/fleet/orders/covers.ts';
import { matchOrders } from '../../core/domain/fleet/orders/match.ts';
import type { DispatchOrder } from '../../core/domain/fleet/orders/model.ts';
import { orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { picked, type Track, trackOf } from '../../core/domain/fleet/track/columns.ts';
import { filterDefaults, type Marks, reasons } from '../../core/domain/fleet/track/filter.ts';
import { placeAt } from '../../core/domain/fleet/track/seen.ts';
import type { Segment } from '../../core/domain/fleet/trips/model.ts';
import { scan } from '../../core/domain/fleet/trips/scan.ts';
import { tripDefaults } from '../../core/domain/fleet/trips/thresholds.ts';
import { limits } from '../../core/domain/telemetry.ts';
import { dayKindOf } from '../../core/domain/workdays.ts';
import type { Fleet } from './city.ts';
import type { FoundEpisode, FoundTrip } from './compare.ts';
import type { Fix } from './driving/receiver.ts';
import type { SimCar } from './plan/types.ts';

export interface Found {
  readonly positions: number;
  readonly trips: readonly FoundTrip[];
  readonly episodes: readonly FoundEpisode[];
  readonly segments: ReadonlyMap<string, readonly Segment[]>;
}

/** Above the car's limit by so much before it counts. */
const marginKmh = 10;

interface Seen {
  readonly all: Track;
  readonly good: Track;
  readonly marks: Marks;
  readonly segments: readonly Segment[];
}

export function foundOf(fleet: Fleet): Found {
  const seen = new Map(fleet.cars.map((car) => [car.id, seenOf(fleet, car)]));
  const trips: FoundTrip[] = [];
  const episodes: FoundEpisode[] = [];
  let positions = 0;
  for (const car of fleet.cars) {
    const own = seen.get(car.id);
    if (own === undefined) continue;
    positions += own.all.length;
    for (const segment of own.segments) if (segment.kind === 'trip') trips.push({ car: car.id, ...segment });
    for (const { kind, start, end, peak } of [
      ...movements(fleet, car, own),
      ...matchOrders({
        segments: own.segments,
        orders: ordersOf(fleet, car),
        track: own.good,
        until: fleet.to,
      }).findings,
    ])
      episodes.push({ car: car.id, finding: kind, start, end, peak });
  }
  episodes.push(...ofCards(fleet, seen));
  const segments = new Map([...seen].map(([id, own]) => [id, own.segments]));
  return { positions, trips, episodes, segments };
}

/** What ingest lets through: positions of clocks that are ahead are refused. */
function seenOf(fleet: Fleet, car: SimCar): Seen {
  const fixes: Fix[] = [];
  for (const { fix, sentAt } of fleet.positionsOf(car.id))
    if (fix.ts <= sentAt + limits.futureMs) fixes.push(fix);
  const all = trackOf(fixes);
  const { marks, segments } = scan(
    all,
    { ...filterDefaults, latest: fleet.to + limits.futureMs },
    tripDefaults,
  );
  return { all, good: picked(all, marks.good), marks, segments };
}

function movements(fleet: Fleet, car: SimCar, { all, good, marks, segments }: Seen): Finding[] {
  const { possibleKmh } = filterDefaults;
  const limit = { ...speedingDefaults, limitKmh: car.limitKmh, marginKmh };
  const orders = ordersOf(fleet, car);
  const fences = fleet.fences.map(({ id, kind, corners, limitKmh }): DrawnFence => {
    const polygon = corners.map(([lat, lon]) => [lon, lat] as const);
    return { id, kind, shape: { polygon }, limitKmh };
  });
  const regions: Area[] = fences.filter(({ kind }) => kind === 'region').map(areaOf);
  const seals = fleet.seals.flatMap(({ holiday, from, to, vehicles }): Seal[] =>
    vehicles
      .filter((vehicle) => vehicle.car === car.id)
      .map(({ dutyExempt }) => ({ id: holiday, from, to, dutyExempt })),
  );
  const clocks = ['stale-clock', 'future'].map((word) => (reasons as readonly string[]).indexOf(word));
  const spoken = [...all.ts.keys()].filter((index) => !clocks.includes(marks.reasons[index] ?? 0));
  return [
    ...speeding(good, limit, possibleKmh),
    ...idling(good, idlingDefaults),
    ...againstFences(good, fences),
    ...regions.flatMap((area) => crossRegion(good, { ...regionDefaults, area }, coversBeyond(orders, area))),
    ...outOfHours(segments, { ...workingDefaults, dayKindOf }, coversOf(orders)),
    ...sealed(segments, seals, good, fleet.to).findings,
    ...movedUnseen(segments, coversOf(orders), fleet.to, orderDefaults.movedM),
    ...silences(picked(all, Uint32Array.from(spoken)), fleet.to, silenceDefaults),
  ];
}

function ordersOf(fleet: Fleet, car: SimCar): DispatchOrder[] {
  return fleet.orders
    .filter((order) => order.car === car.id)
    .map((order) => ({ ...order, id: order.number, vehicle: order.car }));
}

function ofCards(fleet: Fleet, seen: ReadonlyMap<string, Seen>): FoundEpisode[] {
  const cars = new Map(fleet.cars.map((car) => [car.id, car]));
  const { findings } = cardFindings({
    entries: fleet.cards.map((entry) => ({
      ...entry,
      id: entry.document,
      vehicle: entry.car,
      station: entry.station.name,
      lat: entry.station.lat,
      lon: entry.station.lon,
    })),
    vehicleAt: (id) => cars.get(id),
    kmBetween: (id) => kmBetween(seen.get(id)?.segments ?? []),
    placeAt: (id) => (ts) => {
      const own = seen.get(id);
      return (own && placeAt(own.good, ts)) ?? 'unknown';
    },
  });
  return findings.flatMap(({ kind, vehicles, start, end, peak }) =>
    vehicles.map((car) => ({ car, finding: kind, start, end, peak })),
  );
}
