// Fills that are larger than the tank, or than the room that driving has made in it.
import type { CardFinding, CardRule, CardUnknown } from './card-rules.ts';
import type { KmBetween } from './mileage.ts';
import { type AccountVehicle, byTs, type CardEntry, medianOfAscending } from './model.ts';
import { spanKm, type TankSpan, tankSpans } from './tank-spans.ts';

/**
 * @param entries of one car and one kind, in any order
 * @returns findings and unknowns by time; a fill that is larger than the tank is not found again for its room
 */
export function fillFindings(
  vehicle: AccountVehicle,
  entries: readonly CardEntry[],
  kmBetween: KmBetween,
  rule: CardRule,
): { findings: CardFinding[]; unknowns: CardUnknown[] } {
  const findings: CardFinding[] = [];
  const unknowns: CardUnknown[] = [];
  const ordered = [...entries].sort(byTs);
  const spans = byRate(tankSpans(ordered, kmBetween));
  let full: CardEntry | undefined;
  let filled = 0;
  for (const entry of ordered) {
    const size = entry.kind === 'fuel' ? vehicle.tankL : vehicle.batteryKwh;
    const most = size === null ? null : size * (1 + rule.tankShare);
    if (most === null) unknowns.push({ about: 'fill-over-tank', entry: entry.id, reason: 'no-tank' });
    const overTank = most !== null && entry.quantity > most;
    if (overTank) findings.push(finding('fill-over-tank', vehicle, [entry], entry.quantity, most));
    if (full !== undefined && !overTank) {
      const room = roomAt(vehicle, spans, full, entry, filled, kmBetween, rule);
      if ('reason' in room) unknowns.push({ about: 'fill-over-room', entry: entry.id, reason: room.reason });
      else if (entry.quantity > room.most)
        findings.push(finding('fill-over-room', vehicle, [full, entry], entry.quantity, room.most));
    }
    if (entry.fullTank === true) [full, filled] = [entry, 0];
    else filled += entry.quantity;
  }
  return { findings, unknowns };
}

interface Rate extends Pick<TankSpan, 'start' | 'end'> {
  readonly per100Km: number;
}

/** Ascending: so is any part of them, whose median is asked for at every fill. */
function byRate(spans: readonly TankSpan[]): Rate[] {
  return spans
    .flatMap(({ start, end, per100Km }) => (per100Km === null ? [] : [{ start, end, per100Km }]))
    .sort((a, b) => a.per100Km - b.per100Km);
}

/** The rate is of the car's other spans: a span that is too high must not excuse itself. */
function roomAt(
  vehicle: AccountVehicle,
  spans: readonly Rate[],
  full: CardEntry,
  entry: CardEntry,
  filled: number,
  kmBetween: KmBetween,
  rule: CardRule,
): { most: number } | { reason: 'no-rate' | 'no-distance' } {
  // What a plug-in hybrid burns depends on how it is charged: it has no rate.
  if (vehicle.powertrain === 'plug-in-hybrid') return { reason: 'no-rate' };
  const rates: number[] = [];
  for (const { start, end, per100Km } of spans) if (end <= full.ts || start >= entry.ts) rates.push(per100Km);
  const rate = medianOfAscending(rates);
  if (rate === null || rates.length < rule.rateSpans) return { reason: 'no-rate' };
  const { km } = spanKm(full, entry, kmBetween);
  if (km === null) return { reason: 'no-distance' };
  return { most: Math.max(0, (km / 100) * rate * rule.roomFactor + rule.roomSlack - filled) };
}

function finding(
  kind: CardFinding['kind'],
  vehicle: AccountVehicle,
  entries: readonly CardEntry[],
  peak: number,
  limit: number,
): CardFinding {
  return {
    kind,
    vehicles: [vehicle.id],
    cards: [...new Set(entries.map(({ card }) => card))].sort(),
    entries: entries.map(({ id }) => id),
    start: entries[0]?.ts ?? 0,
    end: entries.at(-1)?.ts ?? 0,
    peak,
    limit,
  };
}
