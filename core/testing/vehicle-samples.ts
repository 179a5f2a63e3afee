// How routes of vehicles, their records and accounts are called, for the walk of all routes; see route-samples.ts.
import type { About, RouteSample, SampleWorld } from './route-sample.ts';
import { by, midnight } from './test-registry.ts';

const api = '/api/v1';
const reason = 'walk';
const range = 'from=2024-01-01&to=2024-02-01';

const read = (about: About, url: (world: SampleWorld) => string): RouteSample => ({
  needs: 'vehicles:read',
  about,
  call: (world) => ({ url: `${api}${url(world)}` }),
});
const write = (
  path: string,
  payload: (world: SampleWorld) => object | Promise<object>,
  status = 200,
): RouteSample => ({
  needs: 'vehicles:write',
  about: 'school',
  status,
  call: async (world) => ({ url: `${api}${path}`, payload: { reason, ...(await payload(world)) } }),
});

const day = { from: '2024-02-10', to: '2024-02-17' };
const school = ({ api: { ids } }: SampleWorld) => ids.school;
const from = midnight('2024-02-10');
const to = midnight('2024-02-17');

/** A record that is made for each call, to be taken back. */
const taken = (
  path: string,
  make: (
    world: SampleWorld,
    registry: SampleWorld['api']['registry']['fleet'],
    n: string,
  ) => Promise<readonly { readonly id: string }[]>,
) =>
  write(`/${path}/withdrawals`, async (world) => {
    const rows = await make(world, world.api.registry.fleet, String(world.next()));
    return { ids: [rows.at(-1)?.id ?? ''] };
  });

const all = { from: 0, to: 4_102_444_800_000 };

export const vehicleSamples: Readonly<Record<string, RouteSample>> = {
  'GET /api/v1/vehicles': read('list', () => '/vehicles'),
  'GET /api/v1/vehicles/:id': read('school', ({ car }) => `/vehicles/${car}`),
  'GET /api/v1/vehicles/:id/facts': read('school', ({ car }) => `/vehicles/${car}/facts`),
  'POST /api/v1/vehicles': write(
    '/vehicles',
    (w) => ({
      validFrom: '2024-01-01',
      facts: {
        plate: `浙CV${String(w.next()).padStart(4, '0')}`,
        institution: school(w),
        category: 'other',
        powertrain: 'petrol',
      },
    }),
    201,
  ),
  'POST /api/v1/vehicles/facts': write('/vehicles/facts', ({ car, next }) => ({
    facts: [{ entity: car, attribute: 'tankL', validFrom: '2024-01-01', value: 40 + next() / 100 }],
  })),
  'GET /api/v1/dispatch-orders': read('list', () => `/dispatch-orders?${range}`),
  'POST /api/v1/dispatch-orders': write('/dispatch-orders', (w) => ({
    orders: [
      {
        number: `P-${w.next()}`,
        institution: school(w),
        vehicle: w.car,
        driver: 'Li',
        purpose: 'visit',
        ...day,
      },
    ],
  })),
  'POST /api/v1/dispatch-orders/withdrawals': taken('dispatch-orders', async (w, { orders }, n) => {
    const order = { number: `W-${n}`, institution: school(w), vehicle: w.car, driver: 'Li', purpose: 'x' };
    await orders.record([{ ...order, from, to }], by);
    return (await orders.list(all)).filter(({ value }) => value.number === `W-${n}`);
  }),
  'GET /api/v1/fences': read('list', () => `/fences?${range}`),
  'POST /api/v1/fences': write('/fences', (w) => ({
    fences: [
      {
        institution: school(w),
        name: `Yard ${w.next()}`,
        kind: 'yard',
        shape: { circle: { lat: 28, lon: 120.6, radiusM: 200 } },
        from: '2024-01-01',
      },
    ],
  })),
  'POST /api/v1/fences/withdrawals': taken('fences', async (w, { fences }, n) => {
    const shape = { circle: { lat: 28, lon: 120.6, radiusM: 200 } };
    await fences.record([{ institution: school(w), name: `W-${n}`, kind: 'yard', shape, from }], by);
    return (await fences.list(all)).filter(({ value }) => value.name === `W-${n}`);
  }),
  'GET /api/v1/seals': read('list', () => `/seals?${range}`),
  'POST /api/v1/seals': write('/seals', ({ car, next }) => ({
    seals: [{ holiday: '春节', vehicle: car, ...day, place: `Yard ${next()}`, keyKeeper: 'Wang' }],
  })),
  'POST /api/v1/seals/withdrawals': taken('seals', async ({ car }, { seals }, n) => {
    const began = from - Number(n) * 1_000;
    const seal = { holiday: '春节', vehicle: car, from: began, to, place: 'Yard', keyKeeper: 'Wang' };
    await seals.record([seal], by);
    return (await seals.list(all)).filter(({ value }) => value.from === began);
  }),
  'GET /api/v1/card-entries': read('list', () => `/card-entries?${range}`),
  'POST /api/v1/card-entries': write('/card-entries', ({ car, next }) => ({
    cards: [
      {
        card: '9001',
        vehicle: car,
        kind: 'fuel',
        ts: '2024-02-10T09:00+08:00',
        quantity: 40,
        amountCny: 300,
        document: `D-${next()}`,
      },
    ],
  })),
  'POST /api/v1/card-entries/withdrawals': taken('card-entries', async ({ car }, { cards }, n) => {
    const entry = { card: '9001', vehicle: car, kind: 'fuel', ts: from, quantity: 40, amountCny: 300 };
    await cards.record([{ ...entry, document: `W-${n}` }], by);
    return (await cards.list(all)).filter(({ value }) => value.document === `W-${n}`);
  }),
  'GET /api/v1/vehicle-accounts': read(
    'school',
    (w) => `/vehicle-accounts?institution=${school(w)}&year=2024&month=2`,
  ),
  'GET /api/v1/vehicle-permits': read('school', (w) => `/vehicle-permits?institution=${school(w)}`),
  'GET /api/v1/vehicle-shares': read('school', (w) => `/vehicle-shares?institution=${school(w)}&year=2024`),
  'GET /api/v1/vehicle-publication': read(
    'school',
    (w) => `/vehicle-publication?institution=${school(w)}&year=2024&month=2`,
  ),
  'GET /api/v1/vehicle-energy': {
    ...read('school', (w) => `/vehicle-energy?institution=${school(w)}&year=2024`),
    needs: 'accounts:read',
  },
  'POST /api/v1/vehicle-energy/reports': {
    ...write('/vehicle-energy/reports', (w) => ({ institution: school(w), year: 2024 })),
    needs: 'accounts:write',
  },
  'GET /api/v1/upkeep': read('list', () => `/upkeep?${range}`),
  'POST /api/v1/upkeep': write('/upkeep', ({ car, next }) => ({
    upkeep: [{ kind: 'repair', vehicle: car, at: '2024-02-10', amountCny: 800, document: `D-${next()}` }],
  })),
  'POST /api/v1/upkeep/withdrawals': taken('upkeep', async ({ car }, { upkeep }, n) => {
    const entry = { kind: 'repair', vehicle: car, at: from, amountCny: 800, document: `W-${n}` };
    await upkeep.record([entry], by);
    return (await upkeep.list(all)).filter(({ value }) => value.document === `W-${n}`);
  }),
};
