// Random writes, replacements, clearings, compactions, failures and reopenings on the engine and on the plain model:
// every answer must be the same.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PointKey } from '../../domain/topics.ts';
import type { RollupBucket, TelemetryStore } from '../../store/port.ts';
import { MemoryStore } from '../memory-store.ts';
import { monthsOf } from './month-columns.ts';
import type { StorePlace } from './place.ts';
import { always, change, columns, day, hour, minute, pairs, position, rollupRow, start } from './rows.ts';

const points: readonly PointKey[] = ['a/1', 'a/2', 'a/3', 'b/1'];
const buckets: readonly RollupBucket[] = ['hour', 'day', 'month'];

/** The pair under comparison. */
interface Pair {
  engine: TelemetryStore;
  readonly model: MemoryStore;
  readonly place: StorePlace;
}

type Step = (pair: Pair) => Promise<void>;

const pointIndex = fc.nat({ max: points.length - 1 });
/** Times close together, hours, and years apart. */
const time = fc
  .tuple(fc.nat({ max: 12 }), fc.constantFrom(minute, hour, 40 * day))
  .map(([count, unit]) => start + count * unit);
const span = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + minute }));
const value = fc.integer({ min: -5, max: 5 }).map((count) => count * 1.25);

const readingRow = fc.tuple(pointIndex, time, value);
const write = fc
  .record({
    rows: fc.array(readingRow, { maxLength: 30 }),
    positions: fc.array(fc.tuple(pointIndex, time, value), { maxLength: 4 }),
    failing: fc.nat({ max: 3 }).map((chance) => chance === 0),
  })
  .map(
    ({ rows, positions, failing }): Step =>
      async ({ engine, model, place }) => {
        const writeTo = (store: TelemetryStore) => {
          const series = (index: number) => store.series(points[index] ?? 'a/1', 'electricity');
          return store.write(
            columns(rows.map(([index, ts, written]) => [series(index), ts, written] as const)),
            positions.map(([index, ts, lat]) =>
              position(ts, { vehicle: points[index] ?? 'a/1', lat, extras: { fuelL: index } }),
            ),
            rows.map(([index, ts]) => ({ series: series(index), from: ts, to: ts })),
          );
        };
        if (failing && place.failWrites !== undefined && rows.length > 0) {
          place.failWrites(true);
          await expect(writeTo(engine)).rejects.toMatchObject({ code: 'store.unavailable' });
          place.failWrites(false);
        }
        await writeTo(model);
        await writeTo(engine);
      },
  );

const rollups = fc
  .array(
    fc.tuple(
      pointIndex,
      span,
      fc.constantFrom(...buckets),
      fc.array(fc.tuple(fc.nat({ max: 5 }), fc.option(value)), { maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(
    (changes): Step =>
      async ({ engine, model }) => {
        for (const store of [engine, model]) {
          await store.replaceRollups(
            changes.map(([index, { from, to }, bucket, cells]) => {
              const series = store.series(points[index] ?? 'a/1', 'electricity');
              const unique = new Map(cells.map(([at, cell]) => [from + at * minute, cell]));
              const inside = [...unique].filter(([ts]) => ts < to);
              const rows = inside.map(([ts, cell]) =>
                rollupRow(
                  ts,
                  cell,
                  cell === null ? { measuredMs: 0 } : { min: cell, max: null, estimatedMs: 7 },
                ),
              );
              return change(
                series,
                { [bucket]: { from, to, rows } },
                {
                  from,
                  to,
                  rows: inside.map(([ts, cell]) => ({
                    ts,
                    until: ts + Math.abs(Math.round(cell ?? 0) % 9) * hour,
                    code: 'dip',
                    value: index,
                    withheld: 0,
                  })),
                },
              );
            }),
          );
        }
      },
  );

const figures = fc.array(fc.tuple(time, fc.option(value)), { maxLength: 4 }).map(
  (rows): Step =>
    async ({ engine, model }) => {
      for (const store of [engine, model]) {
        await store.writeFigures(
          rows.map(([ts, cell]) => ({ institution: 'i', figure: 'f', bucket: 'day', ts, value: cell })),
        );
      }
    },
);

/** Reads marks of some series from both, and clears those of the series that both handed out. */
const clear = fc.nat({ max: 3 }).map(
  (count): Step =>
    async ({ engine, model }) => {
      if (engine.marks === undefined) return;
      await compareMarks(engine, model);
      const taken = await engine.marks.pending(count);
      const cleared = new Set(taken.map((mark) => mark.point));
      const ofModel = await model.marks.pending(points.length);
      await engine.marks.clear(taken);
      await model.marks.clear(ofModel.filter((mark) => cleared.has(mark.point)));
      await compareMarks(engine, model);
    },
);

const compact = fc.constant<Step>(async ({ engine }) => {
  await engine.compact();
});

const reopen = fc.constant<Step>(async (pair) => {
  await pair.engine.stop();
  pair.engine = await pair.place.open();
});

const look = fc.array(fc.tuple(pointIndex, span, fc.nat({ max: 4 })), { maxLength: 12 }).map(
  (asked): Step =>
    async ({ engine, model }) => {
      const [seen, expected] = await Promise.all([engine, model].map((store) => answers(store, asked)));
      expect(seen).toEqual(expected);
    },
);

/** Everything the port can be asked about some windows, as plain values without handles. */
async function answers(
  store: TelemetryStore,
  asked: readonly (readonly [number, { from: number; to: number }, number])[],
): Promise<unknown> {
  const windows = asked.map(([index, window]) => ({
    series: store.series(points[index] ?? 'a/1', 'electricity'),
    ...window,
  }));
  const handles = windows.map((window) => window.series);
  const { from, to } = windows[0] ?? { from: start, to: start + day };
  const [, , limit] = asked[0] ?? [0, undefined, 3];
  const before = windows.map(({ series, to: end }) => ({ series, before: end }));
  return {
    windows: (await store.readingWindows(windows)).map(pairs),
    before: (await store.readingsBefore(before, limit)).map(pairs),
    some: pairs(await store.readings(handles[0] ?? store.series('a/1', 'electricity'), from, to, limit)),
    latest: await store.latest(handles),
    positions: await store.positions('a/1', from, to, limit),
    figures: await store.figures('i', 'f', 'day', from, to),
    exclusions: await store.exclusionWindows(windows),
    hours: await store.rollupWindows('hour', windows),
    days: await store.rollupWindows('day', windows),
    months: await store.rollupWindows('month', windows),
    monthColumns: await monthsOf(store, handles, from, to),
    sums: await Promise.all(buckets.map((bucket) => store.sumRollups(bucket, handles, from, to))),
  };
}

/** The same series wait; what the engine marks covers what the model marks. */
async function compareMarks(engine: TelemetryStore, model: MemoryStore): Promise<void> {
  if (engine.marks === undefined) return;
  const [seen, expected] = [
    await engine.marks.pending(points.length),
    await model.marks.pending(points.length),
  ];
  const waiting = (marks: typeof seen) => [...new Set(marks.map((mark) => mark.point))].sort();
  expect(waiting(seen)).toEqual(waiting(expected));
  for (const { point, from, to } of expected) {
    expect(seen.some((mark) => mark.point === point && mark.from <= from && mark.to >= to)).toBe(true);
  }
}

export function modelContract(makePlace: () => Promise<StorePlace>, runs: number): void {
  it('answers like the plain model after any sequence of steps', { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 3, arbitrary: rollups },
      { weight: 1, arbitrary: figures },
      { weight: 2, arbitrary: clear },
      { weight: 1, arbitrary: compact },
      { weight: 1, arbitrary: reopen },
      { weight: 4, arbitrary: look },
    );
    const everything = points.map((_, index) => [index, always, 1_000] as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const place = await makePlace();
        const pair: Pair = { engine: await place.open(), model: new MemoryStore(), place };
        try {
          for (const run of steps) await run(pair);
          expect(await answers(pair.engine, everything)).toEqual(await answers(pair.model, everything));
          await compareMarks(pair.engine, pair.model);
        } finally {
          await pair.engine.stop();
          await place.remove();
        }
      }),
      { numRuns: runs, seed: 20_250_101 },
    );
  });
}
