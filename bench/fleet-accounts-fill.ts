// A fleet's sixteen months in the registry, as ingest and imports leave them: trips and stops by day, fuel cards, dispatch orders.
import { join } from 'node:path';
import type { Place, Segment } from '../core/domain/fleet/trips/model.ts';
import { Calendar, dayMs, hourMs } from '../core/domain/time.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { randomOf } from './fleet-months.ts';
import { progress } from './report.ts';

const author = { author: 'bench', reason: 'benchmark' };
export const calendar = new Calendar('Asia/Shanghai');
export const year = 2025;
const tripsADay = 4;
const carsOfUnit = 50;

/** From four months before the year, which consumption reaches back into, to its end. @returns kilometres driven in the year */
export async function fill(home: string, cars: number): Promise<number> {
  const since = calendar.parse(`${year - 1}-09-01`) ?? 0;
  const [from, until] = [calendar.parse(`${year}-01-01`) ?? 0, calendar.parse(`${year + 1}-01-01`) ?? 0];
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  const { facts, fleet, institutions, tracks } = registry;
  let [unit, ofYear] = ['', 0];
  for (let car = 0; car < cars; car++) {
    if (car % carsOfUnit === 0) {
      const named = { name: `unit ${car / carsOfUnit}`, parent: null, validFrom: since };
      unit = (await institutions.create(named, author)).id;
    }
    const [id, terminal] = [facts.newId(), `cars/${13_800_000_000 + car}`] as const;
    const said = {
      plate: `浙A${10_000 + car}`,
      institution: unit,
      terminal,
      powertrain: 'petrol',
      tankL: 60,
    };
    const more = { category: 'other', vehicleClass: car % 3 === 0 ? 'suv' : 'sedan' };
    await facts.record(
      Object.entries({ ...said, ...more }).map(([attribute, value]) => ({
        ...{ entity: id, attribute, validFrom: since, value },
      })),
      author,
      [{ id, kind: 'vehicle' }],
    );
    const { segments, fills, orders } = monthsOf(car + 1, since, until);
    for (const segment of segments)
      if (segment.kind === 'trip' && segment.start >= from) ofYear += segment.odometer.km;
    await tracks.replace(terminal, { segmentsFrom: 0, segments, findingsFrom: 0, findings: [] });
    await fleet.cards.record(
      fills.map((each) => ({ ...each, card: `9-${car}`, vehicle: id, kind: 'fuel', fullTank: true })),
      author,
    );
    await fleet.orders.record(
      orders.map((each) => ({
        ...each,
        ...{ number: `${car}-${each.from}`, institution: unit, vehicle: id, driver: 'Li', purpose: 'visit' },
      })),
      author,
    );
    if (car % 100 === 99) progress(`${car + 1} cars filled`);
  }
  await registry.stop();
  return ofYear;
}

function monthsOf(seed: number, since: number, until: number) {
  const random = randomOf(seed);
  const segments: Segment[] = [];
  const fills = [];
  const orders = [];
  let place: Place = { lat: 30 + random(), lon: 114 + random() };
  let sinceFull = 0;
  for (let day = since; day < until; day += dayMs) {
    let ts = day + 7 * hourMs + Math.floor(random() * hourMs);
    for (let trip = 0; trip < tripsADay; trip++) {
      const km = 3 + 20 * random();
      const end = ts + Math.floor((km / 40) * hourMs);
      const to = { lat: place.lat + (random() - 0.5) / 10, lon: place.lon + (random() - 0.5) / 10 };
      segments.push(tripOf(ts, end, place, to, km, km * (1.01 + random() / 50)));
      [place, ts, sinceFull] = [to, end, sinceFull + km];
      const parked = trip === tripsADay - 1 ? day + dayMs + 7 * hourMs : end + Math.floor(random() * hourMs);
      segments.push(stopOf(ts, parked, place));
      ts = parked;
    }
    if (sinceFull > 300) {
      const quantity = (sinceFull / 100) * (7.5 + random());
      fills.push({ ts: ts - 8 * hourMs, quantity, amountCny: quantity * 8, document: String(day), ...place });
      sinceFull = 0;
    }
    if (random() < 0.5)
      orders.push({ from: day + 8 * hourMs, to: day + 18 * hourMs, destination: { name: 'office' } });
  }
  return { segments, fills, orders };
}

function tripOf(start: number, end: number, from: Place, to: Place, km: number, odometerKm: number): Segment {
  const [durationMs, averageKmh] = [end - start, 40];
  return {
    ...{ kind: 'trip', start, end, from, to, durationMs, averageKmh, startsBy: 'stop', endsBy: 'stop' },
    ...{
      positions: Math.floor(durationMs / 10_000),
      distanceKm: km,
      idleMs: 60_000,
      maxKmh: 71,
      gaps: 0,
      gapMs: 0,
    },
    odometer: { km: odometerKm, filledKm: 0, resets: 0, rollBacks: 0, leaps: 0 },
  };
}

function stopOf(start: number, end: number, at: Place): Segment {
  const ended = { endsBy: 'stop', settledTs: end, anchor: { ...at, ts: start } } as const;
  return { kind: 'stop', start, end, positions: 20, at, idleMs: 0, gapMs: 0, ...ended };
}
