import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../domain/time.ts';
import { PendingMarks } from './pending-marks.ts';

const start = Date.UTC(2025, 0, 1);

describe('pending marks', () => {
  it('join windows within a day of each other, in any order of arrival', () => {
    const marks = new PendingMarks();
    for (const from of [start + 30 * hourMs, start, start + 60 * dayMs, start + 20 * hourMs]) {
      marks.add(1, { from, to: from + hourMs, version: 1, since: 1 });
    }
    expect(marks.take(1)[0]?.windows.map(({ from, to }) => [from, to])).toEqual([
      [start, start + 31 * hourMs],
      [start + 60 * dayMs, start + 60 * dayMs + hourMs],
    ]);
  });

  it('never hold more than 24 windows of a series twice over, joining the nearest', () => {
    const marks = new PendingMarks();
    for (let index = 0; index < 200; index++) {
      const ts = start + index * (index === 100 ? 3 : 2) * dayMs + (index >= 100 ? 100 * dayMs : 0);
      marks.add(1, { from: ts, to: ts, version: index, since: 0 });
    }
    expect(marks.windows).toBe(24);
    const [taken] = marks.take(1);
    expect(taken?.windows).toHaveLength(24);
    expect(new Set(taken?.windows.map((window) => window.version))).toEqual(new Set([199]));
    // The widest gap is the last to be closed.
    const gaps = taken?.windows
      .slice(1)
      .map((window, index) => window.from - (taken.windows[index]?.to ?? 0));
    expect(Math.max(...(gaps ?? []))).toBeGreaterThan(100 * dayMs);
  });

  it('cover every mark that was not cleared, in whatever order things happen', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        series: fc.nat({ max: 2 }),
        day: fc.nat({ max: 400 }),
      }),
      fc.record({ kind: fc.constant('clear' as const), count: fc.nat({ max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const marks = new PendingMarks();
        let model: { series: number; ts: number; version: number }[] = [];
        let lastTaken = marks.take(0);
        for (const [version, todo] of steps.entries()) {
          if (todo.kind === 'add') {
            const ts = start + todo.day * dayMs;
            marks.add(todo.series, { from: ts, to: ts, version, since: version });
            model.push({ series: todo.series, ts, version });
          } else {
            // Clears what was taken the last time, as a worker does after its work.
            for (const { series, windows } of lastTaken) {
              const read = windows[0]?.version ?? -1;
              marks.clear(series, read);
              model = model.filter((mark) => mark.series !== series || mark.version > read);
            }
            lastTaken = marks.take(todo.count);
          }
        }
        const all = marks.take(10);
        expect(new Set(all.map((entry) => entry.series))).toEqual(new Set(model.map((mark) => mark.series)));
        for (const { series, ts } of model) {
          const windows = all.find((entry) => entry.series === series)?.windows ?? [];
          expect(windows.some(({ from, to }) => from <= ts && ts <= to)).toBe(true);
        }
      }),
      { seed: 3 },
    );
  });

  it('say since when the series that waits longest does', () => {
    const marks = new PendingMarks();
    expect(marks.oldestAt).toBeNull();
    marks.add(1, { from: start, to: start, version: 1, since: 100 });
    marks.add(2, { from: start, to: start, version: 2, since: 200 });
    marks.take(1);
    marks.add(1, { from: start, to: start, version: 3, since: 300 });
    expect(marks.oldestAt).toBe(100);
    marks.clear(1, 1);
    expect(marks.oldestAt).toBe(200);
    expect(marks.take(1)[0]?.series).toBe(2);
    expect(marks.series).toBe(2);
  });
});
