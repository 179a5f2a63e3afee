import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { points, type TestApi, testApi } from '../core/testing/test-api.ts';
import { problemSchema } from './http/problem.ts';

const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ log });
});
afterAll(() => api.end());

const getters = [
  '/api/v1/points',
  `/api/v1/points/${encodeURIComponent(points.main)}`,
  `/api/v1/points/${points.main}/readings`,
  `/api/v1/points/${points.main}/latest`,
  `/api/v1/points/${points.main}/exclusions`,
  '/api/v1/consumption',
  '/api/v1/institutions',
  '/api/v1/buildings',
  '/api/v1/agents',
  '/api/v1/rejects',
  '/api/v1/alarms',
  '/health',
  '/metrics',
];
const names = [
  ...['point', 'building', 'institution', 'agent', 'carrier', 'bucket', 'from', 'to', 'quantity'],
  ...['limit', 'cursor', 'cleared', '__proto__', 'constructor', 'toString', 'x'],
];
const injections = [
  "' OR 1=1 --",
  '"; DROP TABLE readings; --',
  '../../etc/passwd',
  '$(id)',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\u0000',
  '%00',
  '%',
  '٣',
  '\uD800',
  '1e309',
  '-1',
  'NaN',
  'null',
  'undefined',
  '[object Object]',
  'a/b',
  'a'.repeat(500),
  '=cmd|calc',
  '\r\nx-evil: 1',
];

describe('every problem', () => {
  it('is a document of RFC 9457 with a code, an address without parameters and a request id', async () => {
    for (const url of [
      '/nowhere?secret=1',
      '/api/v1/points?nonsense=1',
      '/api/v1/points/%zz',
      '/api/v1/points/a%2Fb',
    ]) {
      const { status, headers, body } = await api.get(url);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(problemSchema.parse(body).status).toBe(status);
      expect(body.instance).not.toContain('?');
      expect(headers['x-request-id']).toBe(body.requestId);
    }
  });

  it('names each wrong parameter with its value', async () => {
    const { body } = await api.get('/api/v1/points?limit=many&building=%27%3B--');
    expect(body.errors).toEqual([
      {
        parameter: 'building',
        in: 'query',
        value: "';--",
        message: expect.stringContaining('an id is 1 to 64'),
      },
      { parameter: 'limit', in: 'query', value: 'many', message: expect.stringContaining('whole number') },
    ]);
  });

  it('of our own making hides what happened and logs it under the request id', async () => {
    api.store.failure = new Error('segment 7 of /secret/place is torn');
    const { status, body, text } = await api.get(`/api/v1/points/${points.main}/latest`);
    api.store.failure = undefined;
    expect([status, body.code]).toEqual([500, 'api.internal']);
    expect(text).not.toContain('secret');
    const logged = lines.find((line) => line.includes('segment 7'));
    expect(logged).toContain(body.requestId);
  });

  it('answers other methods and large bodies without a fault', async () => {
    const headers = { 'content-type': 'application/json' };
    const post = await api.app.inject({ method: 'POST', url: '/api/v1/consumption', headers, payload: '{}' });
    expect(post.statusCode).toBe(404);
    const payload = JSON.stringify('x'.repeat(200_000));
    const large = await api.app.inject({ method: 'PUT', url: '/health', headers, payload });
    expect(large.statusCode).toBeGreaterThanOrEqual(400);
    expect(large.statusCode).toBeLessThan(500);
  });
});

describe('every answer', () => {
  it('forbids sniffing and caching', async () => {
    for (const url of [...getters, '/nowhere', '/openapi.json', '/docs']) {
      const { headers } = await api.get(url);
      expect([url, headers['x-content-type-options'], headers['cache-control']]).toEqual([
        url,
        'nosniff',
        'no-store',
      ]);
    }
  });
});

describe('the log', () => {
  it('holds no key and no parameters', async () => {
    const key = await api.keyOf({ role: 'viewer', institution: null });
    await api.get('/api/v1/points?agent=gateway-1', { key });
    await api.get('/api/v1/points?token=jy_not-here', { key });
    await api.get('/api/v1/points?agent=%27not-here', { key });
    await api.get('/api/v1/%zz?agent=not-here', { key });
    const text = lines.join('');
    expect(text).toContain('/api/v1/points');
    expect(text).not.toContain(key);
    expect(text).not.toContain('not-here');
  });
});

describe('whatever is asked', () => {
  it('in any parameter, nothing is a fault of ours', async () => {
    for (const url of getters) {
      for (const name of names) {
        for (const value of injections) {
          const query = `${encodeURIComponent(name)}=${safeEncode(value)}`;
          const { status } = await api.get(`${url}?${query}`);
          expect([url, name, value, status < 500]).toEqual([url, name, value, true]);
        }
      }
    }
  });

  it('in the place of a point, nothing is a fault of ours', async () => {
    for (const value of injections) {
      for (const rest of ['', '/readings?from=2024-01-01&to=2024-01-02', '/latest']) {
        for (const url of [
          `/api/v1/points/${safeEncode(value)}${rest}`,
          `/api/v1/points/a/${safeEncode(value)}${rest}`,
        ]) {
          expect([url, (await api.get(url)).status < 500]).toEqual([url, true]);
        }
      }
    }
  });

  it('with parameters drawn at random, nothing is a fault of ours', async () => {
    const value = fc.oneof(
      fc.constantFrom(
        '2024-01-01',
        '2024-02-01',
        '2025',
        'hour',
        'day',
        'month',
        'year',
        'electricity',
        'water',
      ),
      fc.constantFrom(points.main, points.gym, '1', '10', 'true', 'power'),
      fc.integer({ min: -1, max: 8.64e15 }).map(String),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(...injections),
    );
    const url = fc.constantFrom(...getters);
    const pairs = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(url, pairs, async (path, drawn) => {
        const query = drawn.map(([name, text]) => `${name}=${safeEncode(text)}`).join('&');
        const { status, body } = await api.get(`${path}?${query}`);
        expect(status).toBeLessThan(500);
        if (status >= 400) problemSchema.parse(body);
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it('with raw bytes in the address, nothing is a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'%/?&=.a2F;#[]+'), maxLength: 30 }),
        async (tail) => {
          const { status } = await api.get(`/api/v1/points/${tail}`);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300, seed: 12 },
    );
  });
});

/** Lone surrogates cannot be encoded; they are sent as the replacement character. */
function safeEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}
