// How each route is called, and who may: the table that the walk of all routes expects answers by (api/auth/walk.test.ts). It says
// of itself what a route needs; it does not look at what the route declares. Whoever adds a route adds a line.
import { csvText } from '../../api/ledgers/csv-text.ts';
import type { PointKey } from '../domain/topics.ts';
import { addCar } from './fleet-world.ts';
import type { About, RouteSample, SampleWorld } from './route-sample.ts';
import { points, type TestApi } from './test-api.ts';
import { by, midnight } from './test-registry.ts';
import { vehicleSamples } from './vehicle-samples.ts';

/** Adds to the world what the samples are about. */
export async function sampleWorld(api: TestApi): Promise<SampleWorld> {
  const { registry, ids } = api;
  const validFrom = midnight('2024-01-01');
  const account = await registry.accounts.create(
    { number: '0001', institution: ids.school, commodity: 'electricity', validFrom },
    by,
  );
  // There before the base year of the plan, so that a review of it can be taken.
  const since = midnight('2019-01-01');
  const first = (entity: string, attribute: string, value: unknown) => ({
    entity,
    attribute,
    validFrom: since,
    value,
  });
  await registry.facts.record(
    [
      first(ids.city, 'name', 'City'),
      first(ids.city, 'parent', null),
      first(ids.school, 'name', 'School'),
      first(ids.school, 'parent', ids.city),
      first(ids.school, 'plan', 'national-14'),
    ],
    by,
  );
  const review = await registry.snapshots.add(
    { name: 'Mid-term', institution: ids.school, plan: 'national-14', takenAt: validFrom, content: {} },
    by,
  );
  const car = await addCar(api, {
    plate: '浙CW0001',
    institution: ids.school,
    terminal: 'walk-cars/1',
    category: 'other',
    powertrain: 'petrol',
  });
  let given = 0;
  return { api, account: account.id, review: review.id, car, next: () => ++given };
}

const range = 'from=2024-01-01&to=2024-02-01';
const encoded = encodeURIComponent(points.main);
const api = '/api/v1';
const reason = 'walk';
const validFrom = '2024-01-01';

const energy = (about: About, url: (world: SampleWorld) => string): RouteSample => ({
  needs: 'energy:read',
  about,
  call: (world) => ({ url: `${api}${url(world)}` }),
});
const ofPoint = (rest: string) => ({
  encoded: energy('school', () => `/points/${encoded}${rest}`),
  plain: energy('school', () => `/points/${points.main}${rest}`),
});
const school = ({ api: { ids } }: SampleWorld) => ids.school;
const accounts = (about: About, url: (world: SampleWorld) => string): RouteSample => ({
  needs: 'accounts:read',
  about,
  call: (world) => ({ url: `${api}${url(world)}` }),
});
const operations = (path: string): RouteSample => ({
  needs: 'operations:read',
  about: 'list',
  call: () => ({ url: `${api}${path}` }),
});
/** What one of the school's cars, or all cars, did and where. */
const vehicles = (needs: string, about: About, url: (world: SampleWorld) => string): RouteSample => ({
  needs,
  about,
  call: (world) => ({ url: `${api}${url(world)}` }),
});
const write = (
  path: string,
  payload: (world: SampleWorld) => object | Promise<object>,
  status = 200,
): RouteSample => ({
  needs: 'accounts:write',
  about: 'school',
  status,
  call: async (world) => ({ url: `${api}${path}`, payload: { reason, ...(await payload(world)) } }),
});
const creation = (path: string, facts: (world: SampleWorld) => object): RouteSample =>
  write(path, (world) => ({ validFrom, facts: facts(world) }), 201);

const readings = ofPoint(`/readings?quantity=electricity&${range}`);
const latest = ofPoint('/latest');
const exclusions = ofPoint(`/exclusions?${range}`);
const point = ofPoint('');

/** `METHOD url` of the routes → how it is called. HEAD goes with GET. */
export const routeSamples: Readonly<Record<string, RouteSample>> = {
  'GET /api/v1/points': energy('list', () => '/points'),
  'GET /api/v1/points/:id': point.encoded,
  'GET /api/v1/points/:agent/:point': point.plain,
  'GET /api/v1/points/:id/readings': readings.encoded,
  'GET /api/v1/points/:agent/:point/readings': readings.plain,
  'GET /api/v1/points/:id/latest': latest.encoded,
  'GET /api/v1/points/:agent/:point/latest': latest.plain,
  'GET /api/v1/points/:id/exclusions': exclusions.encoded,
  'GET /api/v1/points/:agent/:point/exclusions': exclusions.plain,
  'GET /api/v1/consumption': energy('school', (w) => `/consumption?institution=${school(w)}&${range}`),
  'GET /api/v1/figures': energy('school', (w) => `/figures?institution=${school(w)}&year=2024`),
  'GET /api/v1/figures/months': energy('school', (w) => `/figures/months?institution=${school(w)}&year=2024`),
  'GET /api/v1/figures/tree': energy('school', (w) => `/figures/tree?institution=${school(w)}&year=2024`),
  'GET /api/v1/figures/sectors': energy(
    'school',
    (w) => `/figures/sectors?institution=${school(w)}&year=2024`,
  ),
  'GET /api/v1/figures/explanation': energy(
    'school',
    (w) => `/figures/explanation?institution=${school(w)}&indicator=energy&year=2024`,
  ),
  'GET /api/v1/figures/sources': energy(
    'school',
    (w) => `/figures/sources?institution=${school(w)}&basis=metered&year=2024`,
  ),
  'GET /api/v1/plans/progress': energy('school', (w) => `/plans/progress?institution=${school(w)}&year=2024`),
  'GET /api/v1/plans/ranking': energy('list', () => '/plans/ranking?year=2024'),
  'GET /api/v1/plans/reviews': energy('school', (w) => `/plans/reviews?institution=${school(w)}`),
  'GET /api/v1/plans/reviews/:id': energy('school', ({ review }) => `/plans/reviews/${review}`),
  'POST /api/v1/plans/reviews': write(
    '/plans/reviews',
    (w) => ({ institution: school(w), year: 2023, occasion: 'mid-term' }),
    201,
  ),
  'GET /api/v1/quotas/places': energy('school', (w) => `/quotas/places?institution=${school(w)}&year=2023`),
  'GET /api/v1/quotas/places/tree': energy(
    'school',
    (w) => `/quotas/places/tree?institution=${school(w)}&year=2023`,
  ),
  'GET /api/v1/key-users': energy('list', () => '/key-users?year=2023'),
  'GET /api/v1/quality': energy('school', (w) => `/quality?institution=${school(w)}&year=2024&month=5`),
  'GET /api/v1/sub-items': energy('school', (w) => `/sub-items?institution=${school(w)}&year=2024`),
  'GET /api/v1/pue': energy('school', (w) => `/pue?institution=${school(w)}&year=2024`),
  'GET /api/v1/reconciliation': accounts(
    'school',
    (w) => `/reconciliation?institution=${school(w)}&year=2024`,
  ),
  'GET /api/v1/costs': accounts('school', ({ account }) => `/costs?account=${account}&year=2024&month=1`),
  'GET /api/v1/institutions': {
    needs: 'institutions:read',
    about: 'list',
    call: () => ({ url: `${api}/institutions` }),
  },
  'GET /api/v1/buildings': energy('list', () => '/buildings'),
  'GET /api/v1/zones': energy('list', () => '/zones'),
  'GET /api/v1/accounts': accounts('list', () => '/accounts'),
  'POST /api/v1/institutions': creation('/institutions', (w) => ({
    name: `Class ${w.next()}`,
    parent: school(w),
  })),
  'POST /api/v1/buildings': creation('/buildings', (w) => ({
    name: `House ${w.next()}`,
    institution: school(w),
  })),
  'POST /api/v1/zones': creation('/zones', (w) => ({
    name: `Zone ${w.next()}`,
    building: w.api.ids.mainBuilding,
  })),
  'POST /api/v1/accounts': creation('/accounts', (w) => ({
    number: `1-${w.next()}`,
    institution: school(w),
    commodity: 'electricity',
  })),
  'POST /api/v1/points': write(
    '/points',
    (w) => ({
      id: `gateway-1/p-${w.next()}` satisfies PointKey,
      validFrom,
      facts: { name: 'P', quantities: ['water'], building: w.api.ids.mainBuilding },
    }),
    201,
  ),
  'GET /api/v1/facts': accounts('school', (w) => `/facts?entity=${school(w)}`),
  'POST /api/v1/facts': write('/facts', (w) => ({
    facts: [{ entity: school(w), attribute: 'energyUsers', validFrom, value: { staff: w.next() } }],
  })),
  'GET /api/v1/bills': accounts('school', ({ account }) => `/bills?account=${account}&${range}`),
  'POST /api/v1/bills': write('/bills', ({ account }) => ({
    bills: [{ account, document: 'A', from: '2024-01-01', to: '2024-02-01', quantity: 1, amountCny: 1 }],
  })),
  'POST /api/v1/bills/withdrawals': write('/bills/withdrawals', async ({ api: { registry }, account }) => {
    const [from, to] = [midnight('2024-02-01'), midnight('2024-03-01')];
    await registry.bills.record([{ account, document: 'W', from, to, quantity: 1, amountCny: 1 }], by);
    const [bill] = await registry.bills.list({ accounts: [account], from, to });
    return { ids: [bill?.id ?? ''] };
  }),
  'GET /api/v1/reports': accounts('school', (w) => `/reports?institution=${school(w)}&${range}`),
  'POST /api/v1/reports': write('/reports', (w) => ({
    reports: [
      {
        institution: school(w),
        commodity: 'gasoline',
        use: 'vehicle',
        from: '2024-01-01',
        to: '2024-02-01',
        quantity: 1,
      },
    ],
  })),
  'POST /api/v1/reports/withdrawals': write('/reports/withdrawals', async (w) => {
    const { registry } = w.api;
    const [from, to] = [midnight('2024-02-01'), midnight('2024-03-01')];
    const report = {
      commodity: 'gasoline',
      use: 'vehicle',
      from,
      to,
      quantity: 1,
      amountCny: null,
    } as const;
    await registry.reports.record([{ institution: school(w), ...report }], by);
    const [found] = await registry.reports.list({ institutions: [school(w)], from, to });
    return { ids: [found?.id ?? ''] };
  }),
  'GET /api/v1/definitions': accounts('system', () => '/definitions'),
  'GET /api/v1/definitions/:kind': accounts('system', () => '/definitions/plan'),
  'GET /api/v1/definitions/:kind/:id': accounts('system', () => '/definitions/plan/national-14'),
  'POST /api/v1/definitions/:kind/:id': {
    needs: 'definitions:write',
    about: 'everything',
    call: async ({ api: { registry } }) => {
      const plan = await registry.definitions.get('plan', 'national-14');
      return { url: `${api}/definitions/plan/walk`, payload: { reason, value: plan?.value } };
    },
  },
  'GET /api/v1/ledgers': accounts('system', () => '/ledgers'),
  'GET /api/v1/ledgers/:kind/template': accounts('system', () => '/ledgers/bills/template?format=csv'),
  'POST /api/v1/ledgers/:kind/import': {
    needs: 'accounts:write',
    // Rows of others are named in the answer; what they may not do is tried in api/routes/ledgers.test.ts.
    about: 'list',
    call: (w) => ({
      url: `${api}/ledgers/energy-users/import?dryRun=true`,
      payload: csvText([
        ['单位', '编制人数', '生效日期'],
        [school(w), 10, '2024-01-01'],
      ]),
      type: 'text/csv',
    }),
  },
  ...vehicleSamples,
  'GET /api/v1/vehicles/live': vehicles('positions:read', 'list', () => '/vehicles/live?purpose=walk'),
  'GET /api/v1/vehicles/:id/track': vehicles(
    'positions:read',
    'school',
    ({ car }) => `/vehicles/${car}/track?purpose=walk&${range}`,
  ),
  'GET /api/v1/trips': vehicles('vehicles:read', 'list', () => `/trips?${range}`),
  'GET /api/v1/stops': vehicles('vehicles:read', 'list', () => `/stops?${range}`),
  'GET /api/v1/vehicle-findings': vehicles('vehicles:read', 'list', () => `/vehicle-findings?${range}`),
  'GET /api/v1/vehicle-findings/counts': vehicles(
    'vehicles:read',
    'list',
    () => `/vehicle-findings/counts?${range}`,
  ),
  'GET /api/v1/audit': vehicles('audit:read', 'list', () => '/audit'),
  'GET /api/v1/changes': vehicles('audit:read', 'list', () => '/changes?limit=500'),
  'GET /api/v1/audit/verification': vehicles('audit:read', 'everything', () => '/audit/verification'),
  'GET /api/v1/agents': operations('/agents'),
  'GET /api/v1/rejects': operations('/rejects'),
  'GET /api/v1/alarms': operations('/alarms'),
  'GET /metrics': { needs: 'metrics:read', about: 'system', call: () => ({ url: '/metrics' }) },
};

/** Routes that need no key. */
export const openRoutes = ['/health', '/openapi.json', '/docs'];
