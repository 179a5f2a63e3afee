import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { points, type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';

/** Real readings beside the repository; a clone does not have them. */
const schoolFile = resolve(import.meta.dirname, '../../../shared/data/school-2018-hourly.csv');

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

async function ask(query: string, headers: Record<string, string> = {}) {
  return api.get(`/api/v1/consumption?${query}`, { headers });
}

interface Row {
  from: string;
  value: number | null;
  coverage: number | null;
  points: { known: number; expected: number };
  partial: boolean;
}

describe('consumption of a point', () => {
  it('has a row for every bucket; what is unknown is null and never 0', async () => {
    const { status, body } = await ask(`point=${points.main}&bucket=month&from=2024-01-01&to=2024-06-01`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      scope: { kind: 'point', id: points.main, name: 'Main meter' },
      carrier: 'electricity',
      unit: 'kWh',
      bucket: 'month',
      timeZone: 'Asia/Shanghai',
      from: '2024-01-01T00:00:00+08:00',
      to: '2024-06-01T00:00:00+08:00',
      asOf: '2024-03-11T00:00:00+08:00',
    });
    const rows: Row[] = body.rows;
    expect(rows.map(({ from, value, coverage }) => [from.slice(0, 7), value, coverage])).toEqual([
      ['2024-01', 744, 1],
      ['2024-02', 696, 1],
      ['2024-03', null, 0],
      ['2024-04', null, null],
      ['2024-05', null, null],
    ]);
    expect(rows.map(({ partial }) => partial)).toEqual([false, false, true, false, false]);
    expect(body.total).toMatchObject({ value: 1440, partial: true, points: { known: 1, expected: 1 } });
    expect(body.total.coverage).toBeCloseTo(60 / 70, 9);
  });

  it('is the same by hour, day, month and year', async () => {
    for (const bucket of ['hour', 'day', 'month', 'year']) {
      const { body } = await ask(`point=${points.main}&bucket=${bucket}&from=2024-01-01&to=2025-01-01`);
      expect([bucket, body.total.value]).toEqual([bucket, 1440]);
      const known = body.rows.filter((row: Row) => row.value !== null);
      expect(known.reduce((sum: number, row: Row) => sum + (row.value ?? 0), 0)).toBe(1440);
      expect(body.total.coverage).toBeCloseTo(60 / 70, 9);
    }
  });

  it('takes times as local dates, with an offset (its plus sign encoded or not) and as epoch ms', async () => {
    const from = midnight('2024-01-01');
    const forms = ['2024-01-01', '2024-01-01T00:00', '2023-12-31T16:00Z', String(from), '2024', '2024-01'];
    forms.push('2024-01-01T00:00:00%2B08:00', '2024-01-01T00:00:00+08:00', '2024-01-01+00:00');
    for (const form of forms) {
      const { status, body } = await ask(`point=${points.main}&bucket=day&from=${form}&to=2024-01-02`);
      expect([form, status, body.total?.value]).toEqual([form, 200, 24]);
    }
  });

  it('of a carrier it does not measure is refused with what it does measure', async () => {
    const { status, body } = await ask(`point=${points.main}&carrier=water&from=2024-01-01&to=2024-02-01`);
    expect(status).toBe(400);
    expect(body.detail).toContain('carrier "water": point gateway-1/main does not measure it');
    expect(body.detail).toContain('electricity, power');
  });

  it('that never sent anything is null throughout', async () => {
    const { body } = await ask(`point=${points.gym}&from=2024-01-01&to=2024-03-01`);
    expect(body.total).toMatchObject({
      value: null,
      coverage: 0,
      missingShare: 1,
      points: { known: 0, expected: 1 },
      partial: true,
    });
  });

  it('shows what was estimated', async () => {
    const ts = midnight('2024-03-02');
    const half = hourMs / 2;
    const hours = [
      { ts, value: 0.1, measuredMs: half, estimatedMs: half },
      { ts: ts + hourMs, value: 0.2 },
    ];
    await api.store.putHours([points.gym], 'electricity', hours);
    const { body } = await ask(`point=${points.gym}&bucket=hour&from=2024-03-02T00:00&to=2024-03-02T02:00`);
    expect(body.rows[0]).toMatchObject({ value: 0.1, coverage: 1, measuredShare: 0.5, estimatedShare: 0.5 });
    // 0.1 + 0.2 without the noise of binary fractions.
    expect(body.total).toMatchObject({ value: 0.3, measuredShare: 0.75, estimatedShare: 0.25 });
  });
});

describe('consumption of a building or an institution', () => {
  it('counts billing points while they belong, and no sub-meters', async () => {
    const { body } = await ask(`building=${api.ids.mainBuilding}&bucket=month&from=2024-01-01&to=2024-03-01`);
    const january = 744 + 10 * 24 * 12;
    const february = 696 * 11;
    expect(body.scope).toEqual({ kind: 'building', id: api.ids.mainBuilding, name: 'Main' });
    expect(body.rows.map(({ value }: Row) => value)).toEqual([january, february]);
    expect(body.rows.map((row: Row) => row.points)).toEqual([
      { known: 2, expected: 2 },
      { known: 2, expected: 2 },
    ]);
    expect(body.total).toMatchObject({ value: january + february, coverage: 1, partial: false });
  });

  it('is the same by every bucket where points join within a month', async () => {
    for (const bucket of ['hour', 'day', 'month', 'year']) {
      const { body } = await ask(
        `institution=${api.ids.city}&bucket=${bucket}&from=2024-01-01&to=2025-01-01`,
      );
      const all = 1440 + 10 * 24 * 41 + 5 * 1440 + 0.3;
      expect([bucket, body.total.value]).toEqual([bucket, all]);
      // The gym began to report after the others had stopped.
      expect(body.total.points).toEqual({ known: 3, expected: 4 });
      expect(body.total.partial).toBe(true);
    }
  });

  it('without points has rows that say so', async () => {
    const { body } = await ask(`building=${api.ids.loneBuilding}&from=2024-01-01&to=2024-02-01`);
    expect(body.total).toEqual({
      value: null,
      coverage: null,
      measuredShare: null,
      estimatedShare: null,
      missingShare: null,
      points: { known: 0, expected: 0 },
      partial: false,
    });
    expect(body.rows).toHaveLength(1);
  });

  it('reads points that came at many different times by few queries', async () => {
    const building = await api.registry.buildings.create(
      { name: 'Patchwork', institution: null, validFrom: midnight('2024-01-01') },
      by,
    );
    const day = 24 * hourMs;
    const inputs = Array.from({ length: 40 }, (_, index) => ({
      key: `patch/p${index}` as const,
      name: `p${index}`,
      quantities: ['electricity'] as const,
      building: building.id,
      validFrom: midnight('2024-01-01') + index * day,
    }));
    await api.registry.points.registerAll(inputs, by);
    const hours = Array.from({ length: 60 * 24 }, (_, index) => ({
      ts: midnight('2024-01-01') + index * hourMs,
      value: 1,
    }));
    const keys = inputs.map(({ key }) => key);
    await api.store.putHours(keys, 'electricity', hours);
    api.store.reads.length = 0;
    const { body } = await ask(`building=${building.id}&from=2024-01-01&to=2024-03-01`);
    const expected = inputs.reduce((sum, _, index) => sum + 24 * (60 - index), 0);
    expect(body.total).toMatchObject({ value: expected, coverage: 1, points: { known: 40, expected: 40 } });
    expect(api.store.reads.length).toBeLessThanOrEqual(4);
  });
});

describe('consumption as a table', () => {
  const query = `point=${points.main}&bucket=month&from=2024-02-01&to=2024-04-01`;

  it('comes as CSV that spreadsheets open: byte order mark, heading, empty cells for what is unknown', async () => {
    const { headers, text } = await ask(query, { accept: 'text/csv' });
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe(
      'attachment; filename="consumption-gateway-1-main-electricity-month.csv"',
    );
    expect(text.codePointAt(0)).toBe(0xfeff);
    expect(text.slice(1).split('\r\n')).toEqual([
      '起,止,用量,单位,数据完整率,实测占比,估算占比,缺失占比,有数据计量点,应有计量点,不完整',
      '2024-02-01T00:00:00+08:00,2024-03-01T00:00:00+08:00,696,kWh,1,1,0,0,1,1,false',
      '2024-03-01T00:00:00+08:00,2024-04-01T00:00:00+08:00,,kWh,0,0,0,1,0,1,true',
      '',
    ]);
  });

  it('has English headings where they are asked for, and problems stay problem documents', async () => {
    const headers = { accept: 'text/csv', 'accept-language': 'en-GB,en;q=0.9' };
    expect((await ask(query, headers)).text.slice(1).split('\r\n')[0]).toMatch(/^from,to,consumption,unit/);
    const wrong = await ask(`${query}&x=1`, headers);
    expect(wrong.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe.skipIf(!existsSync(schoolFile))('the school of 2018 (skipped without ../shared/data)', () => {
  it('has its total, its months, its coverage and its 13 missing hours', async () => {
    const key = 'import/school' as const;
    await api.registry.points.register(
      {
        key,
        name: 'School',
        quantities: ['electricity_interval'],
        validFrom: midnight('2018-01-01'),
        intervalLengthMs: hourMs,
      },
      by,
    );
    const lines = readFileSync(schoolFile, 'utf8').trim().split('\n').slice(1);
    const hours = lines.flatMap((line) => {
      const [time = '', value = ''] = line.split(',');
      const ts = testCalendar.parse(time);
      return value === '' || ts === undefined ? [] : [{ ts, value: Number(value) }];
    });
    await api.store.putHours([key], 'electricity_interval', hours);

    for (const bucket of ['hour', 'day', 'month', 'year']) {
      const { body } = await ask(`point=${key}&bucket=${bucket}&from=2018-01-01&to=2019-01-01`);
      expect([bucket, body.total.value]).toEqual([bucket, 266_103.8]);
      expect(body.total.coverage).toBeCloseTo(8_747 / 8_760, 9);
      expect(body.total.partial).toBe(true);
      const values: (number | null)[] = body.rows.map((row: Row) => row.value);
      if (bucket === 'hour') expect(values.filter((value) => value === null)).toHaveLength(13);
      if (bucket === 'month') expect([values[0], values[7]]).toEqual([21_244.8, 28_336]);
    }
  });
});
