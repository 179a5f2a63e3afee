// Trips and findings as they are kept: pages that lose nothing, and writes under a lease.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Segment } from '../domain/fleet/trips/model.ts';
import type { PointKey } from '../domain/topics.ts';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { FleetFinding, TrackPlace, TrackQuestion } from './track-contracts.ts';
import { aboutOf } from './tracks.ts';

const ever = 4_000_000_000_000;
const nothing = { segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] };

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const finding = (
  kind: FleetFinding['kind'],
  start: number,
  where?: string,
  orders: readonly string[] = [],
) => ({
  ...{ kind, start, end: start + 1, peak: 1, limit: 0, evidence: [], orders, noted: false, open: false },
  ...(where === undefined ? {} : { where }),
  vehicle: 'car',
});

async function paged<Row>(
  ask: (question: TrackQuestion) => Promise<readonly Row[]>,
  placeOf: (row: Row) => TrackPlace,
  terminals: readonly PointKey[],
  limit: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: TrackPlace | undefined; ; ) {
    const page = await ask({ terminals, from: 0, to: ever, limit, after });
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return rows;
    after = placeOf(last);
  }
}

it('pages of findings are all of them, each once, however many share start, terminal and kind', async () => {
  const { tracks } = test.registry;
  const terminals: readonly PointKey[] = ['cars/1', 'cars/2', 'cars/3'];
  const one = fc.record({
    terminal: fc.constantFrom(...terminals),
    kind: fc.constantFrom('fence-left' as const, 'order-place-missed' as const, 'speeding' as const),
    start: fc.integer({ min: 1, max: 3 }),
    where: fc.option(fc.integer({ min: 0, max: 60 }).map(String), { nil: undefined }),
    orders: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 120 }),
      fc.integer({ min: 1, max: 50 }),
      async (all, limit) => {
        for (const terminal of terminals) {
          const findings = all
            .filter((each) => each.terminal === terminal)
            .map(({ kind, start, where, orders }) => finding(kind, start, where, orders));
          await tracks.replace(terminal, { ...nothing, findings });
        }
        const whole = await tracks.findings({ terminals, from: 0, to: ever });
        const pages = await paged(
          tracks.findings,
          (row) => ({ start: row.start, terminal: row.terminal, kind: row.kind, about: aboutOf(row) }),
          terminals,
          limit,
        );
        expect(pages).toEqual(whole);
        const keys = all.map(({ terminal, kind, start, where, orders }) =>
          [terminal, kind, start, where ?? '', ...orders].join(' '),
        );
        expect(whole).toHaveLength(new Set(keys).size);
      },
    ),
    { numRuns: 40, seed: 6 },
  );
});

it('pages of segments are all of them, each once', async () => {
  const { tracks } = test.registry;
  const stop = (start: number): Segment => ({
    ...{ kind: 'stop', start, end: start + 1, positions: 1, idleMs: 0, gapMs: 0, endsBy: 'data' },
    ...{ at: { lat: 30, lon: 114 }, settledTs: start, anchor: { ts: start, lat: 30, lon: 114 } },
  });
  const terminals: readonly PointKey[] = ['cars/1', 'cars/2'];
  for (const terminal of terminals)
    await tracks.replace(terminal, { ...nothing, segments: [1, 2, 3, 4, 5].map(stop) });
  const whole = await tracks.segments({ terminals, from: 0, to: ever });
  expect(whole).toHaveLength(10);
  for (const limit of [1, 2, 3, 10, 11])
    expect(
      await paged(
        tracks.segments,
        ({ terminal, segment: { start, kind } }) => ({ start, terminal, kind }),
        terminals,
        limit,
      ),
    ).toEqual(whole);
});

it('are written, and marks forgotten, under a lease only while it is held', async () => {
  const { tracks, leases, positionMarks, marks } = test.registry;
  const ofOne = [{ point: 'cars/1' as const, quantity: 'position' as const, from: 1, to: 2 }];
  await marks.confirm(await marks.announce(ofOne), ofOne);
  const pending = await positionMarks.pending(1);
  const lease = (holder: string) => leases.acquire('tracks', holder, 15_000);
  const first = await lease('a');
  const findings = (start: number) => ({ ...nothing, findings: [finding('speeding', start)] });
  expect(await tracks.replace('cars/1', findings(1), first)).toBe(true);
  test.clock.at += 15_000;
  expect(await tracks.replace('cars/1', findings(2), first)).toBe(false);
  const second = await lease('b');
  expect(await tracks.replace('cars/1', findings(3), second)).toBe(true);
  expect(await tracks.replace('cars/1', findings(4), first)).toBe(false);
  expect(await positionMarks.clear(pending, first)).toBe(false);
  expect(await positionMarks.pending(1)).toEqual(pending);
  const found = await tracks.findings({ terminals: ['cars/1'], from: 0, to: ever });
  expect(found.map(({ start }) => start)).toEqual([3]);
  expect(await positionMarks.clear(pending, second)).toBe(true);
  expect(await positionMarks.pending(1)).toEqual([]);
});
