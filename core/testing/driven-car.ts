// A car that drives north from its yard and back, for tests: its positions, and what the scan makes of them; and orders for it.
import type { DispatchOrder } from '../domain/fleet/orders/model.ts';
import { type PositionLike, trackOf } from '../domain/fleet/track/columns.ts';
import { filterDefaults } from '../domain/fleet/track/filter.ts';
import { scan } from '../domain/fleet/trips/scan.ts';
import { tripDefaults } from '../domain/fleet/trips/thresholds.ts';

export const t0 = Date.UTC(2026, 9, 12);
export const minute = 60_000;
export const degreeKm = 111.195;
export const at = (minutes: number) => t0 + minutes * minute;
export const place = (km: number, name = `${km} km`) => ({ name, lat: 30 + km / degreeKm, lon: 114 });

/** Minutes and where the car is then, km north of its yard; it drives evenly in between. `silent`: nobody sees it up to there. */
export type Leg = readonly [minutes: number, km: number, silent?: 'silent'];

/** Its positions every half minute, as a track with its segments; nothing after `until`, in minutes, is known. */
export function car(legs: readonly Leg[], until = legs.at(-1)?.[0] ?? 0) {
  const rows: PositionLike[] = [];
  let [clock, where] = [0, 0];
  const row = (minutes: number, km: number, speedKmh: number) =>
    rows.push({
      ts: at(minutes),
      lat: 30 + km / degreeKm,
      lon: 114,
      speedKmh,
      courseDeg: 0,
      extras: { ignition: speedKmh > 0 },
    });
  row(0, 0, 0);
  for (const [minutes, km, silent] of legs) {
    const speed = (Math.abs(km - where) / (minutes - clock)) * 60;
    for (let step = clock + 0.5; step < minutes && !silent; step += 0.5)
      row(step, where + ((km - where) * (step - clock)) / (minutes - clock), speed);
    row(minutes, km, 0);
    [clock, where] = [minutes, km];
  }
  const track = trackOf(rows);
  const { segments } = scan(track, { ...filterDefaults, latest: at(1e6) }, tripDefaults);
  return { track, segments, until: at(until) };
}

let count = 0;
export const order = (from: number, to: number, more: Partial<DispatchOrder> = {}): DispatchOrder => ({
  id: `order-${++count}`,
  vehicle: 'car',
  from: at(from),
  to: at(to),
  origin: place(0),
  destination: place(20),
  long: false,
  state: 'approved',
  ...more,
});
