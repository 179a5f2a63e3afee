import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await testApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const address = api.app.server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => api.end());

async function answerTo(text: string): Promise<{ head: string; body: Record<string, unknown> }> {
  const socket = connect(port, '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  socket.write(text);
  await once(socket, 'close');
  const [head = '', body = ''] = Buffer.concat(parts).toString().split('\r\n\r\n');
  return { head, body: JSON.parse(body) };
}

describe('what is no HTTP', () => {
  it.each([
    'GET /health?purpose=每日巡查 HTTP/1.1\r\nhost: x\r\n\r\n',
    'GET /health?purpose=daily round HTTP/1.1\r\n\r\n',
  ])('is refused with a problem that says how to write it: %j', async (text) => {
    const { head, body } = await answerTo(text);
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head).toContain('application/problem+json');
    expect(body).toMatchObject({
      status: 400,
      code: 'api.bad-request',
      detail: expect.stringMatching(/percent-encoded.*百分号编码/),
    });
  });

  it('says so of headers that are too long', async () => {
    const { head, body } = await answerTo(
      `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(body).toMatchObject({ status: 431, detail: expect.stringContaining('too long') });
  });
});
