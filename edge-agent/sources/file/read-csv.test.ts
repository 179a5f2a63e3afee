import { createWriteStream, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { readingSchema, type WireReading } from '../../../core/domain/telemetry.ts';
import { type CsvOptions, type RowFault, readCsv } from './read-csv.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = {
  point: 'meter',
  zone: 'Asia/Shanghai',
  timeColumn: 'time',
  columns: { energy: 'electricity_interval' },
  delimiter: ',',
} as const;

describe('readCsv', () => {
  it('yields after every 1 000 rows, faulty ones included, in the order of the file', async () => {
    const rows = Array.from(
      { length: 2_500 },
      (_, i) => `${1_514_736_000_000 + i * 60_000},${i % 10 === 0 ? 'x' : i}`,
    );
    const chunks = await all(await file('chunks.csv', `time,energy\n${rows.join('\n')}\n`));
    expect(chunks.map(({ readings, faults }) => readings.length + faults.length)).toEqual([1000, 1000, 500]);
    expect(chunks.map(({ faults }) => faults.length)).toEqual([100, 100, 50]);
    const lines = chunks.flatMap(({ faults }) => faults.map(({ line }) => line));
    expect(lines).toEqual(Array.from({ length: 250 }, (_, i) => i * 10 + 2));
    const values = chunks.flatMap(({ readings }) => readings.map(([, , , value]) => value));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  it('reads every table back that it could have been written from, however the bytes are cut into chunks', async () => {
    const cell = fc.oneof(
      fc
        .double({ min: -1e12, max: 1e12, noNaN: true })
        .map((value) => ({ text: String(value), value: value + 0 })),
      fc.constant({ text: '', value: undefined }),
    );
    const note = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n]/.test(text));
    const table = fc.array(fc.tuple(cell, note), { maxLength: 40 });
    const newline = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(table, newline, fc.boolean(), async (rows, end, packed) => {
        const start = 1_600_000_000_000;
        const lines = rows.map(
          ([{ text }, remark], i) => `"${remark.replaceAll('"', '""')}",${start + i},${text}`,
        );
        const bytes = Buffer.from(['备注,time,energy', ...lines, ''].join(end));
        const path = await file(packed ? 'table.csv.gz' : 'table.csv', packed ? gzipSync(bytes) : bytes);
        const { readings, faults } = flat(await all(path));
        expect(faults).toEqual([]);
        expect(readings).toEqual(
          rows.flatMap(([{ value }], i) =>
            value === undefined ? [] : [['meter', 'electricity_interval', start + i, value]],
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('ends with readings, faults by line or one coded error, whatever the bytes', async () => {
    const header = Buffer.from('time,energy\n');
    const noise = fc.uint8Array({ maxLength: 3_000 });
    const shards = fc
      .array(
        fc.constantFrom('"', ',', '\n', '\r\n', '\r', '2018-01-01T00:00', '1.5', '电', '\u0000', ' ', ';'),
      )
      .map((parts) => new TextEncoder().encode(parts.join('')));
    const body = fc.oneof(noise, shards);
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), fc.option(fc.nat(60)), async (bytes, withHeader, packedCut) => {
        const whole = withHeader ? Buffer.concat([header, bytes]) : Buffer.from(bytes);
        const packed = packedCut === null ? whole : gzipSync(whole);
        const data = packedCut === null ? packed : packed.subarray(0, packed.length - packedCut);
        const path = await file('noise.csv', data);
        const lines = whole.toString('latin1').split('\n').length;
        try {
          const { readings, faults } = flat(await all(path));
          for (const reading of readings) expect(readingSchema.safeParse(reading).success).toBe(true);
          for (const fault of faults) {
            expect(fault.line).toBeGreaterThanOrEqual(1);
            expect(fault.line).toBeLessThanOrEqual(lines);
            expect(fault.value.length).toBeLessThanOrEqual(100);
          }
        } catch (error) {
          if (!isJieyueError(error, 'import.file')) throw error;
          expect(error.message).toContain(path);
        }
      }),
      { seed: 8_747, numRuns: 400 },
    );
  });

  it('loses no row behind a damaged one: a row among damaged rows is read or listed, each line once', async () => {
    const good = fc.nat(1_000_000).map((value) => ({ text: `1600000000000,${value}`, value }));
    const bad = fc
      .stringMatching(/^[",x\t ;0-9]{1,30}$/)
      .filter((text) => /[",x;]/.test(text) && !/^[\s,]*$/.test(text))
      .map((text) => ({ text: `x${text}`, value: undefined }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(good, bad), { minLength: 1, maxLength: 50 }), async (rows) => {
        const path = await file('damaged.csv', ['time,energy', ...rows.map(({ text }) => text)].join('\n'));
        const { readings, faults } = flat(await all(path));
        expect(readings.map(([, , , value]) => value)).toEqual(
          rows.flatMap(({ value }) => (value === undefined ? [] : [value])),
        );
        expect(faults.map(({ line }) => line)).toEqual(
          rows.flatMap(({ value }, index) => (value === undefined ? [index + 2] : [])),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('closes the file when its reader stops early', async () => {
    const path = await file('early.csv', `time,energy\n${'1600000000000,1\n'.repeat(50_000)}`);
    const before = openFiles(path);
    for await (const chunk of readCsv({ ...options, path })) {
      expect(chunk.readings.length).toBe(1000);
      break;
    }
    await expect.poll(() => openFiles(path)).toBe(before);
  });

  it('needs no more memory for a long file than for a short one', async () => {
    const path = join(folder, 'long.csv.gz');
    const block = '2018-01-01T00:00,18.4,a remark of some length that fills the row\n'.repeat(2_000);
    async function* blocks() {
      yield 'time,energy,remark\n';
      for (let i = 0; i < 250; i++) yield block;
    }
    await pipeline(Readable.from(blocks()), createGzip({ level: 1 }), createWriteStream(path));
    let rows = 0;
    let peak = 0;
    const before = process.memoryUsage().rss;
    for await (const { readings } of readCsv({ ...options, path })) {
      rows += readings.length;
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    expect(rows).toBe(500_000);
    // The text alone has 33 MB in UTF-8; its rows as objects would take several times as much.
    expect(peak).toBeLessThan(120e6);
  });
});

// The data lie beside the repository and are not part of it.
const school = join(import.meta.dirname, '../../../../shared/data/school-2018-hourly.csv');
describe.skipIf(!existsSync(school))('readCsv on the school of 2018 (skipped without ../shared/data)', () => {
  const columns = { energy_kwh: 'electricity_interval' } as const;

  it('finds 8 747 readings, 13 hours missing, and 266 103.8 kWh', async () => {
    const settings = { ...options, timeColumn: 'hour_start', columns, path: school };
    const { readings, faults, emptyCells } = flat(await all(school, settings));
    expect(faults).toEqual([]);
    expect(emptyCells).toBe(13);
    expect(readings.length).toBe(8_747);
    expect(readings.reduce((sum, [, , , value]) => sum + value, 0)).toBeCloseTo(266_103.8, 6);
    expect(readings[0]).toEqual([
      'meter',
      'electricity_interval',
      Date.parse('2018-01-01T00:00+08:00'),
      18.4,
    ]);
    expect(new Set(readings.map(([, , ts]) => ts)).size).toBe(8_747);
  });

  it('gives the same readings from the packed file, and from the rows in any order', async () => {
    const [head = '', ...rows] = (await readFile(school, 'utf8')).trimEnd().split('\n');
    const settings = { ...options, timeColumn: 'hour_start', columns };
    const straight = flat(await all(school, settings)).readings;
    const packed = await file('school.csv.gz', gzipSync(await readFile(school)));
    expect(flat(await all(packed, settings)).readings).toEqual(straight);
    const reversed = await file('reversed.csv', [head, ...rows.toReversed()].join('\n'));
    expect(flat(await all(reversed, settings)).readings.toReversed()).toEqual(straight);
  });
});

type Chunk = { readings: WireReading[]; faults: RowFault[]; emptyCells: number };

async function all(path: string, settings: Omit<CsvOptions, 'path'> = options): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of readCsv({ ...settings, path })) chunks.push(chunk);
  return chunks;
}

function flat(chunks: Chunk[]): Chunk {
  return {
    readings: chunks.flatMap(({ readings }) => readings),
    faults: chunks.flatMap(({ faults }) => faults),
    emptyCells: chunks.reduce((sum, { emptyCells }) => sum + emptyCells, 0),
  };
}

async function file(name: string, data: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, data);
  return path;
}

/** How many descriptors of this process stand on the file; 0 where the system does not tell. */
function openFiles(path: string): number {
  const descriptors = '/proc/self/fd';
  if (!existsSync(descriptors)) return 0;
  return readdirSync(descriptors).filter((entry) => target(join(descriptors, entry)) === path).length;
}

function target(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    // Closed in the meantime.
    return undefined;
  }
}
