import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, type PositionLike, trackOf } from '../track/columns.ts';
import { type FilterOptions, filterDefaults } from '../track/filter.ts';
import { Line } from './line.ts';
import type { Segment, Stop, Trip } from './model.ts';
import { boundaryFor, scan } from './scan.ts';
import { drivenKm } from './sums.ts';
import { tripDefaults } from './thresholds.ts';

const filter: FilterOptions = { ...filterDefaults, latest: Date.UTC(2030, 0, 1) };
const t0 = Date.UTC(2026, 9, 1);
const degree = 111_195.2;
/** `fc.double` prefers numbers next to 0: these lie evenly. */
const evenly = (most: number) => fc.integer({ min: 0, max: 10_000 }).map((part) => (part / 10_000) * most);

/** What a car does: drive, park (with drift), be silent while it moves or not; a wrong fix now and then. */
type Does = 'drive' | 'park' | 'off' | 'crawl' | 'silent' | 'blind' | 'garage';
type Phase = { does: Does; fixes: number; every: number };
const phases = fc.array(
  fc.record({
    does: fc.constantFrom<Does>(
      'drive',
      'drive',
      'park',
      'park',
      'off',
      'crawl',
      'silent',
      'blind',
      'garage',
    ),
    fixes: fc.integer({ min: 1, max: 60 }),
    every: fc.constantFrom(5, 15, 30, 60),
  }),
  { minLength: 1, maxLength: 16, size: 'max' },
);
const spoiled = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: -3000, max: 3000 })), { maxLength: 6 });

function rowsOf(
  list: readonly Phase[],
  wrong: readonly (readonly [number, number])[],
  seed: number,
): PositionLike[] {
  const rows: PositionLike[] = [];
  let [ts, north, state, odometer] = [t0, 0, seed, 1_000];
  const noise = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state / 0x7fff_ffff - 0.5) * 60;
  };
  for (const { does, fixes, every } of list) {
    if (does === 'silent') {
      ts += fixes * 60_000;
      north += every * 40;
      continue;
    }
    for (let fix = 0; fix < fixes; fix++) {
      ts += every * 1_000;
      const speedKmh = does === 'drive' || does === 'blind' ? 50 : does === 'crawl' ? 4 : 0;
      north += (speedKmh / 3.6) * every;
      odometer += (speedKmh / 3_600) * every;
      const drift = does === 'drive' ? 0 : noise();
      const extras = {
        ignition: does !== 'off' && does !== 'garage',
        odometerKm: odometer,
        ...(does === 'blind' || does === 'garage' ? { fix: false } : {}),
      };
      rows.push({ ts, lat: 30 + (north + drift) / degree, lon: 114, speedKmh, courseDeg: 0, extras });
    }
  }
  for (const [at, metres] of wrong) {
    const row = rows[at % Math.max(1, rows.length)];
    if (row) rows.push({ ...row, ts: row.ts + (metres % 2) * 700, lat: row.lat + (metres * 20) / degree });
  }
  return rows;
}

const cars = fc
  .tuple(phases, spoiled, fc.integer({ min: 1, max: 1e6 }))
  .map(([list, wrong, seed]) => rowsOf(list, wrong, seed));
const segmentsOf = (rows: readonly PositionLike[]) => scan(trackOf(rows), filter, tripDefaults).segments;
const runs = { numRuns: 500, seed: 5 };

describe('the trips of a car', () => {
  it('do not depend on the order of arrival, and counting twice changes nothing', () => {
    fc.assert(
      fc.property(cars, fc.integer(), (rows, salt) => {
        const shuffled = [...rows, ...rows.filter((_, index) => (index + salt) % 3 === 0)]
          .map((row, index) => ({ row, key: Math.imul(index + salt, 0x9e3779b1) >>> 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        expect(segmentsOf(shuffled)).toEqual(segmentsOf(rows));
      }),
      runs,
    );
  });

  it('are the same recomputed from a boundary as from scratch, wherever the cut', () => {
    let resumed = 0;
    fc.assert(
      fc.property(cars, evenly(1), (rows, share) => {
        const whole = trackOf(rows);
        const cut = t0 + share * ((whole.ts.at(-1) ?? t0) - t0 + 1_000);
        const before = scan(between(whole, 0, cut), filter, tripDefaults).segments;
        const { kept, boundary } = boundaryFor(before, cut);
        if (boundary) resumed++;
        const rest = between(whole, boundary?.anchor.ts ?? 0, Number.POSITIVE_INFINITY);
        const again = scan(rest, filter, tripDefaults, boundary).segments;
        expect([...kept, ...again]).toEqual(scan(whole, filter, tripDefaults).segments);
      }),
      runs,
    );
    expect(resumed).toBeGreaterThan(100);
  });

  it('are the same when positions in the middle come late', () => {
    fc.assert(
      fc.property(cars, fc.nat(400), fc.integer({ min: 1, max: 60 }), (rows, at, size) => {
        const whole = trackOf(rows);
        const first = at % whole.length || 0;
        const late = [...whole.ts.subarray(first, first + size)];
        const [from, to] = [late[0] ?? t0, late.at(-1) ?? t0];
        const early = rows.filter(({ ts }) => ts < from || ts > to);
        const { kept, boundary } = boundaryFor(segmentsOf(early), from);
        const rest = between(whole, boundary?.anchor.ts ?? 0, Number.POSITIVE_INFINITY);
        const again = scan(rest, filter, tripDefaults, boundary).segments;
        expect([...kept, ...again]).toEqual(scan(whole, filter, tripDefaults).segments);
      }),
      runs,
    );
  });

  it('own each position at most once, follow each other, and have no negative distance', () => {
    fc.assert(
      fc.property(cars, (rows) => {
        const { segments, marks } = scan(trackOf(rows), filter, tripDefaults);
        let owned = 0;
        let end = Number.NEGATIVE_INFINITY;
        for (const segment of segments) {
          expect(segment.start).toBeGreaterThanOrEqual(end);
          expect(segment.end).toBeGreaterThanOrEqual(segment.start);
          end = segment.end;
          if (segment.kind !== 'gap') owned += segment.positions;
          if (segment.kind !== 'stop') expect(segment.distanceKm).toBeGreaterThanOrEqual(0);
          if (segment.kind === 'trip') expect(segment.idleMs).toBeLessThanOrEqual(segment.durationMs);
        }
        expect(owned).toBeLessThanOrEqual(marks.reasons.length);
      }),
      runs,
    );
  });

  it('have distances that add up wherever they are cut', () => {
    fc.assert(
      fc.property(cars, fc.nat(400), (rows, at) => {
        const track = trackOf(rows);
        const line = new Line(track, scan(track, filter, tripDefaults).marks, tripDefaults);
        if (line.length === 0) return;
        const [middle, last] = [at % line.length, line.length - 1];
        expect(drivenKm(line, 0, middle) + drivenKm(line, middle, last)).toBeCloseTo(
          drivenKm(line, 0, last),
          9,
        );
      }),
      runs,
    );
  });

  it('do not arise from drift within its radius, however long, fast or sparse', () => {
    const fix = fc.record({
      pause: fc.integer({ min: 1, max: 4_000 }),
      turn: evenly(2 * Math.PI),
      metres: evenly(tripDefaults.driftM),
      speedKmh: evenly(60),
      ignition: fc.option(fc.boolean(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fix, { maxLength: 120 }), (fixes) => {
        let ts = t0;
        const rows = fixes.map(({ pause, turn, metres, speedKmh, ignition }) => {
          ts += pause * 1_000;
          const lat = 30 + (metres * Math.cos(turn)) / degree;
          const lon = 114 + (metres * Math.sin(turn)) / (degree * Math.cos(Math.PI / 6));
          return { ts, lat, lon, speedKmh, courseDeg: 0, extras: { ignition } };
        });
        expect(segmentsOf(rows).filter(({ kind }) => kind === 'trip')).toEqual([]);
      }),
      runs,
    );
  });
});

describe('a day of a car', () => {
  const park = (fixes: number): Phase => ({ does: 'park', fixes, every: 30 });
  const drive = (fixes: number): Phase => ({ does: 'drive', fixes, every: 15 });
  const kinds = (segments: readonly Segment[]) => segments.map(({ kind }) => kind);
  const trips = (segments: readonly Segment[]) => segments.filter((one): one is Trip => one.kind === 'trip');

  it('is stop, trip, stop, with distance within a percent by both ways', () => {
    const segments = segmentsOf(rowsOf([park(30), drive(40), park(30)], [], 1));
    expect(kinds(segments)).toEqual(['stop', 'trip', 'stop']);
    const km = (50 / 3_600) * 15 * 40;
    const [trip] = trips(segments);
    expect(Math.abs((trip?.distanceKm ?? 0) - km)).toBeLessThan(0.01 * km);
    expect(Math.abs((trip?.odometer.km ?? 0) - km)).toBeLessThan(0.01 * km);
    expect(trip).toMatchObject({ startsBy: 'stop', endsBy: 'stop', maxKmh: 50 });
  });

  it('has no stop at a red light of two minutes, but its idle time', () => {
    const light: Phase = { does: 'park', fixes: 8, every: 15 };
    const [trip, ...others] = trips(
      segmentsOf(rowsOf([park(30), drive(40), light, drive(40), park(30)], [], 1)),
    );
    expect(others).toEqual([]);
    expect(trip?.idleMs).toBeGreaterThanOrEqual(105_000);
  });

  it('is split by a silent terminal, which is told as a gap with its reason', () => {
    const silent: Phase = { does: 'silent', fixes: 20, every: 60 };
    const segments = segmentsOf(rowsOf([park(30), drive(40), silent, drive(40), park(30)], [], 1));
    expect(kinds(segments)).toEqual(['stop', 'trip', 'gap', 'trip', 'stop']);
    expect(segments[2]).toMatchObject({ reason: 'silence' });
    expect(trips(segments).map(({ startsBy, endsBy }) => [startsBy, endsBy])).toEqual([
      ['stop', 'silence'],
      ['silence', 'stop'],
    ]);
  });

  it('goes on through a tunnel, which is marked', () => {
    const tunnel: Phase = { does: 'blind', fixes: 50, every: 15 };
    const [trip, ...others] = trips(
      segmentsOf(rowsOf([park(30), drive(40), tunnel, drive(40), park(30)], [], 1)),
    );
    expect(others).toEqual([]);
    expect(trip).toMatchObject({ gaps: 1, gapMs: 51 * 15_000 });
  });

  const garage: Phase = { does: 'garage', fixes: 12, every: 60 };

  it('has a stop in a garage without a fix, and a trip on both sides', () => {
    const segments = segmentsOf(rowsOf([park(30), drive(40), garage, drive(40), park(30)], [], 1));
    expect(kinds(segments)).toEqual(['stop', 'trip', 'stop', 'trip', 'stop']);
    expect(segments[2]).toMatchObject({ positions: 12, end: (segments[2]?.start ?? 0) + 11 * 60_000 });
    const km = (50 / 3_600) * 15 * 40;
    // The way up the ramp to the first fix belongs to the second trip.
    for (const { distanceKm } of trips(segments)) expect(Math.abs(distanceKm - km)).toBeLessThan(0.01 * km);
  });

  it('ends in a garage as soon as the engine is off for a minute, though no fix follows', () => {
    expect(kinds(segmentsOf(rowsOf([park(30), drive(40), garage], [], 1)))).toEqual(['stop', 'trip', 'stop']);
  });

  it('begins when the engine starts, though the receiver that slept has no fix until it drives', () => {
    const asleep: Phase = { does: 'silent', fixes: 240, every: 0 };
    const off: Phase = { does: 'off', fixes: 12, every: 60 };
    const rows = rowsOf(
      [drive(40), off, asleep, { does: 'blind', fixes: 2, every: 15 }, drive(40), park(30)],
      [],
      1,
    );
    const [, trip] = trips(segmentsOf(rows));
    const started = rows.find(({ extras }) => extras.fix === false);
    expect(trip?.start).toBe(started?.ts);
    // 42 steps of driving: those without a fix are bridged from where it was parked.
    const km = (50 / 3_600) * 15 * 42;
    expect(Math.abs((trip?.distanceKm ?? 0) - km)).toBeLessThan(0.01 * km);
  });

  it('begins where the car was parked, though it goes round the yard and halts at the gate nearby', () => {
    const norths = [0, 45, 90, 135, 90, 45, 45, 0, -45, -90, -180, -270];
    const moved = norths.map((north, index): PositionLike => {
      const speedKmh = north === norths[index - 1] ? 0 : index === 0 ? 0 : 16;
      const place = { lat: 30 + north / degree, lon: 114, speedKmh, courseDeg: 0 };
      return { ts: t0 + 1_800_000 + index * 10_000, ...place, extras: { ignition: true } };
    });
    const parked = Array.from({ length: 30 }, (_, minute): PositionLike => {
      const place = { lat: 30, lon: 114, speedKmh: 0, courseDeg: 0 };
      return { ts: t0 + minute * 60_000, ...place, extras: { ignition: false } };
    });
    const away = Array.from({ length: 40 }, (_, index): PositionLike => {
      const place = { lat: 30 - (270 + 100 * (index + 1)) / degree, lon: 114, speedKmh: 36, courseDeg: 0 };
      return { ts: t0 + 1_920_000 + index * 10_000, ...place, extras: { ignition: true } };
    });
    const [trip, ...others] = trips(segmentsOf([...parked, ...moved, ...away]));
    expect(others).toEqual([]);
    expect(trip).toMatchObject({ start: t0 + 1_800_000, startsBy: 'stop' });
    expect(trip?.distanceKm).toBeCloseTo((135 + 135 + 270 + 4_000) / 1_000, 2);
  });

  it('has no stop in a garage that it was not seen to leave nearby', () => {
    const unseen: Phase = { does: 'silent', fixes: 1, every: 60 };
    const segments = segmentsOf(rowsOf([park(30), drive(40), garage, unseen, drive(40), park(30)], [], 1));
    expect(kinds(segments)).not.toContain('gap');
    expect(trips(segments)).toHaveLength(1);
  });

  it('has one long stop where the terminal sleeps overnight', () => {
    const asleep: Phase = { does: 'silent', fixes: 600, every: 0 };
    const segments = segmentsOf(rowsOf([drive(40), park(30), asleep, park(30)], [], 1));
    expect(kinds(segments)).toEqual(['trip', 'stop']);
    expect((segments[1] as Stop).gapMs).toBeGreaterThan(600 * 60_000);
  });
});
