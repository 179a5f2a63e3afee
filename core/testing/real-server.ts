// Real servers for tests: found on this machine, skipped with a clear message where absent, required where CI says so.
import { accessSync, constants, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** The path of a program on PATH or among the system's servers; `undefined` where there is none. */
export function findServer(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * For the top of a test file: the server's path. Where it is absent a test is registered that says so: skipped on a
 * developer's machine, failing where the environment variable CI is `true`.
 *
 *     const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');
 *     describe.skipIf(mosquitto === undefined)('…', () => { … });
 */
export function requireServer(name: string, install: string): string | undefined {
  const path = findServer(name);
  if (path !== undefined) return path;
  const title = `${name} is not installed, its tests did not run: ${install}`;
  if (process.env['CI'] === 'true') {
    test(title, () => {
      throw new Error(title);
    });
  } else {
    test.skip(title, () => undefined);
  }
  return undefined;
}

/** A port of 127.0.0.1 that was free a moment ago, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
