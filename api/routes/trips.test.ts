// Trips, stops and findings over HTTP: whose they are, when they have places, pages and tables.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Role } from '../../core/registry/registry.ts';
import type { FleetFinding } from '../../core/registry/track-contracts.ts';
import { addCar, sayOfCar, speedingAt, tripAndStop } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let [car, secret, moved, giver, clinic, fence]: string[] = [];
const day = midnight('2024-03-05');
const range = 'from=2024-03-01&to=2024-03-09';
const places = 'places=true&purpose=check';

async function record(
  terminal: PointKey,
  starts: readonly number[],
  findings: readonly (FleetFinding & { vehicle: string })[] = [],
) {
  const segments = starts.flatMap((start, index) =>
    tripAndStop(start, starts[index + 1] ?? start + 2 * hourMs),
  );
  await api.registry.tracks.replace(terminal, { segmentsFrom: 0, segments, findingsFrom: 0, findings });
}

beforeAll(async () => {
  api = await testApi();
  const { ids, registry } = api;
  const of = (plate: string, institution: string, terminal: PointKey, more = {}) =>
    addCar(api, { plate, institution, terminal, ...more });
  car = await of('浙C00001', ids.school, 'cars/1');
  secret = await of('浙C00002', ids.school, 'cars/2', { category: 'confidential-communication' });
  moved = await of('浙C00003', ids.school, 'cars/3');
  giver = await of('浙C00004', ids.school, 'cars/4');
  clinic = await of('浙C00005', ids.hospital, 'cars/5');
  await sayOfCar(api, moved, 'institution', ids.hospital, '2024-03-05');
  await sayOfCar(api, giver, 'terminal', null, '2024-03-05');
  await sayOfCar(api, clinic, 'terminal', 'cars/4', '2024-03-05');
  await registry.fleet.fences.record(
    [
      {
        institution: ids.school,
        name: '校园',
        kind: 'yard',
        shape: { circle: { lat: 28, lon: 120.6, radiusM: 500 } },
        limitKmh: 20,
        from: midnight('2024-01-01'),
        to: null,
      },
    ],
    by,
  );
  fence = (await registry.fleet.fences.list({ from: day, to: day + 1 }))[0]?.id ?? '';
  const yard = { kind: 'speeding-in-area', peak: 31, limit: 20, where: fence } as const;
  await record(
    'cars/1',
    [day + 8 * hourMs, day + 10 * hourMs, day + 14 * hourMs],
    [
      speedingAt(car, day + 8 * hourMs),
      speedingAt(car, day + 10 * hourMs, yard),
      // Two of a kind that begin together.
      speedingAt(car, day + 10 * hourMs, { ...yard, where: `${fence}+x` }),
      speedingAt(car, day + 14 * hourMs, { kind: 'sealed', noted: true }),
    ],
  );
  await record(
    'cars/2',
    [day + 9 * hourMs],
    [speedingAt(secret, day + 9 * hourMs, yard), speedingAt(secret, day + 9 * hourMs)],
  );
  // One the evening before the car changed its institution, which ends after midnight; and one the day after.
  await record(
    'cars/3',
    [day - 10 * 60_000, day + 9 * hourMs],
    [
      speedingAt(moved, day - 60_000, {
        evidence: [day - 60_000, day + 60_000].map((ts) => ({ ts, lat: 28, lon: 120.6, speedKmh: 142 })),
      }),
      speedingAt(moved, day + 9 * hourMs),
    ],
  );
  await record('cars/4', [day - 5 * hourMs, day + 9 * hourMs], [speedingAt(clinic, day + 9 * hourMs)]);
});
afterAll(() => api.end());

const keyOf = (role: Role, institution: string | null) => api.keyOf({ role, institution });

async function ask(
  path: string,
  query: string,
  role: Role = 'vehicle-supervisor',
  of: string | null = api.ids.school,
) {
  const answer = await api.get(`/api/v1/${path}?${range}&${query}`, {
    key: await keyOf(role, of),
    headers: { 'accept-language': 'en' },
  });
  expect([path, query, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([
    path,
    query,
    200,
    '',
  ]);
  return answer.body;
}
const orderOf = (vehicle: string, institution: string) => ({
  institution,
  vehicle,
  driver: '王师傅',
  purpose: '公务',
  from: day,
  to: day + hourMs,
  origin: null,
  destination: null,
  via: [],
  long: false,
});
interface Row {
  readonly vehicle: string;
  readonly start: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly at: unknown;
  readonly masked: boolean;
}
const startsOf = (rows: readonly Row[], of: string | undefined) =>
  rows.filter(({ vehicle }) => vehicle === of).map(({ start }) => start.slice(5, 16));

describe('trips and stops', () => {
  it('have times and kilometres for whoever may see vehicles, and no places', async () => {
    for (const role of ['vehicle-supervisor', 'admin', 'auditor'] as const) {
      const { trips, next } = await ask('trips', `vehicle=${car}`, role);
      expect(next).toBe(null);
      expect(trips.length).toBe(3);
      expect(trips[0]).toEqual({
        vehicle: car,
        plate: '浙C00001',
        institution: api.ids.school,
        masked: false,
        start: '2024-03-05T08:00:00+08:00',
        end: '2024-03-05T08:30:00+08:00',
        durationMin: 30,
        startsBy: 'stop',
        endsBy: 'stop',
        distanceKm: 10,
        km: 10.4,
        kmBy: 'odometer',
        odometerKm: 10.4,
        idleMin: 1.5,
        maxKmh: 60,
        averageKmh: 20,
        gaps: 0,
        gapMin: 0,
        from: null,
        to: null,
      });
      const { stops } = await ask('stops', `vehicle=${car}`, role);
      expect([stops.length, stops[0].at, stops[0].durationMin]).toEqual([3, null, 90]);
    }
    expect(await api.registry.fleet.audit.list({ from: 0, to: day * 2, limit: 1 })).toEqual([]);
  });

  it('have places for supervisors who say what for, and then stand in the audit log', async () => {
    const { trips } = await ask('trips', places);
    const own = trips.filter(({ vehicle }: Row) => vehicle === car);
    expect(own[0]).toMatchObject({ from: { lat: 28, lon: 120.6 }, to: { lat: 28, lon: 120.7 } });
    const hidden = trips.filter(({ vehicle }: Row) => vehicle === secret);
    expect(hidden).toMatchObject([{ masked: true, from: null, to: null, distanceKm: 10 }]);
    const [entry] = await api.registry.fleet.audit.list({ from: 0, to: day * 2, limit: 1 });
    expect(entry).toMatchObject({ action: 'trips', purpose: 'check', vehicles: [car, moved, giver].sort() });
    const { stops } = await ask('stops', `${places}&vehicle=${car}`);
    expect(stops[0].at).toEqual({ lat: 28, lon: 120.7 });
    const admin = await api.get(`/api/v1/trips?${range}&${places}`, { key: await keyOf('admin', null) });
    expect(admin.status).toBe(403);
    const silent = await api.get(`/api/v1/trips?${range}&places=true`, {
      key: await keyOf('vehicle-supervisor', null),
    });
    expect([silent.status, silent.body.detail]).toEqual([400, expect.stringMatching(/purpose is missing/)]);
  });

  it('of a car that changed its institution are each one’s own, and the end of a trip beyond it has no place', async () => {
    const school = (await ask('trips', places)).trips;
    const hospital = (await ask('trips', places, 'vehicle-supervisor', api.ids.hospital)).trips;
    expect(startsOf(school, moved)).toEqual(['03-04T23:50']);
    expect(startsOf(hospital, moved)).toEqual(['03-05T09:00']);
    expect(school.find(({ vehicle }: Row) => vehicle === moved)).toMatchObject({
      from: { lat: 28 },
      to: null,
    });
  });

  it('of a terminal that went into another car are each car’s own', async () => {
    const school = (await ask('trips', '')).trips;
    const hospital = (await ask('trips', '', 'vehicle-supervisor', api.ids.hospital)).trips;
    expect([startsOf(school, giver), startsOf(school, clinic)]).toEqual([['03-04T19:00'], []]);
    expect([startsOf(hospital, giver), startsOf(hospital, clinic)]).toEqual([[], ['03-05T09:00']]);
  });

  it('come in pages that together are the whole', async () => {
    const { trips: whole } = await ask('trips', '', 'auditor', null);
    expect(whole.length).toBe(8);
    for (const limit of [1, 3, 8]) {
      const rows: Row[] = [];
      let cursor = '';
      do {
        const page = await ask('trips', `limit=${limit}${cursor}`, 'auditor', null);
        rows.push(...page.trips);
        cursor = page.next === null ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      expect([limit, rows]).toEqual([limit, whole]);
    }
    // A cursor does not widen what is seen.
    const { next } = await ask('trips', 'limit=1', 'auditor', null);
    const { trips } = await ask('trips', `cursor=${next}`);
    expect(new Set(trips.map(({ institution }: { institution: string }) => institution))).toEqual(
      new Set([api.ids.school]),
    );
  });

  it('come as a table, which the audit log calls an export where it has places', async () => {
    const answer = await api.get(`/api/v1/trips?${range}&${places}&vehicle=${car}`, {
      key: await keyOf('vehicle-supervisor', api.ids.school),
      headers: { accept: 'text/csv', 'accept-language': 'zh' },
    });
    const [heading, first] = answer.text.slice(1).split('\r\n');
    expect(heading).toBe(
      '车牌号,机构,编号,开始,结束,时长（分钟）,怠速（分钟）,里程（km）,轨迹里程（km）,里程表里程（km）,最高车速（km/h）,平均车速（km/h）,起点,终点',
    );
    expect(first).toContain(`浙C00001,School,${api.ids.school},2024-03-05T08:00:00+08:00`);
    expect(first).toMatch(/^浙C00001,.*,10\.4,10,10\.4,60,20,28 120\.6,28 120\.7$/);
    const [entry] = await api.registry.fleet.audit.list({ from: 0, to: day * 2, limit: 1 });
    expect(entry?.action).toBe('export');
  });
});

describe('findings of cars', () => {
  it('have words, units, areas by name and evidence, with places only where they may be seen', async () => {
    const { findings } = await ask('vehicle-findings', `vehicle=${car}`, 'auditor');
    expect(findings.map(({ kind }: { kind: { text: string } }) => kind.text)).toEqual([
      'Speeding',
      'Speeding in an area',
      'Speeding in an area',
    ]);
    expect(findings[0]).toMatchObject({ peak: 142, limit: 120, unit: 'km/h' });
    // What says where the car was is shown as places are.
    expect(findings[1]).toMatchObject({
      peak: null,
      limit: null,
      unit: 'km/h',
      where: null,
      institution: api.ids.school,
      evidence: [{ ts: '2024-03-05T10:00:00+08:00', speedKmh: 142, place: null }],
    });
    const shown = (await ask('vehicle-findings', `vehicle=${car}&${places}`)).findings;
    expect(shown[0].evidence[0].place).toEqual({ lat: 28, lon: 120.6 });
    expect(shown[1]).toMatchObject({ peak: 31, limit: 20, where: { id: fence, name: '校园' } });
    const [entry] = await api.registry.fleet.audit.list({ from: 0, to: day * 2, limit: 1 });
    expect(entry).toMatchObject({ action: 'findings', vehicles: [car], institutions: [api.ids.school] });
  });

  it('come as a table with names, numbers of orders that the reader sees, and what their peaks are', async () => {
    const { ids, registry } = api;
    const ofOrder = (vehicle: string | undefined, institution: string, number: string) => ({
      ...orderOf(vehicle ?? '', institution),
      number,
    });
    await registry.fleet.orders.record(
      [ofOrder(car, ids.school, 'PC-1'), ofOrder(clinic, ids.hospital, 'PC-9')],
      by,
    );
    const orders = (await registry.fleet.orders.list({ from: day, to: day + hourMs })).map(({ id }) => id);
    const late = day + 16 * hourMs;
    const found = { peak: 21.4, limit: 0, orders };
    const findings = [
      speedingAt(car ?? '', late, { ...found, kind: 'trip-without-order' }),
      speedingAt(car ?? '', late, { ...found, kind: 'order-without-trip', open: true }),
    ];
    await registry.tracks.replace('cars/1', {
      segmentsFrom: late,
      segments: [],
      findingsFrom: late,
      findings,
    });
    const query = `${range}&vehicle=${car}&kind=trip-without-order,order-without-trip`;
    const table = async (language: string, role: Role, of: string | null) => {
      const headers = { accept: 'text/csv', 'accept-language': language };
      const answer = await api.get(`/api/v1/vehicle-findings?${query}`, {
        key: await keyOf(role, of),
        headers,
      });
      return answer.text.slice(1).trim().split('\r\n');
    };
    const from = '2024-03-05T16:00:00+08:00,2024-03-05T16:01:00+08:00';
    expect(await table('zh', 'auditor', ids.school)).toEqual([
      '车牌号,机构,编号,类型,开始,结束,峰值含义,峰值,限值,单位,区域,派车单号,附近派车单,持续中,仅备注,位置',
      `浙C00001,School,${ids.school},有派车单未出车,${from},派车单时长,21.4,不允许,分钟,,PC-1,,是,否,`,
      `浙C00001,School,${ids.school},无派车单出车,${from},行程时长,21.4,不允许,分钟,,,PC-1,否,否,`,
    ]);
    const [, , whole] = await table('en', 'auditor', null);
    expect(whole).toContain('time of the trip,21.4,none allowed,min,,,PC-1 PC-9,no,no,');
    const json = (await ask('vehicle-findings', `vehicle=${car}&kind=trip-without-order`)).findings;
    expect(json[0]).toMatchObject({ institution: ids.school, orders, limit: 0, open: false });
    await registry.tracks.replace('cars/1', {
      segmentsFrom: late,
      segments: [],
      findingsFrom: late,
      findings: [],
    });
  });

  it('of a masked car have no place, and none of them says where it was by being there', async () => {
    const { findings } = await ask('vehicle-findings', `vehicle=${secret}&${places}`);
    expect(findings).toMatchObject([
      { kind: { code: 'speeding' }, masked: true, where: null, peak: 142, evidence: [{ place: null }] },
    ]);
  });

  it('of a car that changed its institution are each one’s own, with the evidence of its own time', async () => {
    const school = (await ask('vehicle-findings', `vehicle=${moved}&${places}`)).findings;
    expect(school.length).toBe(1);
    expect(school[0].evidence.map(({ place }: { place: unknown }) => place !== null)).toEqual([true, false]);
    const hospital = (await ask('vehicle-findings', places, 'vehicle-supervisor', api.ids.hospital)).findings;
    expect(startsOf(hospital, moved)).toEqual(['03-05T09:00']);
    expect(startsOf(hospital, clinic)).toEqual(['03-05T09:00']);
  });

  it('can be asked for by kind, with those that were allowed, and in pages that lose none', async () => {
    expect((await ask('vehicle-findings', 'kind=sealed')).findings).toEqual([]);
    expect((await ask('vehicle-findings', 'kind=sealed&noted=true')).findings.length).toBe(1);
    const { findings: whole } = await ask('vehicle-findings', 'noted=true', 'auditor', null);
    expect(whole.length).toBe(8);
    for (const limit of [1, 2, 3]) {
      const rows: unknown[] = [];
      let cursor = '';
      do {
        const page = await ask('vehicle-findings', `noted=true&limit=${limit}${cursor}`, 'auditor', null);
        rows.push(...page.findings);
        cursor = page.next === null ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      expect([limit, rows]).toEqual([limit, whole]);
    }
    const wrong = await api.get(`/api/v1/vehicle-findings?${range}&kind=speed`, {
      key: await keyOf('auditor', null),
    });
    expect([wrong.status, wrong.body.errors[0].parameter]).toEqual([400, 'kind']);
  });

  it('are counted by institution at that time, and kind', async () => {
    const { institutions } = await ask('vehicle-findings/counts', '', 'auditor', null);
    const counts = new Map(
      institutions.map(
        (each: { institution: string; kinds: { kind: { code: string }; count: number }[] }) => [
          each.institution,
          Object.fromEntries(each.kinds.map(({ kind, count }) => [kind.code, count])),
        ],
      ),
    );
    expect(counts).toEqual(
      new Map([
        [api.ids.school, { speeding: 3, 'speeding-in-area': 2 }],
        [api.ids.hospital, { speeding: 2 }],
      ]),
    );
    const own = (await ask('vehicle-findings/counts', '')).institutions;
    expect(own).toMatchObject([{ institution: api.ids.school, name: 'School', total: 5, vehicles: 3 }]);
  });

  it('of foreign cars are answered like those of cars that do not exist', async () => {
    const key = await keyOf('vehicle-supervisor', api.ids.school);
    for (const path of ['trips', 'stops', 'vehicle-findings']) {
      const foreign = await api.get(`/api/v1/${path}?${range}&vehicle=${clinic}`, { key });
      const unknown = await api.get(`/api/v1/${path}?${range}&vehicle=nothing`, { key });
      expect([path, foreign.status, unknown.status]).toEqual([path, 404, 404]);
      expect(foreign.body.detail.replace(clinic ?? '', 'nothing')).toBe(unknown.body.detail);
    }
  });
});
