// Accounts of cars: what each drove, took and cost while it was the institution's; permits, shares and the publication.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import { openWorkbook } from '../../core/runtime/workbook/xlsx.ts';
import { drivenAt } from '../../core/testing/driven-trips.ts';
import { addCar, sayOfCar } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';
import { Budget } from '../ledgers/read/limits.ts';

let api: TestApi;
let key: string;
/** Petrol, of the school; moved to the hospital on 1 March. */
let moved: string;
let secret: string;
let foreign: string;
const hour = 3_600_000;

beforeAll(async () => {
  api = await testApi();
  const { registry, ids } = api;
  api.clock.at = midnight('2024-04-01');
  key = await api.keyOf({ role: 'auditor', institution: ids.school });
  const car = (plate: string, institution: string, terminal: PointKey, more: object = {}) =>
    addCar(api, {
      plate,
      institution,
      terminal,
      category: 'other',
      vehicleClass: 'suv',
      powertrain: 'petrol',
      tankL: 60,
      purchasedOn: '2014-05-01',
      ...more,
    });
  moved = await car('浙C00001', ids.school, 'cars/1');
  secret = await car('浙C00002', ids.school, 'cars/2', { category: 'law-enforcement' });
  foreign = await car('浙C00003', ids.hospital, 'cars/3');
  await car('浙C00004', ids.school, 'cars/4', {
    powertrain: 'battery-electric',
    leased: true,
    purchasedOn: '2024-01-05',
  });
  await car('浙C00005', ids.school, 'cars/5', {
    powertrain: 'plug-in-hybrid',
    purchasedOn: '2024-02-05',
    replaces: foreign,
  });
  await car('浙C00006', ids.school, 'cars/6', { disposedOn: '2024-01-20' });
  await sayOfCar(api, moved, 'institution', ids.hospital, '2024-03-01');
  const from = midnight('2024-01-01');
  const trips = ['2024-01-10', '2024-02-10', '2024-02-20', '2024-03-10'].map((date): [number, number] => [
    midnight(date) + 9 * hour,
    100,
  ]);
  for (const terminal of ['cars/1', 'cars/2', 'cars/3'] as const) {
    await registry.tracks.replace(terminal, {
      segmentsFrom: 0,
      segments: drivenAt(from, midnight('2024-04-01'), trips),
      findingsFrom: 0,
      findings: [],
    });
  }
  const fill = (vehicle: string, date: string, quantity: number, more: object = {}) => ({
    card: `9-${vehicle}`,
    vehicle,
    kind: 'fuel',
    ts: midnight(date) + 12 * hour,
    quantity,
    amountCny: quantity * 8,
    fullTank: true,
    document: date,
    ...more,
  });
  await registry.fleet.cards.record(
    [
      fill(moved, '2024-01-05', 30),
      fill(moved, '2024-02-25', 27, { lat: 29, lon: 121.6 }),
      fill(moved, '2024-03-20', 9),
      // As far away, and more than the tank holds.
      fill(secret, '2024-02-15', 70, { lat: 29, lon: 121.6 }),
      fill(foreign, '2024-02-15', 50),
    ],
    by,
  );
  const order = (number: string, vehicle: string, institution: string, date: string, more: object = {}) => ({
    number,
    institution,
    vehicle,
    driver: 'Li',
    purpose: 'visit',
    from: midnight(date) + 8 * hour,
    to: midnight(date) + 18 * hour,
    destination: { name: '鹿城区政府' },
    ...more,
  });
  await registry.fleet.orders.record(
    [
      order('1', moved, ids.school, '2024-02-10', { long: true }),
      order('2', moved, ids.school, '2024-02-20'),
      order('3', foreign, ids.hospital, '2024-02-10'),
    ],
    by,
  );
  await registry.fleet.upkeep.record(
    [
      {
        kind: 'repair',
        vehicle: moved,
        at: midnight('2024-02-12'),
        amountCny: 500,
        designated: false,
        document: 'R',
      },
      {
        kind: 'insurance',
        vehicle: moved,
        at: midnight('2024-01-12'),
        amountCny: 900,
        dueOn: '2024-04-10',
        document: 'I',
      },
    ],
    by,
  );
});
afterAll(() => api.end());

const months = (month: string) => `year=2024${month === '' ? '' : `&month=${month}`}`;
async function accounts(month: string, institution = api.ids.school, as = key) {
  const answer = await api.get(`/api/v1/vehicle-accounts?institution=${institution}&${months(month)}`, {
    key: as,
  });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.body;
}
const ofCar = (body: { cars: { vehicle: string }[] }, vehicle: string): Record<string, never> | undefined =>
  body.cars.find((car) => car.vehicle === vehicle) as never;

describe('the account of a car', () => {
  it('adds up what it drove, took and cost in a month', async () => {
    const february = ofCar(await accounts('2'), moved);
    expect(february).toMatchObject({
      plate: '浙C00001',
      institution: api.ids.school,
      sums: {
        usedKm: 200,
        trips: 2,
        daysUsed: 2,
        dispatches: 2,
        longDispatches: 1,
        fuelL: 27,
        fuelCny: 216,
        upkeepCny: 500,
        totalCny: 716,
        chargingKwh: null,
      },
      ratios: { litresPer100Km: 9, kwhPer100Km: null, cnyPerKm: 3.58 },
      mileageBy: { odometer: 2 },
      noFuelFigure: null,
    });
  });

  it('counts orders that have begun, and none of the future', async () => {
    const begun = () => accounts('2').then((body) => ofCar(body, moved)?.['sums']);
    const { at } = api.clock;
    api.clock.at = midnight('2024-02-15');
    try {
      expect(await begun()).toMatchObject({ dispatches: 1, longDispatches: 1 });
    } finally {
      api.clock.at = at;
    }
    expect(await begun()).toMatchObject({ dispatches: 2 });
  });

  it('ends where the car goes to another institution, and goes on there', async () => {
    const year = ofCar(await accounts(''), moved);
    expect(year).toMatchObject({ sums: { usedKm: 300, fuelL: 57, dispatches: 2 } });
    const hospital = await api.keyOf({ role: 'auditor', institution: api.ids.hospital });
    const there = ofCar(await accounts('', api.ids.hospital, hospital), moved);
    expect(there).toMatchObject({ sums: { usedKm: 100, fuelL: 9, dispatches: 0 }, noFuelFigure: 'no-span' });
    expect(ofCar(await accounts('3'), moved)).toBeUndefined();
  });

  it('holds no foreign car, and the sums are of those in it', async () => {
    const body = await accounts('2');
    expect(ofCar(body, foreign)).toBeUndefined();
    expect(body.fleet.sums).toMatchObject({ usedKm: 400, fuelL: 97, dispatches: 2 });
    expect(body.fleet.known.usedKm).toBe(2);
    // What was sold in January is in no account of February, but in that of January.
    const plates = async (month: string) =>
      (await accounts(month)).cars.map(({ plate }: { plate: string }) => plate).sort();
    expect(await plates('2')).not.toContain('浙C00006');
    expect(await plates('1')).toContain('浙C00006');
    const url = '/api/v1/vehicle-accounts?year=2024&institution=';
    expect((await api.get(url + api.ids.hospital, { key })).status).toBe(404);
    expect((await api.get(`${url}${api.ids.school}&vehicle=${foreign}`, { key })).status).toBe(400);
  });

  it('names what is held against cards and repairs, without places', async () => {
    const body = await accounts('2');
    type Held = { kind: { code: string }; peak: number; vehicles: string[] };
    const kinds = body.cardFindings.map(({ kind, peak, vehicles }: Held) => [kind.code, peak, ...vehicles]);
    // Metres from a place that anybody may type in would say where the car was; of a masked car not even that it was elsewhere.
    expect(kinds).toEqual([
      ['fill-over-tank', 70, secret],
      ['card-far-from-car', null, moved],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/"lat"|"lon"|120\.6|121\.6/);
    expect(body.repairs).toMatchObject([{ vehicle: moved, amountCny: 500 }]);
    expect((await accounts('1')).cardFindings).toEqual([]);
  });

  it('comes as a table', async () => {
    const url = `/api/v1/vehicle-accounts?institution=${api.ids.school}&year=2024&month=2`;
    const { text } = await api.get(url, { key, headers: { accept: 'text/csv', 'accept-language': 'zh' } });
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toContain('车牌号,使用单位,单位编号,车型,行驶里程（公里）');
    expect(lines.find((line) => line.startsWith('浙C00001'))).toContain(
      `School,${api.ids.school},越野车,200,`,
    );
  });
});

describe('permitted numbers and shares', () => {
  it('are held against the cars that are there', async () => {
    const { registry, ids } = api;
    const validFrom = midnight('2024-01-01');
    const fact = (attribute: string, value: unknown, entity = ids.school) => ({
      entity,
      attribute,
      validFrom,
      value,
    });
    await registry.facts.record([fact('vehiclePermits', { other: 1, emergency: 1 })], by);
    const at = '&at=2024-02-28';
    const { body } = await api.get(`/api/v1/vehicle-permits?institution=${ids.school}${at}`, { key });
    expect(body.rows).toMatchObject([
      { category: 'emergency', permitted: 1, actual: 0, free: 1 },
      { category: 'law-enforcement', permitted: null, actual: 1, over: null },
      { category: 'other', permitted: 1, actual: 2, leased: 1, over: 1 },
    ]);
    expect(body.total).toMatchObject({ permitted: 2, actual: 3, leased: 1, over: 1, withoutNumber: 1 });
    const renewable = body.renewals.filter(({ state }: { state: string }) => state === 'may-be-renewed');
    expect(renewable.map(({ plate }: { plate: string }) => plate).sort()).toEqual(['浙C00001', '浙C00002']);
    const late = await api.get(`/api/v1/vehicle-permits?institution=${ids.school}&at=2024-02-28`, { key });
    expect(late.body.dues).toContainEqual(
      expect.objectContaining({ vehicle: moved, kind: 'inspection', state: 'unknown' }),
    );
  });

  it('of new-energy cars tell replacements and stock apart, against a target from above', async () => {
    const { registry, ids } = api;
    const value = { replacements: 0.5, stock: 0.5 };
    await registry.facts.record(
      [{ entity: ids.city, attribute: 'newEnergyTarget', validFrom: midnight('2024-01-01'), value }],
      by,
    );
    const { body } = await api.get(`/api/v1/vehicle-shares?institution=${ids.school}&year=2024`, { key });
    expect(body.replacements).toMatchObject({
      cars: 1,
      plugIn: 1,
      battery: 0,
      share: 1,
      met: true,
      additions: 0,
    });
    // The leased one and the one that moved are not in it.
    expect(body.stock).toMatchObject({
      cars: 2,
      newEnergy: 1,
      share: 0.5,
      met: true,
      missing: 0,
      date: '2024-04-01',
    });
  });

  it('are not told of a foreign institution', async () => {
    for (const path of ['vehicle-permits', 'vehicle-shares', 'vehicle-publication']) {
      const query =
        path === 'vehicle-permits' ? '' : '&year=2024&month=2'.slice(0, path === 'vehicle-shares' ? 10 : 99);
      const answer = await api.get(`/api/v1/${path}?institution=${api.ids.hospital}${query}`, { key });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });
});

describe('the publication', () => {
  const url = (more = '') =>
    `/api/v1/vehicle-publication?institution=${api.ids.school}&year=2024&month=2${more}`;

  it('leaves exempt cars out, counts them, and says where places come from', async () => {
    const { body } = await api.get(url(), { key, headers: { 'accept-language': 'zh' } });
    expect(body.title).toBe('School公务用车使用情况公示（2024年2月）');
    expect(body.rows.map((row: string[]) => row[0])).toEqual(['浙C00001', '浙C00004', '浙C00005']);
    expect(body.rows[0]).toEqual(['浙C00001', 'School', '未知', 2, 200, 27, null, '未登记行政区域围栏']);
    expect(body.rows[1]).toEqual(['浙C00004', 'School', null, null, null, null, null, '无轨迹数据']);
    expect(body.leftOut).toEqual([{ category: 'law-enforcement', cars: 1 }]);
    expect(JSON.stringify(body)).not.toContain('浙C00002');
  });

  it('names districts by regions that are large enough', async () => {
    const { registry, ids } = api;
    const region = (name: string, radiusM: number) => ({
      institution: ids.city,
      name,
      kind: 'region',
      shape: { circle: { lat: 28, lon: 120.6, radiusM } },
      from: midnight('2024-01-01'),
    });
    await registry.fleet.fences.record([region('鹿城区', 20_000), region('某宾馆', 200)], by);
    const { body } = await api.get(url(), { key, headers: { 'accept-language': 'zh' } });
    expect(body.rows[0]).toEqual(['浙C00001', 'School', '鹿城区', 2, 200, 27, null, '区域据行政区域围栏']);
  });

  it('comes as a workbook', async () => {
    const response = await api.app.inject({
      url: url('&format=xlsx'),
      headers: { authorization: `Bearer ${key}`, 'accept-language': 'zh' },
    });
    expect(response.headers['content-type']).toContain('spreadsheetml');
    const [sheet] = openWorkbook({ name: 'p.xlsx', bytes: response.rawPayload }, new Budget());
    const rows = [];
    for await (const { cells } of sheet?.rows() ?? []) rows.push(cells);
    const text = JSON.stringify(rows);
    expect(text).toContain('浙C00001');
    expect(text).not.toContain('浙C00002');
  });
});
