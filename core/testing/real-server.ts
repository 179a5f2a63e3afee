// Real servers for tests: found on this machine, skipped with a clear message where absent, required where CI says so.
import { test } from 'vitest';
import { findServer, freePort, listens } from './find-server.ts';

export { findServer, freePort, listens };

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
