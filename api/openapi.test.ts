import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApi, testApi } from '../core/testing/test-api.ts';

let api: TestApi;
// biome-ignore lint/suspicious/noExplicitAny: a document of another's schema.
let document: any;
beforeAll(async () => {
  api = await testApi();
  document = (await api.get('/openapi.json', { key: undefined })).body;
});
afterAll(() => api.end());

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: unknown[];
  parameters?: { name: string; in: string; description?: string }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

function operations(): [string, Operation][] {
  return Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

describe('the OpenAPI document', () => {
  it('is version 3.1, open to all, and has every documented route', () => {
    expect(document.openapi).toBe('3.1.0');
    const documented = api.app
      .routeTable()
      .filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs') && url !== '/openapi.json')
      .map(({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`)
      .filter((name) => !name.includes('{agent}'));
    const told = operations().map(([name]) => name);
    expect(told.sort()).toEqual(documented.sort());
    expect(documented).toContain('get /api/v1/consumption');
    expect(documented).toContain('post /api/v1/facts');
  });

  it('says in words what each route, parameter and answer is', () => {
    for (const [name, { summary, description, tags, parameters = [], responses }] of operations()) {
      expect([name, (summary ?? '').length > 3, (description ?? '').length > 20]).toEqual([name, true, true]);
      expect([name, tags?.length]).toEqual([name, 1]);
      for (const parameter of parameters) {
        expect([name, parameter.name, (parameter.description ?? '').length > 5]).toEqual([
          name,
          parameter.name,
          true,
        ]);
      }
      for (const [status, response] of Object.entries(responses)) {
        expect([name, status, response.description]).not.toEqual([name, status, 'Default Response']);
      }
    }
  });

  it('says which routes need a key, and which errors they answer with', () => {
    expect(document.components.securitySchemes.key).toMatchObject({ type: 'http', scheme: 'bearer' });
    for (const [name, { security, responses }] of operations()) {
      const open = name === 'get /health';
      expect([name, security]).toEqual([name, open ? [] : [{ key: [] }]]);
      const expected = open ? ['400', '500'] : ['400', '401', '403', '500', '503'];
      for (const status of expected) {
        const schema = responses[status]?.content?.['application/problem+json']?.schema;
        expect([name, status, schema]).toEqual([name, status, { $ref: '#/components/schemas/Problem' }]);
      }
    }
  });

  it('has an example for each named answer, and every reference leads somewhere', () => {
    const schemas: Record<string, { examples?: unknown[] }> = document.components.schemas;
    for (const [name, { examples }] of Object.entries(schemas)) {
      expect([name, examples?.length]).toEqual([name, 1]);
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name = ''] of references) expect(Object.keys(schemas)).toContain(name);
  });
});

describe('the page at /docs', () => {
  it('loads only from this server and may not load from elsewhere', async () => {
    for (const url of ['/docs', '/docs/']) {
      const { status, text, headers } = await api.get(url, { key: undefined });
      expect([url, status]).toEqual([url, 200]);
      expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).not.toMatch(/https?:/);
      const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, part = '']) => new URL(part, 'http://host/docs/').pathname,
      );
      expect(parts.length).toBeGreaterThan(5);
      for (const part of parts)
        expect([part, (await api.get(part, { key: undefined })).status]).toEqual([part, 200]);
    }
    expect((await api.get('/docs/static/swagger-initializer.js', { key: undefined })).text).not.toContain(
      'validator.swagger.io',
    );
    expect((await api.get('/docs/json', { key: undefined })).body).toEqual(document);
  });
});
