import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../core/domain/telemetry.ts';
import { quantityNames } from '../core/domain/units.ts';
import { FakeStore } from '../core/testing/ingest/fakes.ts';
import { AgentPoints } from './agent-points.ts';
import { ClockWatch } from './clock-watch.ts';
import { Group } from './group.ts';
import { judgeRows, openEnvelope } from './judge.ts';
import { readingFault } from './row-rules.ts';

const now = Date.UTC(2025, 5, 1);
const latest = now + limits.futureMs;

const cells = {
  point: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('m1', 'm2') },
    fc.constantFrom<unknown>('m 1', '', null),
  ),
  quantity: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('electricity', 'power_factor', 'humidity') },
    fc.constantFrom<unknown>('steam', 3, ...quantityNames),
  ),
  ts: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: limits.earliestTs, max: latest }) },
    fc.constantFrom<unknown>(latest + 1, limits.earliestTs - 1, now + 0.5, '1', null, 2 ** 60),
  ),
  value: fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
    fc.constantFrom<unknown>(
      1.01,
      -1.01,
      100,
      101,
      1e12,
      1e13,
      '1',
      null,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ),
  ),
};
const row = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(cells.point, cells.quantity, cells.ts, cells.value).map((cells): unknown => cells),
  },
  fc.constantFrom<unknown>([], ['m1', 'electricity', now], ['m1', 'electricity', now, 1, 1], 'm1', null, {}),
);

describe('rows of a batch', () => {
  test('are taken and refused by the same rules when their series are new and when they are known', () => {
    const points = new AgentPoints('a', new FakeStore());
    points.load(new Set(), now);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (readings) => {
        const expected = readings.flatMap((candidate, index) => {
          const code = readingFault(candidate, latest);
          return code === undefined ? [] : [`${index} ${code}`];
        });
        for (let round = 0; round < 2; round++) {
          const group = new Group(100);
          const batch = group.begin({ agent: 'a', id: 'b', key: 'a/b', receivedAt: now });
          const bench = { group, points, clocks: new ClockWatch(), now, mayBeStale: false };
          expect(judgeRows({ id: 'b', readings, positions: [] }, batch, bench)).toBe(true);
          const refused = batch.refusals?.rejected.map(({ index, code }) => `${index} ${code}`) ?? [];
          expect(refused).toEqual(expected);
          expect(group.readings).toBe(readings.length - expected.length);
        }
      }),
      { numRuns: 500, seed: 20_250_603 },
    );
  });
});

test('an envelope keeps what it does not know out of the way', () => {
  const opened = openEnvelope(Buffer.from('{"id":"b","sentAt":1,"colour":"red","readings":[1]}'));
  expect(opened).toEqual({ id: 'b', readings: [1], positions: [] });
});
