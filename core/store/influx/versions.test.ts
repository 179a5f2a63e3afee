// What holds whichever version answers: the version is found, no secret is told, a silent server is given up.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isJieyueError } from '../../domain/errors.ts';
import { failure, json, line, ScriptedServer, token } from '../../testing/scripted-influx.ts';
import { versionOf } from './versions.ts';

const server = new ScriptedServer();
beforeEach(() => server.start());
afterEach(() => server.stop());

describe('versionOf', () => {
  it.each([
    ['1.6.7~rc0', undefined, 1],
    ['1.12.2', undefined, 1],
    ['v2.7.12', undefined, 2],
    ['3.10.1', { version: '3.10.1' }, 3],
    // 3.0.0: no header, JSON without a content type, which the client hands on as bytes.
    [undefined, Buffer.from('{"version":"3.0.0","revision":"3b602eead2"}'), 3],
    [undefined, 'pong', undefined],
    [undefined, undefined, undefined],
    ['nightly', undefined, undefined],
    ['31.4', undefined, undefined],
  ])('%s and %o is %s', (header, body, version) => {
    expect(versionOf(header, body)).toBe(version);
  });
});

describe('any version', () => {
  it('never tells a secret', async () => {
    server.replies = () => ({ status: 403, headers: json, body: '{"message":"no"}' });
    const secret = 'pass-word';
    const address = server.url.replace('//', `//someone:${secret}@`);
    const connections = [
      server.connect({ url: address, version: 2 }),
      server.connect({ url: address, token: undefined, user: 'someone', password: secret, version: 1 }),
      server.connect({ url: 'http://someone:pass-word@127.0.0.1:1', version: 3 }),
    ];
    for (const connection of connections) {
      const works = [
        () => connection.open(),
        () => connection.write([line]),
        () => connection.query(['SELECT 1']),
      ];
      for (const work of works) {
        const error: unknown = await work().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(isJieyueError(error, 'store.unavailable')).toBe(true);
        const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error);
        expect(told).not.toContain(token);
        expect(told).not.toContain(secret);
        expect(told).not.toContain(Buffer.from(`someone:${secret}`).toString('base64'));
      }
    }
  });

  it('gives an answer up that begins and does not go on', async () => {
    server.replies = () => ({ status: 200, headers: json, stalls: true });
    const connection = server.connect({ version: 3, timeoutMs: 200 });
    const { code, message } = await failure(connection.query(['SELECT 1']));
    expect(code).toBe('store.unavailable');
    expect(message).toContain('no answer within 200 ms');
  });

  it('says so where something else answers', async () => {
    server.replies = () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<h1>It works!</h1>',
    });
    const { message } = await failure(server.connect().open());
    expect(message).toContain('set store.influx.version');
  });
});
