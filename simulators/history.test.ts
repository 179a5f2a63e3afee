import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { batchSchema, limits } from '../core/domain/telemetry.ts';
import { dayMs, hourMs } from '../core/domain/time.ts';
import { createCity } from './city/city.ts';
import { createDemo } from './demo-faults.ts';
import { historyOf } from './history.ts';
import { Meters } from './meters.ts';
import { sampleCsv } from './sample.ts';

const to = Date.parse('2026-11-20T09:30:00+08:00');

describe('the history', () => {
  const demo = createDemo({ seed: 1, to });
  const history = historyOf(demo);

  test('knows its rows beforehand, at most four million, and yields exactly these, month by month', async () => {
    expect(history.rows).toBeGreaterThan(1_500_000);
    expect(history.rows).toBeLessThan(4_000_000);
    let rows = 0;
    let newest = Number.NEGATIVE_INFINITY;
    let largest = 0;
    for await (const { readings } of history.chunks()) {
      rows += readings.length;
      largest = Math.max(largest, readings.length);
      const first = readings[0]?.[2] ?? 0;
      expect(first).toBeGreaterThan(newest - 32 * dayMs);
      newest = Math.max(newest, first);
    }
    expect(rows).toBe(history.rows);
    expect(largest).toBeLessThanOrEqual(limits.batchRows);
  });

  test('is daily first and hourly later, with each key once', async () => {
    const city = createCity({
      seed: 1,
      to,
      from: to - 100 * dayMs,
      hourlyFrom: to - 40 * dayMs,
      size: 'small',
    });
    const small = historyOf(new Meters(city), { chunkRows: 700 });
    const keys = new Set<string>();
    const times: number[] = [];
    for await (const { agent, readings } of small.chunks()) {
      expect(agent).toBe('yunjiang');
      expect(batchSchema.safeParse({ id: 'x', sentAt: 0, readings }).success).toBe(true);
      for (const [point, quantity, ts] of readings) {
        keys.add(`${point} ${quantity} ${ts}`);
        if (point === 'jgdl.main' && quantity === 'power') times.push(ts);
      }
    }
    expect(keys.size).toBe(small.rows);
    const steps = times.slice(1).map((ts, index) => ts - (times[index] ?? 0));
    expect(steps.filter((step) => step === dayMs).length).toBeGreaterThanOrEqual(58);
    expect(steps.filter((step) => step === hourMs).length).toBeGreaterThanOrEqual(40 * 24);
    expect(new Set(steps.filter((step) => step !== dayMs && step !== hourMs)).size).toBeLessThanOrEqual(1);
    expect(times.at(-1)).toBe(Math.floor(to / hourMs) * hourMs);
  });

  test('goes on from where it ended without a gap or a repetition', async () => {
    const cut = to - 5 * hourMs - 1;
    const both = historyOf(demo, { to: cut }).rows + historyOf(demo, { from: cut + 1 }).rows;
    expect(both).toBe(history.rows);
  });

  test('of the demo holds the faults that README.md lists', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/^\| `([a-z0-9.]+)` +\| ([a-z-]+) +\|/gm)].map(
      ([, place, kind]) => `${place} ${kind}`,
    );
    const planted = [
      ...demo.faults.map(({ point, kind }) => `${point} ${kind}`),
      ...demo.city.events.map(({ building, channel, kind }) => `${building}.${channel} ${kind}`),
    ];
    expect(listed.sort()).toEqual(planted.sort());
  });
});

describe('the sample file', () => {
  const sample = sampleCsv({ seed: 7, year: 2025 });
  const lines = sample.csv.trimEnd().split('\n');

  test('has every hour of the year, a few of them without a value', () => {
    expect(lines[0]).toBe('hour_start,energy_kwh,outdoor_temperature_c');
    expect(lines).toHaveLength(8_761);
    expect(sample.rows).toBe(8_760);
    expect(lines[1]).toMatch(/^2025-01-01T00:00,\d+(\.\d)?,-?\d+\.\d$/);
    expect(lines.at(-1)).toMatch(/^2025-12-31T23:00,/);
    const missing = lines.filter((line) => line.split(',')[1] === '').length;
    expect(missing).toBe(sample.missingHours.length);
    expect(missing).toBeGreaterThanOrEqual(3);
    expect(sample.missingHours.every((ts) => ts >= Date.parse('2025-01-02T00:00+08:00'))).toBe(true);
  });

  test('says what its cells add up to, by month and in all', () => {
    const months = new Array<number>(12).fill(0);
    for (const line of lines.slice(1)) {
      const [start = '', energy = ''] = line.split(',');
      const month = Number(start.slice(5, 7)) - 1;
      months[month] = (months[month] ?? 0) + Math.round(Number(energy) * 10);
    }
    expect(sample.monthsKwh).toEqual(months.map((tenths) => tenths / 10));
    expect(sample.totalKwh * 10).toBeCloseTo(
      months.reduce((sum, tenths) => sum + tenths, 0),
      6,
    );
    expect(sample.totalKwh).toBeGreaterThan(100_000);
  });

  test('is the same for the same seed and year, another for another', () => {
    expect(sampleCsv({ seed: 7, year: 2025 }).csv).toBe(sample.csv);
    expect(sampleCsv({ seed: 8, year: 2025 }).csv).not.toBe(sample.csv);
    expect(sampleCsv({ seed: 7, year: 2024 }).rows).toBe(8_784);
  });
});
