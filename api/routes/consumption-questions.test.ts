import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JieyueError } from '../../core/domain/errors.ts';
import { Calendar } from '../../core/domain/time.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

async function ask(query: string) {
  return api.get(`/api/v1/consumption?${query}`);
}

describe('a question about consumption', () => {
  const wrong: [string, string, RegExp][] = [
    [
      'from=2024-01-01&to=2024-02-01',
      'api.bad-request',
      /exactly one of point, building, institution; given: none/,
    ],
    [
      `point=${points.main}&building=x&from=2024-01-01&to=2024-02-01`,
      'api.bad-request',
      /given: point, building/,
    ],
    [
      `point=${points.main}&to=2024-02-01`,
      'api.bad-request',
      /^from: is missing; write it as from=2025-01-01$/,
    ],
    [`point=${points.main}&from=soon&to=2024-02-01`, 'api.bad-request', /from "soon": is not a time/],
    [`point=${points.main}&from=1704038400&to=2024-02-01`, 'api.bad-request', /seconds\? Multiply by 1000/],
    [`point=${points.main}&from=2024-02-01&to=2024-01-01`, 'api.bad-request', /must be before to/],
    [`point=${points.main}&from=2024-01-01&to=2024-01-01`, 'api.bad-request', /must be before to/],
    [
      `point=${points.main}&bucket=week&from=2024-01-01&to=2024-02-01`,
      'api.bad-request',
      /bucket "week": expected one of hour, day, month, year/,
    ],
    [
      `point=${points.main}&carrier=steam&from=2024-01-01&to=2024-02-01`,
      'api.bad-request',
      /carrier "steam": expected one of electricity, /,
    ],
    [
      `point=${points.main}&bucket=month&from=2024-01-10&to=2024-02-01`,
      'api.bucket-edge',
      /from 2024-01-10T00:00:00\+08:00 .* nearest are 2024-01-01T00:00:00\+08:00 and 2024-02-01T00:00:00\+08:00/,
    ],
    [
      `point=${points.main}&bucket=day&from=2024-01-10T00:00Z&to=2024-02-01`,
      'api.bucket-edge',
      /time zone Asia\/Shanghai/,
    ],
    [
      `point=${points.main}&bucket=hour&from=2020-01-01&to=2024-02-01`,
      'api.too-much',
      /at most 20000; ask for bucket=day/,
    ],
    [
      `point=${points.main}&from=2024-01-01&to=2024-02-01&colour=red`,
      'api.bad-request',
      /colour: there is no such parameter; known are point, building/,
    ],
    [
      `point=${points.main}&point=a/b&from=2024-01-01&to=2024-02-01`,
      'api.bad-request',
      /^point ".*": is given 2 times; give it once/,
    ],
    [
      `point=${points.main}&from=1989-12-31&to=2024-01-01`,
      'api.bad-request',
      /^from "1989-12-31": a time must lie between 1990 and 2200/,
    ],
    [`point=${points.main}&from=2024-01-01&to=2200-01-02`, 'api.bad-request', /between 1990 and 2200/],
  ];
  for (const [query, code, detail] of wrong) {
    it(`is refused with ${code}: ${query}`, async () => {
      const { status, body } = await ask(query);
      expect([status, body.code]).toEqual([400, code]);
      expect(body.detail).toMatch(detail);
    });
  }

  it('may be about the first and the last local year that a time can name, east and west of Greenwich', async () => {
    for (const zone of ['Asia/Shanghai', 'America/New_York', 'UTC']) {
      const there = await testApi({ calendar: new Calendar(zone) });
      for (const year of [1990, 2199]) {
        const range = `bucket=year&from=${year}-01-01&to=${year + 1}-01-01`;
        const { status, body } = await there.get(`/api/v1/consumption?point=${points.main}&${range}`);
        expect([zone, year, status, body.rows?.length]).toEqual([zone, year, 200, 1]);
      }
      await there.end();
    }
  });

  it('has 23 and 25 hours on the days on which clocks change, each with its own offset', async () => {
    const there = await testApi({ calendar: new Calendar('America/New_York') });
    const hoursOf = async (from: string, to: string) => {
      const url = `/api/v1/consumption?point=${points.main}&bucket=hour&from=${from}&to=${to}`;
      const rows: { from: string }[] = (await there.get(url)).body.rows;
      return rows.map((row) => row.from.slice(11));
    };
    const spring = await hoursOf('2024-03-10', '2024-03-11');
    expect([spring.length, ...spring.slice(0, 3)]).toEqual([
      23,
      '00:00:00-05:00',
      '01:00:00-05:00',
      '03:00:00-04:00',
    ]);
    const autumn = await hoursOf('2024-11-03', '2024-11-04');
    expect([autumn.length, ...autumn.slice(0, 3)]).toEqual([
      25,
      '00:00:00-04:00',
      '01:00:00-04:00',
      '01:00:00-05:00',
    ]);
    await there.end();
  });

  it('is answered with 503 while the store does not answer, without what went wrong inside', async () => {
    api.store.failure = new JieyueError('store.unavailable', 'cannot read /secret/place/telemetry.duckdb');
    const answer = await ask(`point=${points.main}&from=2024-01-01&to=2024-02-01`);
    api.store.failure = undefined;
    expect([answer.status, answer.body.code]).toEqual([503, 'store.unavailable']);
    expect(answer.text).not.toContain('secret');
    expect(answer.headers['retry-after']).toBe('5');
  });
});
