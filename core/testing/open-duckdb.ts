// A DuckDB store at a path, for tests: of this process and of others (`openAt`).

import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { DuckDbStore, type DuckDbStoreOptions } from '../store/duckdb/duckdb-store.ts';

export function duckDbAt(path: string, options: Partial<DuckDbStoreOptions> = {}): DuckDbStore {
  return new DuckDbStore({
    path,
    timeZone: 'Asia/Shanghai',
    memoryLimitMb: 160,
    threads: 2,
    log: silentLogger,
    clock: systemClock,
    ...options,
  });
}

/** @param argument JSON of `path` and other options */
export async function openAt(argument: string): Promise<DuckDbStore> {
  const { path, ...options } = JSON.parse(argument) as { path: string } & Partial<DuckDbStoreOptions>;
  const store = duckDbAt(path, options);
  await store.start();
  return store;
}
