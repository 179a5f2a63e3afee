// Ledgers over HTTP: templates that can be imported, rows of others refused by name, figures that follow, and bytes of all kinds.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { post } from '../../core/testing/post.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight } from '../../core/testing/test-registry.ts';
import { book, sheetOf } from '../../core/testing/workbook-bytes.ts';
import { csvText } from '../ledgers/csv-text.ts';
import { readLimits } from '../ledgers/read/limits.ts';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
type Rows = readonly (readonly (string | number)[])[];

let api: TestApi;
let all: string;
let scoped: string;
const begin = async () => {
  api = await testApi();
  all = await api.keyOf({ role: 'energy-manager', institution: null });
  scoped = await api.keyOf({ role: 'energy-manager', institution: api.ids.school });
};

const send = (
  kind: string,
  payload: unknown,
  { key = all, query = '', type = 'text/csv', language = 'en' } = {},
) => post(api, `/api/v1/ledgers/${kind}/import${query}`, payload, { key, type, language });
const sendRows = (kind: string, rows: Rows, options = {}) => send(kind, csvText(rows), options);

describe('templates', () => {
  beforeAll(begin);
  afterAll(() => api.end());

  it('of every ledger are told of and given as workbook and CSV, and are imported as they are: nothing', async () => {
    const { body } = await api.get('/api/v1/ledgers', { headers: { 'accept-language': 'en' } });
    expect(body.ledgers.length).toBeGreaterThan(10);
    const roles = ['energy-manager', 'vehicle-supervisor'] as const;
    const both = await api.keyOf(...roles.map((role) => ({ role, institution: null })));
    for (const { kind, name, columns } of body.ledgers) {
      expect([kind, typeof name, columns.length > 1]).toEqual([kind, 'string', true]);
      for (const [format, type] of [
        ['csv', 'text/csv'],
        ['xlsx', xlsx],
      ]) {
        const response = await api.app.inject({
          url: `/api/v1/ledgers/${kind}/template?format=${format}`,
          headers: { authorization: `Bearer ${both}` },
        });
        expect([kind, response.statusCode]).toEqual([kind, 200]);
        expect(String(response.headers['content-type'])).toContain(type);
        const answer = await send(kind, response.rawPayload, { type, key: both });
        expect([kind, format, answer.status, answer.body.faults]).toEqual([kind, format, 200, []]);
      }
    }
    const whole = await api.app.inject({
      url: '/api/v1/ledgers/all/template',
      headers: { authorization: `Bearer ${all}` },
    });
    expect((await send('all', whole.rawPayload, { type: xlsx })).body).toMatchObject({ faults: [] });
    expect((await api.get('/api/v1/ledgers/all/template?format=csv')).status).toBe(400);
    expect((await api.get('/api/v1/ledgers/nothing/template')).status).toBe(400);
  });
});

describe('an import', () => {
  beforeEach(begin);
  afterEach(() => api.end());

  const users: Rows = [
    ['单位', '编制人数', '生效日期'],
    ['City/School', 120, '2024-01-01'],
    ['City/Nowhere', 5, '2024-01-01'],
  ];
  const staff = () => api.registry.facts.valueAt(api.ids.school, 'energyUsers', midnight('2024-02-01'));

  it('is all or nothing, or the good rows; a dry run keeps nothing; faults are in the language asked for', async () => {
    const fault = { row: 3, column: '单位', value: 'City/Nowhere', code: 'unknown-institution' };
    const refused = await sendRows('energy-users', users);
    expect(refused.body).toMatchObject({ applied: false, faultCount: 1, faults: [fault] });
    expect(refused.body.faults[0].reason).toBe('there is no such institution');
    const chinese = await sendRows('energy-users', users, { language: 'zh-CN' });
    expect(chinese.body.faults[0].reason).toBe('没有这个单位');
    const rehearsed = await sendRows('energy-users', users, { query: '?mode=good-rows&dryRun=true' });
    expect(rehearsed.body).toMatchObject({
      applied: false,
      dryRun: true,
      ledgers: [{ changed: 1, faulty: 1 }],
    });
    expect(await staff()).toBeUndefined();
    const kept = await sendRows('energy-users', users, { query: '?mode=good-rows&reason=register' });
    expect(kept.body).toMatchObject({ applied: true, ledgers: [{ changed: 1, faulty: 1 }] });
    expect(await staff()).toMatchObject({ staff: 120 });
    const [fact] = await api.registry.facts.history(api.ids.school, { attribute: 'energyUsers' });
    expect(fact).toMatchObject({ author: 'energy-manager of everything', reason: 'register' });
  });

  it('of a key with a narrower grant refuses rows of others by name, and brings the rest', async () => {
    const rows: Rows = [
      ['单位', '编制人数', '生效日期'],
      ['City/School', 120, '2024-01-01'],
      ['City/Hospital', 5, '2024-01-01'],
      ['City', 7, '2024-01-01'],
      [api.ids.hospital, 5, '2024-01-01'],
    ];
    const before = await api.registry.revision();
    const refused = await sendRows('energy-users', rows, { key: scoped });
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({ applied: false, faultCount: 3 });
    expect(await api.registry.revision()).toBe(before);
    const kept = await sendRows('energy-users', rows, { key: scoped, query: '?mode=good-rows' });
    expect(kept.body).toMatchObject({ applied: true, faultCount: 3 });
    expect(kept.body.faults.map(({ row, value }: { row: number; value: string }) => [row, value])).toEqual([
      [3, 'City/Hospital'],
      [4, expect.anything()],
      [5, api.ids.hospital],
    ]);
    for (const id of [api.ids.hospital, api.ids.city]) {
      expect(await api.registry.facts.history(id, { attribute: 'energyUsers' })).toEqual([]);
    }
    expect(await staff()).toMatchObject({ staff: 120 });
  });

  it('makes nothing for others, takes nothing of theirs, and tells no names of theirs', async () => {
    const { registry, ids } = api;
    const validFrom = midnight('2024-01-01');
    const account = { institution: ids.hospital, commodity: 'electricity', validFrom } as const;
    const e2 = await registry.accounts.create({ ...account, number: 'E2', supplier: 'Grid' }, by);
    for (const parent of [ids.city, ids.hospital])
      await registry.institutions.create({ name: 'Canteen', parent, validFrom }, by);
    const day = '2024-01-01';
    const cases: [string, Rows][] = [
      [
        'institutions',
        [
          ['名称', '上级单位', '生效日期'],
          ['New', 'City/Hospital', day],
          ['Newer', 'City', day],
          ['Newest', '', day],
        ],
      ],
      [
        'buildings',
        [
          ['名称', '所属单位', '生效日期'],
          ['Clinic', 'City/Hospital', day],
        ],
      ],
      [
        'accounts',
        [
          ['户号', '所属单位', '品类', '生效日期'],
          ['E2', 'City/School', '电力', day],
          ['E3', 'City/Hospital', '电力', day],
        ],
      ],
      [
        'bills',
        [
          ['户号', '票据号', '起始日期', '截止日期', '数量'],
          ['E2', 'D1', day, '2024-01-31', 10],
        ],
      ],
      [
        'energy-users',
        [
          ['单位', '编制人数', '生效日期'],
          ['Canteen', 3, day],
        ],
      ],
      [
        'reports',
        [
          ['单位', '品类', '用途', '起始日期', '截止日期', '数量'],
          ['City/Hospital', '汽油', '公务用车', day, '2024-01-31', 10],
        ],
      ],
    ];
    const before = await registry.revision();
    const codes: string[] = [];
    for (const [kind, rows] of cases) {
      const answer = await sendRows(kind, rows, { key: scoped, query: '?mode=good-rows' });
      expect([kind, answer.status]).toEqual([kind, 200]);
      const said = JSON.stringify(answer.body.faults);
      const faulty = new Set(answer.body.faults.map(({ row }: { row: number }) => row));
      expect([kind, said, faulty.size]).toEqual([kind, said, rows.length - 1]);
      expect(said).not.toContain(ids.hospital);
      expect(said).not.toContain('Hospital/Canteen');
      expect(said).not.toContain('Grid');
      codes.push(...answer.body.faults.map(({ code }: { code: string }) => code));
    }
    expect(await registry.revision()).toBe(before);
    const count = (code: string) => codes.filter((each) => each === code).length;
    expect([count('unknown-institution'), count('not-permitted'), codes.length]).toEqual([5, 4, 9]);
    expect(await registry.accounts.get(e2.id, validFrom)).toMatchObject({ institution: ids.hospital });
  });

  it('takes no point of others, nor a formula over one', async () => {
    const formula = (key: string) => [
      `gateway-1/v-${key.replace('/', '-')}`,
      'V',
      'electricity',
      'virtual',
      'City/School/Main',
      key,
      '2024-01-01',
    ];
    const rows: Rows = [
      ['计量点', '名称', '计量项', '角色', '所在建筑', '公式', '生效日期'],
      formula(points.main),
      formula(points.clinic),
      [points.clinic, 'Mine', 'electricity', 'billing', 'City/School/Main', '', '2024-01-01'],
      ['gateway-2/new', 'Mine', 'electricity', 'billing', 'City/School/Main', '', '2024-01-01'],
    ];
    const answer = await sendRows('points', rows, { key: scoped, query: '?mode=good-rows' });
    const faulty = new Set(answer.body.faults.map(({ row }: { row: number }) => row));
    expect([...faulty], JSON.stringify(answer.body)).toEqual([3, 4, 5]);
    expect(await api.registry.points.get('gateway-1/v-gateway-1-main', midnight('2024-02-01'))).toBeDefined();
    expect(await api.registry.points.get('gateway-2/new', midnight('2024-02-01'))).toBeUndefined();
    expect(await api.registry.points.institutionOf(points.clinic, midnight('2024-02-01'))).toBe(
      api.ids.hospital,
    );
  });

  it('of purchase prices needs definitions:write over everything', async () => {
    const tariffs = await api.registry.definitions.list('tariff');
    const tariff = tariffs.find(({ value }) => JSON.stringify(value).includes('purchase'))?.id ?? '';
    const rows: Rows = [
      ['电价', '月份', '价格'],
      [tariff, '2024-01', 0.5],
    ];
    const before = await api.registry.revision();
    for (const key of [all, scoped, await api.keyOf({ role: 'admin', institution: api.ids.city })]) {
      const { status, body } = await sendRows('purchase-prices', rows, { key });
      expect([status, body.applied, body.faultCount]).toEqual([200, false, 1]);
      expect(body.faults[0].row).toBe(2);
    }
    expect(await api.registry.revision()).toBe(before);
  });
});

describe('a body', () => {
  beforeAll(begin);
  afterAll(() => api.end());

  it('of another type, too large or empty is refused in words', async () => {
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const answer = await send('bills', '{}', { type });
      expect([type, answer.status, answer.body.code]).toEqual([type, 415, 'api.media-type']);
      expect(answer.body.detail).toContain('text/csv');
    }
    const large = await send('bills', Buffer.alloc(readLimits.fileBytes + 1, 65));
    expect([large.status, large.body.code]).toEqual([413, 'api.too-large']);
    expect(large.body.detail).toContain('50 MB');
    const none = await api.app.inject({
      method: 'POST',
      url: '/api/v1/ledgers/bills/import',
      headers: { authorization: `Bearer ${all}`, 'content-type': 'text/csv' },
    });
    expect([none.statusCode, none.json().code]).toEqual([400, 'import.file']);
    const list = await post(api, '/api/v1/facts', 'x'.repeat(5 * 1024 ** 2), { key: all });
    expect([list.status, list.body.code]).toEqual([413, 'api.too-large']);
  });

  it('that unpacks without end is stopped', async () => {
    const bomb = book(Buffer.alloc(readLimits.unpackedBytes + 1_000, 32), {}, 100);
    const answer = await send('bills', bomb, { type: xlsx });
    expect([answer.status, answer.body.code]).toEqual([413, 'import.too-large']);
  });

  it('waits behind one other and no more, and one of a key is enough', async () => {
    const rows = [
      ['户号', '票据号', '起始日期', '数量'],
      ...Array.from({ length: 3_000 }, (_, n) => ['E', n, '2024', 1]),
    ] as Rows;
    const keys = await Promise.all(
      ['first', 'second', 'third'].map(
        async (name) =>
          (await api.registry.principals.create(name, [{ role: 'admin', institution: null }])).key,
      ),
    );
    const answers = await Promise.all(
      keys.flatMap((key) => [1, 2].map(() => sendRows('bills', rows, { key }))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 503, 503, 503, 503]);
    const refused = answers.filter(({ status }) => status === 503).map(({ body }) => body);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['api.busy']));
    expect(refused.map(({ detail }) => detail).join('\n')).toMatch(/an import of "first" is under way/);
    expect((await sendRows('bills', rows)).status).toBe(200);
  });

  it('of whatever bytes is answered by what is wrong with it, and changes nothing', async () => {
    const random = generator(20260704);
    const template = (
      await api.app.inject({
        url: '/api/v1/ledgers/bills/template',
        headers: { authorization: `Bearer ${all}` },
      })
    ).rawPayload;
    const before = await api.registry.revision();
    const seen = new Map<number, number>();
    for (let round = 0; round < 250; round++) {
      const bytes = strangeBytes(random, template);
      const type = random(2) === 0 ? 'text/csv' : xlsx;
      const kind = ['bills', 'all', 'points', 'institutions'][random(4)] ?? 'bills';
      const answer = await send(kind, bytes, { type, key: random(2) === 0 ? all : scoped });
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      expect([round, [200, 400, 413].includes(answer.status), answer.text.slice(0, 300)]).toEqual([
        round,
        true,
        expect.anything(),
      ]);
    }
    expect(await api.registry.revision()).toBe(before);
    expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 400]));
  });

  it('of JSON, however wrong, is answered 400', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '{"__proto__":{"everything":true},"reason":"x","facts":[]}',
      '{"reason":"x","facts":[]}',
      '{"reason":"x","facts":[{"entity":"a","attribute":"constructor","validFrom":"2024","value":1}]}',
      `{"reason":"x","facts":[{"entity":"${api.ids.school}","attribute":"kind","validFrom":"2024","value":${deep}}]}`,
      `{"reason":"x","facts":[{"entity":"${api.ids.school}","attribute":"toString","validFrom":"2024","value":1}]}`,
      `{"reason":"x","facts":[{"entity":"${api.ids.school}","attribute":"kind","validFrom":"2024-01-01T08:00","value":"x"}]}`,
      `{"reason":" ","facts":[{"entity":"${api.ids.school}","attribute":"kind","validFrom":"2024","value":"x"}]}`,
      `{"reason":"x","author":"me","facts":[{"entity":"${api.ids.school}","attribute":"kind","validFrom":"2024","value":"x"}]}`,
    ];
    const before = await api.registry.revision();
    for (const body of bodies) {
      for (const key of [all, scoped]) {
        const answer = await post(api, '/api/v1/facts', body, { key });
        const status = body.includes('"entity":"a"') ? 404 : 400;
        expect([body.slice(0, 150), answer.status, answer.text.slice(0, 300)]).toEqual([
          body.slice(0, 150),
          status,
          expect.anything(),
        ]);
      }
    }
    expect(await api.registry.revision()).toBe(before);
  });
});

describe('what is written over HTTP', () => {
  beforeAll(begin);
  afterAll(() => api.end());

  it('is in the figures at once, and out of them again when it is taken back', async () => {
    const asked = `/api/v1/figures?institution=${api.ids.school}&year=2024&basis=billed&indicators=electricity,electricityPerPerson`;
    const figures = async () => {
      const { status, body, text } = await api.get(asked);
      expect([status, text.slice(0, 300)]).toEqual([200, expect.anything()]);
      return body.figures.map(({ numerator, value, withheld }: Record<string, number>) => [
        numerator,
        value ?? withheld,
      ]);
    };
    const made = await post(
      api,
      '/api/v1/accounts',
      {
        reason: 'new',
        validFrom: '2024-01-01',
        facts: { number: 'E1', institution: api.ids.school, commodity: 'electricity' },
      },
      { key: scoped },
    );
    const bill = { account: made.body.id, document: 'D', quantity: 1_000, amountCny: 700 };
    const bills = [{ ...bill, from: '2024-01-01', to: '2024-02-01' }];
    const recorded = await post(api, '/api/v1/bills', { reason: 'January', bills }, { key: scoped });
    expect(recorded.body).toEqual({ recorded: 1, replaced: 0, unchanged: 0 });
    const fact = {
      entity: api.ids.school,
      attribute: 'energyUsers',
      validFrom: '2024-01-01',
      value: { staff: 100 },
    };
    expect(
      (await post(api, '/api/v1/facts', { reason: 'register', facts: [fact] }, { key: scoped })).body,
    ).toEqual({ changed: [0] });
    expect((await figures())[0][0]).toBe(1_000);
    expect((await figures())[1][0]).toBe(1_000);
    const again = await post(api, '/api/v1/bills', { reason: 'January', bills }, { key: scoped });
    expect(again.body).toEqual({ recorded: 0, replaced: 0, unchanged: 1 });
    api.clock.at += 1_000;
    const mended = [{ ...bills[0], quantity: 900 }];
    const replaced = await post(api, '/api/v1/bills', { reason: 'misread', bills: mended }, { key: scoped });
    expect(replaced.body).toEqual({ recorded: 0, replaced: 1, unchanged: 0 });
    expect((await figures())[0][0]).toBe(900);

    const list = `/api/v1/bills?institution=${api.ids.school}&from=2024-01-01&to=2025-01-01`;
    const { bills: now } = (await api.get(list, { key: scoped })).body;
    expect(now).toMatchObject([{ quantity: 900, reason: 'misread', supersededAt: null, withdrawn: null }]);
    const withdrawn = await post(
      api,
      '/api/v1/bills/withdrawals',
      { reason: 'not ours', ids: [now[0].id] },
      { key: scoped },
    );
    expect(withdrawn.body).toEqual({ withdrawn: 1 });
    expect((await figures())[0][0]).not.toBe(900);
    const { bills: before } = (await api.get(`${list}&superseded=true`, { key: scoped })).body;
    expect(before.map(({ quantity }: { quantity: number }) => quantity)).toEqual([1_000, 900]);
    expect(before[1].withdrawn).toEqual({
      author: `energy-manager of ${api.ids.school}`,
      reason: 'not ours',
    });
    const history = await api.get(
      `/api/v1/facts?entity=${api.ids.school}&attribute=energyUsers&history=true`,
      {
        key: scoped,
      },
    );
    expect(history.body.facts).toHaveLength(1);
  });

  it('comes in pages that hold each row once', async () => {
    const { body } = await post(
      api,
      '/api/v1/accounts',
      {
        reason: 'new',
        validFrom: '2020-01-01',
        facts: { number: 'E7', institution: api.ids.school, commodity: 'water' },
      },
      { key: scoped },
    );
    const months = Array.from({ length: 25 }, (_, index) => ({
      account: body.id,
      document: `D${index}`,
      from: `${2020 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`,
      to: `${2020 + Math.floor((index + 1) / 12)}-${String(((index + 1) % 12) + 1).padStart(2, '0')}-01`,
      quantity: index,
      amountCny: null,
    }));
    expect((await post(api, '/api/v1/bills', { reason: 'x', bills: months }, { key: scoped })).status).toBe(
      200,
    );
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 20; page++) {
      const answer = await api.get(
        `/api/v1/bills?account=${body.id}&from=2020-01-01&to=2024-01-01&limit=4${cursor}`,
        { key: scoped },
      );
      expect(answer.status).toBe(200);
      seen.push(...answer.body.bills.map(({ document }: { document: string }) => document));
      if (answer.body.next === null) break;
      cursor = `&cursor=${answer.body.next}`;
    }
    expect(seen).toEqual(months.map(({ document }) => document));
  });
});

/** Whole numbers below `most`, the same for the same seed. */
function generator(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** Noise, CSV of odd characters, workbooks with bytes changed or cut off, sheets of odd XML. */
function strangeBytes(random: (most: number) => number, template: Buffer): Buffer {
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random(256)));
  const odd = [
    '"',
    ',',
    ';',
    '\n',
    '\t',
    '\0',
    '户号',
    '名称',
    '=1+1',
    '9'.repeat(400),
    '\uFEFF',
    '-',
    '2024-13-45',
    'é',
  ];
  const text = () => Array.from({ length: random(200) }, () => odd[random(odd.length)] ?? '').join('');
  switch (random(6)) {
    case 0:
      return noise(1 + random(3_000));
    case 1:
      return Buffer.from(`x${text()}`);
    case 2:
      return template.subarray(0, 2 + random(template.length - 2));
    case 3: {
      const changed = Buffer.from(template);
      for (let times = 1 + random(20); times > 0; times--) changed[random(changed.length)] = random(256);
      return changed;
    }
    case 4:
      return book(sheetOf(`<row r="${random(9)}">${'<c><v>1</v></c>'.repeat(random(400))}${text()}`));
    default:
      return Buffer.concat([Buffer.from('PK\x03\x04'), noise(random(500))]);
  }
}
