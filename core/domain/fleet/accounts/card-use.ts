// Whose card was used, where and for what: one car, one card (一车一卡).
import { distanceM } from '../track/geodesy.ts';
import type { Place } from '../trips/model.ts';
import { powertrainEntry } from '../vehicles.ts';
import type { CardFinding, CardFindingKind, CardRule, CardUnknown } from './card-rules.ts';
import { type AccountVehicle, byTs, type CardEntry } from './model.ts';

/** Where the car of the entry was at a time, by its positions. */
export type PlaceAt = (ts: number) => Place | 'unknown';

/**
 * The card was used while the car was far away: at no moment about that time was it near, and all of them are known.
 * @param entries of one car
 */
export function farFromCar(
  entries: readonly CardEntry[],
  placeAt: PlaceAt,
  { farM, clockMs }: CardRule,
): { findings: CardFinding[]; unknowns: CardUnknown[] } {
  const findings: CardFinding[] = [];
  const unknowns: CardUnknown[] = [];
  const about = 'card-far-from-car';
  for (const entry of [...entries].sort(byTs)) {
    const { id, lat, lon, ts } = entry;
    if (typeof lat !== 'number' || typeof lon !== 'number') {
      unknowns.push({ about, entry: id, reason: 'no-coordinates' });
      continue;
    }
    const metres = probes.map((share) => {
      const place = placeAt(ts + share * clockMs);
      return place === 'unknown' ? Number.NaN : distanceM(lat, lon, place.lat, place.lon);
    });
    if (metres.some((distance) => distance <= farM)) continue;
    if (metres.some(Number.isNaN)) unknowns.push({ about, entry: id, reason: 'no-positions' });
    else findings.push(finding(about, [entry], Math.min(...metres), farM));
  }
  return { findings, unknowns };
}

/** Steps of five minutes, with the usual tolerance of clocks. */
const probes = [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1];

/** Fuel for a car that burns none, a charge for one without a plug. @param vehicleAt the car of an entry, as of its time */
export function wrongKind(
  entries: readonly CardEntry[],
  vehicleAt: (id: string, ts: number) => AccountVehicle | undefined,
): CardFinding[] {
  return [...entries].sort(byTs).flatMap((entry) => {
    const vehicle = vehicleAt(entry.vehicle, entry.ts);
    if (vehicle === undefined) return [];
    const { fuel, plug } = powertrainEntry(vehicle.powertrain);
    if (entry.kind === 'fuel' && fuel === null)
      return [finding('fuel-for-electric-car', [entry], entry.quantity, 0)];
    if (entry.kind === 'charging' && !plug)
      return [finding('charge-for-car-without-plug', [entry], entry.quantity, 0)];
    return [];
  });
}

/** A card that served more than one car. @param entries of a fleet */
export function sharedCards(entries: readonly CardEntry[]): CardFinding[] {
  const nameOf = ({ kind, card }: CardEntry) => `${kind} ${card}`;
  const firstCar = new Map<string, string>();
  const shared = new Set<string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const car = firstCar.get(name);
    if (car === undefined) firstCar.set(name, entry.vehicle);
    else if (car !== entry.vehicle) shared.add(name);
  }
  if (shared.size === 0) return [];
  const theirs = entries.filter((entry) => shared.has(nameOf(entry)));
  return grouped(theirs, nameOf).map((group) => {
    const cars = new Set(group.map(({ vehicle }) => vehicle)).size;
    return finding('card-on-several-cars', group, cars, 1);
  });
}

/**
 * A car that used several cards of one kind at the same time: one again after another. A card that is never used again after the next
 * one's first use was replaced. @param entries of a fleet
 */
export function severalCards(entries: readonly CardEntry[]): CardFinding[] {
  return grouped(entries, ({ kind, vehicle }) => `${kind} ${vehicle}`).flatMap((group) => {
    const spans = new Map<string, { first: number; last: number }>();
    group.forEach(({ card }, index) => {
      spans.set(card, { first: spans.get(card)?.first ?? index, last: index });
    });
    const overlapping = [...spans].filter(([card, span]) =>
      [...spans].some(([other, its]) => other !== card && span.first < its.last && its.first < span.last),
    );
    if (overlapping.length === 0) return [];
    const cards = new Set(overlapping.map(([card]) => card));
    const proof = group.filter(({ card }) => cards.has(card));
    return [finding('car-with-several-cards', proof, cards.size, 1)];
  });
}

/** Groups by key ascending, entries by time. */
function grouped(entries: readonly CardEntry[], keyOf: (entry: CardEntry) => string): CardEntry[][] {
  const groups = new Map<string, CardEntry[]>();
  for (const entry of [...entries].sort(byTs)) {
    const group = groups.get(keyOf(entry));
    if (group) group.push(entry);
    else groups.set(keyOf(entry), [entry]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function finding(
  kind: CardFindingKind,
  entries: readonly CardEntry[],
  peak: number,
  limit: number,
): CardFinding {
  const names = (of: (entry: CardEntry) => string) => [...new Set(entries.map(of))].sort();
  return {
    kind,
    vehicles: names(({ vehicle }) => vehicle),
    cards: names(({ card }) => card),
    entries: entries.map(({ id }) => id),
    start: entries[0]?.ts ?? 0,
    end: entries.at(-1)?.ts ?? 0,
    peak,
    limit,
  };
}
