// One terminal's track as positions come in, in whatever order and portions: the outcome is that of a computation from scratch.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import type { PositionRow, TelemetryStore } from '../../core/store/port.ts';
import { MemoryStore } from '../../core/testing/memory-store.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { TrackFollower } from './track-follower.ts';

const terminal: PointKey = 'cars/1';
const begin = Date.UTC(2026, 8, 1);
const minute = 60_000;
const day = 1_440 * minute;
const noReadings = { series: [], ts: [], value: [], length: 0 };

let test: TestRegistry;
let store: TelemetryStore;

beforeEach(async () => {
  test = await testRegistry();
  store = new MemoryStore();
});
afterEach(() => test.end());

/** Days of a car that drives north in the morning, back in the evening, and stands between. */
function daysOf(count: number): PositionRow[] {
  const rows: PositionRow[] = [];
  for (let at = 0; at < count; at++) {
    let north = 0;
    for (let step = 0; step < 288; step++) {
      const out = step >= 96 && step < 102;
      const back = step >= 200 && step < 206;
      const speedKmh = out || back ? 48 : 0;
      north += (speedKmh / 12) * (back ? -1 : 1);
      rows.push({
        vehicle: terminal,
        ts: begin + at * day + step * 5 * minute,
        lat: 30 + north / 111.2,
        lon: 114,
        speedKmh,
        courseDeg: back ? 180 : 0,
        extras: { ignition: speedKmh > 0 },
      });
    }
  }
  return rows;
}

function follower(now = begin + 60 * day): TrackFollower {
  return new TrackFollower({
    store,
    registry: test.registry,
    rules: { of: async () => [], approved: async () => [] },
    now: () => now,
  });
}

async function segments() {
  const found = await test.registry.tracks.segments({ terminals: [terminal], from: 0, to: begin + 90 * day });
  return found.map(({ segment }) => segment);
}

const write = (rows: readonly PositionRow[]) => store.write(noReadings, rows, []);

it('finds the same trips whatever the order and the portions in which positions come in', async () => {
  const rows = daysOf(4);
  await write(rows);
  await follower().follow(terminal, begin);
  const scratch = await segments();
  expect(scratch.filter(({ kind }) => kind === 'trip')).toHaveLength(8);
  for (let seed = 1; seed <= 6; seed++) {
    store = new MemoryStore();
    await test.registry.tracks.replace(terminal, {
      segmentsFrom: 0,
      segments: [],
      findingsFrom: 0,
      findings: [],
    });
    let state = seed;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state / 0x7fff_ffff;
    };
    const left = rows
      .map((row) => ({ row, at: row.ts + next() * seed * 6 * 60 * minute }))
      .sort((a, b) => a.at - b.at);
    while (left.length > 0) {
      const part = left.splice(0, 1 + Math.floor(next() * 200)).map(({ row }) => row);
      await write(part);
      await follower().follow(terminal, Math.min(...part.map(({ ts }) => ts)));
    }
    expect(await segments()).toEqual(scratch);
  }
});

it('follows a long track portion by portion, and stores what it finds at once', async () => {
  await write(daysOf(40));
  await follower().follow(terminal, begin);
  const whole = await segments();
  const empty = { segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] };
  await test.registry.tracks.replace(terminal, empty);
  const { positions } = store;
  const portions: number[] = [];
  let [next, stored] = [Number.NaN, 0];
  const looked = await new TrackFollower({
    store: {
      positions: async (...question) => {
        const page = await positions.apply(store, question);
        if (question[1] !== next) portions.push(0);
        portions.push((portions.pop() ?? 0) + page.length);
        next = (page.at(-1)?.ts ?? Number.NaN) + 1;
        return page;
      },
    },
    registry: {
      tracks: {
        ...test.registry.tracks,
        replace: (...change) => {
          stored++;
          return test.registry.tracks.replace(...change);
        },
      },
    },
    rules: { of: async () => [], approved: async () => [] },
    now: () => begin + 60 * day,
    portionRows: 500,
  }).follow(terminal, begin);
  expect(await segments()).toEqual(whole);
  expect(portions.length).toBeGreaterThan(10);
  expect(Math.max(...portions)).toBeLessThan(1_500);
  expect(looked).toBeLessThan(2 * 40 * 288);
  expect(stored).toBe(1);
});

it('keeps what was found where positions are deleted since, when a fact of long ago changes', async () => {
  await write(daysOf(6));
  await follower().follow(terminal, begin);
  const before = await segments();
  const edge = begin + 3 * day + 600 * minute;
  await store.dropPositions(edge);
  await follower().follow(terminal, 0);
  expect(await segments()).toEqual(before);
});

it('keeps a long stop that began before the positions which are still there', async () => {
  const parked = daysOf(1);
  const last = parked.at(-1);
  if (last === undefined) throw new Error('no rows');
  await write(parked);
  await write(Array.from({ length: 400 }, (_, at) => ({ ...last, ts: last.ts + (at + 1) * 60 * minute })));
  await follower().follow(terminal, begin);
  const before = await segments();
  await store.dropPositions(begin + 10 * day);
  const late = { ...last, ts: last.ts + 401 * 60 * minute };
  await write([late]);
  await follower().follow(terminal, late.ts);
  const after = await segments();
  expect(after.map(({ kind, start }) => [kind, start])).toEqual(
    before.map(({ kind, start }) => [kind, start]),
  );
  expect(after.at(-1)?.end).toBe(late.ts);
});

it('goes on where a car stood when all places of that time are forgotten too', async () => {
  await write(daysOf(3));
  await follower().follow(terminal, begin);
  const before = await segments();
  const edge = begin + 20 * day;
  await store.dropPositions(edge);
  await test.registry.tracks.forgetPlaces(edge);
  await write(daysOf(2).map((row) => ({ ...row, ts: row.ts + 30 * day })));
  await follower().follow(terminal, begin + 30 * day);
  const after = await segments();
  const told = (list: typeof after) => list.map(({ kind, start, end }) => [kind, start, end]);
  expect(told(after).slice(0, before.length)).toEqual(told(before));
  expect(after.filter(({ kind, start }) => kind === 'trip' && start > edge)).toHaveLength(4);
});

it('keeps findings where positions are deleted since, and computes those after anew', async () => {
  await write(daysOf(6));
  await follower().follow(terminal, begin);
  const edge = begin + 3 * day;
  const finding = (start: number, end: number) => ({
    kind: 'speeding' as const,
    start,
    end,
    peak: 140,
    limit: 120,
    open: false,
    evidence: [],
    orders: [],
    noted: false,
    vehicle: 'car',
  });
  await test.registry.tracks.replace(terminal, {
    segmentsFrom: begin + 90 * day,
    segments: [],
    findingsFrom: 0,
    findings: [
      finding(begin + day, begin + day + minute),
      finding(edge - minute, edge + minute),
      finding(edge + day, edge + day + 1),
    ],
  });
  await store.dropPositions(edge);
  await follower().follow(terminal, 0);
  const left = await test.registry.tracks.findings({ terminals: [terminal], from: 0, to: begin + 90 * day });
  expect(left.map(({ start }) => start)).toEqual([begin + day, edge - minute]);
});
