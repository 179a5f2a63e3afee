// Fuel and charging of cars on their way into the energy accounts: once, by whose the car was, and never from own piles.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCar, sayOfCar } from '../../core/testing/fleet-world.ts';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';

let api: TestApi;
let key: string;
const reason = 'cards of 2024';

beforeEach(async () => {
  api = await testApi();
  const { registry, ids } = api;
  // 11 March 2024: January and February are over.
  key = await api.keyOf({ role: 'energy-manager', institution: ids.school });
  const car = (plate: string, powertrain: string, institution = ids.school) =>
    addCar(api, { plate, institution, terminal: null, category: 'other', powertrain });
  const petrol = await car('浙C00001', 'petrol');
  const diesel = await car('浙C00002', 'diesel');
  const electric = await car('浙C00003', 'battery-electric');
  const foreign = await car('浙C00004', 'petrol', ids.hospital);
  await sayOfCar(api, diesel, 'institution', ids.hospital, '2024-02-01');
  const entry = (vehicle: string, date: string, kind: string, quantity: number, more: object = {}) => ({
    card: vehicle,
    vehicle,
    kind,
    ts: midnight(date) + 1,
    quantity,
    amountCny: quantity * 2,
    document: date,
    ...more,
  });
  await registry.fleet.cards.record(
    [
      entry(petrol, '2024-01-05', 'fuel', 40.1),
      entry(petrol, '2024-01-25', 'fuel', 40.2),
      entry(petrol, '2024-03-05', 'fuel', 10),
      entry(diesel, '2024-01-15', 'fuel', 50),
      entry(diesel, '2024-02-15', 'fuel', 60),
      entry(electric, '2024-02-03', 'charging', 30),
      entry(electric, '2024-02-04', 'charging', 99, { onSite: true }),
      entry(electric, '2024-02-05', 'fuel', 20),
      entry(foreign, '2024-02-03', 'fuel', 70),
    ],
    by,
  );
});
afterEach(() => api.end());

async function rows(institution = api.ids.school, as = key) {
  const { body } = await api.get(`/api/v1/vehicle-energy?institution=${institution}&year=2024`, { key: as });
  return body.rows.map(({ commodity, month, quantity, state, over }: Record<string, string>) => [
    commodity,
    month?.slice(0, 7),
    quantity,
    state,
    over,
  ]);
}
const report = (institution = api.ids.school, as = key) =>
  post(api, '/api/v1/vehicle-energy/reports', { reason, institution, year: 2024 }, { key: as });
const reported = async (institution = api.ids.school) => {
  const [from, to] = [midnight('2024-01-01'), midnight('2025-01-01')];
  const found = await api.registry.reports.list({ institutions: [institution], from, to });
  return found.map(({ commodity, use, quantity, amountCny }) => [commodity, use, quantity, amountCny]);
};

describe('the energy of cars', () => {
  it('is by month and commodity, of the time when a car was the institution’s, without own piles', async () => {
    expect(await rows()).toEqual([
      ['diesel', '2024-01', 50, 'missing', true],
      // It went to the hospital: none since.
      ['diesel', '2024-02', 0, 'missing', true],
      ['diesel', '2024-03', 0, 'missing', false],
      ['electricity', '2024-02', 30, 'missing', true],
      ['electricity', '2024-03', 0, 'missing', false],
      ['gasoline', '2024-01', 80.3, 'missing', true],
      ['gasoline', '2024-02', 0, 'missing', true],
      ['gasoline', '2024-03', 10, 'missing', false],
    ]);
    const { body } = await api.get(`/api/v1/vehicle-energy?institution=${api.ids.school}&year=2024`, { key });
    expect(body.leftOut).toEqual({ 'on-site': 1, 'no-fuel': 1, 'no-vehicle': 0 });
  });

  it('is reported once, however often, and again where a card is corrected', async () => {
    expect((await report()).body).toEqual({ recorded: 5, replaced: 0, unchanged: 0 });
    expect(await reported()).toEqual([
      ['diesel', 'vehicle', 50, 100],
      ['gasoline', 'vehicle', 80.3, 160.6],
      ['diesel', 'vehicle', 0, 0],
      ['electricity', 'vehicle', 30, 60],
      ['gasoline', 'vehicle', 0, 0],
    ]);
    expect((await report()).body).toEqual({ recorded: 0, replaced: 0, unchanged: 5 });
    const [first] = await api.registry.fleet.cards.list({
      from: midnight('2024-01-01'),
      to: midnight('2024-01-10'),
    });
    await api.registry.fleet.cards.withdraw([first?.id ?? ''], by);
    expect((await rows()).find(([commodity]: string[]) => commodity === 'gasoline')?.slice(2, 4)).toEqual([
      40.2,
      'differs',
    ]);
    expect((await report()).body).toEqual({ recorded: 0, replaced: 1, unchanged: 4 });
    expect(await reported()).toHaveLength(5);
  });

  it('enters the figures on the basis of reports', async () => {
    await report();
    const query = `institution=${api.ids.school}&indicator=energy&year=2024&basis=reported`;
    const answer = await api.get(`/api/v1/figures/explanation?${query}`, { key });
    const parts = answer.body.parts.map(({ commodity, use, quantity }: Record<string, unknown>) => [
      commodity,
      use,
      quantity,
    ]);
    expect(parts).toEqual([
      ['gasoline', 'vehicle', 80.3],
      ['diesel', 'vehicle', 50],
      ['electricity', 'vehicle', 30],
    ]);
  });

  it('is refused where a report of another period is in the way', async () => {
    const [from, to] = [midnight('2024-01-01'), midnight('2024-07-01')];
    const half = { commodity: 'gasoline', use: 'vehicle', from, to, quantity: 500, amountCny: null } as const;
    await api.registry.reports.record([{ institution: api.ids.school, ...half }], by);
    const answer = await report();
    expect([answer.status, answer.body.code]).toEqual([409, 'registry.conflict']);
    expect(await reported()).toEqual([['gasoline', 'vehicle', 500, null]]);
  });

  it('of a foreign institution is neither told nor reported', async () => {
    const nowhere = '01J0000000000000000000000X';
    for (const id of [api.ids.hospital, nowhere]) {
      expect((await api.get(`/api/v1/vehicle-energy?institution=${id}&year=2024`, { key })).status).toBe(404);
      expect((await report(id)).status).toBe(404);
    }
    const supervisor = await api.keyOf({ role: 'vehicle-supervisor', institution: null });
    expect((await report(api.ids.school, supervisor)).status).toBe(403);
    expect(await reported(api.ids.hospital)).toEqual([]);
  });

  it('of all below is reported of each by itself', async () => {
    const city = await api.keyOf({ role: 'energy-manager', institution: api.ids.city });
    expect((await report(api.ids.city, city)).body.recorded).toBe(7);
    expect(await reported(api.ids.hospital)).toEqual([
      ['diesel', 'vehicle', 60, 120],
      ['gasoline', 'vehicle', 70, 140],
    ]);
  });
});
