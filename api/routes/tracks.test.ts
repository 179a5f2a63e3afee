import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { addCar, drive, putPositions, sayOfCar } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let car: string;
let moved: string;
let taker: string;
let secret: string;
let promoted: string;
const day = midnight('2024-03-05');
const at = day + 9 * hourMs;
const range = 'from=2024-03-05&to=2024-03-06';
const supervisorOf = (institution: string | null) => api.keyOf({ role: 'vehicle-supervisor', institution });

beforeAll(async () => {
  api = await testApi();
  const { ids } = api;
  const of = (plate: string, institution: string, terminal: PointKey | null, more = {}) =>
    addCar(api, { plate, institution, terminal, ...more });
  car = await of('浙C00001', ids.school, 'cars/1');
  const track = drive('cars/1', at, 200);
  const wrong = { ...track[50], ts: at + 50 * 5_000, lat: 29 } as (typeof track)[number];
  const blind = {
    ...track[60],
    ts: at + 60 * 5_000,
    lat: 0,
    lon: 0,
    extras: { fix: false },
  } as (typeof track)[number];
  await putPositions(api, [...track.filter((_, index) => index !== 50 && index !== 60), wrong, blind]);
  await putPositions(api, drive('cars/1', at + 2 * hourMs, 3));
  await putPositions(api, drive('cars/1', at + 4 * hourMs, 1));
  // The school's until 5 March, then the hospital's; with the same terminal all the time.
  moved = await of('浙C00002', ids.school, 'cars/2');
  await sayOfCar(api, moved, 'institution', ids.hospital, '2024-03-05');
  await putPositions(api, drive('cars/2', day - hourMs, 24, 300_000));
  // Its terminal went into the hospital's car on 5 March.
  const giver = await of('浙C00003', ids.school, 'cars/3');
  taker = await of('浙C00004', ids.hospital, null);
  await sayOfCar(api, giver, 'terminal', null, '2024-03-05');
  await sayOfCar(api, taker, 'terminal', 'cars/3', '2024-03-05');
  await putPositions(api, drive('cars/3', day - hourMs, 24, 300_000));
  secret = await of('浙C00005', ids.school, 'cars/5', { category: 'law-enforcement' });
  await putPositions(api, drive('cars/5', at, 10));
  promoted = await of('浙C00006', ids.school, 'cars/6', { category: 'law-enforcement' });
  await sayOfCar(api, promoted, 'category', 'other', '2024-03-05');
  await putPositions(api, drive('cars/6', day - hourMs, 24, 300_000));
});
afterAll(() => api.end());

interface Position {
  readonly ts: string;
  readonly lat: number;
  readonly lon: number;
  readonly apart?: boolean;
  readonly mark?: string;
}

async function ask(id: string, query = range, options: { key?: string; accept?: string } = {}) {
  const key = options.key ?? (await supervisorOf(api.ids.school));
  const headers: Record<string, string> = options.accept === undefined ? {} : { accept: options.accept };
  return api.get(`/api/v1/vehicles/${id}/track?purpose=check&${query}`, { key, headers });
}
const positionsOf = (answer: { body: { positions: Position[] } }) => answer.body.positions;

describe('the track of a car', () => {
  it('has the positions that are to be believed, and says how many are not', async () => {
    const answer = await ask(car);
    expect(answer.status).toBe(200);
    expect(positionsOf(answer).length).toBe(202);
    expect(answer.body.counts).toMatchObject({ good: 202, jump: 1, zero: 1 });
    expect(answer.body.parts).toEqual([
      { from: '2024-03-05T00:00:00+08:00', to: '2024-03-06T00:00:00+08:00', what: 'positions' },
    ]);
    expect(answer.body.next).toBe(null);
    expect(positionsOf(answer).filter(({ apart }) => apart).length).toBe(3);
    expect(positionsOf(answer)[0]).toEqual({
      ts: '2024-03-05T09:00:00+08:00',
      lat: 28,
      lon: 120.6,
      speedKmh: 36,
      courseDeg: 90,
      ignition: true,
      apart: true,
    });
  });

  it('shows every position with its mark where that is asked for', async () => {
    const positions = positionsOf(await ask(car, `${range}&all=true`));
    expect(positions.length).toBe(204);
    const wrong = positions.filter(({ mark }) => mark !== 'good');
    expect(wrong.map(({ ts, mark }) => [ts, mark])).toEqual([
      ['2024-03-05T09:04:10+08:00', 'jump'],
      ['2024-03-05T09:05:00+08:00', 'zero'],
    ]);
  });

  it('comes in pages that together are the whole, each judged as in the whole', async () => {
    const whole = positionsOf(await ask(car, `${range}&all=true`));
    for (const limit of [1, 7, 51, 203]) {
      const pages: Position[] = [];
      let cursor = '';
      let asked = 0;
      do {
        const answer = await ask(car, `${range}&all=true&limit=${limit}${cursor}`);
        pages.push(...positionsOf(answer));
        cursor = answer.body.next === null ? '' : `&cursor=${answer.body.next}`;
        asked++;
      } while (cursor !== '' && asked < 300);
      expect([limit, pages]).toEqual([limit, whole]);
      expect(asked).toBe(Math.ceil(204 / limit));
    }
  });

  it('is drawn as lines that break at silence, in the order of GeoJSON, with times', async () => {
    const answer = await ask(car, range, { accept: 'application/geo+json' });
    expect(answer.headers['content-type']).toBe('application/geo+json');
    const { type, features, next, masked } = answer.body;
    expect([type, next, masked]).toEqual(['FeatureCollection', null, false]);
    expect(features.map((each: { geometry: { type: string } }) => each.geometry.type)).toEqual([
      'LineString',
      'LineString',
      'Point',
    ]);
    const [line] = features;
    expect(line.geometry.coordinates[0]).toEqual([120.6, 28]);
    expect(line.properties.times.length).toBe(line.geometry.coordinates.length);
    expect(line.properties).toMatchObject({ from: '2024-03-05T09:00:00+08:00', apart: true });
    const all = await ask(car, `${range}&all=true`, { accept: 'application/geo+json' });
    const marks = all.body.features.flatMap(
      (each: { properties: { mark?: string } }) => each.properties.mark ?? [],
    );
    expect(marks).toEqual(['jump', 'zero']);
  });

  it('is thinned out within the tolerance asked for, and shifted to the datum of a map', async () => {
    const thin = positionsOf(await ask(car, `${range}&simplifyM=5`));
    expect(thin.length).toBeLessThan(8);
    expect(thin.map(({ ts }) => ts)).toContain('2024-03-05T13:00:00+08:00');
    const [plain] = positionsOf(await ask(car));
    const [shifted] = positionsOf(await ask(car, `${range}&datum=bd09`));
    expect(Math.abs((shifted?.lon ?? 0) - (plain?.lon ?? 0))).toBeGreaterThan(0.004);
  });

  it('gives a car that changed its institution to each for its own time', async () => {
    const both = 'from=2024-03-04T20:00&to=2024-03-05T04:00';
    const before = await ask(moved, both);
    const after = await ask(moved, both, { key: await supervisorOf(api.ids.hospital) });
    expect(positionsOf(before).map(({ ts }) => ts.slice(0, 10))).toEqual(Array(12).fill('2024-03-04'));
    expect(positionsOf(after).map(({ ts }) => ts.slice(0, 10))).toEqual(Array(12).fill('2024-03-05'));
    expect(before.body.parts.map((part: { what: string }) => part.what)).toEqual([
      'positions',
      'another-institution',
    ]);
    expect(after.body.parts.map((part: { what: string }) => part.what)).toEqual([
      'another-institution',
      'positions',
    ]);
    const all = await ask(moved, both, { key: await supervisorOf(api.ids.city) });
    expect(positionsOf(all).length).toBe(24);
    // Not even by a cursor that points there, and not at all for a time in which it was not theirs.
    const cursor = Buffer.from(JSON.stringify([day])).toString('base64url');
    expect(positionsOf(await ask(moved, `${both}&cursor=${cursor}`))).toEqual([]);
    expect((await ask(moved, 'from=2024-03-05&to=2024-03-06')).status).toBe(404);
  });

  it('goes with the car and not with the terminal', async () => {
    const both = 'from=2024-03-04T20:00&to=2024-03-05T04:00';
    const answer = await ask(taker, both, { key: await supervisorOf(api.ids.hospital) });
    expect(positionsOf(answer).map(({ ts }) => ts.slice(0, 10))).toEqual(Array(12).fill('2024-03-05'));
    expect(answer.body.parts.map((part: { what: string }) => part.what)).toEqual([
      'no-terminal',
      'positions',
    ]);
  });

  it('of a masked car has no places, and says so', async () => {
    const answer = await ask(secret);
    expect(answer.body).toMatchObject({ masked: true, positions: [], counts: { good: 0 } });
    expect(answer.body.parts).toMatchObject([{ what: 'masked' }]);
    const both = 'from=2024-03-04T20:00&to=2024-03-05T04:00';
    const then = await ask(promoted, both, { key: await supervisorOf(null) });
    expect(then.body.parts.map((part: { what: string }) => part.what)).toEqual(['masked', 'positions']);
    expect(positionsOf(then).map(({ ts }) => ts.slice(0, 10))).toEqual(Array(12).fill('2024-03-05'));
  });

  it('is never silently empty: what is deleted or not there yet is said', async () => {
    api.clock.at = day + 370 * dayMs;
    const old = await ask(car, 'from=2024-03-01&to=2024-03-12');
    api.clock.at = midnight('2024-03-11');
    const parts = old.body.parts.map((part: { what: string; to: string }) => [part.what, part.to]);
    expect(parts).toEqual([
      ['deleted', '2024-03-10T00:00:00+08:00'],
      ['positions', '2024-03-12T00:00:00+08:00'],
    ]);
    const future = await ask(car, 'from=2024-03-10&to=2024-03-20');
    expect(future.body.parts.at(-1)).toMatchObject({ what: 'future', to: '2024-03-20T00:00:00+08:00' });
  });

  it('of a foreign car is answered like one that does not exist, and needs purpose and role', async () => {
    const key = await supervisorOf(api.ids.hospital);
    const foreign = await ask(car, range, { key });
    const unknown = await ask('nothing', range, { key });
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.body.detail.replace(car, 'nothing')).toBe(unknown.body.detail);
    const plain = await api.get(`/api/v1/vehicles/${car}/track?${range}`, { key: await supervisorOf(null) });
    expect([plain.status, plain.body.errors[0].parameter]).toEqual([400, 'purpose']);
    for (const role of ['admin', 'auditor'] as const) {
      const other = await api.keyOf({ role, institution: null });
      expect((await ask(car, range, { key: other })).status).toBe(403);
    }
  });

  it('is refused to those who ask for too much at once, and to nobody after that', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, () => ask(car, `${range}&simplifyM=5`)));
    const statuses = new Set(many.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 503]));
    expect((await ask(car, `${range}&simplifyM=5`)).status).toBe(200);
  });

  it('is in the audit log, each page, before it is shown; without it nothing is shown', async () => {
    const { audit } = api.registry.fleet;
    const log = () => audit.list({ from: 0, to: midnight('2030-01-01'), limit: 1_000 });
    const before = (await log()).length;
    const first = await ask(car, `${range}&limit=100`);
    await ask(car, `${range}&limit=200&cursor=${first.body.next}`);
    const [second, firstPage] = await log();
    expect((await log()).length).toBe(before + 2);
    expect(firstPage).toMatchObject({
      action: 'track',
      vehicles: [car],
      institutions: [api.ids.school],
      from: day,
    });
    expect(second).toMatchObject({ from: at + 100 * 5_000, to: day + dayMs, purpose: 'check' });
    const { append } = audit;
    Object.assign(audit, { append: () => Promise.reject(new Error('disk full')) });
    const refused = await ask(car);
    Object.assign(audit, { append });
    expect(refused.status).toBe(500);
    expect(refused.text).not.toContain('120.6');
  });
});
