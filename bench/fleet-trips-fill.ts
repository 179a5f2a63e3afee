// A fleet's month in registry and store, for the benchmark of trips. Positions of all cars lie among each other, as they come in. The engine
// itself puts them in that order: through the port it would take minutes for 18 million of them.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flag } from '../core/domain/fleet/track/columns.ts';
import { Calendar, dayMs } from '../core/domain/time.ts';
import type { PointKey } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { appendColumns, numbers } from '../core/store/duckdb/rows.ts';
import { openStore } from '../core/store/open-store.ts';
import { begin, monthOf } from './fleet-months.ts';
import { progress } from './report.ts';

const author = { author: 'bench', reason: 'benchmark' };
const deps = { clock: systemClock, log: silentLogger };
export const calendar = new Calendar('Asia/Shanghai');

export function terminal(car: number): PointKey {
  return `cars/${13_800_000_000 + car}`;
}

export interface Driven {
  readonly positions: number;
  readonly trips: number;
}

/** Every car is to be looked at from the first day on: a yard is drawn late. @returns what is in it */
export async function fill(home: string, cars: number): Promise<Driven> {
  const since = calendar.floor(begin - 30 * dayMs, 'day');
  const registry = createRegistry({ path: join(home, 'registry.sqlite'), calendar, ...deps });
  await registry.start();
  const unit = (await registry.institutions.create({ name: 'unit', parent: null, validFrom: since }, author))
    .id;
  for (let car = 0; car < cars; car++) {
    const id = registry.facts.newId();
    const facts = { plate: `浙A${10_000 + car}`, institution: unit, terminal: terminal(car) };
    await registry.facts.record(
      Object.entries(facts).map(([attribute, value]) => ({ entity: id, attribute, validFrom: since, value })),
      author,
      [{ id, kind: 'vehicle' }],
    );
  }
  const store = await openStore(loadConfig({ environment: { JIEYUE_HOME: home } }), deps);
  await store.start();
  await store.stop();
  const driven = await fillStore(join(home, 'telemetry.duckdb'), cars);
  const shape = { circle: { lat: 30.5, lon: 114.5, radiusM: 800 } };
  const yard = { institution: unit, name: 'yard', kind: 'yard', limitKmh: 20, shape } as const;
  await registry.fleet.fences.record([{ ...yard, from: begin - dayMs }], author);
  await registry.stop();
  return driven;
}

async function fillStore(path: string, cars: number): Promise<Driven> {
  const instance = await DuckDBInstance.create(path, { memory_limit: '2GB', threads: '2' });
  const connection = await instance.connect();
  let [positions, trips] = [0, 0];
  try {
    const columns = ['car', 'ts', 'lat', 'lon', 'speed', 'course', 'odometer', 'satellites', 'facts'];
    await connection.run(`CREATE TEMP TABLE driven(${columns.map((name) => `${name} DOUBLE`).join(', ')})`);
    for (let car = 0; car < cars; car++) {
      const { track, trips: made } = monthOf(car + 1);
      const facts = Float64Array.from(
        track.flags,
        (flags) => flags & (flag.ignitionOn | flag.ignitionOff | flag.noFix),
      );
      const { ts, lat, lon, speedKmh, courseDeg, odometerKm, satellites, length } = track;
      const all = [
        new Float64Array(length).fill(car),
        ts,
        lat,
        lon,
        speedKmh,
        courseDeg,
        odometerKm,
        satellites,
        facts,
      ];
      await appendColumns(connection, 'temp.driven', all.map(numbers), length);
      [positions, trips] = [positions + length, trips + made];
      if (car % 50 === 49) progress(`${car + 1} cars driven`);
    }
    await connection.run(`INSERT INTO positions SELECT 'cars/' || (13800000000 + car::BIGINT), ts, lat, lon, speed, course,
      '{"altitudeM":12}', row_number() OVER (ORDER BY ts, car), odometer, satellites, facts FROM driven ORDER BY ts, car`);
    await connection.run('DROP TABLE driven');
    await connection.run('CHECKPOINT');
    return { positions, trips };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
