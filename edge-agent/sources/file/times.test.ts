import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { TimeReader } from './times.ts';

const instants = fc.integer({ min: Date.UTC(1990, 0, 2), max: Date.UTC(2040, 0, 1) });
const zones = fc.constantFrom(
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'UTC',
);

describe('TimeReader', () => {
  it('reads back every instant from its text with an offset, whatever the zone', () => {
    fc.assert(
      fc.property(instants, zones, zones, (ts, zone, reader) => {
        const text = DateTime.fromMillis(ts, { zone }).toISO() ?? '';
        expect(new TimeReader(reader).parse(text)).toEqual({ ts });
        expect(new TimeReader(reader).parse(String(ts))).toEqual({ ts });
      }),
    );
  });

  it('reads back every instant from its local text, unless the clock shows that text twice: then the first of the two', () => {
    const formats = fc.constantFrom(
      "yyyy-MM-dd'T'HH:mm:ss.SSS",
      'yyyy-MM-dd HH:mm:ss.SSS',
      'yyyy/L/d H:mm:ss.SSS',
    );
    fc.assert(
      fc.property(instants, zones, formats, (ts, zone, format) => {
        const local = DateTime.fromMillis(ts, { zone });
        const first = Math.min(...local.getPossibleOffsets().map((possible) => possible.toMillis()));
        expect(new TimeReader(zone).parse(local.toFormat(format))).toEqual({ ts: first });
      }),
    );
  });

  it('reads a local time that a clock change skips with the offset before the change', () => {
    const reader = new TimeReader('Europe/Berlin');
    expect(reader.parse('2024-03-31T02:30')).toEqual({ ts: Date.parse('2024-03-31T02:30+01:00') });
    expect(reader.parse('2024-10-27T02:30')).toEqual({ ts: Date.parse('2024-10-27T02:30+02:00') });
    // Shanghai had summer time until 1991.
    const shanghai = new TimeReader('Asia/Shanghai');
    expect(shanghai.parse('1991-07-01T00:00')).toEqual({ ts: Date.parse('1991-07-01T00:00+09:00') });
    expect(shanghai.parse('2018-07-01T00:00')).toEqual({ ts: Date.parse('2018-07-01T00:00+08:00') });
  });

  it('gives the same for a row wherever it stands in the file', () => {
    const texts = fc.array(instants, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(texts, (list) => {
        const local = list.map((ts) =>
          DateTime.fromMillis(ts, { zone: 'Europe/Berlin' }).toFormat('yyyy-MM-dd HH:mm'),
        );
        const one = new TimeReader('Europe/Berlin');
        expect(local.map((text) => one.parse(text))).toEqual(
          local.map((text) => new TimeReader('Europe/Berlin').parse(text)),
        );
      }),
    );
  });

  it('never throws, and gives whole milliseconds since 1990 or a reason', () => {
    const digits = fc.stringMatching(/^[0-9T:Z+\-/. ]{0,30}$/);
    const reader = new TimeReader('Asia/Shanghai');
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        const parsed = reader.parse(text);
        expect('ts' in parsed ? Number.isSafeInteger(parsed.ts) : parsed.reason.length > 0).toBe(true);
      }),
    );
  });
});
