import fc from 'fast-check';
import { DateTime, IANAZone, Settings } from 'luxon';
import { describe, expect, it } from 'vitest';
import { type Bucket, buckets, Calendar, hourMs } from './time.ts';

const plainZones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'UTC', 'Asia/Urumqi'] as const;
/** Where clocks change at midnight, twice in a month, or by decree a few days ahead. */
const oddZones = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Havana',
  'America/Santiago',
  'America/Sao_Paulo',
  'Asia/Amman',
  'Asia/Beirut',
  'Asia/Gaza',
  'Atlantic/Azores',
] as const;
const time = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2035, 0) });

/** By luxon; of a start that comes twice, the first. */
function startOf(local: DateTime, bucket: Bucket): number {
  const start = local.startOf(bucket);
  if (bucket === 'hour') return start.toMillis();
  return Math.min(...start.getPossibleOffsets().map((instant) => instant.toMillis()));
}

const shanghai = new Calendar('Asia/Shanghai');

describe('Calendar', () => {
  it('cuts days, months and years at local midnight', () => {
    const noon = Date.UTC(2026, 7, 15, 4);
    expect(shanghai.format(shanghai.floor(noon, 'day'))).toBe('2026-08-15T00:00:00+08:00');
    expect(shanghai.format(shanghai.floor(noon, 'month'))).toBe('2026-08-01T00:00:00+08:00');
    expect(shanghai.format(shanghai.next(noon, 'year'))).toBe('2027-01-01T00:00:00+08:00');
    expect(shanghai.ceil(shanghai.floor(noon, 'day'), 'day')).toBe(shanghai.floor(noon, 'day'));
  });

  it('knows days of 23 and 25 hours', () => {
    const berlin = new Calendar('Europe/Berlin');
    const lengths = berlin
      .starts(berlin.parse('2026-03-28') ?? 0, berlin.parse('2026-10-27') ?? 0, 'day')
      .map((start) => (berlin.next(start, 'day') - start) / hourMs);
    expect(lengths.filter((hours) => hours !== 24)).toEqual([23, 25]);
  });

  it.each([
    ['Africa/Cairo', '2010-09', 30, 10], // to summer time after Ramadan, and back for the winter
    ['America/Recife', '2000-10', 31, 8],
  ])('in %s in %s, when clocks changed twice, begins each of the %i days at its midnight', (...row) => {
    const [name, month, days, withoutMidnight] = row;
    const calendar = new Calendar(name);
    const from = calendar.parse(`${month}-01`) ?? 0;
    const starts = calendar
      .starts(from, calendar.next(from, 'month'), 'day')
      .map((ts) => calendar.format(ts));
    expect(starts.map((text) => text.slice(0, 16))).toEqual(
      Array.from({ length: days }, (_, index) => {
        const day = String(index + 1).padStart(2, '0');
        return `${month}-${day}T${index + 1 === withoutMidnight ? '01:00' : '00:00'}`;
      }),
    );
  });

  it('begins a day without midnight, or with two, at the first instant of its date', () => {
    const dayAt = (name: string, noon: number) => {
      const calendar = new Calendar(name);
      const start = calendar.floor(noon, 'day');
      return [calendar.format(start), (calendar.next(noon, 'day') - start) / hourMs];
    };
    expect(dayAt('America/Sao_Paulo', Date.UTC(2017, 9, 15, 15))).toEqual(['2017-10-15T01:00:00-02:00', 23]);
    expect(dayAt('America/Havana', Date.UTC(2018, 10, 4, 17))).toEqual(['2018-11-04T00:00:00-04:00', 25]);
    expect(dayAt('Asia/Gaza', Date.UTC(2016, 9, 29, 10))).toEqual(['2016-10-29T00:00:00+03:00', 25]);
    expect(dayAt('Africa/Cairo', Date.UTC(2010, 8, 10, 10))).toEqual(['2010-09-10T01:00:00+03:00', 23]);
  });

  it('has no bucket for a date that a zone left out', () => {
    const apia = new Calendar('Pacific/Apia');
    const from = apia.parse('2011-12-29') ?? 0;
    expect(apia.starts(from, from + 72 * hourMs, 'day').map((ts) => apia.format(ts))).toEqual([
      '2011-12-29T00:00:00-10:00',
      '2011-12-31T00:00:00+14:00',
      '2012-01-01T00:00:00+14:00',
    ]);
  });

  it('agrees with luxon on every bucket, and takes the first of two midnights', () => {
    const calendars = [...plainZones, ...oddZones].map((name) => new Calendar(name));
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        time,
        fc.constantFrom(...buckets),
        (calendar, ts, bucket) => {
          const local = DateTime.fromMillis(ts, { zone: calendar.zone });
          expect(calendar.floor(ts, bucket)).toBe(startOf(local, bucket));
          // From the middle of the bucket, so that the step does not meet the change of clocks itself.
          const middle = local.startOf(bucket).plus({ hours: bucket === 'hour' ? 0 : 12 });
          expect(calendar.next(ts, bucket)).toBe(startOf(middle.plus({ [bucket]: 1 }), bucket));
        },
      ),
      { numRuns: 2_000, seed: 7 },
    );
  });

  it('agrees with luxon on the days around every change of clocks', () => {
    for (const name of oddZones) {
      const calendar = new Calendar(name);
      const zone = IANAZone.create(name);
      for (let day = Date.UTC(2009, 0); day < Date.UTC(2019, 0); day += 24 * hourMs) {
        if (zone.offset(day) === zone.offset(day + 24 * hourMs)) continue;
        for (let ts = day - 24 * hourMs; ts < day + 48 * hourMs; ts += hourMs) {
          const expected = startOf(DateTime.fromMillis(ts, { zone }), 'day');
          expect([name, ts, calendar.floor(ts, 'day')]).toEqual([name, ts, expected]);
        }
      }
    }
  });

  it('gives buckets that tile time: each ends where the next begins', () => {
    // Goose Bay went back at one minute past midnight: its evenings came twice, with a minute of the next day between.
    const zone = fc.constantFrom(...plainZones, ...oddZones, 'America/Goose_Bay', 'Pacific/Apia');
    fc.assert(
      fc.property(zone, time, fc.constantFrom(...buckets), (name, ts, bucket) => {
        const calendar = new Calendar(name);
        const start = calendar.floor(ts, bucket);
        const end = calendar.next(ts, bucket);
        expect(start).toBeLessThanOrEqual(ts);
        expect(end).toBeGreaterThan(ts);
        expect(calendar.floor(end, bucket)).toBe(end);
        expect(calendar.floor(end - 1, bucket)).toBe(start);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('reads local times in its zone and offsets as they stand', () => {
    expect(shanghai.parse('2018-01-01T00:00')).toBe(Date.UTC(2017, 11, 31, 16));
    expect(shanghai.parse('2018-01-01T00:00Z')).toBe(Date.UTC(2018, 0, 1));
    for (const text of ['noon', '10:30', '10', '']) expect(shanghai.parse(text)).toBeUndefined();
    expect(shanghai.parse('2018-01-01', 'Mars/Olympus')).toBeUndefined();
  });

  it('reads a local time that comes twice, or never, with the offset before the change, in any season', () => {
    const present = Settings.now;
    try {
      for (const season of [Date.UTC(2025, 0, 1), Date.UTC(2025, 6, 1)]) {
        Settings.now = () => season;
        const read = (text: string, zone: string) => new Date(shanghai.parse(text, zone) ?? 0).toISOString();
        expect(read('2025-10-26T02:30', 'Europe/Berlin')).toBe('2025-10-26T00:30:00.000Z');
        expect(read('2025-10-26T03:00', 'Europe/Berlin')).toBe('2025-10-26T02:00:00.000Z');
        expect(read('2025-03-30T02:30', 'Europe/Berlin')).toBe('2025-03-30T01:30:00.000Z');
        expect(read('2025-03-30T03:00', 'Europe/Berlin')).toBe('2025-03-30T01:00:00.000Z');
        expect(read('2018-11-04', 'America/Havana')).toBe('2018-11-04T04:00:00.000Z');
        expect(read('2017-10-15', 'America/Sao_Paulo')).toBe('2017-10-15T03:00:00.000Z');
        expect(read('2018-11-04T00:30-05:00', 'America/Havana')).toBe('2018-11-04T05:30:00.000Z');
      }
    } finally {
      Settings.now = present;
    }
  });

  it('reads the dates that it writes, in all zones', () => {
    const calendars = [...plainZones, ...oddZones].map((name) => new Calendar(name));
    fc.assert(
      fc.property(fc.constantFrom(...calendars), time, (calendar, ts) => {
        const day = calendar.floor(ts, 'day');
        expect(calendar.parse(calendar.format(ts))).toBe(ts);
        expect(calendar.parse(calendar.format(day).slice(0, 10))).toBe(day);
      }),
      { seed: 11 },
    );
  });

  it.each(['Mars/Olympus', 'Asia/Kolkata', ''])('refuses the zone "%s" by name', (zone) => {
    expect(() => new Calendar(zone)).toThrow(`"${zone}"`);
  });
});
