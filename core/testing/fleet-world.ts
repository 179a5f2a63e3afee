// Cars for the small world of the API's tests: who has them, which terminal is in them, and where they drove.
import type { Stop, Trip } from '../domain/fleet/trips/model.ts';
import type { PositionExtras } from '../domain/telemetry.ts';
import type { PointKey } from '../domain/topics.ts';
import type { FleetFinding } from '../registry/track-contracts.ts';
import type { PositionRow } from '../store/port.ts';
import type { TestApi } from './test-api.ts';
import { by, midnight } from './test-registry.ts';

const since = midnight('2024-01-01');

/** A car since the beginning of 2024. @returns its id */
export async function addCar(
  { registry }: Pick<TestApi, 'registry'>,
  facts: { plate: string; institution: string | null; terminal: PointKey | null } & Record<string, unknown>,
): Promise<string> {
  const id = registry.facts.newId();
  const said = Object.entries(facts).filter(([, value]) => value !== null);
  await registry.facts.record(
    said.map(([attribute, value]) => ({ entity: id, attribute, validFrom: since, value })),
    by,
    [{ id, kind: 'vehicle' }],
  );
  return id;
}

/** From a date on, something else is said of it. */
export async function sayOfCar(
  { registry }: Pick<TestApi, 'registry'>,
  car: string,
  attribute: string,
  value: unknown,
  date: string,
): Promise<void> {
  await registry.facts.record([{ entity: car, attribute, validFrom: midnight(date), value }], by);
}

/** Due east from 28° N 120.6° E at 36 km/h, a position every `stepMs`. */
export function drive(
  vehicle: PointKey,
  from: number,
  count: number,
  stepMs = 5_000,
  extras: PositionExtras = { satellites: 12, fix: true, ignition: true },
): PositionRow[] {
  return Array.from({ length: count }, (_, index) => ({
    vehicle,
    ts: from + index * stepMs,
    lat: 28,
    lon: 120.6 + (index * stepMs) / 1_000 / 9_829,
    speedKmh: 36,
    courseDeg: 90,
    extras,
  }));
}

export async function putPositions(
  { store }: Pick<TestApi, 'store'>,
  rows: readonly PositionRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += 5_000) {
    const nothing = { series: [], ts: [], value: [], length: 0 };
    await store.port.write(nothing, rows.slice(at, at + 5_000), []);
  }
}

const odometer = { km: 10.4, resets: 0, rollBacks: 0, leaps: 0, filledKm: 0 };

/** A trip of half an hour due east, and the stop after it until `until`. */
export function tripAndStop(start: number, until: number): readonly [Trip, Stop] {
  const end = start + 30 * 60_000;
  const [from, to] = [
    { lat: 28, lon: 120.6 },
    { lat: 28, lon: 120.7 },
  ];
  return [
    {
      kind: 'trip',
      start,
      end,
      positions: 360,
      from,
      to,
      startsBy: 'stop',
      endsBy: 'stop',
      distanceKm: 10,
      odometer,
      durationMs: end - start,
      idleMs: 90_000,
      maxKmh: 60,
      averageKmh: 20,
      gaps: 0,
      gapMs: 0,
    },
    {
      kind: 'stop',
      start: end,
      end: until,
      positions: 10,
      at: to,
      idleMs: 0,
      gapMs: 0,
      endsBy: 'stop',
      settledTs: end,
      anchor: { ...to, ts: end },
    },
  ];
}

/** A minute too fast, as the worker of tracks finds it. */
export function speedingAt(
  vehicle: string,
  start: number,
  more: Partial<FleetFinding> = {},
): FleetFinding & { readonly vehicle: string } {
  return {
    vehicle,
    kind: 'speeding',
    start,
    end: start + 60_000,
    peak: 142,
    limit: 120,
    evidence: [{ ts: start, lat: 28, lon: 120.6, speedKmh: 142 }],
    open: false,
    orders: [],
    noted: false,
    ...more,
  };
}
