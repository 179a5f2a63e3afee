import { describe, expect, it } from 'vitest';
import { noticedYears } from '../../core/domain/workdays.ts';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { testCalendar } from '../../core/testing/test-registry.ts';
import { NoticeWatch, unnoticedYears } from './notice-watch.ts';

const at = (local: string) => Date.parse(`${local}+08:00`);
const noticed = [2025, 2026];
const unnoticed = (local: string, days = {}) => unnoticedYears(at(local), testCalendar, days, noticed);

describe('years whose holidays are not known', () => {
  it('are this year, and the next from December on', () => {
    expect(unnoticed('2026-11-23T12:00')).toEqual([]);
    expect(unnoticed('2026-12-01T00:00')).toEqual([2027]);
    expect(unnoticed('2027-01-01T00:00')).toEqual([2027]);
    expect(unnoticed('2027-12-31T00:00')).toEqual([2027, 2028]);
    expect(unnoticedYears(at('2026-12-20T00:00'), testCalendar, {})).toEqual(
      noticedYears().includes(2027) ? [] : [2027],
    );
  });

  it('are known where the configuration names their National Day, not by a single local day', () => {
    expect(unnoticed('2027-03-01T00:00', { '2027-10-01': 'holiday' })).toEqual([]);
    expect(unnoticed('2027-03-01T00:00', { '2027-03-03': 'workday' })).toEqual([2027]);
  });

  it('are told once a day, with the way out, and counted', async () => {
    let now = at('2031-05-01T08:00');
    const told: unknown[][] = [];
    const log = { warn: (...said: unknown[]) => told.push(said) } as unknown as Logger;
    const metrics = new Metrics();
    const options = {
      config: fleetSchema.parse({}),
      calendar: testCalendar,
      clock: { now: () => now },
      log,
      metrics,
    };
    const watch = new NoticeWatch(options);
    for (let hour = 0; hour < 47; hour++, now += 3_600_000) watch.look();
    expect(told).toEqual(
      Array(2).fill([{ years: [2031] }, expect.stringMatching(/2031 .* set .* fleet\.days/)]),
    );
    expect(await metrics.registry.metrics()).toContain('jieyue_fleet_years_without_holidays 1');
    now = at('2026-03-01T00:00');
    new NoticeWatch({ ...options, metrics: new Metrics() }).look();
    expect(told).toHaveLength(2);
  });
});
