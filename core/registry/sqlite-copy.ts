// Copies of a registry in SQLite: one made while it is in use, and one put back while it is not.
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { JieyueError } from '../domain/errors.ts';
import { sayOfRegistry } from './words/permits.ts';

/** How long a copy waits for a process that writes, ms. */
const patienceMs = 10_000;

/**
 * Writes a copy of the registry as of one moment; others go on reading and writing it meanwhile.
 * @returns the copy's length in bytes
 * @throws JieyueError `registry.unavailable` where there is no registry, `config.invalid` where `target` exists
 */
export function copyRegistry(path: string, target: string): number {
  if (!existsSync(path))
    throw new JieyueError('registry.unavailable', sayOfRegistry('registry.none', { path }));
  if (existsSync(target)) {
    throw new JieyueError('config.invalid', sayOfRegistry('registry.target', { target }));
  }
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { force: true });
  withDatabase(path, (database) => {
    // It writes nothing to the registry itself, and reads it in one transaction. Password hashes are in it.
    database.prepare('vacuum into ?').run(unfinished);
  });
  chmodSync(unfinished, 0o600);
  check(unfinished);
  renameSync(unfinished, target);
  return statSync(target).size;
}

/**
 * Puts a copy in the registry's place. A registry that stands there is kept beside, as `{path}.replaced`.
 * @returns where that is, if there was one
 * @throws JieyueError `registry.unavailable` where the copy is missing or damaged, or a process has the registry open;
 *   `config.invalid` where a registry stands there and `replace` is not set
 */
export function putRegistryBack(copy: string, path: string, replace: boolean): string | undefined {
  if (!existsSync(copy))
    throw new JieyueError('registry.unavailable', sayOfRegistry('registry.no-copy', { path: copy }));
  check(copy);
  const stands = existsSync(path);
  const old = `${path}.replaced`;
  if (stands) {
    if (!replace) {
      throw new JieyueError('config.invalid', sayOfRegistry('registry.stands', { path }));
    }
    if (existsSync(old)) {
      throw new JieyueError('config.invalid', sayOfRegistry('registry.old', { old }));
    }
    closeLog(path);
  }
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.new`;
  copyFileSync(copy, unfinished);
  chmodSync(unfinished, 0o600);
  if (stands) renameSync(path, old);
  // Of a registry that was deleted by hand: SQLite would take this log for the copy's.
  for (const left of ['-wal', '-shm']) rmSync(path + left, { force: true });
  renameSync(unfinished, path);
  return stands ? old : undefined;
}

/** Brings the log into the file. Leaving WAL works only for the one process that has the file open. */
function closeLog(path: string): void {
  withDatabase(path, (database) => {
    database.exec('pragma busy_timeout = 0');
    try {
      database.exec('pragma journal_mode = delete');
    } catch (error) {
      throw new JieyueError('registry.unavailable', sayOfRegistry('registry.open', { path }), {
        cause: error,
      });
    }
  });
}

function check(file: string): void {
  withDatabase(file, (database) => {
    const rows = database.prepare('pragma integrity_check').all() as { integrity_check: string }[];
    const tables = database.prepare("select name from sqlite_master where name = 'kysely_migration'").all();
    if (rows[0]?.integrity_check !== 'ok' || tables.length === 0) {
      throw new JieyueError('registry.unavailable', sayOfRegistry('registry.unsound', { file }));
    }
  });
}

function withDatabase(path: string, work: (database: Database.Database) => void): void {
  try {
    const database = new Database(path, { timeout: patienceMs });
    try {
      work(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof JieyueError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new JieyueError('registry.unavailable', sayOfRegistry('registry.copy', { path, why }), {
      cause: error,
    });
  }
}
