// Live positions over HTTP, once: who sees which car, and what the audit log says of it. Streams: live-stream.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { addCar, drive, putPositions, sayOfCar } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let [school, secret, clinic, lent, bare, swapped]: string[] = [];
let now: number;
const url = '/api/v1/vehicles/live';
const purpose = 'purpose=complaint%207';
const supervisorOf = (institution: string | null) => api.keyOf({ role: 'vehicle-supervisor', institution });

beforeAll(async () => {
  api = await testApi();
  const { ids } = api;
  now = midnight('2024-03-10') + 10 * hourMs;
  api.clock.at = now;
  school = await addCar(api, { plate: '浙C00001', institution: ids.school, terminal: 'cars/1' });
  secret = await addCar(api, {
    plate: '浙C00002',
    institution: ids.school,
    terminal: 'cars/2',
    category: 'confidential-communication',
  });
  clinic = await addCar(api, { plate: '浙C00003', institution: ids.hospital, terminal: 'cars/3' });
  // The school's until 9 March, then the hospital's; silent since the day before.
  lent = await addCar(api, { plate: '浙C00004', institution: ids.school, terminal: 'cars/4' });
  await sayOfCar(api, lent, 'institution', ids.hospital, '2024-03-09');
  bare = await addCar(api, { plate: '浙C00005', institution: ids.school, terminal: null });
  // Its terminal was in the hospital's car until midnight, and has not spoken since.
  swapped = await addCar(api, { plate: '浙C00006', institution: ids.school, terminal: 'cars/6' });
  await sayOfCar(api, clinic, 'terminal', 'cars/33', '2024-03-10');
  await sayOfCar(api, swapped, 'terminal', 'cars/3', '2024-03-10');
  for (const terminal of ['cars/1', 'cars/2'] as const)
    await putPositions(api, drive(terminal, now - 10_000, 2));
  await putPositions(api, drive('cars/3', midnight('2024-03-09') + 23 * hourMs, 2));
  await putPositions(api, drive('cars/4', midnight('2024-03-08') + 12 * hourMs, 2));
});
afterAll(() => api.end());

async function ask(key: string, query = '') {
  const answer = await api.get(`${url}?${purpose}${query}`, { key });
  expect([answer.status, answer.text.slice(0, answer.status === 200 ? 0 : 300)]).toEqual([200, '']);
  return new Map<string, Record<string, unknown>>(
    answer.body.vehicles.map((car: { vehicle: string }) => [car.vehicle, car]),
  );
}

describe('live positions', () => {
  it('are those of the cars of the subtree, with a place, or why there is none', async () => {
    const cars = await ask(await supervisorOf(api.ids.school));
    expect([...cars.keys()].sort()).toEqual([school, secret, bare, swapped].sort());
    expect(cars.get(school ?? '')).toMatchObject({
      plate: '浙C00001',
      place: { lat: 28, speedKmh: 36, courseDeg: 90 },
      ignition: true,
      withheld: null,
      masked: false,
      silentSince: null,
      ts: '2024-03-10T09:59:55+08:00',
    });
    expect(cars.get(secret ?? '')).toMatchObject({
      place: null,
      ignition: null,
      withheld: 'masked',
      masked: true,
    });
    expect(cars.get(bare ?? '')).toMatchObject({ place: null, ts: null, withheld: 'no-position' });
  });

  it('do not show where a terminal was in the car it came from', async () => {
    const cars = await ask(await supervisorOf(null));
    expect(cars.get(swapped ?? '')).toMatchObject({ place: null, ts: null, withheld: 'no-position' });
    expect(cars.get(clinic ?? '')).toMatchObject({ place: null, ts: null, withheld: 'no-position' });
  });

  it('of a car that came from another institution are for that one, as long as it has made no new one', async () => {
    const seen = (await ask(await supervisorOf(api.ids.hospital))).get(lent ?? '');
    expect(seen).toMatchObject({
      place: null,
      ignition: null,
      withheld: 'another-institution',
      silentSince: '2024-03-08T12:00:05+08:00',
    });
    expect((await ask(await supervisorOf(api.ids.city))).get(lent ?? '')?.['place']).toMatchObject({
      lat: 28,
    });
    expect((await ask(await supervisorOf(api.ids.school))).has(lent ?? '')).toBe(false);
  });

  it('are shifted to the datum of a map', async () => {
    const key = await supervisorOf(api.ids.school);
    const [plain, shifted] = [await ask(key), await ask(key, '&datum=gcj02')].map(
      (cars) => cars.get(school ?? '')?.['place'] as { lat: number; lon: number },
    );
    expect(Math.abs((shifted?.lon ?? 0) - (plain?.lon ?? 0))).toBeGreaterThan(0.002);
    expect(Math.abs((shifted?.lon ?? 0) - (plain?.lon ?? 0))).toBeLessThan(0.01);
  });

  it('need a purpose, the right role and an institution of one’s own', async () => {
    const key = await supervisorOf(api.ids.school);
    for (const query of ['', '?purpose=', '?purpose=%20%20', `?purpose=${'x'.repeat(501)}`]) {
      const answer = await api.get(url + query, { key });
      expect([query.length, answer.status]).toEqual([query.length, 400]);
      expect(answer.body.errors[0].parameter).toBe('purpose');
    }
    for (const role of ['admin', 'auditor', 'viewer'] as const) {
      const other = await api.keyOf({ role, institution: null });
      expect((await api.get(`${url}?${purpose}`, { key: other })).status).toBe(403);
    }
    const foreign = await api.get(`${url}?${purpose}&institution=${api.ids.hospital}`, { key });
    const unknown = await api.get(`${url}?${purpose}&institution=nowhere`, { key });
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.body.detail.replace(api.ids.hospital, 'nowhere')).toBe(unknown.body.detail);
  });

  it('are in the audit log, with the cars whose places were given, before they are shown', async () => {
    const before = await api.registry.fleet.audit.list({ from: 0, to: now + 1, limit: 1_000 });
    await ask(await supervisorOf(api.ids.school), `&institution=${api.ids.school}`);
    const after = await api.registry.fleet.audit.list({ from: 0, to: now + 1, limit: 1_000 });
    expect(after.length).toBe(before.length + 1);
    expect(after[0]).toMatchObject({
      action: 'live',
      vehicles: [school],
      institutions: [api.ids.school],
      purpose: 'complaint 7',
      from: now - 5_000,
      to: now,
      name: `vehicle-supervisor of ${api.ids.school}`,
    });
  });

  // The last one: the audit log does not go back in time.
  it('are not shown when they are older than positions are kept', async () => {
    api.clock.at = now + 366 * 24 * hourMs;
    const cars = await ask(await supervisorOf(api.ids.school));
    api.clock.at = now;
    expect(cars.get(school ?? '')).toMatchObject({ place: null, ts: null, withheld: 'no-position' });
  });
});
