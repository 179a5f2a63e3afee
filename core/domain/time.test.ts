import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buckets, Calendar, hourMs } from './time.ts';

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

  it('gives buckets that tile time: each ends where the next begins', () => {
    const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'UTC', 'Asia/Urumqi');
    const time = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2035, 0) });
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
    expect(shanghai.parse('noon')).toBeUndefined();
  });

  it.each(['Mars/Olympus', 'Asia/Kolkata', ''])('refuses the zone "%s" by name', (zone) => {
    expect(() => new Calendar(zone)).toThrow(`"${zone}"`);
  });
});
