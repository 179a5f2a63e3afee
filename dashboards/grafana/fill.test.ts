// What Grafana makes of a query, in the words of its own tests and source.
import { describe, expect, it } from 'vitest';
import { fillQuery, seriesName, variableOptions } from './fill.ts';
import { labelRegex, placedLabelRegex } from './house/variables.ts';
import { momentOf, ownPeriodStart } from './period.ts';

const filling = { from: 1_000, to: 2_000, intervalMs: 90_000, variables: {} };
const fill = (query: string, value: string | { all: string }) =>
  fillQuery(query, { ...filling, variables: { path: value } });

describe('fillQuery', () => {
  it('puts in the period, both ends included, and the interval', () => {
    expect(fillQuery('WHERE $timeFilter GROUP BY time($__interval), $__interval_ms', filling)).toBe(
      'WHERE time >= 1000ms and time <= 2000ms GROUP BY time(1m), 90000',
    );
  });

  it('escapes a value with the format regex, whatever stands around it', () => {
    expect(fill(`"a" =~ /^\${path:regex}$/`, 'agent/p.1')).toBe(String.raw`"a" =~ /^agent\/p\.1$/`);
  });

  it('puts in what "all" stands for as it is', () => {
    expect(fill(`"a" =~ /^\${path:regex}$/`, { all: '.*' })).toBe('"a" =~ /^.*$/');
  });

  it('leaves a value without a format alone, unless slashes stand on both sides of it somewhere', () => {
    expect(fill('my query $path', 'a/b')).toBe('my query a/b');
    expect(fill('that where path =~ /$path/', '/special/path')).toBe(
      String.raw`that where path =~ /\/special\/path/`,
    );
    // Why boards write the format: a regular expression before and a time zone after are enough.
    expect(fill(`"c" =~ /x/ AND "p" = '$path' tz('Asia/Shanghai')`, 'a/b')).toContain(String.raw`'a\/b'`);
  });

  it('does not ask for a variable that has no value', () => {
    expect(() => fillQuery('$nobody', filling)).toThrow('nobody');
  });
});

describe('variableOptions', () => {
  it('takes name and id apart at the last bar, and each id once', () => {
    expect(variableOptions(['甲|1', '乙|东|2', '甲|1', 'no bar'], labelRegex)).toEqual([
      { text: '甲', value: '1' },
      { text: '乙|东', value: '2' },
    ]);
  });
});

describe('variableOptions with a place', () => {
  it('keeps the order of the answer, and shows no place', () => {
    const labels = ['000000|市|1', '000001|一中|2', '000002|7|东|3', '没有位置|4'];
    expect(variableOptions(labels, placedLabelRegex)).toEqual([
      { text: '市', value: '1' },
      { text: '一中', value: '2' },
      { text: '7|东', value: '3' },
    ]);
  });

  it('takes texts as they are where there is no regular expression', () => {
    expect(variableOptions(['2026', '2025', '2026'], undefined)).toEqual([
      { text: '2026', value: '2026' },
      { text: '2025', value: '2025' },
    ]);
  });
});

describe('seriesName', () => {
  it('puts tags and columns in', () => {
    const series = { name: 'consumption', tags: { carrier: 'water' } };
    expect(seriesName('$tag_carrier last year', series, 'value')).toBe('water last year');
    expect(seriesName('$m $col $tag_other', series, 'value')).toBe('consumption value $tag_other');
  });
});

describe('periods', () => {
  const zone = 'Asia/Shanghai';
  const now = Date.parse('2026-06-17T10:00:00+08:00');

  it('begin where the time zone has its days, months and years', () => {
    expect(momentOf('now/y', now, zone)).toBe(Date.parse('2026-01-01T00:00:00+08:00'));
    expect(ownPeriodStart('now/M', now, zone)).toBe(Date.parse('2026-06-01T00:00:00+08:00'));
    expect(momentOf('now-30d', now, zone)).toBe(Date.parse('2026-05-18T10:00:00+08:00'));
    expect(ownPeriodStart('6h', now, zone)).toBe(Date.parse('2026-06-17T04:00:00+08:00'));
    expect(() => momentOf('yesterday', now, zone)).toThrow('yesterday');
  });
});
