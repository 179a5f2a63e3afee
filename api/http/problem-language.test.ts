// Problem documents speak the language that is asked for; codes stay.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
let key: string;
/** May ask everything, positions too. */
let everyKey: string;
beforeAll(async () => {
  api = await testApi();
  key = await api.keyOf({ role: 'energy-manager', institution: null });
  everyKey = await api.keyOf(
    { role: 'admin', institution: null },
    { role: 'vehicle-supervisor', institution: null },
  );
});
afterAll(() => api.end());

const han = /\p{Script=Han}/u;

describe('a parameter that is missing', () => {
  it.each([
    ['/api/v1/trips', '缺失；写法如 from=2025-01-01', 'from: is missing; write it as from=2025-01-01'],
    [
      '/api/v1/quality?year=2025&month=3',
      'institution：缺失；可用的见 /api/v1/institutions',
      'institution: is missing; see /api/v1/institutions for those there are',
    ],
    ['/api/v1/key-users', 'year：缺失；写法如 year=2025', 'year: is missing; write it as year=2025'],
  ])('of %s is named with how it is written', async (url, chinese, english) => {
    const inChinese = await api.get(url, { key: everyKey, headers: { 'accept-language': 'zh' } });
    expect(inChinese.body.detail).toContain(chinese);
    const inEnglish = await api.get(url, { key: everyKey });
    expect(inEnglish.body.detail).toContain(english);
    expect(JSON.stringify([inChinese.body, inEnglish.body])).not.toMatch(/undefined|应为文本/);
  });

  it('is so for every route that needs one: nothing is said of types', async () => {
    const { paths } = (await api.app.inject({ url: '/openapi.json' })).json<{
      paths: Record<string, { get?: { parameters?: { in: string; required?: boolean }[] } }>;
    }>();
    const asking = Object.entries(paths).filter(
      ([path, { get }]) =>
        !path.includes('{') && get?.parameters?.some((one) => one.in === 'query' && one.required === true),
    );
    expect(asking.length).toBeGreaterThan(15);
    for (const [path] of asking) {
      const { status, body } = await api.get(path, { key: everyKey });
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(`${path} ${body.detail}`).not.toMatch(/Invalid input|undefined/);
    }
  });
});

describe('a problem document', () => {
  it.each([
    ['/api/v1/nothing', 404, 'api.not-found', /没有内容/],
    [
      '/api/v1/consumption?institution=1&from=2024-01-01&to=gestern',
      400,
      'api.bad-request',
      /to “gestern”：不是时间/,
    ],
    [
      '/api/v1/consumption?institution=1&from=2024-01-01&to=2024-02-01&bucket=week',
      400,
      'api.bad-request',
      /应为其中之一/,
    ],
    [
      '/api/v1/consumption?institution=1&from=2024-01-01&to=2024-02-01',
      404,
      'registry.not-found',
      /没有单位“1”/,
    ],
  ])('of %s is in Chinese or English as asked', async (url, status, code, words) => {
    const chinese = await api.get(url, { key, headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } });
    expect(chinese).toMatchObject({ status, body: { code, detail: expect.stringMatching(words) } });
    expect(chinese.body.title).toMatch(han);
    expect(chinese.headers['content-language']).toBe('zh-CN');
    for (const headers of [{}, { 'accept-language': 'en' }]) {
      const english = await api.get(url, { key, headers });
      expect(english).toMatchObject({ status, body: { code } });
      expect(JSON.stringify(english.body)).not.toMatch(han);
    }
  });

  it('without a key says so in Chinese', async () => {
    const response = await api.app.inject({
      url: '/api/v1/institutions',
      headers: { 'accept-language': 'zh' },
    });
    expect(response.json()).toMatchObject({
      code: 'api.unauthenticated',
      detail: expect.stringContaining('没有发送密钥'),
    });
  });

  it('names rows that the registry refuses, and files that cannot be read, in Chinese', async () => {
    const call = (url: string, payload: unknown, type?: string) =>
      post(api, url, payload, { key, language: 'zh-CN', ...(type === undefined ? {} : { type }) });
    const facts = [
      { entity: api.ids.school, attribute: 'creditCode', validFrom: '2024-01-01', value: '1233' },
    ];
    const refused = await call('/api/v1/facts', { reason: '测试', facts });
    expect(refused.body).toMatchObject({
      code: 'registry.invalid',
      detail: expect.stringContaining('统一社会信用代码为 18 位，现为 4 位'),
      errors: [{ parameter: 'facts.0', message: expect.stringContaining('统一社会信用代码') }],
    });
    const damaged = await call('/api/v1/ledgers/bills/import', Buffer.from('PK nothing'), 'text/csv');
    expect(damaged).toMatchObject({
      status: 400,
      body: { code: 'import.file', detail: expect.stringMatching(/已损坏/) },
    });
    const bad = await call(
      '/api/v1/ledgers/bills/import',
      '户号,票据号,起始日期,数量\n1,2,2024-01,x\n',
      'text/csv',
    );
    expect(bad.body.faults).toMatchObject([{ code: 'not-a-number', reason: '不是数字' }]);
  });
});
