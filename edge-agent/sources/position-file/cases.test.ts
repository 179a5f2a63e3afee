// Each folder in cases/ is a file and what reading it gives: `input.csv` (or .csv.gz), `expected.json` (positions and faults) or
// `error.txt` (the error, `{file}` for the path), `options.json` over the defaults below where they differ.
// UPDATE_CASES=1 writes what is missing; read it before you keep it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { positionSchema } from '../../../core/domain/telemetry.ts';
import { type PositionFileConfig, positionFileSchema } from '../../../core/runtime/position-config.ts';
import { type LineFault, readPositions } from './read-positions.ts';

const folder = join(import.meta.dirname, 'cases');
const defaults = {
  type: 'position-file',
  name: 'exports',
  time: { column: 'time' },
  vehicle: { column: 'plate' },
  lat: 'lat',
  lon: 'lon',
};

/** A position as a person can check it: the time in ISO 8601, UTC. */
type Shown = readonly [vehicle: string, time: string, ...rest: unknown[]];

describe('readPositions', () => {
  for (const name of readdirSync(folder)) {
    const file = (entry: string) => join(folder, name, entry);
    it(`reads the case ${name} as expected`, async () => {
      const settings = existsSync(file('options.json'))
        ? JSON.parse(readFileSync(file('options.json'), 'utf8'))
        : {};
      const input = readdirSync(join(folder, name)).find((entry) => entry.startsWith('input')) ?? '';
      const config = positionFileSchema.parse({ ...defaults, path: file(input), ...settings });
      const outcome = await outcomeOf(config);
      if (process.env['UPDATE_CASES'] !== undefined) update(name, outcome);
      if (existsSync(file('error.txt')))
        expect(outcome).toBe(readFileSync(file('error.txt'), 'utf8').trimEnd());
      else expect(outcome).toEqual(JSON.parse(readFileSync(file('expected.json'), 'utf8')));
    });
  }
});

async function outcomeOf(
  config: PositionFileConfig,
): Promise<string | { positions: Shown[]; faults: LineFault[] }> {
  const positions: Shown[] = [];
  const faults: LineFault[] = [];
  try {
    for await (const chunk of readPositions(config.path, config)) {
      for (const position of chunk.positions) {
        const [vehicle, ts, ...rest] = positionSchema.parse(position);
        positions.push([vehicle, new Date(ts).toISOString(), ...rest]);
      }
      faults.push(...chunk.faults);
    }
  } catch (error) {
    if (!isJieyueError(error)) throw error;
    return `${error.code}: ${error.message}`.replaceAll(config.path, '{file}');
  }
  return { positions, faults };
}

function update(name: string, outcome: unknown): void {
  const isError = typeof outcome === 'string';
  const path = join(folder, name, isError ? 'error.txt' : 'expected.json');
  const text = isError ? outcome : JSON.stringify(outcome, null, 2);
  if (!existsSync(path)) writeFileSync(path, `${text}\n`);
}
