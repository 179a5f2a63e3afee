// Answers to InfluxQL, as 1.6.7 gives them; 2.x and 3 have the same form (influx-2.test.ts, influx-3.test.ts).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJieyueError } from '../../domain/errors.ts';
import { parseAnswer } from './answer.ts';

const statements = ['SELECT 1', 'SELECT 2'];
const parse = (text: string) => parseAnswer(text, statements, 'InfluxDB');

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

  it('is put together: a series that goes on, and the series after it', () => {
    const [first, second] = parseAnswer(`${chunks.join('\n')}\n`, statements, 'InfluxDB', true);
    const rows = first?.map((series) => [series.tags, series.rows]);
    expect(rows).toEqual([
      [a, [[1, 1], [2, 2], [3, 3], [4, 4]]], // biome-ignore format: rows
      [b, [[1, 5]]],
    ]);
    expect(second).toEqual([]);
  });

  it('that breaks off is none', () => {
    for (const count of [0, 1, 2]) {
      const text = chunks.slice(0, count).join('\n');
      expect(() => parseAnswer(text, statements, 'InfluxDB', true)).toThrow(/expected form/);
    }
  });

  it('may end with an error', () => {
    const text = `${chunks[0]}\n{"results":[{"statement_id":0,"error":"engine is closed"}]}\n`;
    expect(() => parseAnswer(text, statements, 'InfluxDB', true)).toThrow(/engine is closed \(SELECT 1\)/);
  });
});

describe('parseAnswer', () => {
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
    const text = JSON.stringify({ results: [{ statement_id: 0, series: [{ columns: ['time'] }] }] });
    expect(parse(text)[0]).toEqual([{ name: '', tags: {}, columns: ['time'], rows: [] }]);
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
          for (const answer of parse(text)) {
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
