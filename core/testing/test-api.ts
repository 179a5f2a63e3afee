// A small world for the API's tests: a real registry with three institutions, a real store, a key for each role.
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../api/app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { hourMs } from '../domain/time.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Grant, Registry, Role } from '../registry/registry.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { by, midnight, testCalendar, testRegistry } from './test-registry.ts';
import { TestStore } from './test-store.ts';

export const points = {
  /** School, main building: 1 kWh an hour in January and February 2024. */
  main: 'gateway-1/main',
  /** School, main building, from 20 January 2024 on: 10 kWh an hour. */
  annex: 'gateway-1/annex',
  /** School, gym: registered, but nothing was ever received. */
  gym: 'gateway-1/gym',
  /** A part of `main`: never summed. */
  lights: 'gateway-1/lights',
  /** Another institution's. */
  clinic: 'gateway-2/clinic',
  /** Nobody's. */
  spare: 'gateway-3/spare',
} as const satisfies Record<string, PointKey>;

export interface TestApi {
  readonly app: FastifyInstance;
  readonly deps: ApiDeps;
  readonly store: TestStore;
  readonly registry: Registry;
  readonly clock: { at: number; now(): number };
  readonly ids: {
    readonly city: string;
    readonly school: string;
    readonly hospital: string;
    readonly mainBuilding: string;
    readonly gymBuilding: string;
    readonly clinicBuilding: string;
    readonly loneBuilding: string;
  };
  /** A key of a principal with these grants. */
  keyOf(...grants: readonly Grant[]): Promise<string>;
  /** GET with the key of `grants`, default an admin's. */
  get(url: string, options?: { key?: string | undefined; headers?: Record<string, string> }): Promise<Answer>;
  end(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export async function testApi(changes: Partial<ApiDeps> = {}): Promise<TestApi> {
  const { registry, path, clock, end } = await testRegistry();
  clock.at = midnight('2024-03-11');
  const ids = await populate(registry);
  const file = join(dirname(path), 'telemetry.duckdb');
  const store = new TestStore({ path: file, clock, calendar: testCalendar });
  await store.port.start();
  await fill(store);
  const deps: ApiDeps = {
    store: store.port,
    registry,
    calendar: testCalendar,
    clock,
    log: silentLogger,
    metrics: new Metrics(),
    language: 'zh-CN',
    version: '0.1.0',
    ready: () => ({ store: true, registry: true, broker: true }),
    ...changes,
  };
  const app = buildApp(deps);
  const keys = new Map<string, string>();

  async function keyOf(...grants: readonly Grant[]): Promise<string> {
    const name = grants
      .map(({ role, institution }) => `${role} of ${institution ?? 'everything'}`)
      .join(', ');
    const known = keys.get(name);
    if (known !== undefined) return known;
    const { key } = await registry.principals.create(name || 'nobody', grants);
    keys.set(name, key);
    return key;
  }

  async function get(url: string, options: Parameters<TestApi['get']>[1] = {}): Promise<Answer> {
    const key = 'key' in options ? options.key : await keyOf({ role: 'admin', institution: null });
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const response = await app.inject({ url, headers: { ...authorization, ...options.headers } });
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: isJson && response.body !== '' ? response.json() : undefined,
    };
  }

  return {
    app,
    deps,
    store,
    registry,
    clock,
    ids,
    keyOf,
    get,
    async end() {
      await app.close();
      await store.port.stop();
      await end();
    },
  };
}

export const everyRole: readonly Role[] = [
  'admin',
  'energy-manager',
  'facility-engineer',
  'vehicle-supervisor',
  'auditor',
  'viewer',
];

async function populate(registry: Registry): Promise<TestApi['ids']> {
  const validFrom = midnight('2024-01-01');
  const institution = async (name: string, parent: string | null) =>
    (await registry.institutions.create({ name, parent, validFrom }, by)).id;
  const building = async (name: string, of: string | null) =>
    (await registry.buildings.create({ name, institution: of, validFrom }, by)).id;

  const city = await institution('City', null);
  const school = await institution('School', city);
  const hospital = await institution('Hospital', city);
  const mainBuilding = await building('Main', school);
  const gymBuilding = await building('Gym', school);
  const clinicBuilding = await building('Clinic', hospital);
  const loneBuilding = await building('Lone', null);

  const electric = { quantities: ['electricity'], validFrom } as const;
  await registry.points.registerAll(
    [
      {
        ...electric,
        key: points.main,
        name: 'Main meter',
        building: mainBuilding,
        quantities: ['electricity', 'power'],
        installation: { serial: 'A1', multiplier: 40 },
      },
      {
        ...electric,
        key: points.annex,
        name: 'Annex',
        building: mainBuilding,
        validFrom: midnight('2024-01-20'),
      },
      { ...electric, key: points.gym, name: 'Gym', building: gymBuilding },
      {
        ...electric,
        key: points.lights,
        name: 'Lights',
        building: mainBuilding,
        role: 'sub-meter',
        parent: points.main,
      },
      { ...electric, key: points.clinic, name: 'Clinic', building: clinicBuilding },
      { ...electric, key: points.spare, name: 'Spare' },
    ],
    by,
  );
  for (const agent of ['gateway-1', 'gateway-2', 'gateway-3']) {
    await registry.agents.create(agent, 'a password');
  }
  return { city, school, hospital, mainBuilding, gymBuilding, clinicBuilding, loneBuilding };
}

async function fill(store: TestStore): Promise<void> {
  const steady = async (point: PointKey, from: string, to: string, value: number) => {
    const hours = [];
    const end = midnight(to);
    for (let ts = midnight(from); ts < end; ts += hourMs) hours.push({ ts, value });
    await store.putHours([point], 'electricity', hours);
    const readings = hours.map(({ ts }, index) => ({ ts, value: index * value }));
    await store.putReadings(point, 'electricity', readings);
  };
  await steady(points.main, '2024-01-01', '2024-03-01', 1);
  await steady(points.annex, '2024-01-20', '2024-03-01', 10);
  await steady(points.lights, '2024-01-01', '2024-03-01', 0.25);
  await steady(points.clinic, '2024-01-01', '2024-03-01', 5);
  await steady(points.spare, '2024-01-01', '2024-01-02', 7);
  await store.putReadings(points.main, 'power', [{ ts: midnight('2024-02-01'), value: 12.5 }]);
  const ts = midnight('2024-02-02');
  const dip = { ts, until: ts + hourMs, code: 'dip', value: 0, withheld: 0 } as const;
  await store.putExclusions(points.main, 'electricity', [dip]);
}
