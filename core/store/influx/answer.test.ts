// Answers to InfluxQL, as 1.6.7 gives them; 2.x and 3 have the same form (influx-2.test.ts, influx-3.test.ts).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJieyueError } from '../../domain/errors.ts';
import { type Answer, AnswerReader, GatheredAnswers } from './answer.ts';

const statements = ['SELECT 1', 'SELECT 2'];

/** @param step bytes at a time */
function read(text: string, chunked: boolean, mayBeSilent = false, step = 1_000): readonly Answer[] {
  const answers = new GatheredAnswers(statements.length);
  const reader = new AnswerReader({ statements, what: 'InfluxDB', chunked, mayBeSilent }, answers.take);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  reader.end();
  return answers.all();
}
const parse = (text: string) => read(text, false);
/** Of the first of the two statements: the other one has no rows. */
const both = (result: string) => `{"results":[${result},{"statement_id":1}]}`;

/** As 1.6.7 sends it with `chunked=true`, three rows a chunk. */
const chunk = (
  id: number,
  tags: Record<string, string>,
  values: number[][],
  goesOn: boolean,
  more: boolean,
) =>
  JSON.stringify({
    results: [
      {
        statement_id: id,
        series: [{ name: 'm', tags, columns: ['time', 'v'], values, ...(goesOn ? { partial: true } : {}) }],
        ...(more ? { partial: true } : {}),
      },
    ],
  });

describe('an answer in chunks', () => {
  const [a, b] = [{ point: 'a/a' }, { point: 'a/b' }];
  const chunks = [
    chunk(0, a, [[1, 1], [2, 2], [3, 3]], true, true), // biome-ignore format: rows
    chunk(0, a, [[4, 4]], false, true),
    chunk(0, b, [[1, 5]], false, false),
    '{"results":[{"statement_id":1}]}',
  ];

  it('is put together: a series that goes on, and the series after it, however its bytes come', () => {
    for (const step of [1, 7, 1_000]) {
      const [first, second] = read(`${chunks.join('\n')}\n`, true, false, step);
      const rows = first?.map((series) => [series.tags, series.rows]);
      expect(rows).toEqual([
        [a, [[1, 1], [2, 2], [3, 3], [4, 4]]], // biome-ignore format: rows
        [b, [[1, 5]]],
      ]);
      expect(second).toEqual([]);
    }
  });

  it('is handed on document by document, before the next one has come', () => {
    const taken: number[] = [];
    const asked = { statements, what: 'InfluxDB', chunked: true };
    const reader = new AnswerReader(asked, ({ rows }, statement) => taken.push(statement, rows.length));
    reader.push(Buffer.from(`${chunks[0]}\n${chunks[1]?.slice(0, 30)}`));
    expect(taken).toEqual([0, 3]);
    reader.push(Buffer.from(`${chunks[1]?.slice(30)}\n`));
    expect(taken).toEqual([0, 3, 0, 1]);
  });

  it('may have as many rows as there are', () => {
    const many = Array.from({ length: 150_000 }, (_, index) => [index, index]);
    const text = [chunk(0, a, many, true, true), chunk(0, a, many, false, false), chunks[3]].join('\n');
    expect(read(text, true)[0]?.[0]?.rows).toHaveLength(300_000);
  });

  it('that breaks off is none', () => {
    for (const count of [0, 1, 2, 3]) {
      const text = chunks.slice(0, count).join('\n');
      expect(() => read(text, true)).toThrow(/expected form/);
    }
  });

  it('without an answer to a statement is none, but for servers that leave out what has no rows', () => {
    const text = chunks.slice(0, 3).join('\n');
    expect(() => read(text, true)).toThrow(/expected form: none to SELECT 2/);
    expect(() => read('{"results":[]}', true)).toThrow(/none to SELECT 1/);
    expect(read(text, true, true)[1]).toEqual([]);
    expect(read('', true, true)).toEqual([[], []]);
    // What has begun is to be ended, there too.
    expect(() => read(chunks[0] ?? '', true, true)).toThrow(/breaks off/);
  });

  it('may end with an error', () => {
    const text = `${chunks[0]}\n{"results":[{"statement_id":0,"error":"engine is closed"}]}\n`;
    expect(() => read(text, true)).toThrow(/engine is closed \(SELECT 1\)/);
  });

  it('of which one document is too long to be held is refused', () => {
    const asked = { statements, what: 'InfluxDB', chunked: true };
    const reader = new AnswerReader(asked, () => undefined);
    const bytes = Buffer.alloc(8 * 1024 * 1024, 32);
    for (let count = 0; count < 4; count++) reader.push(bytes);
    expect(() => reader.push(bytes)).toThrow(expect.objectContaining({ code: 'api.too-much' }));
  });
});

describe('an answer in one piece', () => {
  it('gives the series of each statement, in the order of the statements', () => {
    const series = { name: 'm', tags: { point: 'a/m' }, columns: ['time', 'value'], values: [[1, 2.5]] };
    const text = JSON.stringify({
      results: [{ statement_id: 1, series: [series] }, { statement_id: 0 }],
    });
    expect(parse(text)).toEqual([
      [],
      [{ name: 'm', tags: { point: 'a/m' }, columns: ['time', 'value'], rows: [[1, 2.5]] }],
    ]);
  });

  it('takes a series without tags and values for one without rows', () => {
    const text = JSON.stringify({ statement_id: 0, series: [{ columns: ['time'] }] });
    expect(parse(both(text))[0]).toEqual([{ name: '', tags: {}, columns: ['time'], rows: [] }]);
  });

  it.each([
    [
      'an error of a statement',
      '{"results":[{"statement_id":1,"error":"not allowed"}]}',
      /not allowed \(SELECT 2\)/,
    ],
    ['an error of all', '{"error":"error parsing query: found X"}', /found X/],
    ['rows cut off', '{"results":[{"statement_id":0,"series":[],"partial":true}]}', /max-row-limit/],
    ['a series cut off', '{"results":[{"series":[{"columns":["time"],"partial":true}]}]}', /cut off/],
    ['a page of a proxy', '<html>502</html>', /no JSON/],
    ['half an answer', '{"results":[{"statement_id":0,"ser', /no JSON/],
    ['another form', '[]', /expected form/],
    ['no results', '{}', /expected form/],
    ['a statement without an answer', '{"results":[{"statement_id":0}]}', /none to SELECT 2/],
    ['a place that was not asked for', '{"results":[{"statement_id":2,"series":[]}]}', /expected form/],
    ['half a place', '{"results":[{"statement_id":0.5,"series":[]}]}', /expected form/],
    [
      'rows that are none',
      '{"results":[{"series":[{"columns":["time"],"values":[null]}]}]}',
      /expected form/,
    ],
    ['rows too short', '{"results":[{"series":[{"columns":["time","v"],"values":[[1]]}]}]}', /expected form/],
    [
      'cells that are none',
      '{"results":[{"series":[{"columns":["time"],"values":[[{}]]}]}]}',
      /expected form/,
    ],
    ['tags that are none', '{"results":[{"series":[{"columns":["time"],"tags":{"a":1}}]}]}', /expected form/],
  ])('tells %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'store.unavailable' }));
    expect(() => parse(text)).toThrow(message);
  });

  it('returns rows or throws an error of ours, whatever text comes', () => {
    const cell = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.object());
    const odd = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: usual }, fc.jsonValue());
    const series = fc.record(
      {
        name: odd(fc.string()),
        tags: odd(fc.dictionary(fc.string(), odd(fc.string()))),
        columns: odd(fc.array(odd(fc.string()), { maxLength: 3 })),
        values: odd(fc.array(odd(fc.array(cell, { maxLength: 3 })), { maxLength: 4 })),
        partial: odd(fc.boolean()),
      },
      { requiredKeys: [] },
    );
    const result = fc.record(
      {
        statement_id: odd(fc.integer({ min: -1, max: 3 })),
        series: odd(fc.array(odd(series), { maxLength: 3 })),
        error: fc.jsonValue(),
        partial: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const near = fc
      .record({ results: odd(fc.array(odd(result), { maxLength: 3 })) })
      .map((body) => JSON.stringify(body));
    const cut = fc.tuple(near, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
    let answered = 0;
    fc.assert(
      fc.property(fc.oneof(near, cut, fc.json(), fc.string()), (text) => {
        try {
          for (const answer of read(text, false, true)) {
            for (const { tags, columns, rows } of answer) {
              expect(Object.values(tags).every((value) => typeof value === 'string')).toBe(true);
              for (const row of rows) expect(row).toHaveLength(columns.length);
            }
          }
          answered++;
        } catch (error) {
          if (!isJieyueError(error, 'store.unavailable')) throw error;
        }
      }),
      { seed: 7, numRuns: 5_000 },
    );
    expect(answered).toBeGreaterThan(100);
  });
});
