// Legs are what accounts ask of segments: always the same as these, however they were written, cut and forgotten.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import type { Leg, Segment } from '../domain/fleet/trips/model.ts';
import { dayMs, hourMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import { silentLogger } from '../runtime/logger.ts';
import { stopOf, tripOf } from '../testing/driven-trips.ts';
import { testCalendar, testRegistry } from '../testing/test-registry.ts';
import { migrate, migrations } from './migrate.ts';
import type { Tables } from './schema.ts';
import { createRegistry } from './sql-registry.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import type { Tracks } from './track-contracts.ts';

const terminals: readonly PointKey[] = ['cars/1', 'cars/2'];
const begin = 1_700_000_000_000;
const quarters = 4 * 24 * 30;

/** A month of a track: stops, trips and gaps one after the other; an odometer tells something, or nothing. */
const segments = fc
  .array(
    fc.record({
      kind: fc.constantFrom('trip' as const, 'stop' as const, 'gap' as const),
      quarters: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1_000 })),
      km: fc.double({ min: 0, max: 300, noNaN: true }),
      odometerKm: fc.oneof(fc.double({ min: 0, max: 300, noNaN: true }), fc.constant(Number.NaN)),
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
    }),
    { maxLength: 40 },
  )
  .chain((parts) => fc.integer({ min: 0, max: quarters }).map((first) => ({ parts, first })))
  .map(({ parts, first }) => {
    let start = begin + (first * hourMs) / 4;
    return parts.map(({ kind, quarters: lasts, km, odometerKm, lat }): Segment => {
      const [from, end] = [start, start + (lasts * hourMs) / 4];
      start = end;
      const place = { lat, lon: 120.6 };
      if (kind === 'stop') return stopOf(from, end, place);
      const { odometer, ...trip } = tripOf(from, km, place);
      const told = { ...odometer, km: odometerKm, filledKm: km / 3 };
      if (kind === 'trip') return { ...trip, end, odometer: told };
      return {
        kind,
        start: from,
        end,
        reason: 'silence',
        from: place,
        to: place,
        distanceKm: km,
        odometer: told,
      };
    });
  });

const moment = fc.integer({ min: 0, max: quarters + 4_000 }).map((at) => begin + (at * hourMs) / 4);

function legOf(segment: Segment): Leg {
  const { start, end } = segment;
  if (segment.kind === 'stop') return { kind: 'stop', start, end, at: segment.at };
  const { kind, from, to, distanceKm, odometer } = segment;
  return {
    kind,
    start,
    end,
    from,
    to,
    distanceKm,
    odometer: { km: odometer.km, filledKm: odometer.filledKm },
  };
}

async function expectSame(tracks: Tracks, from: number, to: number): Promise<void> {
  const legs = await tracks.legs({ terminals, from, to });
  for (const terminal of terminals) {
    const whole = await tracks.segments({ terminals: [terminal], from, to });
    const own = [...(legs.get(terminal) ?? [])].sort(
      (a, b) => a.start - b.start || (a.kind < b.kind ? -1 : 1),
    );
    expect(own).toEqual(whole.map(({ segment }) => legOf(segment)));
  }
}

it('are the same as segments after any writing anew and forgetting, for any stretch of time', async () => {
  const test = await testRegistry();
  const { tracks } = test.registry;
  const change = fc.record({ terminal: fc.constantFrom(...terminals), segments, cut: moment });
  const property = fc.asyncProperty(
    fc.array(change, { minLength: 1, maxLength: 5 }),
    fc.option(moment, { nil: undefined }),
    moment,
    moment,
    async (changes, forgottenBefore, one, other) => {
      for (const terminal of terminals)
        await tracks.replace(terminal, { segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] });
      for (const { terminal, segments: all, cut } of changes) {
        const fresh = all.filter(({ start }) => start >= cut);
        await tracks.replace(terminal, {
          segmentsFrom: cut,
          segments: fresh,
          findingsFrom: cut,
          findings: [],
        });
      }
      if (forgottenBefore !== undefined) await tracks.forgetPlaces(forgottenBefore);
      await expectSame(tracks, 0, begin + 1_000 * dayMs);
      await expectSame(tracks, Math.min(one, other), Math.max(one, other) + 1);
    },
  );
  await fc.assert(property, { numRuns: 60, seed: 11 });
  await test.end();
});

it('are made of the segments that an earlier version wrote, those without places too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-legs-'));
  const path = join(folder, 'registry.sqlite');
  const old = new Kysely<Tables>({ dialect: sqliteDialect({ path, busyTimeoutMs: 1_000 }) });
  await migrate(old, path, Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0011')));
  const all = [tripOf(begin, 10), stopOf(begin + hourMs, begin + 20 * dayMs), tripOf(begin + 20 * dayMs, 20)];
  const { from: _from, to: _to, ...placeless } = tripOf(begin + 21 * dayMs, 30);
  const rows = [...all, placeless].map((segment) => {
    const { start: start_ts, end: end_ts, kind } = segment;
    return { terminal: 'cars/1', start_ts, end_ts, kind, value: JSON.stringify(segment) };
  });
  await old.insertInto('track_segments').values(rows).execute();
  await old.destroy();
  const clock = { now: () => begin };
  const registry = createRegistry({ path, calendar: testCalendar, clock, log: silentLogger });
  await registry.start();
  await expectSame(registry.tracks, 0, begin + 1_000 * dayMs);
  expect(
    (await registry.tracks.legs({ terminals, from: begin, to: begin + dayMs })).get('cars/1'),
  ).toHaveLength(2);
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});
