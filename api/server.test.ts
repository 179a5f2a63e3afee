import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics } from '../core/runtime/metrics.ts';
import { points, type TestApi, testApi } from '../core/testing/test-api.ts';
import { ApiServer } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

function server(port = 0) {
  return new ApiServer({ ...api.deps, metrics: new Metrics() }, { host: '127.0.0.1', port });
}

describe('the API on a socket', () => {
  it('answers on a free port, keeps connections, and is gone after stop', async () => {
    const running = server();
    await running.start();
    const { url, port } = running.address();
    expect(port).toBeGreaterThan(0);
    const key = await api.keyOf({ role: 'admin', institution: null });
    const headers = { authorization: `Bearer ${key}` };
    for (const path of [encodeURIComponent(points.main), points.main]) {
      const response = await fetch(`${url}/api/v1/points/${path}/latest`, { headers });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ point: points.main });
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`, { headers })).text()).toContain(
      'jieyue_http_request_seconds_count{method="GET",route="/api/v1/points/:id/latest",status="200"} 1',
    );
    await running.stop();
    await running.stop();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('survives what is not HTTP', async () => {
    const running = server();
    await running.start();
    const { port, url } = running.address();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.end('\x16\x03\x01 binary noise\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await running.stop();
  });

  it('names the address that is taken and the way out, and can be stopped after that', async () => {
    const first = server();
    await first.start();
    const { port } = first.address();
    const second = server(port);
    await expect(second.start()).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*JIEYUE_HTTP_PORT`)),
    });
    await second.stop();
    await first.stop();
  });

  it('has no address before it starts', () => {
    expect(() => server().address()).toThrow(/does not listen yet/);
  });
});
