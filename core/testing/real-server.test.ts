import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findServer, freePort } from './real-server.ts';

describe('servers for tests', () => {
  it('are found among the programs of this machine, or not at all', () => {
    expect(findServer('sh')).toMatch(/\/sh$/);
    expect(findServer('no-such-server')).toBeUndefined();
    expect(findServer('')).toBeUndefined();
  });

  it('get a port that nobody listens on', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    expect(server.listening).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });
});
