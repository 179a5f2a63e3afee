// Each folder in cases/ is a file and what reading it gives: `input.csv` or `input.csv.gz`, `expected.json` (readings and
// faults) or `error.txt` (the error, `{file}` for the path), `options.json` over the defaults below where they differ.
// UPDATE_CASES=1 writes what is missing; read it before you keep it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { readingSchema } from '../../../core/domain/telemetry.ts';
import { type CsvOptions, type RowFault, readCsv } from './read-csv.ts';

const folder = join(import.meta.dirname, 'cases');
const defaults = {
  point: 'meter',
  zone: 'Asia/Shanghai',
  timeColumn: 'time',
  columns: { energy: 'electricity_interval' },
  delimiter: ',',
} as const;

/** A reading as a person can check it: the time in ISO 8601, UTC. */
type Shown = readonly [quantity: string, time: string, value: number];

describe('readCsv', () => {
  for (const name of readdirSync(folder)) {
    const file = (entry: string) => join(folder, name, entry);
    it(`reads the case ${name} as expected`, async () => {
      const settings = existsSync(file('options.json'))
        ? JSON.parse(readFileSync(file('options.json'), 'utf8'))
        : {};
      const path = existsSync(file('input.csv')) ? file('input.csv') : file('input.csv.gz');
      const outcome = await outcomeOf({ ...defaults, ...settings, path });
      if (process.env['UPDATE_CASES'] !== undefined) update(name, outcome);
      if (existsSync(file('error.txt')))
        expect(outcome).toBe(readFileSync(file('error.txt'), 'utf8').trimEnd());
      else expect(outcome).toEqual(JSON.parse(readFileSync(file('expected.json'), 'utf8')));
    });
  }
});

async function outcomeOf(
  options: CsvOptions,
): Promise<string | { readings: Shown[]; faults: RowFault[]; emptyCells: number }> {
  const readings: Shown[] = [];
  const faults: RowFault[] = [];
  let emptyCells = 0;
  try {
    for await (const chunk of readCsv(options)) {
      for (const reading of chunk.readings) {
        readingSchema.parse(reading);
        readings.push([reading[1], new Date(reading[2]).toISOString(), reading[3]]);
      }
      faults.push(...chunk.faults);
      emptyCells += chunk.emptyCells;
    }
  } catch (error) {
    if (!isJieyueError(error)) throw error;
    return `${error.code}: ${error.message}`.replaceAll(options.path, '{file}');
  }
  return { readings, faults, emptyCells };
}

function update(name: string, outcome: unknown): void {
  const isError = typeof outcome === 'string';
  const path = join(folder, name, isError ? 'error.txt' : 'expected.json');
  const text = isError ? outcome : JSON.stringify(outcome, null, 2);
  if (!existsSync(path)) writeFileSync(path, `${text}\n`);
}
