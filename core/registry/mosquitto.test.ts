// Our password file and Mosquitto's are one: checked against the real broker.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../runtime/clock.ts';
import { findServer, freePort, requireServer } from '../testing/real-server.ts';
import { testRegistry } from '../testing/test-registry.ts';
import { defaultIterations, matches } from './passwords.ts';

const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');
const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'jieyue-mosquitto-'));
  ends.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts the broker on a free port with this password file. */
async function broker(program: string, passwordFile: string): Promise<string> {
  const home = folder();
  const port = await freePort();
  const users = join(home, 'users');
  writeFileSync(users, passwordFile, { mode: 0o600 });
  const settings = [`listener ${port} 127.0.0.1`, 'allow_anonymous false', `password_file ${users}`];
  writeFileSync(join(home, 'conf'), [...settings, `user ${userInfo().username}`, ''].join('\n'));
  const child = spawn(program, ['-c', join(home, 'conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill();
    return ended;
  });
  return `mqtt://127.0.0.1:${port}`;
}

/** `accepted`, or the broker's refusal; waits for a broker that is still starting. */
async function login(url: string, username: string, password: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const client = await connectAsync(url, { username, password, reconnectPeriod: 0 }, false);
      await client.endAsync();
      return 'accepted';
    } catch (error) {
      const { message, code } = error as Error & { code?: unknown };
      if (code !== 'ECONNREFUSED') return message;
      await sleep(50);
    }
  }
  return 'the broker did not start';
}

describe.skipIf(mosquitto === undefined)('Mosquitto', () => {
  it('lets in the agents of our password file with their passwords, and nobody else', async () => {
    const test = await testRegistry({ passwordIterations: defaultIterations });
    ends.push(test.end);
    const { agents } = test.registry;
    await agents.create('school-7', 'sécret: 节约');
    await agents.create('gone', 'secret');
    await agents.disable('gone');
    const url = await broker(mosquitto ?? '', await agents.passwordFile());
    expect(await login(url, 'school-7', 'sécret: 节约')).toBe('accepted');
    expect(await login(url, 'school-7', 'secret')).toContain('Not authorized');
    expect(await login(url, 'gone', 'secret')).toContain('Not authorized');
  });

  it('makes password files that we verify', async () => {
    const program = findServer('mosquitto_passwd') ?? 'mosquitto_passwd';
    const file = join(folder(), 'users');
    execFileSync(program, ['-c', '-b', file, 'school-7', 'sécret: 节约'], { stdio: 'ignore' });
    const [user, hash] = readFileSync(file, 'utf8').trim().split(':');
    expect(user).toBe('school-7');
    expect(await matches('sécret: 节约', hash ?? '')).toBe(true);
    expect(await matches('secret', hash ?? '')).toBe(false);
  });
});
