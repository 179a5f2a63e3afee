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

  it('reads back every instant from its local text; where the clock shows that text twice, it is one of the two', () => {
    const formats = fc.constantFrom(
      "yyyy-MM-dd'T'HH:mm:ss.SSS",
      'yyyy-MM-dd HH:mm:ss.SSS',
      'yyyy/L/d H:mm:ss.SSS',
    );
    fc.assert(
      fc.property(instants, zones, formats, (ts, zone, format) => {
        const local = DateTime.fromMillis(ts, { zone });
        const possible = local.getPossibleOffsets().map((each) => each.toMillis());
        const read = new TimeReader(zone).parse(local.toFormat(format));
        expect(read).toMatchObject({ ts: Math.min(...possible) });
        const again = 'ts' in read ? read.repeat?.again : undefined;
        expect(again).toBe(possible.length > 1 ? Math.max(...possible) : undefined);
      }),
    );
  });

  it('gives both moments of a local time that a clock change repeats, and the change', () => {
    const at = (text: string) => Date.parse(text);
    expect(new TimeReader('Europe/Berlin').parse('2024-10-27T02:30')).toEqual({
      ts: at('2024-10-27T02:30+02:00'),
      repeat: { again: at('2024-10-27T02:30+01:00'), change: at('2024-10-27T03:00+02:00') },
    });
    // Half an hour.
    expect(new TimeReader('Australia/Lord_Howe').parse('2024-04-07T01:45')).toEqual({
      ts: at('2024-04-07T01:45+11:00'),
      repeat: { again: at('2024-04-07T01:45+10:30'), change: at('2024-04-07T02:00+11:00') },
    });
    // Shanghai had summer time until 1991.
    expect(new TimeReader('Asia/Shanghai').parse('1991-09-15T01:30')).toEqual({
      ts: at('1991-09-15T01:30+09:00'),
      repeat: { again: at('1991-09-15T01:30+08:00'), change: at('1991-09-15T02:00+09:00') },
    });
    const shanghai = new TimeReader('Asia/Shanghai');
    expect(shanghai.parse('1991-07-01T00:00')).toEqual({ ts: at('1991-07-01T00:00+09:00') });
    expect(shanghai.parse('2018-07-01T00:00')).toEqual({ ts: at('2018-07-01T00:00+08:00') });
  });

  it('refuses a local time that a clock change skips, but not the date of a day that begins an hour late', () => {
    const skipped = { reason: expect.stringContaining('skipped this time') };
    expect(new TimeReader('Europe/Berlin').parse('2024-03-31T02:30')).toEqual(skipped);
    expect(new TimeReader('Asia/Shanghai').parse('1991-04-14 02:00')).toEqual(skipped);
    expect(new TimeReader('Europe/Berlin').parse('2024-03-31T02:30+01:00')).toEqual({
      ts: Date.parse('2024-03-31T01:30Z'),
    });
    const saoPaulo = new TimeReader('America/Sao_Paulo');
    const begins = { ts: Date.parse('2018-11-04T01:00-02:00') };
    expect(saoPaulo.parse('2018-11-04')).toEqual(begins);
    expect(saoPaulo.parse('2018-11-03 24:00')).toEqual(begins);
    expect(saoPaulo.parse('2018-11-04 00:00')).toEqual(skipped);
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
