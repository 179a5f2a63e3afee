// The main job on real input, by the command line: a file is imported, and the API answers what it says.
// The school's file lies beside a workplace's clone (`../shared`), not in a user's: its tests are skipped there.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sleep } from '../core/runtime/clock.ts';
import { type Outcome, runJieyue, Up } from '../core/testing/jieyue.ts';
import { sampleCsv } from '../simulators/sample.ts';

const school = fileURLToPath(new URL('../../shared/data/school-2018-hourly.csv', import.meta.url));
const rollupLagMs = 10_000;
const hours2018 = 8_760;

const consumptionSchema = z.object({
  total: z.object({ value: z.number().nullable(), coverage: z.number().nullable(), partial: z.boolean() }),
  rows: z.array(
    z.object({ from: z.string(), value: z.number().nullable(), coverage: z.number().nullable() }),
  ),
});
const exclusionsSchema = z.object({
  exclusions: z.array(z.object({ ts: z.string(), code: z.string(), value: z.number() })),
});
type Consumption = z.infer<typeof consumptionSchema>;
type Bucket = 'hour' | 'day' | 'month' | 'year';
const everyBucket: readonly Bucket[] = ['hour', 'day', 'month', 'year'];

let up: Up;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-import-'));
  up = await Up.make();
  await up.start();
});
afterAll(async () => {
  await up.end();
  rmSync(folder, { recursive: true });
});

function importFile(file: string, point: string, more: readonly string[] = []): Promise<Outcome> {
  const columns = ['--time', 'hour_start', '--column', 'energy_kwh=electricity_interval'];
  const kind = ['--zone', 'Asia/Shanghai', '--interval', '1h'];
  return runJieyue(['import', file, '--point', point, ...columns, ...kind, ...more], up.environment);
}

async function consumption(point: string, bucket: Bucket): Promise<Consumption> {
  const query = { point: `import/${point}`, bucket, from: '2018-01-01', to: '2019-01-01' };
  return consumptionSchema.parse(await up.get('/api/v1/consumption', query));
}

/** All that the API says of a point, without what a clock changes. */
async function everything(point: string): Promise<Consumption[]> {
  const answers: Consumption[] = [];
  for (const bucket of everyBucket) answers.push(await consumption(point, bucket));
  return answers;
}

/** Rollups are right within ten seconds of the last write: asks until the total is there, no longer than that. */
async function rolledUp(point: string, total: number): Promise<void> {
  const deadline = Date.now() + rollupLagMs;
  while ((await consumption(point, 'year')).total.value !== total && Date.now() < deadline) await sleep(100);
  expect((await consumption(point, 'year')).total.value).toBe(total);
}

const rows = (file: string) => readFileSync(file, 'utf8').trim().split(/\r?\n/);

/** Fisher and Yates, by seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let last = result.length - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

describe.skipIf(!existsSync(school))("the school's year (needs ../shared/data)", () => {
  const total = 266_103.8;
  const missing = () =>
    rows(school)
      .slice(1)
      .filter((row) => row.split(',')[1] === '')
      .map((row) => `${row.slice(0, 16)}:00+08:00`);
  let first: Consumption[];

  it('gives the right year, months and missing hours', async () => {
    const outcome = await importFile(school, 'school');
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toContain('8747 readings');
    await rolledUp('school', total);

    const hours = await consumption('school', 'hour');
    expect(hours.rows).toHaveLength(hours2018);
    expect(hours.rows.filter(({ value }) => value === null).map(({ from }) => from)).toEqual(missing());
    expect(missing()).toHaveLength(13);
    expect(hours.total.coverage).toBeCloseTo(8_747 / hours2018, 9);
    const shown = new Map(hours.rows.map(({ from, value }) => [from.slice(0, 16), value]));
    for (const row of rows(school).slice(1)) {
      const [time = '', energy = ''] = row.split(',');
      expect([time, shown.get(time)]).toEqual([time, energy === '' ? null : Number(energy)]);
    }

    const months = await consumption('school', 'month');
    expect(months.rows).toHaveLength(12);
    expect(months.rows[0]).toMatchObject({ from: '2018-01-01T00:00:00+08:00', value: 21_244.8 });
    expect(months.rows[7]).toMatchObject({ from: '2018-08-01T00:00:00+08:00', value: 28_336 });
    expect(months.total.value).toBe(total);
    expect((await consumption('school', 'day')).total.value).toBe(total);
    first = await everything('school');
  });

  it('imported again changes nothing', async () => {
    expect(await importFile(school, 'school')).toMatchObject({ code: 0 });
    // A wrong second import would show when its rollups are done.
    await sleep(3_000);
    expect(await everything('school')).toEqual(first);
  });

  it('imported in any order gives the same', async () => {
    const [header = '', ...data] = rows(school);
    const file = join(folder, 'shuffled.csv');
    writeFileSync(file, `${[header, ...shuffled(data, 2018)].join('\n')}\n`);
    expect(await importFile(file, 'shuffled')).toMatchObject({ code: 0 });
    await rolledUp('shuffled', total);
    expect(await everything('shuffled')).toEqual(first);
  });
});

describe('the sample file', () => {
  it('gives what its summary says', async () => {
    const file = join(folder, 'sample.csv');
    const written = await runJieyue(['simulate', 'sample', file], up.environment);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    const [, hours, missing, total] =
      written.stdout.match(/: (\d+) hours, (\d+) missing, ([\d.]+) kWh/) ?? [];
    expect(Number(hours)).toBe(hours2018);
    const sample = sampleCsv({ seed: 20_260_101, year: 2018 });
    expect(readFileSync(file, 'utf8')).toBe(sample.csv);
    expect(Number(total)).toBe(sample.totalKwh);

    expect(await importFile(file, 'sample')).toMatchObject({ code: 0 });
    await rolledUp('sample', Number(total));
    const answer = await consumption('sample', 'hour');
    const unknown = answer.rows.filter(({ value }) => value === null).map(({ from }) => Date.parse(from));
    expect(unknown).toEqual(sample.missingHours);
    expect(unknown).toHaveLength(Number(missing));
    expect(answer.total.coverage).toBeCloseTo((hours2018 - Number(missing)) / hours2018, 9);
    const months = await consumption('sample', 'month');
    expect(months.rows.map(({ value }) => value)).toEqual(sample.monthsKwh);
  });
});

describe('what is not said of a point', () => {
  const quarters = Array.from({ length: 192 }, (_, i) => {
    const minutes = (i % 96) * 15;
    const time = [Math.floor(minutes / 60), minutes % 60]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
    return `2018-06-0${1 + Math.floor(i / 96)}T${time},0.5`;
  });
  const run = (lines: readonly string[], point: string, ...more: string[]) => {
    const file = join(folder, `${point}.csv`);
    writeFileSync(file, `hour_start,energy_kwh\n${lines.join('\n')}\n`);
    const column = ['--column', 'energy_kwh=electricity_interval'];
    return runJieyue(['import', file, '--point', point, ...column, ...more], up.environment);
  };

  it('the times of the file tell: quarters of an hour, in any order, all count', async () => {
    const straight = await run(quarters, 'quarters');
    expect(straight).toMatchObject({ code: 0 });
    expect(straight.stdout).toContain('Interval: 15m (from the times of the file)');
    expect(await run(shuffled(quarters, 15), 'quarters-shuffled')).toMatchObject({ code: 0 });
    await rolledUp('quarters', 96);
    await rolledUp('quarters-shuffled', 96);
    const { exclusions } = exclusionsSchema.parse(
      await up.get('/api/v1/points/import/quarters/exclusions', { from: '2018-06-01', to: '2018-06-03' }),
    );
    expect(exclusions).toEqual([]);
    expect(await everything('quarters-shuffled')).toEqual(await everything('quarters'));

    const again = await run(quarters.slice(0, 1), 'quarters');
    expect(again.stdout).toContain('Interval: 15m (as registered)');
  });

  it('an interval that the times contradict is refused before anything is sent or registered', async () => {
    const refused = await run(quarters, 'contradiction', '--interval', '1h');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/--interval 1h.*"energy_kwh".*--interval 15m.*\[import\.interval\]/);
    await expect(consumption('contradiction', 'year')).rejects.toThrow(/404/);
    expect(await run(quarters, 'contradiction', '--interval', '15m')).toMatchObject({ code: 0 });
    await rolledUp('contradiction', 96);
  });

  it('a multiplier stays until another is given, and 1 is another', async () => {
    expect(await run(quarters, 'multiplied', '--multiplier', '40')).toMatchObject({ code: 0 });
    await rolledUp('multiplied', 96 * 40);
    expect(await run(quarters, 'multiplied')).toMatchObject({ code: 0 });
    // A wrong second import would show when its rollups are done.
    await sleep(2_000);
    await rolledUp('multiplied', 96 * 40);
    expect(await run(quarters, 'multiplied', '--multiplier', '1')).toMatchObject({ code: 0 });
    await rolledUp('multiplied', 96);
  });

  it('an agent that sends from elsewhere keeps its password, and nothing is imported in its name', async () => {
    await runJieyue(['agents', 'create', 'rsj-main'], up.environment);
    const passwords = async () => (await runJieyue(['agents', 'passwords'], up.environment)).stdout;
    const before = await passwords();
    expect(before).toContain('rsj-main:$7$');
    const refused = await run(quarters, 'foreign', '--agent', 'rsj-main');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/"rsj-main" exists.*name another agent.*\[agent\.credentials\]/);
    expect(await passwords()).toBe(before);
    const query = { point: 'rsj-main/foreign', bucket: 'year', from: '2018-01-01', to: '2019-01-01' };
    await expect(up.get('/api/v1/consumption', query)).rejects.toThrow(/404/);
  });
});

describe('a clock that is set back', () => {
  it('shows an hour twice: both count, and where the rows are not in order they are named by line', async () => {
    const hours = ['01:00', '02:00', '02:00', '03:00'].map((time, i) => `2018-10-28T${time},${i + 1}`);
    const write = (name: string, lines: readonly string[]) => {
      const file = join(folder, name);
      writeFileSync(file, `${['hour_start,energy_kwh', ...lines].join('\n')}\n`);
      return file;
    };
    const berlin = ['--zone', 'Europe/Berlin'];
    expect(await importFile(write('back.csv', hours), 'back', berlin)).toMatchObject({ code: 0 });
    await rolledUp('back', 10);
    const order = [2, 0, 1, 3].flatMap((index) => hours[index] ?? []);
    const mixed = await importFile(write('back-mixed.csv', order), 'back-mixed', berlin);
    expect(mixed.code).toBe(1);
    expect(mixed.stdout).toMatch(/line 2 hour_start: "2018-10-28T02:00" .*twice/);
    expect(mixed.stdout).toMatch(/line 4 hour_start: "2018-10-28T02:00" .*twice/);
    await rolledUp('back-mixed', 5);
  });
});

describe('a file that is not all right', () => {
  const write = (name: string, lines: readonly string[]) => {
    const file = join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };

  it('is imported but for its bad cells, which are named by line, column and value; the command ends with 1', async () => {
    const file = write('bad.csv', [
      'hour_start,energy_kwh',
      '2018-05-01T00:00,1.5',
      '2018-05-01T01:00,lots',
      '2018-05-01T02:00,',
      '2018-13-01T03:00,2',
      '2018-05-01T04:00,2.25',
      '2018-05-01T05:00,1,000.5',
      '2018-05-01T06:00,NaN',
      '2018-05-01T07:00,-3',
      '2018-05-01T08:00,4',
    ]);
    const outcome = await importFile(file, 'bad');
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/line 3 energy_kwh: "lots"/);
    expect(outcome.stdout).toMatch(/line 5 hour_start: "2018-13-01T03:00"/);
    expect(outcome.stdout).toMatch(/line 7: "2018-05-01T05:00,1,000\.5"/);
    expect(outcome.stdout).toMatch(/line 8 energy_kwh: "NaN"/);
    expect(outcome.stdout).toContain('1 empty cells');
    await rolledUp('bad', 7.75);
    const { rows: hours } = await consumption('bad', 'hour');
    const known = hours.filter(({ value }) => value !== null);
    expect(known.map(({ from, value }) => [from.slice(0, 13), value])).toEqual([
      ['2018-05-01T00', 1.5],
      ['2018-05-01T04', 2.25],
      ['2018-05-01T08', 4],
    ]);
    // A negative number is a reading, and one that does not count.
    const range = { from: '2018-05-01', to: '2018-05-02' };
    const { exclusions } = exclusionsSchema.parse(
      await up.get('/api/v1/points/import/bad/exclusions', range),
    );
    expect(exclusions).toEqual([{ ts: '2018-05-01T07:00:00+08:00', code: 'negative', value: -3 }]);
  });

  it('without the wanted column is refused with the columns that it has', async () => {
    const file = write('columns.csv', ['hour_start,kwh,outdoor', '2018-05-01T00:00,1.5,20']);
    const outcome = await importFile(file, 'columns');
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('energy_kwh');
    expect(outcome.stderr).toMatch(/hour_start.*kwh.*outdoor/);
    expect(outcome.stderr).toContain('[import.file]');
  });

  it('or is not there, or holds nothing, is refused', async () => {
    expect((await importFile(join(folder, 'nowhere.csv'), 'nowhere')).stderr).toMatch(
      /nowhere\.csv does not exist/,
    );
    const nothing = await importFile(write('nothing.csv', ['hour_start,energy_kwh']), 'nothing');
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toMatch(/holds no reading.*\[import\.file\]/);
  });
});
