// Problem documents speak the language that is asked for; codes stay.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await testApi();
  key = await api.keyOf({ role: 'energy-manager', institution: null });
});
afterAll(() => api.end());

const han = /\p{Script=Han}/u;

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
