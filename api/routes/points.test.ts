import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

async function pages(url: string, list: string, key?: string) {
  const rows: unknown[] = [];
  let next: string | null = '';
  let count = 0;
  while (next !== null) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`;
    const { status, body } = await api.get(url + cursor, key === undefined ? {} : { key });
    expect(status).toBe(200);
    rows.push(...body[list]);
    next = body.next;
    expect(++count).toBeLessThan(100);
  }
  return { rows, count };
}

describe('the list of points', () => {
  const all = Object.values(points).sort();

  it('comes in pages of any size, each point once, for every reach and filter', async () => {
    const school = await api.keyOf({ role: 'viewer', institution: api.ids.school });
    const ofSchool = [points.annex, points.gym, points.lights, points.main];
    const cases: [string, string | undefined, readonly string[]][] = [
      ['', undefined, all],
      [`&institution=${api.ids.city}`, undefined, [...ofSchool, points.clinic].sort()],
      [`&building=${api.ids.mainBuilding}`, undefined, [points.annex, points.lights, points.main]],
      ['&agent=gateway-2', undefined, [points.clinic]],
      [`&agent=gateway-2&institution=${api.ids.school}`, undefined, []],
      [`&building=${api.ids.gymBuilding}&institution=${api.ids.school}`, undefined, [points.gym]],
      [`&building=${api.ids.gymBuilding}&institution=${api.ids.hospital}`, undefined, []],
      [`&building=${api.ids.loneBuilding}&institution=${api.ids.city}`, undefined, []],
      ['', school, ofSchool],
    ];
    for (const [filter, key, expected] of cases) {
      for (const limit of [1, 2, 3, 4, 1000]) {
        const { rows } = await pages(`/api/v1/points?limit=${limit}${filter}`, 'points', key);
        const ids = rows.map((row) => (row as { id: string }).id);
        expect([filter, limit, ids.sort()]).toEqual([filter, limit, expected]);
      }
    }
  });

  it('refuses a cursor of another list, a changed one and nonsense', async () => {
    for (const cursor of ['x', 'WzFd', 'W10', 'bm9uc2Vuc2U', '%22%27;--']) {
      const { status, body } = await api.get(`/api/v1/points?cursor=${cursor}`);
      expect([cursor, status]).toEqual([cursor, 400]);
      expect(body.detail).toContain('is not a cursor of this list');
    }
  });

  it('refuses a limit out of range, saying which range', async () => {
    for (const limit of ['0', '1001', '-1', '1e2', 'ten', '']) {
      const { status, body } = await api.get(`/api/v1/points?limit=${limit}`);
      expect([limit, status]).toEqual([limit, 400]);
      expect(body.detail).toContain('whole number from 1 to 1000');
    }
  });
});

describe('one point', () => {
  it('is found by one encoded segment and by two plain ones', async () => {
    const one = await api.get(`/api/v1/points/${encodeURIComponent(points.main)}`);
    const two = await api.get(`/api/v1/points/${points.main}`);
    expect(one.status).toBe(200);
    expect(two.body).toEqual(one.body);
    expect(one.body).toEqual({
      id: points.main,
      agent: 'gateway-1',
      name: 'Main meter',
      role: 'billing',
      building: api.ids.mainBuilding,
      institution: api.ids.school,
      quantities: [
        { quantity: 'electricity', kind: 'register', unit: 'kWh', carrier: 'electricity' },
        { quantity: 'power', kind: 'gauge', unit: 'kW', carrier: null },
      ],
    });
  });

  it('that does not exist is 404, and one that cannot exist is told how points are written', async () => {
    const unknown = await api.get('/api/v1/points/gateway-1%2Fnone');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'registry.not-found']);
    const malformed = await api.get('/api/v1/points/main');
    expect([malformed.status, malformed.body.code]).toEqual([400, 'api.bad-request']);
    expect(malformed.body.detail).toContain('agent%2Fpoint');
    const agent = await api.get('/api/v1/points/gate%20way/main');
    expect(agent.body.detail).toBe('agent "gate way": an agent is 1 to 64 characters of A-Z a-z 0-9 . _ -');
    const point = await api.get('/api/v1/points/gateway-1/a%20b/latest');
    expect([point.status, point.body.detail]).toEqual([
      400,
      expect.stringMatching(/^point "a b": the point of an agent is 1 to 64 characters/),
    ]);
  });

  it('may have the longest names there are', async () => {
    const longest = `${'a'.repeat(64)}/${'b'.repeat(64)}`;
    expect((await api.get(`/api/v1/points/${encodeURIComponent(longest)}`)).body.code).toBe(
      'registry.not-found',
    );
    expect((await api.get(`/api/v1/points/${longest}/latest`)).body.code).toBe('registry.not-found');
    expect((await api.get(`/api/v1/points/${'a'.repeat(65)}%2Fb`)).status).toBe(400);
  });
});

describe('readings', () => {
  const url = `/api/v1/points/${encodeURIComponent(points.main)}/readings`;

  it('are given as stored, in the order of time, the end not included', async () => {
    const { body } = await api.get(`${url}?quantity=electricity&from=2024-01-01T00:00&to=2024-01-01T02:00`);
    expect(body).toEqual({
      point: points.main,
      quantity: 'electricity',
      kind: 'register',
      unit: 'kWh',
      from: '2024-01-01T00:00:00+08:00',
      to: '2024-01-01T02:00:00+08:00',
      readings: [
        { ts: '2024-01-01T00:00:00+08:00', value: 0 },
        { ts: '2024-01-01T01:00:00+08:00', value: 1 },
      ],
      next: null,
    });
  });

  it('come in pages without a gap or a repetition', async () => {
    const whole = await pages(
      `${url}?quantity=electricity&from=2024-01-01&to=2024-01-05&limit=10000`,
      'readings',
    );
    const paged = await pages(
      `${url}?quantity=electricity&from=2024-01-01&to=2024-01-05&limit=7`,
      'readings',
    );
    expect(whole.rows).toHaveLength(96);
    expect(paged.rows).toEqual(whole.rows);
    expect(paged.count).toBe(14);
    const exact = await pages(
      `${url}?quantity=electricity&from=2024-01-01&to=2024-01-05&limit=96`,
      'readings',
    );
    expect(exact.count).toBe(1);
  });

  it('need the quantity only where there are several', async () => {
    const several = await api.get(`${url}?from=2024-01-01&to=2024-01-02`);
    expect(several.status).toBe(400);
    expect(several.body.detail).toContain('more than one (electricity, power)');
    const one = await api.get(`/api/v1/points/${points.clinic}/readings?from=2024-01-01&to=2024-01-02`);
    expect([one.status, one.body.quantity]).toEqual([200, 'electricity']);
    const foreign = await api.get(`${url}?quantity=water&from=2024-01-01&to=2024-01-02`);
    expect(foreign.body.detail).toContain('its quantities are electricity, power');
    const unknown = await api.get(`${url}?quantity=warmth&from=2024-01-01&to=2024-01-02`);
    expect(unknown.body.detail).toContain('docs/quantities.md');
  });

  it('of a point that sent nothing are an empty list', async () => {
    const { status, body } = await api.get(
      `/api/v1/points/${points.gym}/readings?from=2024-01-01&to=2024-02-01`,
    );
    expect([status, body.readings, body.next]).toEqual([200, [], null]);
  });

  it('keep milliseconds', async () => {
    const ts = midnight('2024-03-01') + 5;
    await api.store.putReadings(points.spare, 'electricity', [{ ts, value: -0.1 }]);
    const { body } = await api.get(`/api/v1/points/${points.spare}/readings?from=${ts}&to=${ts + 1}`);
    expect(body.readings).toEqual([{ ts: '2024-03-01T00:00:00.005+08:00', value: -0.1 }]);
  });

  it('come as a table where that is asked for, the next page in a header', async () => {
    const { headers, text } = await api.get(
      `${url}?quantity=electricity&from=2024-01-01&to=2024-01-02&limit=2`,
      { headers: { accept: 'text/csv', 'accept-language': 'en' } },
    );
    expect(text).toBe(
      '\uFEFFtime,value,unit\r\n2024-01-01T00:00:00+08:00,0,kWh\r\n2024-01-01T01:00:00+08:00,1,kWh\r\n',
    );
    expect(headers['x-next-cursor']).toEqual(expect.any(String));
  });
});

describe('the newest values', () => {
  it('are those read last, with age and multiplier, null where nothing came', async () => {
    const { body } = await api.get(`/api/v1/points/${points.main}/latest`);
    expect(body).toEqual({
      point: points.main,
      asOf: '2024-03-11T00:00:00+08:00',
      latest: [
        {
          quantity: 'electricity',
          kind: 'register',
          unit: 'kWh',
          value: 1439,
          multiplier: 40,
          ts: '2024-02-29T23:00:00+08:00',
          ageSeconds: 10 * 86_400 + 3_600,
        },
        {
          quantity: 'power',
          kind: 'gauge',
          unit: 'kW',
          value: 12.5,
          multiplier: null,
          ts: '2024-02-01T00:00:00+08:00',
          ageSeconds: 39 * 86_400,
        },
      ],
    });
    const silent = await api.get(`/api/v1/points/${points.gym}/latest`);
    expect(silent.body.latest).toEqual([
      {
        quantity: 'electricity',
        kind: 'register',
        unit: 'kWh',
        value: null,
        multiplier: 1,
        ts: null,
        ageSeconds: null,
      },
    ]);
  });
});

describe('exclusions', () => {
  it('are listed with their reason in both languages', async () => {
    const url = `/api/v1/points/${points.main}/exclusions`;
    const { body } = await api.get(`${url}?from=2024-02-01&to=2024-02-03`);
    expect(body.exclusions).toEqual([
      {
        quantity: 'electricity',
        unit: 'kWh',
        ts: '2024-02-02T00:00:00+08:00',
        until: '2024-02-02T01:00:00+08:00',
        code: 'dip',
        text: { 'zh-CN': '示数瞬时下跌', en: 'transient dip or zero' },
        value: 0,
        withheld: 0,
      },
    ]);
    expect((await api.get(`${url}?from=2024-02-01&to=2024-02-02`)).body.exclusions).toEqual([]);
    expect((await api.get(`${url}?quantity=power&from=2024-02-01&to=2024-02-03`)).body.exclusions).toEqual(
      [],
    );
  });

  it('of a quantity that the point does not have are refused, not empty', async () => {
    const url = `/api/v1/points/${points.main}/exclusions?from=2024-02-01&to=2024-02-03`;
    const { status, body } = await api.get(`${url}&quantity=water`);
    expect([status, body.code]).toEqual([400, 'api.bad-request']);
    expect(body.detail).toContain('quantity "water": point gateway-1/main does not have it');
  });

  it('are refused where there are too many for one answer', async () => {
    const start = midnight('2024-02-01');
    const many = Array.from({ length: 10_001 }, (_, index) => {
      const ts = start + index * 60_000;
      return { ts, until: ts, code: 'negative' as const, value: -1, withheld: 0 };
    });
    await api.store.putExclusions(points.lights, 'electricity', many);
    const url = `/api/v1/points/${points.lights}/exclusions`;
    const { status, body } = await api.get(`${url}?from=2024-02-01&to=2024-02-10`);
    expect([status, body.code]).toEqual([400, 'api.too-much']);
    const less = await api.get(`${url}?from=${start}&to=${start + hourMs}`);
    expect(less.body.exclusions).toHaveLength(60);
  });
});
