// Dispatch orders held against the trips of a car: a function of two sets, whatever order they came in.
import type { Track } from '../track/columns.ts';
import type { Segment, Trip } from '../trips/model.ts';
import { linksOf } from './links.ts';
import {
  byText,
  type DispatchOrder,
  type Matched,
  type OrderFinding,
  type OrderMatch,
  type OrderUnknown,
  type TripMatch,
} from './model.ts';
import { judgeRoutes } from './routes.ts';
import { Sight } from './sight.ts';
import { withoutOrder, wrongTimes } from './times.ts';
import { type OrderTolerances, orderDefaults } from './tolerances.ts';

/** Of one car. */
export interface MatchInput {
  /** Trips, stops and gaps of the time that is asked for. */
  readonly segments: readonly Segment[];
  /** All orders that reach into that time, tolerances included: a trip whose order is not among them is one without order. */
  readonly orders: readonly DispatchOrder[];
  /** Good positions, sorted; empty where they are deleted: ends of trips, and stops, then say what they can. */
  readonly track: Track;
  /** What comes later is not known yet, epoch ms. */
  readonly until: number;
}

export function matchOrders(input: MatchInput, tolerances: OrderTolerances = orderDefaults): Matched {
  const segments = [...input.segments].sort((a, b) => a.start - b.start || a.end - b.end);
  const sight = new Sight(segments, input.track, input.until);
  const trips = segments.filter((segment) => segment.kind === 'trip');
  const sorted = [...input.orders].sort(byTime);
  const approved = sorted.filter(({ state }) => state === 'approved');
  const links = linksOf(trips, approved, tolerances);
  const findings: OrderFinding[] = [];
  const unknowns: OrderUnknown[] = [];
  const tripMatches = trips.map((trip): TripMatch => {
    const own = links.filter((link) => link.trip === trip).map(({ order }) => order);
    const { start, end, distanceKm } = trip;
    if (own.length === 0) {
      const short = distanceKm < tolerances.shortKm;
      if (!short) findings.push(withoutOrder(trip, sorted, sight));
      const state = short ? 'short' : 'without-order';
      return { start, end, distanceKm, state, orders: [], uncovered: [[start, end]] };
    }
    const { found, uncovered } = wrongTimes(trip, own, approved, sight, tolerances);
    findings.push(...found);
    const state = uncovered.length === 0 ? 'covered' : 'partly';
    return { start, end, distanceKm, state, orders: own.map(({ id }) => id).sort(byText), uncovered };
  });
  const routes = judgeRoutes(links, trips, sight, tolerances);
  findings.push(...routes.findings);
  unknowns.push(...routes.unknowns, ...movedUnseen(segments, approved, tolerances));
  const orders = approved.map((order): OrderMatch => {
    const own = links.filter((link) => link.order === order).map(({ trip }) => trip);
    const route = routes.of.get(order.id) ?? 'unknown';
    return judged(order, own, route, sight, tolerances, { findings, unknowns });
  });
  return { trips: tripMatches, orders, findings: findings.sort(byStart), unknowns: unknowns.sort(byStart) };
}

function judged(
  order: DispatchOrder,
  own: readonly Trip[],
  route: OrderMatch['route'],
  sight: Sight,
  tolerances: OrderTolerances,
  out: { findings: OrderFinding[]; unknowns: OrderUnknown[] },
): OrderMatch {
  const unseenMs = sight.unseenMs(order.from, order.to);
  const trips = own.map(({ start }) => start);
  const distanceKm = own.reduce((sum, trip) => sum + trip.distanceKm, 0);
  const result = (state: OrderMatch['state']): OrderMatch => ({
    order: order.id,
    state,
    trips,
    distanceKm,
    route,
    unseenMs,
  });
  if (own.length > 0) return result('driven');
  const stretch = { start: order.from, end: order.to, orders: [order.id] };
  const unknown = (reason: OrderUnknown['reason']) =>
    out.unknowns.push({ about: 'order', reason, ...stretch, unseenMs });
  if (order.to > sight.until) {
    unknown('not-over');
    return result('not-over');
  }
  // An order shorter than what can hide a trip is known only if all of it was seen.
  if (unseenMs > 0 && unseenMs >= Math.min(tolerances.unseenMs, order.to - order.from)) {
    unknown('no-data');
    return result('unknown');
  }
  out.findings.push({
    kind: 'order-without-trip',
    ...stretch,
    trips: [],
    peak: (order.to - order.from) / 60_000,
    limit: 0,
    evidence: sight.evidence(order.from, order.to),
    open: false,
  });
  return result('without-trip');
}

/** The car was moved while nobody saw it, and no order is near. */
function movedUnseen(
  segments: readonly Segment[],
  approved: readonly DispatchOrder[],
  { earlyMs, lateMs, movedM }: OrderTolerances,
): OrderUnknown[] {
  return segments.flatMap((gap): OrderUnknown[] => {
    if (gap.kind !== 'gap' || gap.distanceKm * 1_000 < movedM) return [];
    if (approved.some(({ from, to }) => gap.start < to + lateMs && gap.end > from - earlyMs)) return [];
    const { start, end } = gap;
    return [{ about: 'movement', reason: 'moved-unseen', start, end, orders: [], unseenMs: end - start }];
  });
}

function byTime(a: DispatchOrder, b: DispatchOrder): number {
  return a.from - b.from || a.to - b.to || byText(a.id, b.id);
}

function byStart<Row extends OrderFinding | OrderUnknown>(a: Row, b: Row): number {
  const name = (row: Row) =>
    'kind' in row ? `${row.kind} ${row.where ?? ''}` : `${row.about} ${row.reason}`;
  return (
    a.start - b.start ||
    a.end - b.end ||
    byText(name(a), name(b)) ||
    byText(a.orders.join(' '), b.orders.join(' '))
  );
}
