import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from '../../core/runtime/metrics.ts';
import { FailingSeries } from './failing.ts';
import type { DirtySeries } from './work.ts';

let lines: { msg: string; series: string; pauseMs: number; err: { message: string } }[];
let metrics: Metrics;
let failing: FailingSeries;

beforeEach(() => {
  lines = [];
  metrics = new Metrics();
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  failing = new FailingSeries(3, { log, metrics });
});

function dirty(handle: number, editVersion = 0): DirtySeries {
  const series = { handle, point: `a/p${handle}`, quantity: 'electricity' } as const;
  return { series, changes: [], edited: false, factsDoubted: false, editVersion } as DirtySeries;
}

describe('a failing series', () => {
  it('waits longer each time, up to a quarter of an hour, and is named once for each pause', () => {
    let now = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 10; round++) {
      failing.failed(dirty(1), new Error('bad fact'), now);
      const from = now;
      while (failing.waits(dirty(1), now)) now += 1_000;
      pauses.push((now - from) / 1_000);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatchObject({ series: 'a/p1 electricity', err: { message: 'bad fact' } });
    expect(lines[0]?.msg).toContain('a/p1 electricity');
  });

  it('is tried at once after a fact of it was edited', () => {
    failing.failed(dirty(1, 7), new Error('bad fact'), 0);
    expect(failing.waits(dirty(1, 7), 1)).toBe(true);
    expect(failing.waits(dirty(1, 8), 1)).toBe(false);
  });

  it('is counted until it is followed', async () => {
    failing.failed(dirty(1), new Error('x'), 0);
    failing.failed(dirty(2), new Error('x'), 0);
    expect(await metrics.text()).toContain('jieyue_rollup_series_failing 2');
    failing.followed(dirty(1));
    expect(failing.has(1)).toBe(false);
    expect(await metrics.text()).toContain('jieyue_rollup_series_failing 1');
  });

  it('makes room for one more by coming back when there are too many', () => {
    for (const handle of [1, 2, 3, 4]) failing.failed(dirty(handle), new Error('x'), 0);
    expect([1, 2, 3, 4].map((handle) => failing.has(handle))).toEqual([false, true, true, true]);
    expect(failing.size).toBe(3);
  });
});
